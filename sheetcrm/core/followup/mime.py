"""A message as bytes (RFC 5322, RFC 2045).

Every header is one value, checked by `headers`, and the address is one plain address, so that no
cell can add a recipient or a header. Parts are quoted-printable or base64, in which no boundary
of ours can occur. Python's `EmailMessage` reads back what was put in; a test holds both
against each other.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sheetcrm.core.followup.enclosure import Enclosure
from sheetcrm.core.followup.headers import address_tokens, header, text_tokens
from sheetcrm.core.followup.leaving import Leaving
from sheetcrm.core.followup.percent import percent_encode
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
    pictures: tuple[Enclosure, ...] = ()  #: shown inside the HTML, by their ``cid:``
    attachments: tuple[Enclosure, ...] = ()


def digest_of(letter: Letter) -> str:
    """Of what its reader sees; another one means that nobody has approved it so."""
    files = (*letter.pictures, *letter.attachments)
    seen = (letter.to_name, letter.to_address, letter.subject, letter.text, letter.html)
    parts = [*seen, *(f"{file.name} {file.cid}" for file in files)]
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()


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
    headers = [header(name, tokens) for name, tokens in _headers(letter, sender, now)]
    return "".join(headers).encode("ascii") + _content(letter)


def dated(raw: bytes, now: datetime) -> bytes:
    """A message with this moment in its Date header, and nothing else changed.

    Raises:
        ValueError: `now` has no zone, or the message has no Date header to change.
    """
    head, end, body = _divided(raw)
    line = header("Date", _date(now)).rstrip().encode()
    changed, count = _DATE.subn(line, head, count=1)
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


def _headers(letter: Letter, sender: Sender, now: datetime) -> Iterator[tuple[str, Iterable[str]]]:
    yield "From", address_tokens(sender.name, sender.address)
    yield "To", address_tokens(letter.to_name, letter.to_address)
    if sender.reply_to:
        yield "Reply-To", address_tokens(sender.name, sender.reply_to)
    yield "Subject", text_tokens(letter.subject)
    yield "Date", _date(now)
    yield "Message-ID", [message_id(letter.key, sender)]
    if letter.thread:
        chain = letter.thread
        if len(chain) > REFERENCES_LIMIT:
            chain = (chain[0], *chain[1 - REFERENCES_LIMIT :])
        yield "In-Reply-To", [letter.thread[-1]]
        yield "References", chain
    *first, last = (f"<{url}>" for url in letter.way_out.urls)
    yield "List-Unsubscribe", [*(f"{url}," for url in first), last]
    if letter.way_out.one_click:
        yield "List-Unsubscribe-Post", ["List-Unsubscribe=One-Click"]
    yield "Feedback-ID", [":".join([*(_slug(part) for part in letter.feedback), "sheetcrm"])]
    if letter.unattended:
        yield "Auto-Submitted", ["auto-generated"]
    # Mail programs open a file with this header as a draft that can be sent.
    yield "X-Unsent", ["1"]
    yield "MIME-Version", ["1.0"]


def _date(now: datetime) -> list[str]:
    from email.utils import format_datetime  # noqa: PLC0415  slow to load, and rarely needed

    if now.tzinfo is None:
        raise ValueError("the time has no zone")
    return format_datetime(now).split()


def _content(letter: Letter) -> bytes:
    """Text and HTML; around the HTML its pictures, around all of it the attachments."""
    token = token_of(letter.key)
    html = _text_part("html", letter.html)
    if letter.pictures:
        parts = [html, *(_file_part(one, inline=True) for one in letter.pictures)]
        html = _multipart("related", token, parts, 'type="text/html";')
    content = _multipart("alternative", token, [_text_part("plain", letter.text), html])
    if letter.attachments:
        parts = [content, *(_file_part(one, inline=False) for one in letter.attachments)]
        content = _multipart("mixed", token, parts)
    return content


def _multipart(kind: str, token: str, parts: Sequence[bytes], *parameters: str) -> bytes:
    boundary = f"=_{kind[:3]}_{token}"  # of no boundary another one is the beginning
    tokens = [f"multipart/{kind};", *parameters, f'boundary="{boundary}"']
    head = f"{header('Content-Type', tokens)}\r\n".encode()
    between = f"--{boundary}\r\n".encode()
    inside = b"".join(between + part + b"\r\n" for part in parts)
    return head + inside + f"--{boundary}--\r\n".encode()


def _text_part(kind: str, text: str) -> bytes:
    head = (
        f'Content-Type: text/{kind}; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return head.encode() + binascii.b2a_qp(lines.encode()).replace(b"\n", b"\r\n")


def _file_part(file: Enclosure, *, inline: bool) -> bytes:
    headers = [
        header("Content-Type", [file.media_type]),
        header("Content-Transfer-Encoding", ["base64"]),
        header("Content-Disposition", _disposition(file.name, inline=inline)),
    ]
    if inline:
        headers.append(header("Content-ID", [f"<{file.cid}>"]))
    return "".join(headers).encode() + b"\r\n" + file.encoded


def _disposition(name: str, *, inline: bool) -> list[str]:
    """The file's name as it is, or after RFC 5987 where it is not plain."""
    kind = "inline;" if inline else "attachment;"
    if re.fullmatch(r"[A-Za-z0-9 ._()+-]+", name):
        return [kind, f'filename="{name}"']
    return [kind, f"filename*=utf-8''{percent_encode(name)}"]


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40] or "none"
