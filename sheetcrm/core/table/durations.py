"""How long something lasts, as people write it."""

from __future__ import annotations

import re
from datetime import timedelta

_PART = re.compile(r"(\d+)\s*([smhd])", re.IGNORECASE | re.ASCII)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def read_duration(text: str) -> timedelta | None:
    """``90s``, ``10m``, ``1h30m`` or ``2d``; None for anything else, and for nothing at all."""
    parts = _PART.findall(text)
    if _PART.sub("", text).strip() or len({unit.lower() for _, unit in parts}) < len(parts):
        return None
    try:
        found = timedelta(**{_UNITS[unit.lower()]: int(number) for number, unit in parts})
    except OverflowError:
        return None
    return found or None
