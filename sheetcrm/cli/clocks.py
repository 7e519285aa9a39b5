"""Moments as the workspace's clocks show them; what is remembered is remembered in UTC.

In Jakarta a day begins at 17:00 UTC: without its zone, a moment of its morning is yesterday's.
"""

from __future__ import annotations

from datetime import datetime, tzinfo


def day(moment: datetime, zone: tzinfo | None) -> str:
    """``2026-11-22``."""
    return f"{moment.astimezone(zone):%Y-%m-%d}"


def minute(moment: datetime, zone: tzinfo | None) -> str:
    """``2026-11-22 09:30``."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def second(moment: datetime, zone: tzinfo | None) -> str:
    """``2026-11-22 09:30:05``."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S}"
