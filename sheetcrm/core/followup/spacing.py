"""How close together messages to one person may come, over all sequences and sources."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sheetcrm.core.followup.history import OPEN, UNHEARD, Person
from sheetcrm.core.followup.schedule import Moment
from sheetcrm.core.followup.workdays import Workdays

_WEEK = timedelta(days=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wait:
    """Why something that is due waits, and for how long."""

    why: str  #: the second half of a sentence
    until: date | None = None  #: from then on it may go; None: nobody knows when
    hold: bool = False  #: somebody said that nothing shall go


def must_wait(person: Person, sequence: str, moment: Moment) -> Wait | None:
    """Why a message of `sequence` that is due at a moment must not be written yet, or None.

    A day counts as the one on which a message went out, or can go out.
    """
    if hold := on_hold(person, moment):
        return hold
    for message in person.messages:
        if message.sequence != sequence and message.state in OPEN:
            return Wait(why=f"waits for {message.sequence} step {message.step}")
    days = moment.days
    heard = sorted([days.slot(m.heard_at) for m in person.messages if m.state not in UNHEARD])
    return _too_close(heard, days, moment.ready) if heard else None


def on_hold(person: Person, moment: Moment) -> Wait | None:
    """Why nothing at all goes to the person, or None."""
    if person.hold is None or person.hold.over(moment.now):
        return None
    until = moment.days.slot(person.hold.until) if person.hold.until else None
    when = f" until {until}" if until else ""
    return Wait(why=f"is on hold{when}: {person.hold.reason}", until=until, hold=True)


def _too_close(heard: list[date], days: Workdays, day: date) -> Wait | None:
    sending = days.sending
    free = days.roll(heard[-1] + timedelta(days=sending.min_gap_days))
    if day < free:
        why = "not on the day of another message"
        if sending.min_gap_days > 1:
            why = f"not before {free}, {sending.min_gap_days} days after another message"
        return Wait(why=why, until=free)
    most = sending.person_per_week
    if most and len(heard) >= most and day < heard[-most] + _WEEK:
        free = days.roll(heard[-most] + _WEEK)
        return Wait(why=f"not before {free}: {most} messages in seven days", until=free)
    return None
