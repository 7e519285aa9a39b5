"""Bounces that have words for people only, and no report for machines (qmail, old Exim)."""

from __future__ import annotations

import re

from sheetcrm.core.hearing.addresses import address_in, token_in
from sheetcrm.core.hearing.automatic import bare
from sheetcrm.core.hearing.delivery import (
    REASON_LIMIT,
    Delivery,
    Outcome,
    original,
    outcome_of,
    status_in,
)
from sheetcrm.core.hearing.mail import Mail

LINES_LIMIT = 60  #: lines in which the address and the reason are looked for

_ROBOTS = frozenset(("mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon"))
_SUBJECT = re.compile(
    r"undeliver|returned mail|delivery (?:status notification|fail|has failed)|failure notice"
    r"|mail delivery fail|no se (?:ha podido|pudo) entregar|gagal (?:terkirim|dikirim)"
    r"|tidak terkirim"
)
_COPY = re.compile(r"-{2,}.*(?:copy of|original|returned) .*message|below this line", re.IGNORECASE)
_FULL = re.compile(r"quota|mailbox (?:is )?full|buzon .{0,20}lleno|kotak .{0,20}penuh|temporar")
_GONE = re.compile(
    r"(?:user|recipient|address|mailbox|account) (?:is )?(?:unknown|not found|does not exist)"
    r"|unknown (?:user|recipient|address)|no such (?:user|address|mailbox)|no mailbox"
    r"|invalid recipient"
    r"|no existe|tidak (?:ditemukan|dikenal|ada)"
)


def old_bounce(mail: Mail) -> Delivery | None:
    """Whose address such a bounce names, and what it says; what is not clear is for another time.

    Asked only of what a mail server's robot has sent, since people quote bounces, too.
    """
    sender = address_in(mail.headers.get("from"))
    robot = sender.partition("@")[0] in _ROBOTS
    if not robot or not _SUBJECT.search(bare(mail.headers.get("subject"))):
        return None
    part = mail.part("text/plain") or mail.part("text/html")
    text = part.text() if part else ""
    said = _before_copy(text)
    named = address_in(mail.headers.get("x-failed-recipients"))
    addresses = (address for line in said if (address := address_in(line)) and address != sender)
    address = named or next(addresses, "")
    if not address:
        return None
    about = [
        line for line in said if status_in("", line) or _GONE.search(line) or _FULL.search(line)
    ]
    status = next((code for line in about if (code := status_in("", line))), "")
    return Delivery(
        outcome=outcome_of(status) if status else _by_words(" ".join(about)),
        status=status,
        reason=" ".join(about[:2])[:REASON_LIMIT],
        address=address,
        envelope_id=token_in(text),
        original=original(mail),
    )


def _before_copy(text: str) -> list[str]:
    """The lines before the message that came back, for comparing."""
    lines: list[str] = []
    for line in text.splitlines()[:LINES_LIMIT]:
        if _COPY.search(line[:200]):
            break
        lines.append(bare(line[:400]))
    return lines


def _by_words(text: str) -> Outcome:
    return Outcome.GONE if _GONE.search(text) and not _FULL.search(text) else Outcome.FULL
