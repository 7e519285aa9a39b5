"""Messages: where they lie, what becomes of them, and who takes them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Protocol

from sheetcrm.core.hearing.arrivals import Arrivals
from sheetcrm.core.hearing.unclear import Unclear
from sheetcrm.core.memory import (
    MessageDraft,
    MessageEvent,
    MessageRecord,
)
from sheetcrm.core.outbox import (
    Abandoned,
    Answer,
    Claim,
    Claimed,
    InboxCursor,
    Limits,
    Pause,
    Suppression,
    Tries,
)


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

    def tries(self, account: str, now: datetime) -> Tries:
        """What the account has sent of late, as far as it stands here."""

    def abandoned(self, now: datetime) -> list[Abandoned]:
        """Messages that were going out when their senders' leases ended; `claim` gives them up."""

    def end_leases(self, turns: str, *, at: datetime) -> None:
        """All owners whose names end so are gone: what they had need not wait for its leases."""

    def never_began(self, abandoned: Abandoned, *, at: datetime) -> None:
        """It is proven that not a byte of it was handed over: it goes back to the queue."""

    def refusal(self, key: str, *, owner: str, limits: Limits, now: datetime) -> str:
        """Why a claimed message may not go out any more, or ""; asked just before it does."""

    def begin(self, key: str, *, owner: str, account: str, at: datetime) -> bool:
        """From now on the message may have arrived; False where it is not `owner`'s any more.

        Called when the server waits for the message and before it gets a byte of it.
        """

    def settle(self, key: str, *, owner: str, answer: Answer, at: datetime) -> None:
        """An attempt is over; one that may be repeated waits the longer, the more there were.

        What was only claimed may be let go (`Verdict.DROPPED`); what was begun may not.
        """

    def resolve(self, key: str, *, sent: bool, by: str, at: datetime) -> None:
        """Somebody found out what became of an ``unknown`` message.

        Raises:
            UsageError: there is no such message, or it is not unknown.
        """

    def counts(self) -> Mapping[str, int]:
        """State → how many messages are in it."""

    def recent(self, account: str, most: int) -> list[MessageRecord]:
        """The messages that went out of an account, or may have, the newest first."""

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

    def reopen(self, addresses: Collection[str], *, reason: str, at: datetime) -> int:
        """A person says so: what these addresses bounced or unsubscribed counts no longer.

        Answers how many messages are again in the state before.
        """

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

    def keep_unclear(self, mails: Sequence[Unclear]) -> int:
        """Mails that a person must look at; answers how many were not known yet.

        One that somebody has decided about stays known.
        """

    def unclear(self) -> list[Unclear]:
        """Those that nobody has decided about, the oldest first."""

    def clear_up(self, mail: str, verdict: str) -> bool:
        """Somebody has looked at a mail; False where it does not wait."""

    def digests(self) -> Mapping[str, datetime]:
        """`core.outbox.digest_of` of each message that went out, or may have → when it last did."""

    def log_position(self) -> int:
        """Up to which place in `sent.log` all its messages are known here."""

    def log_read_to(self, position: int) -> None:
        """They are known up to there."""

    def never(self, digests: Mapping[str, datetime]) -> None:
        """Messages of these digests went out: they are sent, those too that are yet to be written.

        So the ledger learns from `sent.log` what it does not know, and nothing goes again.
        """


Begin = Callable[[], Callable[[], None] | None]
"""Notes that a message goes out now; answers what else is to be noted just before its first byte.

None where it may not go after all.
"""


class SentLog(Protocol):
    """A second memory of what went out, on which nothing is ever changed."""

    def add(self, digest: str, at: datetime) -> None:
        """A message is about to go out.

        When it returns, everybody sees it who reads the file before the computer is started
        anew; after `flush`, everybody ever.

        Raises:
            MailerError: it cannot be written.
        """

    def ready(self, digest: str, at: datetime) -> Callable[[], None]:
        """What adds it, with all else done beforehand; it may raise `MailerError` as well.

        Raises:
            MailerError: it cannot be written.
        """

    def flush(self) -> None:
        """Have what was added on the disk.

        Raises:
            MailerError: it cannot be written.
        """

    def read(self, start: int) -> tuple[Mapping[str, datetime], int]:
        """Digest → when, of what was added after the place `start`, and the place of its end.

        Raises:
            MailerError: it cannot be read.
        """


class MailSession(Protocol):
    """A connection to a mail server that stays open over many messages."""

    def deliver(self, claim: Claim, raw: bytes, begin: Begin) -> Answer:
        """Hand over one message to its one recipient.

        Args:
            claim: which message, and to whom.
            raw: its bytes as they go out.
            begin: called when the server waits for the bytes. What it answers is called right
                before the first byte, with nothing in between; where it answers None nothing is
                handed over and the connection is dropped.

        Raises:
            MailerError: the server takes nothing at all any more; the message was not handed over.
        """


class Mailer(Protocol):
    """A mail server that takes our messages."""

    @property
    def account(self) -> str:
        """Whose limits count: the login or the sender's address."""

    def alone(self) -> AbstractContextManager[str]:
        """Have the account to ourselves until the end of the block.

        Gives a name for all who take turns at this lock since the computer was started, so that
        none of them is at work while another one is; "" where there is no such name.

        Raises:
            MailerBusyError: another process is sending from this account.
        """

    def open(self) -> AbstractContextManager[MailSession]:
        """Connect and log in, until the end of the block.

        Raises:
            MailerUnavailableError: no connection, or the server wants us to come back later.
            MailerAuthError: the server refuses the login.
        """


class InboxSession(Protocol):
    """An open mailbox."""

    def arrived(
        self, folder: str, after: InboxCursor | None, *, since: datetime
    ) -> Iterator[Arrivals]:
        """What is new in a folder, oldest first, a few mails at a time; at least once.

        Args:
            folder: one of the inbox's.
            after: up to where it has been read.
            since: how far to go back the first time, and where the server has begun to number
                its mails anew.

        Raises:
            MailerError: there is no such folder, or the connection broke.
        """

    def sent(self, message_ids: Collection[str]) -> set[str]:
        """Those of these messages that lie in the folder of sent mail; absence proves nothing.

        Raises:
            MailerError: there is no such folder, or the connection broke.
        """


class Inbox(Protocol):
    """The mailbox in which answers arrive; nothing in it is ever changed."""

    @property
    def account(self) -> str:
        """Whose mailbox it is."""

    @property
    def folders(self) -> Sequence[str]:
        """Where answers arrive."""

    def open(self) -> AbstractContextManager[InboxSession]:
        """Connect and log in.

        Raises:
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

    def gone(self, messages: Collection[MessageRecord]) -> set[str]:
        """The keys of those of these drafts that no longer lie there; many are asked for at once.

        Each knows its `place`, as `put` gave it, and its `message_id`.
        """

    def withdraw(self, draft: MessageDraft) -> bool:
        """Take the message away; False where it lies there no longer."""
