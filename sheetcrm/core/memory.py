"""What is remembered of leads, stages, messages and runs, as values.

The ledger keeps them; qualification and follow-ups take them in and give new ones out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from sheetcrm.core.table.forgotten import Forgotten
from sheetcrm.core.table.values import CellValue, Override

GONE = "gone"
"""The event that a draft lies no longer where it was put: sent from a mail program, or deleted."""

REPLIED = "replied"
"""The event, and the state, that the person has answered a message."""

AGAIN = "+"
"""In a message's generation: behind it stands how often a person wanted it once more."""


class KnownLead(NamedTuple):
    """A lead as the ledger remembers it."""

    lead: str  #: the id
    fingerprint: str  #: digest of its identifying fields
    first_seen: datetime
    gone: bool = False  #: it was no longer in the tab at the last run


class Standing(NamedTuple):
    """Where a lead stands, and since when."""

    stage: str
    since: datetime
    past: tuple[str, ...] = ()  #: the stages that it was in before, the oldest first


class PastScore(NamedTuple):
    """How a lead was scored at some time."""

    at: datetime
    score: float | None
    scores: Mapping[str, float]  #: group → points
    stage: str


class StageMove(NamedTuple):
    """A lead goes from one stage to another (or would, where `refused`)."""

    lead: str
    before: str  #: "" for a lead that is new
    after: str
    why: str
    by: str = "rule"  #: or "person"
    at: datetime | None = None  #: set where it was read from the ledger
    refused: bool = False
    asked: bool = False  #: it is refused only until a person agrees


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageDraft:
    """One rendered follow-up to one lead.

    `key` is unique: (person, sequence, step, generation); the person is the lead's e-mail
    address after cleaning, so that the same person in two rows hears from us once.
    """

    key: str
    source: str
    lead: str
    person: str
    sequence: str
    step: int  #: from 1
    template: str  #: path of the template that was chosen
    language: str
    to_name: str
    to_address: str
    subject: str
    text: str
    html: str
    raw: bytes  #: the whole message, RFC 5322
    message_id: str
    due_on: date
    why: str  #: why this lead, this step, this template
    segment: str = ""
    phone: str = ""  #: of the person; the ledger keeps it there, not with the message
    state: str = "draft"
    created_at: datetime | None = None
    place: str = ""  #: where the outbox keeps it
    digest: str = ""  #: of everything that it was made from; another one makes it stale
    not_before: datetime | None = None  #: it may go from then on
    expires: datetime | None = None  #: it would come too late after that
    country: str = ""  #: ISO 3166, where the lead is: its business days and hours count
    zone: str = ""


class MessageEvent(NamedTuple):
    """What happened to a message, or was decided of it."""

    kind: str  #: a state, or ``auto_reply``, ``soft_bounce`` …
    at: datetime
    evidence: str = ""  #: where it is known from, for people


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageRecord:
    """A message that the ledger knows, without its bytes."""

    key: str
    lead: str
    person: str
    sequence: str
    step: int
    state: str
    message_id: str
    subject: str
    created_at: datetime
    source: str = ""
    note: str = ""  #: why it is in its state, where somebody or something decided so
    sent_at: datetime | None = None  #: when it went out, or may have
    not_before: datetime | None = None
    digest: str = ""
    to_name: str = ""
    to_address: str = ""
    phone: str = ""  #: of the person, as far as it is known
    place: str = ""  #: where the draft was put
    events: tuple[MessageEvent, ...] = ()  #: the oldest first

    @property
    def heard_at(self) -> datetime:
        """When the person heard from us by it, or would have: the base of every gap."""
        return self.sent_at or self.created_at

    @property
    def replied_at(self) -> datetime | None:
        """When the person answered it last, as far as we have heard."""
        return max((event.at for event in self.events if event.kind == REPLIED), default=None)

    @property
    def generation(self) -> str:
        """Which time the step is written to this person: a number, or the year."""
        return self.key.rpartition("|")[2]

    @property
    def time(self) -> str:
        """The same, without how often a person wanted it again."""
        return time_of(self.key)

    @property
    def is_repetition(self) -> bool:
        """Whether a person wanted a message that was sent once more."""
        return is_repetition(self.key)

    @property
    def called(self) -> str:
        """Which message of a sequence it is, for people."""
        return f"{self.sequence} step {self.step}{', once more' * self.is_repetition}"


def time_of(key: str) -> str:
    """Which time of its step a message is, without how often a person wanted it again."""
    return key.rpartition("|")[2].partition(AGAIN)[0]


def is_repetition(key: str) -> bool:
    """Whether this message's key says that a person wanted it once more."""
    return AGAIN in key.rpartition("|")[2]


