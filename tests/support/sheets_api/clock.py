"""The one place where the emulator asks what time it is."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)  # noqa: TID251  a server has no caller to tell it the time
