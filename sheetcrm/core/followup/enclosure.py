"""A file that goes with a message: of a kind that mail programs open, and really of that kind.

What a file is, its name says and its first bytes must agree. Programs, macros, archives, web
pages and pictures that can carry scripts (SVG) are on no list, whatever they are called.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO

FILE_LIMIT = 5_000_000  #: bytes of one file
MESSAGE_LIMIT = 10_000_000  #: bytes of all files of a message
PICTURE_LIMIT = 500_000  #: bytes of a picture inside the text
NAME_LIMIT = 100  #: characters of a file's name


@dataclass(frozen=True, kw_only=True)
class Enclosure:
    """A file that may be sent."""

    name: str  #: without folders
    media_type: str
    data: bytes

    @cached_property
    def cid(self) -> str:
        """By what the HTML names it (RFC 2392); the same bytes have the same."""
        digest = hashlib.blake2b(self.data, digest_size=10).digest()
        return f"{base64.b32encode(digest).decode().lower()}@attachments"

    @cached_property
    def encoded(self) -> bytes:
        """As base64 in lines of 76 characters, made once for all messages."""
        return base64.encodebytes(self.data).replace(b"\n", b"\r\n")


class UnfitFileError(ValueError):
    """A file cannot be sent; the message says why."""


def enclosure(name: str, data: bytes, *, picture: bool = False) -> Enclosure:
    """A file as it is sent.

    Args:
        name: its name, without folders.
        data: its contents.
        picture: it is shown inside the text.

    Raises:
        UnfitFileError: it is too large, or not of a kind that is sent.
    """
    limit = PICTURE_LIMIT if picture else FILE_LIMIT
    known = PICTURES if picture else KINDS
    stem, _, ending = name.rpartition(".")
    kind = known.get(ending.lower())
    if kind is None or not stem:
        raise UnfitFileError(f"{name} is not one of {', '.join(known)}")
    if len(name) > NAME_LIMIT or not name.isprintable():
        raise UnfitFileError(f"{name[:NAME_LIMIT]!r} is not a name for a file that is sent")
    if len(data) > limit:
        where = "a picture in the text" if picture else "an attachment"
        size = f"{len(data) / 1e6:.1f} MB"
        raise UnfitFileError(f"{name} has {size}; {where} has at most {limit / 1e6:g} MB")
    media_type, fits = kind
    if not fits(data):
        raise UnfitFileError(f"{name} is not what its name says: its contents are something else")
    return Enclosure(name=name, media_type=media_type, data=data)


Kind = tuple[str, Callable[[bytes], bool]]


def _begins(*marks: bytes) -> Callable[[bytes], bool]:
    return lambda data: data.startswith(marks)


def _office(main: str) -> Callable[[bytes], bool]:
    """A document of Office, whole, and without macros."""

    def fits(data: bytes) -> bool:
        from zipfile import BadZipFile, ZipFile  # noqa: PLC0415  most messages carry no document

        try:
            with ZipFile(BytesIO(data)) as package:
                names = {name.lower() for name in package.namelist()}
        except (BadZipFile, ValueError, NotImplementedError):
            return False
        macros = any(name.endswith("vbaproject.bin") for name in names)
        return data.startswith(b"PK\x03\x04") and main in names and not macros

    return fits


_OFFICE = "application/vnd.openxmlformats-officedocument"
_JPEG: Kind = ("image/jpeg", _begins(b"\xff\xd8\xff"))
PICTURES: Mapping[str, Kind] = {
    "png": ("image/png", _begins(b"\x89PNG\r\n\x1a\n")),
    "jpg": _JPEG,
    "jpeg": _JPEG,
    "gif": ("image/gif", _begins(b"GIF87a", b"GIF89a")),
}
KINDS: Mapping[str, Kind] = {
    "pdf": ("application/pdf", _begins(b"%PDF-")),
    "docx": (f"{_OFFICE}.wordprocessingml.document", _office("word/document.xml")),
    "xlsx": (f"{_OFFICE}.spreadsheetml.sheet", _office("xl/workbook.xml")),
    "pptx": (f"{_OFFICE}.presentationml.presentation", _office("ppt/presentation.xml")),
    "ics": ("text/calendar", _begins(b"BEGIN:VCALENDAR\r\n", b"BEGIN:VCALENDAR\n")),
    **PICTURES,
}
