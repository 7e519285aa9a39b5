"""When a workspace is started by the computer itself, and the text that tells each system so."""

from __future__ import annotations
