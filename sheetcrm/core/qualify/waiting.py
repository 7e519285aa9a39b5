"""How long leads have been in their stages, which stand still, and who waits for an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from sheetcrm.core.qualify.evaluation import Evaluation
from sheetcrm.core.qualify.ladder import Ladder
from sheetcrm.core.qualify.readings import moment
from sheetcrm.core.qualify.rules import Stage
from sheetcrm.core.qualify.steps import answered_formulas, numbered
from sheetcrm.core.table.values import CellValue


@dataclass(frozen=True, kw_only=True)
class Waits:
    """What time has to do with each lead's stage."""

    since: Sequence[datetime]  #: when it came into its stage
    now: datetime
    stalled: Sequence[datetime | None]  #: since when it has been there for too long
    answer_by: Sequence[datetime | None]  #: until when it should hear from us; None if it has

    @cached_property
    def days(self) -> Sequence[int]:
        """How many days each lead has been in its stage, as the calendar counts them."""
        today = self.now.date()
        return [(today - at.date()).days for at in self.since]


def waits(
    work: Evaluation,
    ladder: Ladder,
    stages: Sequence[str],
    since: Sequence[datetime],
    now: datetime,
) -> Waits:
    """Look at every lead's stage and since when it is in it.

    Args:
        work: what was evaluated; it is asked when leads last heard from us.
        ladder: the stages.
        stages: the stage of each lead.
        since: since when, in the workspace's zone.
        now: the run's clock.
    """
    limits = {name: _too_long(ladder.named(name)) for name in set(stages)}
    stalled: list[datetime | None] = [None] * len(stages)
    for index in [place for place, name in enumerate(stages) if limits[name] is not None]:
        stalled[index] = stalled_since(ladder.named(stages[index]), since[index], now)
    return Waits(
        since=since,
        now=now,
        stalled=stalled,
        answer_by=_deadlines(work, stages, since),
    )


def stalled_since(stage: Stage | None, since: datetime, now: datetime) -> datetime | None:
    """Since when a lead has been in a stage for too long; None where it has not."""
    limit = _too_long(stage)
    return None if limit is None or now - since <= limit else since + limit


def _too_long(stage: Stage | None) -> timedelta | None:
    if stage is None or stage.stalled_after_days is None:
        return None
    return timedelta(days=stage.stalled_after_days)


def _deadlines(
    work: Evaluation, stages: Sequence[str], since: Sequence[datetime]
) -> list[datetime | None]:
    """Until when each lead should have its first answer; None where it had one or needs none."""
    found: list[datetime | None] = [None] * len(stages)
    readings = work.read(answered_formulas(work.rules.stages))
    for key, stage in numbered("stage", work.rules.stages):
        if stage.answer_within_hours is None:
            continue
        within = timedelta(hours=stage.answer_within_hours)
        values = readings[f"{key}.answered"].values
        for index in [place for place, name in enumerate(stages) if name == stage.name]:
            if not _answered(values[index], since[index]):
                found[index] = since[index] + within
    return found


def _answered(value: CellValue, since: datetime) -> bool:
    """Whether a date or moment is not before `since`; a mere date may be any time of its day."""
    told = moment(value)
    if isinstance(told, datetime):
        return told >= since.replace(tzinfo=None)
    return told is not None and told >= since.date()
