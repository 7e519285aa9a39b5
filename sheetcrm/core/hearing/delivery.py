"""Reports about a delivery (RFC 3464), and what the codes in them mean for us (RFC 3463)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from sheetcrm.core.hearing.addresses import address_in
from sheetcrm.core.hearing.mail import Headers, Mail, Part, enclosed

STATUS_PARTS = ("message/delivery-status", "message/global-delivery-status")
ORIGINAL_PARTS = (
    *("message/rfc822", "text/rfc822-headers"),
    *("message/global", "message/global-headers"),  # RFC 6533
)
REASON_LIMIT = 300  #: characters

_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<![\d.])([45])(\d)(\d)(?![\d.])")
_TYPED = re.compile(r"\s*[\w-]+\s*;\s*")
_UNDELIVERED = frozenset(("failed", ""))


class Outcome(StrEnum):
    """What became of a message."""

    ARRIVED = "arrived"  #: it was taken, at least by one server that goes on trying
    GONE = "gone"  #: there is no such mailbox, and never will be
    REJECTED = "rejected"  #: it will not take this, nor the next one
    FULL = "full"  #: a full mailbox, a server that is away: another time it may
    REFUSED = "refused"  #: because of us, whoever the receiver is


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """What a report says of one message."""

    outcome: Outcome
    status: str = ""  #: ``5.1.1``
    reason: str = ""  #: what the server said, in one line
    address: str = ""  #: whose mailbox it is about
    envelope_id: str = ""
    original: Headers | None = None  #: the header of the message that it is about


def delivery(mail: Mail) -> Delivery | None:
    """What a report about a delivery says; of several receivers the one who fared worst."""
    part = mail.part(*STATUS_PARTS)
    if part is None:
        return None
    groups = part.groups()
    told = [_told(group) for group in groups if "final-recipient" in group or "action" in group]
    if not told:
        return None
    worst = max(told, key=lambda one: _ORDER.index(one.outcome))
    return Delivery(
        outcome=worst.outcome,
        status=worst.status,
        reason=worst.reason,
        address=worst.address,
        envelope_id=groups[0].get("original-envelope-id"),
        original=original(mail),
    )


def original(mail: Mail) -> Headers | None:
    """The header of the message that came back with a report."""
    part: Part | None = mail.part(*ORIGINAL_PARTS)
    return enclosed(part) if part else None


def outcome_of(status: str) -> Outcome:
    """What a status code means (RFC 3463, sections 3.2 to 3.8).

    Not every code of class 5 is about the mailbox: what is said of the sender (X.1.7, X.1.8) or of
    policy (X.7) is for us to mend, and what is said of the message or of the way lets the next
    message try again.
    """
    found = _STATUS.fullmatch(status)
    if not found:
        return Outcome.REJECTED
    kind, subject, detail = found[1], int(found[2]), int(found[3])
    if kind == "2":
        return Outcome.ARRIVED
    if subject == 7 or (subject, detail) in _SENDER:
        return Outcome.REFUSED if kind == "5" else Outcome.FULL
    if kind == "4" or subject in {5, 6} or (subject, detail) in _PASSING:
        return Outcome.FULL
    return Outcome.GONE if subject == 1 or (subject, detail) == (4, 4) else Outcome.REJECTED


def status_in(given: str, said: str) -> str:
    """The most telling status code: a server's own words are often better than ``5.0.0``.

    Args:
        given: the report's Status, as far as there is one.
        said: what the server said, in which a code (RFC 3463) or a plain reply code may stand.
    """
    told = _STATUS.search(given)
    if told and (told[2], told[3]) != ("0", "0"):
        return told[0]
    better = _STATUS.search(said)
    if better and (not told or better[1] == told[1]):
        return better[0]
    reply = _REPLY.search(said)
    plain = told[0] if told else f"{reply[1]}.0.0" if reply else ""
    return _BASIC.get(reply[0], plain) if reply else plain


_ORDER = tuple(Outcome)
_SENDER = frozenset(((1, 7), (1, 8)))
_PASSING = frozenset(((2, 2), (2, 3), (3, 1), (3, 4), (4, 1), (4, 2), (4, 3), (4, 5), (4, 7)))


def _told(group: Headers) -> Delivery:
    action = group.get("action").strip().lower()
    said = _TYPED.sub("", group.get("diagnostic-code"), count=1)
    status = status_in(group.get("status"), said)
    arrived = action not in _UNDELIVERED
    recipient = group.get("original-recipient") or group.get("final-recipient")
    return Delivery(
        outcome=Outcome.ARRIVED if arrived else outcome_of(status),
        status=status,
        reason=said[:REASON_LIMIT],
        address=address_in(_TYPED.sub("", recipient, count=1)),
    )


_BASIC = {"550": "5.1.1", "551": "5.1.6", "553": "5.1.3", "552": "5.2.2", "452": "4.2.2"}
"""What a plain SMTP code says where there is no better one (RFC 5321, 4.2.3)."""
