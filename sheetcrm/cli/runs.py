"""Runs and their phases as lines for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sheetcrm.core.memory import RunRecord

CUT_OFF = "cut off"
AT_WORK = "at work"


def counted(counts: Mapping[str, int]) -> str:
    """``60 leads, 12 cells``; what there was none of is left out."""
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count)


def lasted(seconds: float) -> str:
    """``0.4 s``, ``1 min 05 s`` or ``2 h 03 min``."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s"


def phase_line(name: str, outcome: str, seconds: float, counts: Mapping[str, int]) -> str:
    """One phase of a run."""
    said = {"ok": "", "idle": "nothing has changed", "left": "not begun, no time left"}
    words = said.get(outcome, outcome)
    return " · ".join(filter(None, (name, lasted(seconds), words, counted(counts))))


def how_it_ended(run: RunRecord, *, at_work: bool) -> str:
    """A run's outcome; one that was never finished is at work still, or was cut off."""
    if run.finished is None:
        return AT_WORK if at_work else CUT_OFF
    return run.outcome
