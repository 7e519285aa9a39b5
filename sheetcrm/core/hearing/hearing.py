"""`hear`: what a mail is, and what in it tells which of our messages it is about."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from sheetcrm.core.hearing.addresses import (
    address_in,
    first_token,
    message_ids,
    tagged,
    token_of_id,
)
from sheetcrm.core.hearing.automatic import automatic
from sheetcrm.core.hearing.delivery import Delivery, Outcome, delivery, original
from sheetcrm.core.hearing.mail import Headers, Mail, read
from sheetcrm.core.hearing.oldstyle import old_bounce
from sheetcrm.core.hearing.wishes import asks_to_leave, leaving_token, own_lines

SAID_LIMIT = 160  #: characters that are shown of what somebody wrote
THREAD_LIMIT = 30  #: ids of a thread that are looked at, the newest first

_ENVELOPE = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "to")
_COMPLAINT = "message/feedback-report"
_RECEIPT = "message/disposition-notification"
_DENIALS = frozenset(("not-spam", "auth-failure", "dmarc"))


class Kind(StrEnum):
    """What a mail is."""

    ARRIVED = "arrived"  #: a report that the message was taken, or read
    GONE = "gone"  #: there is no such mailbox
    REJECTED = "rejected"  #: the mailbox takes nothing from us
    FULL = "full"  #: it did not arrive this time
    REFUSED = "refused"  #: because of us, whoever the receiver is
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"
    AUTO_REPLY = "auto_reply"
    REPLIED = "replied"
    OURS = "ours"  #: our own mail


class How(StrEnum):
    """What tells which message a mail is about, the surest first."""

    VERP = "verp"  #: the address that the mail went to
    ENVELOPE_ID = "envelope id"
    LINK = "link"  #: the token of our own way out
    ORIGINAL = "original"  #: the message that came back
    THREAD = "thread"
    ADDRESS = "address"  #: only who it is from, or about


@dataclass(frozen=True, kw_only=True, slots=True)
class Clue:
    """One of `token`, `message_id` and `address`, and where it stood."""

    how: How
    token: str = ""
    message_id: str = ""
    address: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """What a mail says to us."""

    id: str  #: the same for the same mail, however often it is heard
    kind: Kind
    clues: tuple[Clue, ...] = ()  #: the surest first
    sender: str = ""  #: address
    subject: str = ""
    said: str = ""  #: what the writer says first, or why it did not arrive; one line
    status: str = ""  #: of a report: ``5.1.1``


def hear(raw: bytes, ours: Collection[str] = ()) -> Heard:
    """What a mail is.

    A report about a delivery comes before everything else, then a complaint, somebody who leaves,
    a machine's answer, and last a person's. Never fails, whatever the bytes.

    Args:
        raw: the mail as it lies in the mailbox; its first 512 KB are enough.
        ours: the addresses that we write from, in lower case.
    """
    mail = read(raw)
    report = delivery(mail) or old_bounce(mail)
    if report:
        return _of_report(mail, report)
    complaint = mail.part(_COMPLAINT)
    if complaint and complaint.groups():
        return _of_complaint(mail, complaint.groups()[0])
    if token := leaving_token(mail):
        return _heard(mail, Kind.UNSUBSCRIBED, [Clue(how=How.LINK, token=token)])
    clues = [*_verp(mail.headers), *_thread(mail.headers)]
    if mail.part(_RECEIPT):
        return _heard(mail, Kind.ARRIVED, clues)
    if _is_ours(mail.headers, ours):
        return _heard(mail, Kind.OURS, [])
    if automatic(mail):
        return _heard(mail, Kind.AUTO_REPLY, clues)
    kind = Kind.UNSUBSCRIBED if asks_to_leave(mail) else Kind.REPLIED
    return _heard(mail, kind, clues)


def _heard(mail: Mail, kind: Kind, clues: list[Clue]) -> Heard:
    sender = address_in(mail.headers.get("from"))
    last = [Clue(how=How.ADDRESS, address=sender)] if sender and kind is not Kind.OURS else []
    return Heard(
        id=_id(mail),
        kind=kind,
        clues=(*clues, *last),
        sender=sender,
        subject=mail.headers.get("subject")[:SAID_LIMIT],
        said=" ".join(own_lines(mail))[:SAID_LIMIT],
    )


def _id(mail: Mail) -> str:
    """40 bits of the mail's Message-ID, or of all that it says, where it has none."""
    said = (part.body for part in mail.parts)
    own = mail.headers.get("message-id").encode() or b"".join(said) + str(mail.headers).encode()
    return base64.b32encode(hashlib.blake2b(own, digest_size=5).digest()).decode().lower()


