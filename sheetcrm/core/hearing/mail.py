"""A mail as it arrived, taken apart: header, and its parts in one flat list.

Python's own parser is made for whole and honest mails: it descends without end and raises in dozens
of places. This one reads any bytes, in linear time and with limits, and gives what can be read.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from sheetcrm.core.hearing.decoding import charset_text, encoded_words, one_line, plain_text

SIZE_LIMIT = 512 * 1024  #: bytes of a mail that are looked at
HEAD_LIMIT = 64 * 1024  #: bytes of a header
LINE_LIMIT = 16 * 1024  #: bytes of one header
PART_LIMIT = 60
DEPTH_LIMIT = 8  #: multiparts in multiparts
TEXT_LIMIT = 64 * 1024  #: characters of a text

_HEADER = re.compile(rb"([!-9;-~]+)[ \t]*:(.*)", re.DOTALL)
_FOLD = re.compile(rb"\n(?=[ \t])")
_TYPE = re.compile(r"\s*([\w!#$&^.+-]+/[\w!#$&^.+-]+)", re.ASCII)
_PARAMETER = re.compile(r';\s*([\w-]+)\*?\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))', re.ASCII)


class Headers:
    """Header lines by their names, whatever the case."""

    def __init__(self, lines: bytes) -> None:
        self._values: dict[str, list[str]] = {}
        for line in _FOLD.sub(b"", lines[:HEAD_LIMIT]).split(b"\n"):
            if found := _HEADER.match(line):
                name = found[1].decode("ascii").lower()
                self._values.setdefault(name, []).append(_line(found[2]))

    def get(self, name: str) -> str:
        """The first header of that name in one line, encoded words read; "" for none."""
        return next(iter(self._values.get(name, ())), "")

    def all(self, *names: str) -> list[str]:
        """Every header of these names, name after name."""
        return [value for name in names for value in self._values.get(name, ())]

    def __str__(self) -> str:
        return "\n".join(f"{name}: {values}" for name, values in self._values.items())

    def __contains__(self, name: str) -> bool:
        return name in self._values


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One part that is no multipart, its transfer encoding undone."""

    kind: str  #: ``text/plain``, in lower case
    headers: Headers
    body: bytes

    def text(self) -> str:
        """What the part says, as plain text."""
        data = self.body[: 4 * TEXT_LIMIT]
        text = charset_text(data, _parameters(self.headers).get("charset", ""))[:TEXT_LIMIT]
        return plain_text(text) if self.kind == "text/html" else text

    def groups(self) -> list[Headers]:
        """The blocks of header lines that a report is made of (RFC 3464, 2.1)."""
        blocks = re.split(rb"\n[ \t]*\n", self.body[:HEAD_LIMIT].strip(b"\n"))
        return [Headers(block) for block in blocks if block.strip()]


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """A mail as far as it can be read."""

    headers: Headers
    parts: tuple[Part, ...]

    def part(self, *kinds: str) -> Part | None:
        """The first part of one of these kinds."""
        return next((part for part in self.parts if part.kind in kinds), None)


def read(raw: bytes) -> Mail:
    """Take a mail apart; never fails, whatever the bytes."""
    data = raw[:SIZE_LIMIT].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    headers, body = _divided(data)
    return Mail(headers=headers, parts=tuple(islice(_parts(headers, body, 0), PART_LIMIT)))


def enclosed(part: Part) -> Headers:
    """The header of the mail that a part holds (``message/rfc822``, ``text/rfc822-headers``)."""
    return _divided(part.body.lstrip(b"\n"))[0]


def _divided(data: bytes) -> tuple[Headers, bytes]:
    if data.startswith(b"\n"):
        return Headers(b""), data[1:]
    head, _, body = data.partition(b"\n\n")
    return Headers(head), body


def _parts(headers: Headers, body: bytes, depth: int) -> Iterator[Part]:
    kind = _kind(headers)
    boundary = _parameters(headers).get("boundary", "")
    if not kind.startswith("multipart/") or not boundary or depth >= DEPTH_LIMIT:
        encoding = headers.get("content-transfer-encoding").strip().lower()
        yield Part(kind=kind, headers=headers, body=_decoded(body, encoding))
        return
    for chunk in islice(_chunks(body, boundary), PART_LIMIT):
        yield from _parts(*_divided(chunk), depth + 1)


def _chunks(body: bytes, boundary: str) -> Iterator[bytes]:
    """What stands between the lines of a boundary; the last may lack its end."""
    mark = re.escape(boundary.encode("utf-8", "replace"))
    start = None
    for found in re.finditer(rb"^--" + mark + rb"(--)?[ \t]*(?:\n|\Z)", body, re.MULTILINE):
        if start is not None:
            yield body[start : max(found.start() - 1, start)]
        if found[1]:
            return
        start = found.end()
    if start is not None:
        yield body[start:]


def _kind(headers: Headers) -> str:
    found = _TYPE.match(headers.get("content-type"))
    return found[1].lower() if found else "text/plain"


def _parameters(headers: Headers) -> dict[str, str]:
    found = _PARAMETER.finditer(headers.get("content-type"))
    return {
        one[1].lower(): one[3] or re.sub(r"\\(.)", r"\1", one[2] or "") for one in islice(found, 20)
    }


def _decoded(body: bytes, encoding: str) -> bytes:
    if encoding == "quoted-printable":
        return binascii.a2b_qp(body)
    if encoding != "base64":
        return body
    kept = re.sub(rb"[^A-Za-z0-9+/]", b"", body)
    whole = len(kept) // 4 * 4
    rest = kept[whole:]
    return binascii.a2b_base64(kept[:whole] + (rest + b"==")[:4] * (len(rest) > 1))


def _line(value: bytes) -> str:
    value = value[:LINE_LIMIT]
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        text = value.decode("latin-1")
    return one_line(encoded_words(text))
