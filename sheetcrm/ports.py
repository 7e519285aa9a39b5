"""The outside world on one page: what sheetcrm needs from it, as small as it needs it.

Every adapter of a port passes the same contract test, the one in `adapters.memory` included.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from sheetcrm.core.memory import (
    LeadState,
    Memory,
    MessageDraft,
    MessageEvent,
    MessageRecord,
    RunRecord,
)
from sheetcrm.core.outbox import (
    Answer,
    Claim,
    Claimed,
    InboxCursor,
    Limits,
    Pause,
    Suppression,
)
from sheetcrm.core.plan import Plan
from sheetcrm.core.table.layout import Layout
from sheetcrm.core.table.values import CellValue, Edit, Override, Problem, Tab


@dataclass(frozen=True, kw_only=True, slots=True)
class WriteReceipt:
    """What a write did."""

    cells: int  #: how many cells changed
    appended: tuple[str, ...] = ()  #: headers of columns that were added
    backup: str = ""  #: where the state before was kept, if it was
    problems: tuple[Problem, ...] = ()
    recalculated: int = 0  #: cells of formulas that read what was written, and have new values


@dataclass(frozen=True, kw_only=True, slots=True)
class Backup:
    """A copy of a source's file as it was just before a run changed it."""

    run: str  #: the id of that run
    place: str  #: where it lies
    size: int  #: bytes
    at: datetime  #: when the run began, in UTC


class TableSource(Protocol):
    """Something with a header and rows: a lead tab, a CSV file, rows written in the config."""

    def read(self, known_headers: Collection[str] = ()) -> Tab:
        """Read it as it stands now.

        Raises:
            SourceError: it is missing, refused or busy, or has no header.
        """


class TabSource(TableSource, Protocol):
    """One lead tab of a workbook or spreadsheet."""

    @property
    def name(self) -> str:
        """The source's name in the config."""

    @property
    def locator(self) -> str:
        """Where it is, for people: ``leads.xlsx › Leads``."""

    def read(self, known_headers: Collection[str] = ()) -> Tab:
        """Read the tab as it stands now.

        Args:
            known_headers: headers that fields may go by; the row that has most of them is
                the header, wherever it is.

        Raises:
            SourceError: it is missing, refused or busy, or has no header.
        """

    def write(
        self, tab: Tab, edits: Sequence[Edit], *, append: Sequence[str] = (), run: str = ""
    ) -> WriteReceipt:
        """Change the edits' cells and nothing else, all or none.

        Args:
            tab: what the edits were decided on; its `revision` proves that nobody has
                changed the source since.
            edits: at most one for each cell. Their headers stand in `tab` or in `append`.
            append: headers of columns to be added to the right, in this order.
            run: the run's id, by which a copy of the state before is known.

        Raises:
            SourceChangedError: the source is no longer what `tab` was read from.
            SourceError: it is busy, or cannot be written safely; it was left untouched.
        """


@runtime_checkable
class Unwritten(TabSource, Protocol):
    """A source whose sheet is never written, because the config says so."""

    @property
    def aside(self) -> str:
        """What is written in its stead, for people: ``leads.scores.xlsx``; "" for nothing."""

    def put_aside(
        self, tab: Tab, columns: Mapping[str, Sequence[CellValue]], *, run: str = ""
    ) -> WriteReceipt:
        """Make that hold these columns, a row for each lead of `tab` in its order.

        Raises:
            SourceError: it is busy, somebody else's, or cannot be written.
        """


@runtime_checkable
class WithLayout(TabSource, Protocol):
    """A source that also knows how its sheet looks to people."""

    def layout(self, tab: Tab) -> Layout:
        """How the tab looked when it was read; only what the source can tell.

        Raises:
            SourceChangedError: the source is no longer what `tab` was read from.
            SourceError: it cannot be read any more.
        """


@runtime_checkable
class Foreseeing(TabSource, Protocol):
    """A source that can tell beforehand what a write will lead to."""

    def foresee(
        self, tab: Tab, edits: Sequence[Edit], *, append: Sequence[str] = ()
    ) -> Sequence[Problem]:
        """What is to be known before these edits of a `tab` are written; touches nothing.

        Raises:
            SourceError: the source cannot be read.
        """


@runtime_checkable
class Rehearsing(TabSource, Protocol):
    """A source that can tell beforehand whether it could be written."""

    def rehearse(self, tab: Tab, headers: Collection[str]) -> None:
        """Find out whether these columns could be written beside all leads; nothing is changed.

        Args:
            tab: as it was read just now.
            headers: of our columns, those that are not there yet included.

        Raises:
            SourceError: they could not, and why.
        """


@runtime_checkable
class Versioned(TabSource, Protocol):
    """A source of which somebody else keeps all versions."""

    @property
    def history(self) -> str:
        """Where the versions are found, for people."""


