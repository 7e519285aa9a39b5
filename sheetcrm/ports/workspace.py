"""What else a run needs: the team's texts, and the time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol


class TemplateStore(Protocol):
    """The team's templates."""

    def sources(self) -> Mapping[str, str]:
        """Path relative to `templates/` (with ``/``) → text, for every file in it."""


class Clock(Protocol):
    """The time, asked once a run."""

    def now(self) -> datetime:
        """Now, in the workspace's time zone, zoned."""
