"""What comes next in one sequence for one lead, and when."""

from __future__ import annotations

from collections.abc import Sequence as Many
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sheetcrm.core.followup.history import ON_ITS_WAY, Person, stop_reason
from sheetcrm.core.followup.rules import Sequence
from sheetcrm.core.followup.signals import Signal
from sheetcrm.core.followup.workdays import Workdays, yearly
from sheetcrm.core.memory import MessageRecord

NOT_MEANT = "its rule does not hold"
YEARLY_WINDOW = 7  #: days after the day of the year in which it is still worth a word
BLOCKING = ON_ITS_WAY | {"failed", "held"}


class Outcome(StrEnum):
    """Whether anything comes."""

    DUE = "due"
    LATER = "later"
    NOTHING = "nothing"


@dataclass(frozen=True, kw_only=True, slots=True)
class Next:
    """What a sequence has for a lead."""

    outcome: Outcome
    step: int = 0  #: from 1
    generation: str = "1"  #: the year, of a yearly sequence
    on: date | None = None  #: the business day on which it is, or was, due
    why: str = ""
    fault: bool = False  #: a formula failed, so that it cannot be decided


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """The lead in time."""

    now: datetime  #: zoned
    days: Workdays  #: of the lead's country and zone
    stage: str
    since: datetime  #: since when it is in the stage


def look_ahead(
    sequence: Sequence, signal: Signal, person: Person, moment: Moment, *, asks_stage: bool = False
) -> Next:
    """The one next step of a sequence; a pause never makes up for what was missed.

    A step is due on the first business day that is `after_days` business days after the step
    before it (after the stage was reached or the date came, for the first), and from then on. On
    the evening before such a day it is due already, so that drafts are ready in the morning.
    """
    if signal.fault:
        return Next(outcome=Outcome.NOTHING, why=f"cannot be decided: {signal.fault}", fault=True)
    if sequence.yearly_on:
        return _yearly(sequence, signal, person, moment)
    begun = person.of(sequence.name)
    refusal = _refusal(sequence, signal, person, begun, moment, asks_stage=asks_stage)
    if refusal:
        return Next(outcome=Outcome.NOTHING, why=refusal)
    start = signal.date if sequence.start_on else moment.days.today(moment.since)
    if start is None:
        return Next(outcome=Outcome.NOTHING, why="no date is given for it")
    return _next_step(sequence, signal, begun, start, moment)


def _refusal(
    sequence: Sequence,
    signal: Signal,
    person: Person,
    begun: Many[MessageRecord],
    moment: Moment,
    *,
    asks_stage: bool = False,
) -> str:
    """Why nothing comes, or ""."""
    reason = stop_reason(
        sequence,
        person,
        begun,
        stage=moment.stage,
        since=moment.since,
        asks_stage=asks_stage,
    )
    if reason:
        return f"stopped: {reason}" if begun else reason
    if signal.applies is not True:
        return "over: its rule no longer holds" if begun else NOT_MEANT
    if begun and begun[-1].state == "cancelled":
        return f"over: the draft of step {begun[-1].step} was withdrawn"
    if begun and begun[-1].state in BLOCKING:
        return f"waits for step {begun[-1].step}, which is {begun[-1].state}"
    return ""


def _next_step(
    sequence: Sequence,
    signal: Signal,
    begun: Many[MessageRecord],
    start: date,
    moment: Moment,
    *,
    generation: str = "1",
) -> Next:
    done = begun[-1].step if begun else 0
    day = moment.days.slot(begun[-1].created_at) if begun else start
    ready = moment.days.slot(moment.now)
    for number, step in enumerate(sequence.steps[done:], done + 1):
        day = moment.days.add(day, step.after_days)
        if signal.skips[number - 1]:
            continue
        outcome = Outcome.DUE if day <= ready else Outcome.LATER
        return Next(
            outcome=outcome,
            step=number,
            generation=generation,
            on=day,
            why=f"step {number} ({step.template}) is due"
            if outcome is Outcome.DUE
            else f"step {number} ({step.template}) on {day}",
        )
    return Next(outcome=Outcome.NOTHING, generation=generation, why="finished")


def _yearly(sequence: Sequence, signal: Signal, person: Person, moment: Moment) -> Next:
    if signal.date is None:
        return Next(outcome=Outcome.NOTHING, why="no date is given for it")
    ready = moment.days.slot(moment.now)
    days = [yearly(signal.date, year) for year in range(ready.year - 1, ready.year + 2)]
    start = max(day for day in days if day <= ready)
    following = moment.days.roll(min(day for day in days if day > ready))
    generation = str(start.year)
    begun = person.of(sequence.name, generation)
    refusal = _refusal(sequence, signal, person, begun, moment)
    if refusal:
        return Next(outcome=Outcome.NOTHING, why=refusal)
    in_time = ready - moment.days.roll(start) <= timedelta(days=YEARLY_WINDOW)
    if begun or in_time:
        found = _next_step(sequence, signal, begun, start, moment, generation=generation)
        if found.outcome is not Outcome.NOTHING:
            return found
    why = f"step 1 ({sequence.steps[0].template}) on {following}"
    return Next(outcome=Outcome.LATER, step=1, on=following, why=why)