@runtime_checkable
class Restorable(TabSource, Protocol):
    """A source that keeps copies of its file."""

    def backups(self) -> list[Backup]:
        """The copies that there are, the newest first; sources of one file have the same."""

    def restore(self, backup: Backup, *, run: str) -> str:
        """Put a copy in the place of the file, wholly or not at all.

        Returns:
            Where the state that it replaced is kept, under the id `run`; "" where the file was
            not there, or the same as the copy.

        Raises:
            SourceError: the file is busy or may not be written, or the copy is damaged; nothing
                was changed.
        """


class Ledger(Protocol):
    """What must be remembered outside the sheet."""

    def remember(self, source: str) -> Memory:
        """Everything known of one source, as one value (empty for a new source)."""

    def start_run(self, kind: str, at: datetime) -> str:
        """Begin a run (`sync`, `undo`, …) and give it an id such as ``20261122-093000-k3f``."""

    def intend(self, run: str, plan: Plan) -> None:
        """Note a plan's edits before the source is written, so that a crash loses nothing."""

    def commit(self, run: str, plan: Plan, *, at: datetime) -> None:
        """The source has been written: remember leads, values, overrides, moves and drafts.

        One transaction. A draft whose key is already known is left as it was. What the plan
        withdraws is cancelled, for good, where it still is a draft.
        """

    def finish_run(
        self, run: str, *, at: datetime, outcome: str, counts: Mapping[str, int]
    ) -> None:
        """Close a run with its outcome (``ok``, ``failed`` …)."""

    def runs(self, limit: int = 20) -> list[RunRecord]:
        """The newest runs first."""

    def edits(self, run: str) -> dict[str, list[Edit]]:
        """What a run wrote and has not been undone, by source. `Edit.row` is 0: rows move.

        Raises:
            UsageError: there is no such run.
        """

    def undone(self, run: str, source: str, edits: Sequence[Edit], *, by: str) -> None:
        """These edits of `run` were put back by the run `by`; remember the old values again."""

    def rows_written(self, source: str) -> dict[str, int]:
        """Run → how many leads of the source it wrote or meant to write."""

    def turned_back(self, source: str, run: str) -> list[Edit]:
        """The edits that make what we last wrote what it was just before `run` wrote.

        `Edit.row` is 0. For a run that the ledger does not know, its id tells the time.
        """

    def rewound(
        self, source: str, run: str, edits: Sequence[Edit], *, by: str, at: datetime
    ) -> None:
        """By the run `by`, the source's file is again what it was just before `run` wrote.

        `edits`, from `turned_back`, become what `by` wrote. Scores and moves since then no longer
        count; those count again that were taken back since then. Drafts stay.
        """

    def overrides(self, source: str) -> list[Override]:
        """Persons' values in our cells at the last commit, and since when they stand there."""

    def released(self, source: str, edits: Sequence[Edit], *, by: str, at: datetime) -> None:
        """By the run `by`, what persons had set counts as written by us; no cell was changed.

        `Edit.before` is what we had written there, `Edit.after` what a person had put over it.
        What runs that were cut off had intended is dropped, as it does not stand in the sheet.
        """

    def lead(self, source: str, lead: str) -> LeadState | None:
        """One lead with its stage history and messages, for `explain`."""

    def drafts(self) -> list[MessageDraft]:
        """All messages that wait for a person, oldest first."""

    def discard(self, keys: Collection[str]) -> None:
        """Forget these messages as if they had never been written; only drafts."""

    def close(self) -> None:
        """Let go of files and connections."""


