"""A message as bytes (RFC 5322), built with Python's own classes only.

Addresses are `Address` values and every other header is one value, so that no cell can add a
recipient or a header: what has a line break in it is refused.
"""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from sheetcrm.core.followup.leaving import Leaving
from sheetcrm.core.followup.rules import Sender

REFERENCES_LIMIT = 10

_END = b"\r\n\r\n"
_DATE = re.compile(rb"(?im)^date:[^\r\n]*(?:\r\n[ \t][^\r\n]*)*")
_UNSENT = re.compile(rb"(?im)^x-unsent:[^\r\n]*(?:\r\n[ \t][^\r\n]*)*\r\n")


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """Everything that one message is made of."""

    key: str
    to_name: str
    to_address: str
    subject: str
    text: str
    html: str
    way_out: Leaving
    feedback: tuple[str, ...] = ()  #: step, sequence, segment
    thread: tuple[str, ...] = ()  #: message ids of the earlier steps, oldest first
    unattended: bool = False  #: goes out without a person's approval


def token_of(key: str) -> str:
    """80 bits of a message's key, as 16 letters and digits."""
    digest = hashlib.blake2b(key.encode(), digest_size=10).digest()
    return base64.b32encode(digest).decode().lower()


def message_id(key: str, sender: Sender) -> str:
    """The same key has the same id, so that a copy can be recognised; no address is in it."""
    return f"<sc.{token_of(key)}@{sender.address.rpartition('@')[2]}>"


def compose(letter: Letter, sender: Sender, now: datetime) -> bytes:
    """The message; the same letter gives the same bytes.

    Args:
        letter: what it says, and to whom.
        sender: from whom.
        now: zoned, for the Date header.

    Raises:
        ValueError: an address or a header cannot be written.
    """
    # In most runs no message is due, and the mail package is slow to load.
    from email.headerregistry import Address  # noqa: PLC0415
    from email.message import EmailMessage  # noqa: PLC0415
    from email.utils import format_datetime  # noqa: PLC0415

    from sheetcrm.core.followup.headers import POLICY  # noqa: PLC0415

    message = EmailMessage(policy=POLICY)
    message["From"] = Address(sender.name, addr_spec=sender.address)
    message["To"] = Address(letter.to_name, addr_spec=letter.to_address)
    if sender.reply_to:
        message["Reply-To"] = Address(sender.name, addr_spec=sender.reply_to)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id(letter.key, sender)
    for name, value in _machine_headers(letter).items():
        message[name] = value
    message.set_content(letter.text, charset="utf-8", cte="quoted-printable")
    message.add_alternative(letter.html, subtype="html", charset="utf-8", cte="quoted-printable")
    for part in message.iter_parts():
        del part["MIME-Version"]  # belongs to the message, not to its parts (RFC 2045, section 4)
    message.set_boundary(f"=_{token_of(letter.key)}")
    return message.as_bytes()


def dated(raw: bytes, now: datetime) -> bytes:
    """A message with this moment in its Date header, and nothing else changed.

    Raises:
        ValueError: `now` has no zone, or the message has no Date header to change.
    """
    from email.utils import format_datetime  # noqa: PLC0415  see compose

    if now.tzinfo is None:
        raise ValueError("the time of sending has no zone")
    head, end, body = _divided(raw)
    changed, count = _DATE.subn(f"Date: {format_datetime(now)}".encode(), head, count=1)
    if not count:
        raise ValueError("the message has no Date header")
    return changed + end + body


def without_unsent(raw: bytes) -> bytes:
    """A message as it is sent: not marked as a draft, and nothing else changed."""
    head, end, body = _divided(raw)
    return _UNSENT.sub(b"", head + b"\r\n").removesuffix(b"\r\n") + end + body


def _divided(raw: bytes) -> tuple[bytes, bytes, bytes]:
    """Header, the blank line, and the rest; what looks like a header there is none."""
    return raw.partition(_END)


def _machine_headers(letter: Letter) -> dict[str, str]:
    headers: dict[str, str] = {}
    if letter.thread:
        chain = letter.thread
        if len(chain) > REFERENCES_LIMIT:
            chain = (chain[0], *chain[1 - REFERENCES_LIMIT :])
        headers["In-Reply-To"] = letter.thread[-1]
        headers["References"] = " ".join(chain)
    headers["List-Unsubscribe"] = ", ".join(f"<{url}>" for url in letter.way_out.urls)
    if letter.way_out.one_click:
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    headers["Feedback-ID"] = ":".join([*(_slug(part) for part in letter.feedback), "sheetcrm"])
    if letter.unattended:
        headers["Auto-Submitted"] = "auto-generated"
    # Mail programs open a file with this header as a draft that can be sent.
    headers["X-Unsent"] = "1"
    return headers


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40] or "none"