@dataclass(frozen=True, kw_only=True, slots=True)
class Renewal:
    """A message that waits, and would be written otherwise today: nobody has seen it so."""

    key: str
    lead: str
    draft: MessageDraft | None  #: as it is written now; None where it cannot be
    reason: str


class Wish(NamedTuple):
    """What a person says in the sheet is to become of a draft."""

    key: str
    lead: str
    state: str  #: ``approved`` or ``skipped``
    word: str  #: as it stands in the cell


@dataclass(frozen=True, kw_only=True, slots=True)
class Withdrawal:
    """A draft that waits, and whose lead may no longer get it."""

    key: str
    lead: str
    reason: str
    state: str = "cancelled"  #: that it is in from now on; or ``expired``


class Enrolment(NamedTuple):
    """Since when the rule of a sequence holds for a lead, or no longer does."""

    lead: str
    sequence: str
    holds: bool
    since: datetime


class Hold(NamedTuple):
    """Nothing goes to a person for a while, whatever it is for."""

    person: str
    reason: str
    by: str  #: ``person``, or the part of sheetcrm that decided so
    since: datetime
    until: datetime | None = None  #: None: until somebody says so

    def over(self, now: datetime) -> bool:
        """Whether its time has come."""
        return self.until is not None and self.until <= now


@dataclass(frozen=True, kw_only=True, slots=True)
class Retention:
    """For how many days what is over is kept; that something was sent is never forgotten."""

    runs_days: int = 730  #: runs that changed nothing that is still known
    edits_days: int = 400  #: cells that were changed: for so long a run can be undone
    scores_days: int = 1825  #: scores that others have followed
    messages_days: int = 1825  #: words of messages that are settled


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonFile:
    """All that the ledger knows of one person."""

    names: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    leads: tuple[tuple[str, str], ...] = ()  #: source and id
    tables: Mapping[str, Sequence[Mapping[str, object]]] = field(default_factory=dict)
    """What it is → entries, the oldest first; only what there is."""
    related: tuple[str, ...] = ()  #: addresses with the same phone number, or of the same row
    ids: object = field(default=None, compare=False, repr=False)  #: the ledger's own


@dataclass(frozen=True, kw_only=True, slots=True)
class Memory:
    """Everything that the ledger knows of one source.

    `written[(lead, header)]` is what we last wrote there; `pending` holds values of a run
    that was cut off between noting and confirming them: they may stand in the sheet or not.
    `messages` holds those to every person of the source, whichever source they came from, and
    those to others with the phone number of one. `forgotten` tells whose rows are not to be read.
    """

    leads: Mapping[str, KnownLead] = field(default_factory=dict)
    written: Mapping[tuple[str, str], CellValue] = field(default_factory=dict)
    pending: Mapping[tuple[str, str], tuple[CellValue, ...]] = field(default_factory=dict)
    standings: Mapping[str, Standing] = field(default_factory=dict)
    messages: Sequence[MessageRecord] = ()
    enrolments: Mapping[tuple[str, str], Enrolment] = field(default_factory=dict)
    """Lead and sequence → what its rule said last; only of sequences that need to know."""
    holds: Sequence[Hold] = ()
    forgotten: Forgotten = field(default_factory=Forgotten)
    suppressed: frozenset[str] = frozenset()
    """Addresses and ``@domains`` that are never written to, whatever the sheets say."""


class Settled(NamedTuple):
    """A sync found that it had nothing to do, and what that rests on."""

    inputs: str  #: everything that it read beside the ledger, as digests
    since: datetime  #: when it looked
    until: datetime  #: when mere time may make something to do

    def holds(self, now: datetime) -> bool:
        """Whether no day has ended since, nor the clock was set back."""
        return self.since <= now < self.until


class LeadRecord(NamedTuple):
    """What a plan knows of one lead, to be remembered."""

    lead: str
    fingerprint: str
    row: int
    name: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""
    score: float | None = None
    scores: Mapping[str, float] = MappingProxyType({})
    stage: str = ""
    why: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class RunRecord:
    """One run as the ledger remembers it."""

    id: str
    kind: str
    started: datetime
    finished: datetime | None
    outcome: str
    counts: Mapping[str, int] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)
    """What JSON can hold: ``versions`` of what ran, ``phases`` of a `sheetcrm run` …"""


@dataclass(frozen=True, kw_only=True, slots=True)
class LeadState:
    """One lead as the ledger remembers it, for `explain`."""

    known: KnownLead
    record: LeadRecord
    standing: Standing | None = None
    moves: Sequence[StageMove] = ()
    messages: Sequence[MessageRecord] = ()
    overrides: Sequence[Override] = ()
    scores: Sequence[PastScore] = ()  #: each time that something of it was new, the oldest first
