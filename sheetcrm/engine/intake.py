"""Hear back: read what is new in the mailbox, and note what it says of our messages.

What is noted is noted once, however often a mail is read; the mailbox counts as read only when
everything in it has been noted. So an intake may be cut off anywhere, and repeated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from sheetcrm.core.hearing.arrivals import Arrived
from sheetcrm.core.hearing.hearing import Heard, Kind, hear
from sheetcrm.core.hearing.matching import Match, match, wanted
from sheetcrm.core.hearing.unclear import Unclear
from sheetcrm.core.memory import MessageEvent, MessageRecord
from sheetcrm.core.outbox import (
    EVERYTHING,
    OPEN,
    InboxCursor,
    Pause,
    Suppression,
    active,
)
from sheetcrm.engine.workspace import Workspace
from sheetcrm.errors import LedgerError, MailerUnavailableError, TransientError, UsageError
from sheetcrm.ports import Inbox, InboxSession, Outbox

FIRST_LOOK = timedelta(days=30)  #: how far back a mailbox is read that is new to us
SOFT_WINDOW, SOFT_LIMIT = timedelta(days=14), 3
"""So many messages that did not arrive within this time, and the address counts as dead."""

AT_ONCE = 100  #: names of messages in one question to the ledger
STALE = timedelta(minutes=30)  #: what was heard before is no good for sending any more

BY = "intake"  #: who paused
SOFT = "soft_bounce"

_EVENTS = {
    Kind.GONE: "bounced",
    Kind.REJECTED: "bounced",
    Kind.FULL: SOFT,
    Kind.REFUSED: "refused",
    Kind.COMPLAINED: "complained",
    Kind.UNSUBSCRIBED: "unsubscribed",
    Kind.AUTO_REPLY: "auto_reply",
    Kind.REPLIED: "replied",
}
_ACTED_ON = frozenset((Kind.UNSUBSCRIBED, Kind.COMPLAINED, Kind.AUTO_REPLY))
"""What is believed of whoever it comes from: nobody is harmed by hearing less from us."""


@dataclass(frozen=True, kw_only=True, slots=True)
class News:
    """Something that was heard, and was new."""

    kind: str  #: of the event: ``replied``, ``bounced`` …; or ``unclear``, ``arrived``
    person: str
    sequence: str = ""
    step: int = 0
    said: str = ""
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class IntakeReport:
    """What an intake found."""

    read: int = 0  #: mails
    news: tuple[News, ...] = ()
    paused: str = ""  #: why sending has been paused, if it has

    @property
    def counts(self) -> Mapping[str, int]:
        """How many mails there were, and of what."""
        return {"mails": self.read, **Counter(one.kind for one in self.news)}

    @property
    def exit_code(self) -> int:
        """0 fine · 1 a person should look."""
        return 1 if self.paused else 0


def intake(workspace: Workspace, now: datetime) -> IntakeReport:
    """Read what is new in the workspace's mailbox.

    Raises:
        UsageError: the workspace has none.
        MailerError: it cannot be read; what was read until then has been noted.
        LedgerError: the ledger cannot be used.
    """
    inbox = mailbox(workspace)
    hearing = _Hearing(workspace, now)
    with inbox.open() as session:
        for folder in inbox.folders:
            _read(workspace.ledger.outbox, inbox, session, folder, hearing)
        _resolve_sent(workspace.ledger.outbox, session, hearing)
    return IntakeReport(read=hearing.read, news=tuple(hearing.news), paused=hearing.paused)


def listen_first(workspace: Workspace, now: datetime) -> None:
    """Hear back just before something is sent, so that nobody is written to who has answered.

    Where the mailbox cannot be reached, what was heard in the last half hour will do. Without a
    mailbox there is nothing to hear.

    Raises:
        MailerError: it cannot be read, and was not for too long.
        LedgerError: the ledger cannot be used.
    """
    if workspace.inbox is None:
        return
    known = polled_at(workspace)
    try:
        intake(workspace, now)
    except LedgerError:
        raise
    except TransientError as error:
        if known is None or not now - STALE <= known <= now:
            raise MailerUnavailableError(
                f"nothing is sent, as nobody knows who has answered: {error.message}",
                hint=error.hint,
            ) from error


def mailbox(workspace: Workspace) -> Inbox:
    """The workspace's mailbox.

    Raises:
        UsageError: there is none.
    """
    if workspace.inbox is None:
        raise UsageError(
            "the workspace has no mailbox in which answers arrive",
            hint='name it in config/followups.toml: [imap] host = "…", password = "${file:…}"',
        )
    return workspace.inbox


def polled_at(workspace: Workspace) -> datetime | None:
    """When the whole mailbox was read last; None where it never was, or there is none."""
    inbox = workspace.inbox
    if inbox is None:
        return None
    cursors = [workspace.ledger.outbox.cursor(_place(inbox, folder)) for folder in inbox.folders]
    return min((one.polled_at for one in cursors if one), default=None) if all(cursors) else None


def _place(inbox: Inbox, folder: str) -> str:
    return f"{inbox.account}/{folder}"


def _read(
    outbox: Outbox, inbox: Inbox, session: InboxSession, folder: str, hearing: _Hearing
) -> None:
    """Read a folder part by part; only with the last one does it count as read now."""
    place = _place(inbox, folder)
    cursor = outbox.cursor(place)
    before = cursor.polled_at if cursor else hearing.now - FIRST_LOOK
    back_to = before - timedelta(days=1) if cursor else before
    reached: InboxCursor | None = None
    for arrivals in session.arrived(folder, cursor, since=back_to):
        if reached:
            outbox.read_to(place, reached)
        hearing.take(arrivals.mails)
        reached = InboxCursor(arrivals.uidvalidity, arrivals.last_uid, before)
    if reached:
        outbox.read_to(place, reached._replace(polled_at=hearing.now))


def _resolve_sent(outbox: Outbox, session: InboxSession, hearing: _Hearing) -> None:
    """Messages of which nobody knew, and which lie in the folder of sent mail, were sent."""
    unknown = {one.message_id: one for one in outbox.find(states=["unknown"])}
    for message_id in session.sent(unknown) if unknown else ():
        hearing.arrived(unknown[message_id], by="it lies in the folder of sent mail")


class _Hearing:
    """What one intake has heard so far."""

    def __init__(self, workspace: Workspace, now: datetime) -> None:
        self.now = now
        self.read = 0
        self.news: list[News] = []
        self.paused = ""
        self._outbox = workspace.ledger.outbox
        self._pause_days = workspace.rules.followups.sending.pause_days
        self._ours = our_addresses(workspace)

    def take(self, mails: Sequence[Arrived]) -> None:
        """Note what some mails say; most are not about us, which one look at the ledger tells."""
        self.read += len(mails)
        every = [(hear(mail.raw, self._ours), min(mail.at, self.now)) for mail in mails]
        known = self._find([heard for heard, _ in every])
        for heard, at in every:
            about = match(heard, known, at) is not None
            if heard.kind is Kind.UNSUBSCRIBED or (about and heard.kind is not Kind.OURS):
                self._take(heard, at)

    def _find(self, heard: Sequence[Heard]) -> list[MessageRecord]:
        """The messages that these mails name, the oldest first; asked for in small parts."""
        named = [wanted(one) for one in heard]
        ids, tokens, addresses = (
            list(dict.fromkeys(chain(*(one[i] for one in named)))) for i in range(3)
        )
        found: dict[str, MessageRecord] = {}
        for start in range(0, max(len(ids), len(tokens), len(addresses)), AT_ONCE):
            part = slice(start, start + AT_ONCE)
            messages = self._outbox.find(
                message_ids=ids[part], tokens=tokens[part], addresses=addresses[part]
            )
            found |= {one.key: one for one in messages}
        return sorted(found.values(), key=lambda one: one.created_at)

    def _take(self, heard: Heard, at: datetime) -> None:
        """Note what a mail says; of messages as they are now, after those before it."""
        found = match(heard, self._find([heard]), at)
        if found and (found.sure or heard.kind in _ACTED_ON):
            self._note(heard, found, at)
        elif heard.kind is Kind.UNSUBSCRIBED or (found and heard.kind is not Kind.ARRIVED):
            self._keep_unclear(heard, found.message if found else None, at)

    def arrived(self, message: MessageRecord, *, by: str) -> None:
        """It is proven that a message was sent."""
        if message.state == "unknown":
            self._outbox.resolve(message.key, sent=True, by=by, at=self.now)
            self._tell("arrived", message, by, self.now)

    def _note(self, heard: Heard, found: Match, at: datetime) -> None:
        """Act first and note last: cut off in between, it is done once more and not left out."""
        message, kind = found.message, heard.kind
        if kind is Kind.ARRIVED:
            self.arrived(message, by="a report says so")
            return
        told = " ".join(part for part in (heard.status, heard.said or heard.subject) if part)
        event = MessageEvent(_EVENTS[kind], at, f"{told} ({heard.id})")
        if any((one.kind, one.evidence) == (event.kind, event.evidence) for one in message.events):
            return
        changed = self._act(heard, message, told, at)
        if not found.sure and message.state in OPEN:  # most likely it has not even gone out
            if changed:
                self._tell(event.kind, message, told, at)
            return
        soft = self._soft(message, at) if kind is Kind.FULL else ""
        if soft and self._outbox.heard(message.key, MessageEvent("bounced", at, soft)):
            self._tell("bounced", message, soft, at)
        if self._outbox.heard(message.key, event):
            self._tell(event.kind, message, told, at)

    def _act(self, heard: Heard, message: MessageRecord, told: str, at: datetime) -> bool:
        """What follows beside the message's own state; whether anything is new."""
        receiver = {message.person, message.to_address}
        if heard.kind is Kind.UNSUBSCRIBED:
            return self._suppress({*receiver, heard.sender}, "unsubscribed", heard, at)
        if heard.kind in {Kind.COMPLAINED, Kind.GONE}:
            return self._suppress(receiver, _EVENTS[heard.kind], heard, at)
        if heard.kind is Kind.REFUSED:
            return self._pause_all(told)
        if heard.kind is Kind.AUTO_REPLY:
            until = at + timedelta(days=self._pause_days)
            return self._pause_person(message.person, "an automatic reply", until)
        return False

    def _keep_unclear(self, heard: Heard, message: MessageRecord | None, at: datetime) -> None:
        person = message.person if message else ""
        mail = Unclear(
            id=heard.id,
            kind=heard.kind.value,
            at=at,
            sender=heard.sender,
            subject=heard.subject,
            said=heard.said,
            person=person,
            key=message.key if message else "",
        )
        if self._outbox.keep_unclear([mail]):
            said = heard.said or heard.subject
            self.news.append(News(kind="unclear", person=person or heard.sender, said=said, at=at))
        if person and any(one.id == heard.id for one in self._outbox.unclear()):
            self._pause_person(person, f"a mail that nobody has decided about: {heard.id}", None)

    def _soft(self, message: MessageRecord, at: datetime) -> str:
        """Why an address to which one more message did not arrive counts as dead, or ""."""
        before = [
            event
            for one in self._outbox.find(addresses=[message.person])
            for event in one.events
            if event.kind == SOFT and event.at > at - SOFT_WINDOW
        ]
        count = len(before) + 1
        dead = count >= SOFT_LIMIT
        return f"{count} messages did not arrive in {SOFT_WINDOW.days} days" if dead else ""

    def _suppress(self, addresses: Collection[str], word: str, heard: Heard, at: datetime) -> bool:
        said = f"{word}: {heard.status}" if heard.status else word
        wanted = sorted(one for one in addresses if "@" in one and one not in self._ours)
        return bool(self._outbox.suppress([Suppression(one, said, at) for one in wanted]))

    def _pause_person(self, person: str, reason: str, until: datetime | None) -> bool:
        """Let nothing out to a person, unless that is so for longer already."""
        scope = f"person|{person}"
        for one in active(self._outbox.pauses(), self.now):
            if one.scope == scope and (one.until is None or (until and one.until >= until)):
                return False
        if until is not None and until <= self.now:
            return False
        self._outbox.pause(Pause(scope, reason, BY, self.now, until))
        return True

    def _pause_all(self, told: str) -> bool:
        """Mails are refused because of us: every further one makes it worse."""
        self.paused = f"a server refuses our mails: {told}"
        if any(one.scope == EVERYTHING for one in active(self._outbox.pauses(), self.now)):
            return False
        self._outbox.pause(Pause(EVERYTHING, self.paused, BY, self.now))
        return True

    def _tell(self, kind: str, message: MessageRecord, said: str, at: datetime) -> None:
        self.news.append(
            News(
                kind=kind,
                person=message.person,
                sequence=message.sequence,
                step=message.step,
                said=said,
                at=at,
            )
        )


def our_addresses(workspace: Workspace) -> frozenset[str]:
    """The addresses that we write from, in lower case."""
    sender = workspace.rules.followups.sender
    account = workspace.inbox.account if workspace.inbox else ""
    given = (sender.address, sender.reply_to, account)
    return frozenset(one.casefold() for one in given if "@" in one)
