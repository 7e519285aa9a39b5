"""Whether the clock was set back: what was done cannot lie in the time to come."""

from __future__ import annotations

from datetime import datetime, timedelta

from sheetcrm.core.table.values import Problem
from sheetcrm.ports import Ledger

AHEAD = timedelta(minutes=2)  #: how far the ledger's times may be ahead of the clock
RECENT = 100  #: runs that are looked at


def set_back(ledger: Ledger, now: datetime) -> Problem | None:
    """That the ledger's newest time is to come, as far as it is among the newest runs."""
    newest = max((run.finished or run.started for run in ledger.runs(RECENT)), default=now)
    if newest - now <= AHEAD:
        return None
    known = f"{newest.astimezone(now.tzinfo):%Y-%m-%d %H:%M %Z}"
    return Problem(
        message=f"the clock was set back: the ledger knows of {known}",
        hint="set the clock right before anything is sent: what is due depends on it",
    )
