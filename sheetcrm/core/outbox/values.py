"""What goes back and forth between the ledger's outbox, the mail server, and the inbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from typing import NamedTuple

EVERYTHING = ""  #: the scope of a pause of all sending


def domain_of(address: str) -> str:
    """The part behind the @, in small letters."""
    return address.rpartition("@")[2].casefold()


class Verdict(StrEnum):
    """How an attempt to hand a message over ended."""

    SENT = "sent"  #: the server has taken it
    LATER = "later"  #: it definitely has not, and may another time (4xx, or no connection)
    FAILED = "failed"  #: it definitely has not, and never will (5xx)
    UNKNOWN = "unknown"  #: nobody can tell: all was handed over, and no answer came
    DROPPED = "dropped"  #: we let go of it ourselves, before anything was handed over


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What came of one attempt."""

    verdict: Verdict
    code: int = 0  #: of the server, as ``451``; 0 where there was none
    text: str = ""  #: its words, or what happened
    status: str = ""  #: enhanced status code (RFC 3463), as ``5.1.1``


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """A message that one sender has taken, so that no other one takes it."""

    key: str
    to_address: str
    message_id: str
    raw: bytes  #: frozen; only its Date is renewed when it goes out
    subject: str = ""  #: for people
    attempts: int = 0  #: how often it was tried before

    @property
    def domain(self) -> str:
        """Of the address, in small letters."""
        return domain_of(self.to_address)


@dataclass(frozen=True, kw_only=True, slots=True)
class Claimed:
    """What may go out now, and what is to be said of the rest."""

    claims: tuple[Claim, ...] = ()
    waiting: int = 0  #: messages that are due now but may not go yet
    why: str = ""  #: what they wait for: a limit, or a pause
    next_at: datetime | None = None  #: when something may go again


@dataclass(frozen=True, kw_only=True, slots=True)
class Tries:
    """What an account has sent of late; what is claimed counts as sent now."""

    day: int = 0  #: within 24 hours
    oldest: datetime | None = None  #: of those
    minute: Sequence[tuple[datetime, str]] = ()  #: within a minute: when, domain
    first: datetime | None = None  #: ever


Opens = Callable[[str, str, datetime], datetime]
"""Country, zone and time → when something may be sent there: that time itself, or a later one."""


Elsewhere = Callable[[datetime], Sequence[Tries]]
"""Now → what an account has sent of late that stands in other ledgers."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """How fast messages may leave one account."""

    per_minute: int = 20
    per_day: int = 200  #: in any 24 hours
    per_domain: Mapping[str, int] = field(default_factory=dict)
    """Domain of the recipient → most messages a minute; "" for all others."""
    warm_up: bool = False  #: a new account begins with 20 a day, doubled every three days
    gap: timedelta = timedelta()  #: between two messages to one person
    ends_on_reply: frozenset[str] = frozenset()  #: sequences that a reply ends
    opens: Opens = lambda _country, _zone, now: now
    elsewhere: Elsewhere = lambda _now: ()


class Abandoned(NamedTuple):
    """A message whose sender's lease is over while it was going out."""

    key: str
    owner: str
    tried_at: datetime


class Suppression(NamedTuple):
    """An address or a domain that is never written to again."""

    pattern: str  #: ``a@example.com``, ``@example.com``, or the hash of a forgotten address
    reason: str
    at: datetime


class Pause(NamedTuple):
    """Nothing goes out in its scope until it is taken back, or its time is over."""

    scope: str  #: "" for all sending, or ``account|…``, ``domain|…``, ``person|…``
    reason: str
    by: str  #: ``person``, or the part of sheetcrm that paused
    since: datetime
    until: datetime | None = None

    def seen_from(self, zone: tzinfo | None) -> Pause:
        """The same, its times told in another zone."""
        until = self.until.astimezone(zone) if self.until else None
        return self._replace(since=self.since.astimezone(zone), until=until)


class InboxCursor(NamedTuple):
    """Up to where a folder of an account has been read (RFC 3501, section 2.3.1.1)."""

    uidvalidity: int
    last_uid: int
    polled_at: datetime
