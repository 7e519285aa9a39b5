"""Who stands still for too long, and who still waits for a first answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sheetcrm.core.plan import Waiting
from sheetcrm.core.qualify import Qualified
from sheetcrm.core.table.values import CellValue

_MINUTE = timedelta(minutes=1)


def waiting(ids: Sequence[str], qualified: Qualified, now: datetime) -> list[Waiting]:
    """The leads to look at: those who wait for an answer first, the most urgent at the top."""
    waits = qualified.waits
    found = [
        Waiting(
            lead=ids[index],
            stage=qualified.stages[index],
            days=waits.days[index],
            stalled=stalled,
            answer_by=answer_by,
            late=answer_by is not None and answer_by < now,
        )
        for index, (stalled, answer_by) in enumerate(
            zip(waits.stalled, waits.answer_by, strict=True)
        )
        if stalled or answer_by
    ]
    return sorted(found, key=_urgency)


def on_the_clock(moment: datetime | None) -> CellValue:
    """A deadline as a sheet shows it: without a zone, and to the full minute."""
    if moment is None:
        return None
    down = moment.replace(second=0, microsecond=0, tzinfo=None)
    return down + _MINUTE if moment.second or moment.microsecond else down


def _urgency(one: Waiting) -> tuple[bool, datetime | None, int]:
    return one.answer_by is None, one.answer_by or one.stalled, -one.days
