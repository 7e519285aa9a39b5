"""The functions, by topic. Importing a module enters its functions into the registry."""

from __future__ import annotations
