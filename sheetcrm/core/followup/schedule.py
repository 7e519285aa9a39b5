"""What comes next in one sequence for one lead, and when."""

from __future__ import annotations

from collections.abc import Sequence as Many
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sheetcrm.core.followup.history import OPEN, Person, stop_reason
from sheetcrm.core.followup.rules import Sequence
from sheetcrm.core.followup.signals import Signal
from sheetcrm.core.followup.workdays import Workdays, yearly
from sheetcrm.core.memory import Enrolment, MessageRecord
from sheetcrm.core.table.spoken import Spoken

NOT_MEANT = "its rule does not hold"
YEARLY_DAYS = 7  #: after the day of the year in which it is still worth a word
BLOCKING = OPEN | {"failed", "held"}  #: states of a message for which the next one waits


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
    ready: date  #: the first day on which something can go out
    freed: datetime | None = None  #: when a hold on the person ended


def look_ahead(
    sequence: Sequence,
    signal: Signal,
    person: Person,
    moment: Moment,
    *,
    asks_stage: bool = False,
    entered: Enrolment | None = None,
) -> Next:
    """The one next step of a sequence; a pause never makes up for what was missed.

    A step is due on the first business day that is `after_days` business days after the step
    before it went out (after the rule turned true or the date came, for the first), and from then
    on, for `expires_days`; what would come later is left out. On the evening before such a day it
    is due already, so that drafts are ready in the morning.

    Args:
        sequence: the sequence.
        signal: what its formulas say of the lead.
        person: who is written to.
        moment: the lead in time.
        asks_stage: whether the sequence's `when` looks at the stage.
        entered: since when its rule holds, where that is remembered.
    """
    if signal.fault:
        why = Spoken("cannot be decided: {}", signal.fault)
        return Next(outcome=Outcome.NOTHING, why=why, fault=True)
    if sequence.yearly_on:
        return _yearly(sequence, signal, person, moment)
    begun = person.of(sequence)
    start = _anew(sequence, signal, begun, moment, entered)
    generation = max(person.newest_generation(sequence), 1)
    if start:
        begun, generation = [], generation + 1
    holds_since = _holds_since(moment, entered, asks_stage=asks_stage)
    refusal = _refusal(
        sequence, signal, person, begun, moment, asks_stage=asks_stage, holds_since=holds_since
    )
    if refusal:
        return Next(outcome=Outcome.NOTHING, why=refusal)
    start = start or _start(sequence, signal, moment, holds_since)
    if start is None:
        return Next(outcome=Outcome.NOTHING, why="no date is given for it")
    return _next_step(sequence, signal, begun, start, moment, generation=str(generation))


def too_late(sequence: Sequence, day: date, moment: Moment) -> bool:
    """Whether what was for `day` would come too late now; a hold stops the clock."""
    last = _last_day(sequence, day, moment)
    return last is not None and moment.ready > last


def last_moment(sequence: Sequence, day: date, moment: Moment) -> datetime | None:
    """Until when what is for `day` may go out; None: for as long as it takes."""
    last = _last_day(sequence, day, moment)
    if last is None:
        return None
    return datetime.combine(last, moment.days.sending.closes, moment.days.zone)


def _last_day(sequence: Sequence, day: date, moment: Moment) -> date | None:
    days = sequence.expires_days
    if days is None and sequence.yearly_on:
        days = YEARLY_DAYS
    if days is None:
        return None
    if moment.freed:
        day = max(day, moment.days.slot(moment.freed))
    return day + timedelta(days=days)


def _anew(
    sequence: Sequence,
    signal: Signal,
    begun: Many[MessageRecord],
    moment: Moment,
    entered: Enrolment | None,
) -> date | None:
    """From when on the sequence begins once more, or None.

    Its rule must have been false since the last message, or its date be another one.
    """
    if not (sequence.again_days and begun) or any(m.state in BLOCKING for m in begun):
        return None
    last = max(message.heard_at for message in begun)
    soonest = moment.days.slot(last) + timedelta(days=sequence.again_days)
    if sequence.start_on:
        return signal.date if signal.date and signal.date >= soonest else None
    if entered and entered.holds and entered.since > last:
        return max(soonest, moment.days.today(entered.since))
    return None


def _holds_since(moment: Moment, entered: Enrolment | None, *, asks_stage: bool) -> datetime | None:
    """Since when the sequence's rule holds; None where nobody knows."""
    if entered and entered.holds:
        return entered.since
    return moment.since if asks_stage else None


def _start(
    sequence: Sequence, signal: Signal, moment: Moment, holds_since: datetime | None
) -> date | None:
    """The day from which the first step counts."""
    if sequence.start_on:
        return signal.date
    return moment.days.today(holds_since or moment.now)


def _refusal(
    sequence: Sequence,
    signal: Signal,
    person: Person,
    begun: Many[MessageRecord],
    moment: Moment,
    *,
    asks_stage: bool = False,
    holds_since: datetime | None = None,
) -> str:
    """Why nothing comes, or ""."""
    reason = stop_reason(
        sequence,
        person,
        begun,
        stage=moment.stage,
        since=moment.since,
        asks_stage=asks_stage,
        holds_since=holds_since,
    )
    if reason:
        return f"stopped: {reason}" if begun else reason
    if signal.applies is not True:
        return "over: its rule no longer holds" if begun else NOT_MEANT
    if begun and begun[-1].state == "cancelled":
        return f"over: the draft of step {begun[-1].step} was withdrawn"
    for message in begun:
        if message.state in BLOCKING:
            return f"waits for step {message.step}, which is {message.state}"
    return ""


def _next_step(
    sequence: Sequence,
    signal: Signal,
    begun: Many[MessageRecord],
    start: date,
    moment: Moment,
    *,
    generation: str,
) -> Next:
    done = begun[-1].step if begun else 0
    day = moment.days.slot(begun[-1].heard_at) if begun else start
    late = ""
    for number, step in enumerate(sequence.steps[done:], done + 1):
        day = moment.days.add(day, step.after_days)
        if signal.skips[number - 1]:
            continue
        if too_late(sequence, day, moment):
            late = f"step {number} was for {day}, and would come too late"
            continue
        due = day <= moment.ready
        what = f"step {number} ({step.template})"
        why = f"{what} is due" if due else f"{what} on {day}"
        return Next(
            outcome=Outcome.DUE if due else Outcome.LATER,
            step=number,
            generation=generation,
            on=day,
            why=f"{late}; {why}" if late else why,
        )
    return Next(outcome=Outcome.NOTHING, generation=generation, why=late or "finished")


def _yearly(sequence: Sequence, signal: Signal, person: Person, moment: Moment) -> Next:
    if signal.date is None:
        return Next(outcome=Outcome.NOTHING, why="no date is given for it")
    days = [
        yearly(signal.date, year) for year in range(moment.ready.year - 1, moment.ready.year + 2)
    ]
    start = max(day for day in days if day <= moment.ready)
    following = min(day for day in days if day > moment.ready)
    generation = str(start.year)
    begun = person.of(sequence, generation)
    refusal = _refusal(sequence, signal, person, begun, moment)
    if refusal:
        return Next(outcome=Outcome.NOTHING, why=refusal)
    if begun or not too_late(sequence, moment.days.roll(start), moment):
        found = _next_step(sequence, signal, begun, start, moment, generation=generation)
        if found.outcome is not Outcome.NOTHING:
            return found
    day = moment.days.roll(following)
    return Next(
        outcome=Outcome.LATER,
        step=1,
        generation=str(following.year),
        on=day,
        why=f"step 1 ({sequence.steps[0].template}) on {day}",
    )
