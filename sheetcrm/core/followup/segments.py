"""Segments: the groups that a team names, else location × interest."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from sheetcrm.core.followup.lead import LeadView, clean_text
from sheetcrm.core.followup.rules import Segment
from sheetcrm.core.followup.signals import Signals


def segments(named: Sequence[Segment], signals: Signals, leads: Sequence[LeadView]) -> list[str]:
    """One segment for each lead.

    Args:
        named: the team's own groups.
        signals: what each group's formula gave.
        leads: the leads.

    Returns:
        The names of the groups that the lead is in (``jabodetabek-solar``), or
        ``Jakarta · solar, EV``, or "" for a lead of which neither is known.
    """
    found = []
    for lead in leads:
        groups = [group.name for group in named if signals.of(group.when)[lead.number] is True]
        found.append(", ".join(groups) or place_and_interest(lead.location, lead.interests))
    return found


@lru_cache(maxsize=4096)
def place_and_interest(location: str, interests: tuple[str, ...]) -> str:
    """``Jakarta · solar, EV``, as far as known."""
    parts = (clean_text(location, 60), clean_text(", ".join(interests), 120))
    return " · ".join(part for part in parts if part)
