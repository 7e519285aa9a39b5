from __future__ import annotations

from tests.engine.team import make as make  # noqa: PLC0414  a fixture