def _is_ours(headers: Headers, ours: Collection[str]) -> bool:
    sender = address_in(headers.get("from"))
    return sender in ours or bool(token_of_id(headers.get("message-id")))


def _of_report(mail: Mail, report: Delivery) -> Heard:
    clues = [*_verp(mail.headers)]
    if token := first_token(report.envelope_id):
        clues.append(Clue(how=How.ENVELOPE_ID, token=token))
    clues += [*_of_original(report.original), *_thread(mail.headers)]
    if report.address:
        clues.append(Clue(how=How.ADDRESS, address=report.address))
    return Heard(
        id=_id(mail),
        kind=_KINDS[report.outcome],
        clues=tuple(clues),
        sender=address_in(mail.headers.get("from")),
        subject=mail.headers.get("subject")[:SAID_LIMIT],
        said=report.reason[: 2 * SAID_LIMIT],
        status=report.status,
    )


_KINDS = {
    Outcome.ARRIVED: Kind.ARRIVED,
    Outcome.GONE: Kind.GONE,
    Outcome.REJECTED: Kind.REJECTED,
    Outcome.FULL: Kind.FULL,
    Outcome.REFUSED: Kind.REFUSED,
}


def _of_complaint(mail: Mail, report: Headers) -> Heard:
    """A complaint that a mailbox provider passes on (ARF, RFC 5965)."""
    kind = report.get("feedback-type").strip().lower()
    clues = [*_verp(mail.headers)]
    clues += [
        Clue(how=How.VERP, token=token) for _, token in tagged([report.get("original-mail-from")])
    ]
    if token := first_token(report.get("original-envelope-id")):
        clues.append(Clue(how=How.ENVELOPE_ID, token=token))
    clues += _of_original(original(mail))
    if address := address_in(report.get("original-rcpt-to")):
        clues.append(Clue(how=How.ADDRESS, address=address))
    return Heard(
        id=_id(mail),
        kind=Kind.ARRIVED if kind in _DENIALS else Kind.COMPLAINED,
        clues=tuple(clues),
        sender=address_in(mail.headers.get("from")),
        subject=mail.headers.get("subject")[:SAID_LIMIT],
        said=kind,
    )


def _verp(headers: Headers) -> Iterator[Clue]:
    for _, token in tagged(headers.all(*_ENVELOPE)):
        yield Clue(how=How.VERP, token=token)


def _of_original(headers: Headers | None) -> Iterator[Clue]:
    """What the header that came back tells; its Message-ID, or what a server left of us in it."""
    if headers is None:
        return
    for one in message_ids(headers.all("message-id"))[:1]:
        yield _by_id(one, How.ORIGINAL)
    if token := first_token(headers.get("list-unsubscribe")):
        yield Clue(how=How.ORIGINAL, token=token)


def _thread(headers: Headers) -> Iterator[Clue]:
    """The messages that a mail answers, the newest first (RFC 5322, 3.6.4)."""
    answered = message_ids(headers.all("in-reply-to"))
    before = message_ids(headers.all("references"))[::-1]
    for one in list(dict.fromkeys((*answered, *before)))[:THREAD_LIMIT]:
        yield _by_id(one, How.THREAD)


def _by_id(message_id: str, how: How) -> Clue:
    return Clue(how=how, message_id=message_id, token=token_of_id(message_id))
