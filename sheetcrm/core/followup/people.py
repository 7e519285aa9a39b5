"""Everybody in a tab, with all that is known of them from every source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sheetcrm.core.followup.history import TAKEN, Person
from sheetcrm.core.followup.lead import LeadView
from sheetcrm.core.followup.oneperson import several_addresses
from sheetcrm.core.followup.rules import Sending
from sheetcrm.core.memory import GONE, Enrolment, Hold, MessageRecord, Standing
from sheetcrm.core.outbox import patterns_of
from sheetcrm.core.table.fields import Locale
from sheetcrm.core.table.values import CellError, CellValue
from sheetcrm.core.table.yesno import yesno_reader

AWAY = "an automatic reply came"

_NOBODY = Person()
_UNREADABLE = CellError("#VALUE!")
_REFUSALS: Mapping[CellValue, str] = {
    False: "the sheet says that the lead does not consent",
    _UNREADABLE: "what the sheet says of the lead's consent cannot be read",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Past:
    """What is remembered of all that went before."""

    messages: Sequence[MessageRecord] = ()
    """To the persons in the tab, from whichever source."""
    gone: Collection[str] = ()  #: keys of drafts that lie no longer where they were put
    standings: Mapping[str, Standing] = field(default_factory=dict)
    """Lead → stage before this run, and since when."""
    enrolments: Mapping[tuple[str, str], Enrolment] = field(default_factory=dict)
    """Lead and sequence → what its rule said last."""
    holds: Sequence[Hold] = ()
    suppressed: frozenset[str] = (
        frozenset()
    )  #: addresses and ``@domains`` that are never written to


class People:
    """Who is known by which address; somebody may have several."""

    def __init__(
        self,
        leads: Sequence[LeadView],
        past: Past,
        sending: Sending,
        *,
        locale: Locale,
        now: datetime,
    ) -> None:
        self._same = several_addresses(leads, past.messages)
        self._known: dict[str, Person] = {}
        messages: defaultdict[str, list[MessageRecord]] = defaultdict(list)
        for message in _as_taken(past, now):
            messages[self.one(message.person)].append(message)
        for person, own in messages.items():
            self._known[person] = Person(messages=_in_time(own), hold=_away(own, sending))
        for hold in past.holds:
            known = self.of(hold.person)
            self._known[self.one(hold.person)] = replace(known, hold=_weightier(known.hold, hold))
        self._hear(leads, locale)
        self._leave_alone(leads, past.suppressed)

    def __contains__(self, address: str) -> bool:
        return self._same.get(address, address) in self._known

    def one(self, address: str) -> str:
        """The address that stands for the person, which most have only one of."""
        return self._same.get(address, address)

    def addresses(self, address: str) -> list[str]:
        """All addresses of the person who has this one; none where there is none."""
        one = self.one(address)
        others = [other for other, stands_for in self._same.items() if stands_for == one]
        return list(dict.fromkeys([address, *others])) if address else []

    def same(self, one: LeadView, other: LeadView) -> bool:
        """Whether two rows are one person's."""
        return one is other or (bool(one.email) and self.one(one.email) == self.one(other.email))

    def of(self, address: str) -> Person:
        """All that is known of a person."""
        return self._known.get(self.one(address), _NOBODY)

    def all(self) -> list[Person]:
        """Everybody of whom anything is known."""
        return list(self._known.values())

    def copy(self) -> People:
        """The same people, of whom something else may be known from here on."""
        other = copy(self)
        other._known = dict(self._known)  # noqa: SLF001  its own kind
        return other

    def know(self, message: MessageRecord) -> None:
        """A message is new, or not as it was."""
        person = self.of(message.person)
        others = (known for known in person.messages if known.key != message.key)
        messages = _in_time([*others, message])
        self._known[self.one(message.person)] = replace(person, messages=messages)

    def _hear(self, leads: Iterable[LeadView], locale: Locale) -> None:
        """What the sheet says of a person in any row counts in all of them.

        Somebody wrote something where people ask not to be written to: what cannot be read there
        (``no contactar``, the day it was said) is taken for a yes. ``#N/A`` is not: so a lookup
        says that somebody is on no list. Consent that cannot be read (``no quiere``) is none.
        """
        read = yesno_reader(locale)

        def says(lead: LeadView, name: str) -> CellValue:
            return read(lead.values.get(name)).value

        for lead in leads:
            if not lead.email:
                continue
            replied = says(lead, "replied") is True
            unsubscribed = says(lead, "unsubscribed") in {True, _UNREADABLE}
            refusal = _REFUSALS.get(says(lead, "consent"), "")
            if replied or unsubscribed or refusal:
                known = self.of(lead.email)
                self._known[self.one(lead.email)] = replace(
                    known,
                    replied=known.replied or replied,
                    unsubscribed=known.unsubscribed or unsubscribed,
                    refusal=known.refusal or refusal,
                )

    def _leave_alone(self, leads: Iterable[LeadView], suppressed: frozenset[str]) -> None:
        """Who must not be written to at any of their addresses, is not at another."""
        for lead in leads if suppressed else ():
            if lead.email and not suppressed.isdisjoint(patterns_of(lead.email)):
                known = self.of(lead.email)
                self._known[self.one(lead.email)] = replace(known, suppressed=True)


def newly_taken(past: Past) -> list[str]:
    """The keys of drafts that are gone, and were not the last time."""
    return [
        message.key
        for message in (past.messages if past.gone else ())
        if _is_taken(message, past) and all(event.kind != GONE for event in message.events)
    ]


def _is_taken(message: MessageRecord, past: Past) -> bool:
    return message.state == "draft" and message.key in past.gone


def _as_taken(past: Past, now: datetime) -> Sequence[MessageRecord]:
    """A draft that lies no longer where it was put went out when that was seen."""
    if not past.gone:
        return past.messages
    return [
        _taken(message, now) if _is_taken(message, past) else message for message in past.messages
    ]


def _taken(message: MessageRecord, now: datetime) -> MessageRecord:
    seen = next((event.at for event in message.events if event.kind == GONE), now)
    return replace(message, state=TAKEN, sent_at=seen)


def _in_time(messages: Iterable[MessageRecord]) -> tuple[MessageRecord, ...]:
    return tuple(sorted(messages, key=lambda m: (m.created_at, m.step, m.key)))


def _away(messages: Sequence[MessageRecord], sending: Sending) -> Hold | None:
    """An automatic reply pauses what goes to a person."""
    found = [
        Hold(message.person, AWAY, "sheetcrm", event.at, event.at + timedelta(sending.pause_days))
        for message in messages
        for event in message.events
        if event.kind == "auto_reply"
    ]
    return max(found, key=lambda hold: hold.since, default=None)


def _weightier(noticed: Hold | None, said: Hold) -> Hold:
    """What was said of a person, unless an automatic reply came since then and lasts longer."""
    if noticed is None or said.since >= noticed.since or said.until is None:
        return said
    return noticed if noticed.until is None or noticed.until > said.until else said