class Outbox(Protocol):
    """Messages on their way: the one place that decides that nobody is written to twice.

    A message goes ``draft → approved | queued → claimed → sending → sent | failed | unknown``.
    Every method is one transaction of its own, on the disk when it returns, and may be called
    by any number of processes at once.
    """

    def approve(self, keys: Collection[str], *, by: str, at: datetime) -> list[str]:
        """Drafts that may go out as they are; answers which of these keys were drafts."""

    def skip(self, keys: Collection[str], *, reason: str, at: datetime) -> list[str]:
        """Messages that shall never go out; answers which of these had not gone out yet."""

    def claim(
        self,
        account: str,
        *,
        owner: str,
        now: datetime,
        lease: timedelta,
        limits: Limits,
        most: int,
    ) -> Claimed:
        """Take at most `most` messages that may go out now: approved, due, nothing against it.

        First, those whose senders' leases are over come back: to the queue where they had only
        been claimed, as ``unknown`` where they were going out. Messages that would come too late
        expire. Suppressed and paused ones stay.
        """

    def refusal(self, key: str, *, owner: str, now: datetime) -> str:
        """Why a claimed message may not go out any more, or ""; asked just before it does."""

    def begin(self, key: str, *, owner: str, account: str, at: datetime) -> bool:
        """From now on the message may have arrived; False where it is not `owner`'s any more.

        Called when the server waits for the message and before it gets a byte of it.
        """

    def settle(self, key: str, *, owner: str, answer: Answer, at: datetime) -> None:
        """An attempt is over; one that may be repeated waits the longer, the more there were."""

    def resolve(self, key: str, *, sent: bool, by: str, at: datetime) -> None:
        """Somebody found out what became of an ``unknown`` message.

        Raises:
            UsageError: there is no such message, or it is not unknown.
        """

    def again(self, key: str, *, by: str, at: datetime) -> str:
        """Send a message once more, wanted by a person: its key with the next generation.

        Raises:
            UsageError: there is no such message, or it never went out.
        """

    def find(
        self,
        *,
        states: Collection[str] = (),
        keys: Collection[str] = (),
        message_ids: Collection[str] = (),
        tokens: Collection[str] = (),
        addresses: Collection[str] = (),
        tried: bool = False,
    ) -> list[MessageRecord]:
        """Messages that any of these names, oldest first; with `tried`, only such as went out.

        Args:
            states: as ``unknown``.
            keys: of messages.
            message_ids: with their angle brackets.
            tokens: the part of a message's id that stands for its key.
            addresses: to which they go.
            tried: only those that were, or may have been, sent.
        """

    def drafts(self, keys: Collection[str]) -> list[MessageDraft]:
        """These messages with all that was rendered."""

    def heard(self, key: str, event: MessageEvent) -> bool:
        """Something happened to a message that was sent; False where that is known already.

        Its state follows what weighs more: ``auto_reply`` < ``replied`` < ``bounced`` <
        ``unsubscribed`` < ``complained``; any other event is only noted.
        """

    def suppress(self, entries: Sequence[Suppression]) -> int:
        """Never write to these again; answers how many were not known yet."""

    def unsuppress(self, patterns: Collection[str]) -> int:
        """A person says that these may be written to after all; answers how many were known."""

    def suppressions(self) -> list[Suppression]:
        """All of them, oldest first."""

    def pause(self, pause: Pause) -> None:
        """Let nothing out in its scope; a pause of the same scope takes the place of another."""

    def resume(self, scope: str) -> bool:
        """Take back a pause; False where there was none."""

    def pauses(self) -> list[Pause]:
        """Those that were not taken back; some may be over."""

    def cursor(self, account: str) -> InboxCursor | None:
        """Up to where an inbox has been read."""

    def read_to(self, account: str, cursor: InboxCursor) -> None:
        """It has been read, and what was found has been noted."""

    def digests(self) -> set[str]:
        """`core.outbox.digest_of` of every message that went out, or may have."""

    def never(self, digests: Mapping[str, datetime]) -> None:
        """Messages of these digests went out, whatever the ledger knows of them: never again."""


class SentLog(Protocol):
    """A second memory of what went out, on which nothing is ever changed."""

    def add(self, digest: str, at: datetime) -> None:
        """A message is about to go out; on the disk when it returns.

        Raises:
            MailerError: it cannot be written.
        """

    def entries(self) -> Mapping[str, datetime]:
        """Digest → when; of all messages that ever went out.

        Raises:
            MailerError: it cannot be read.
        """


class MailSession(Protocol):
    """A connection to a mail server that stays open over many messages."""

    def deliver(self, claim: Claim, raw: bytes, begin: Callable[[], bool]) -> Answer:
        """Hand over one message to its one recipient.

        Args:
            claim: which message, and to whom.
            raw: its bytes as they go out.
            begin: called when the server waits for the bytes; where it answers False nothing is
                handed over and the connection is dropped.

        Raises:
            MailerError: the server takes nothing at all any more; the message was not handed over.
        """


class Mailer(Protocol):
    """A mail server that takes our messages."""

    @property
    def account(self) -> str:
        """Whose limits count: the login or the sender's address."""

    def open(self) -> AbstractContextManager[MailSession]:
        """Connect and log in; the account is ours until the end of the block.

        Raises:
            MailerBusyError: another process is sending from this account.
            MailerUnavailableError: no connection, or the server wants us to come back later.
            MailerAuthError: the server refuses the login.
        """


class DraftBox(Protocol):
    """Where rendered follow-ups lie for people to look at, until somebody sends them."""

    def put(self, draft: MessageDraft) -> str:
        """Store one message, or leave it where it is if it lies there already; say where."""

    def place(self, draft: MessageDraft) -> str:
        """Where the message lies or would lie, for people."""

    def holds(self, draft: MessageDraft) -> bool:
        """Whether the message still lies where `put` stored it."""

    def withdraw(self, draft: MessageDraft) -> bool:
        """Take the message away; False where it lies there no longer."""


class TemplateStore(Protocol):
    """The team's templates."""

    def sources(self) -> Mapping[str, str]:
        """Path relative to `templates/` (with ``/``) → text, for every file in it."""


class Clock(Protocol):
    """The time, asked once a run."""

    def now(self) -> datetime:
        """Now, in the workspace's time zone, zoned."""
