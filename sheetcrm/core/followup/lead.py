"""A lead as follow-ups see it, and its values made safe for a message."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from sheetcrm.core.table.names import fold
from sheetcrm.core.table.spoken import Spoken
from sheetcrm.core.table.values import CellError, CellValue

NAME_LIMIT = 120
TEXT_LIMIT = 2000
ITEM_LIMIT = 50

OWN_NAMES = (
    "id",
    "name",
    "first_name",
    "email",
    "phone",
    "location",
    "interest",
    "interests",
    "stage",
    "language",
)
"""What every lead has in templates, whatever the sheet's columns are called."""

_NAMES = frozenset({"name", "first_name"})
_NO_LINKS = frozenset({"location", "city", "region", "country", "interest", "company", "role"})
_ADDRESS = re.compile(r"://|\bwww\.", re.IGNORECASE)
_LINK = re.compile(
    r"://|www\.|\b[\w-]+\.(?:com|net|org|info|biz|xyz|top|ru|cn|site|online)\b", re.IGNORECASE
)


class LeadView(NamedTuple):
    """One lead, cleaned, under the names that follow-ups know."""

    number: int  #: which row of the frame it is, from 0
    id: str
    row: int = 0  #: of the sheet, for people
    name: str = ""
    first_name: str = ""
    email: str = ""  #: cleaned ASCII address, or ""
    phone: str = ""  #: E.164, or ""
    language: str = ""  #: BCP 47 tag such as ``es-MX``, "" if the sheet says none
    location: str = ""
    interests: tuple[str, ...] = ()
    stage: str = ""
    values: Mapping[str, CellValue] = MappingProxyType({})  #: fields and headers → value
    email_problem: str = ""  #: why the address cannot be used


class Items(tuple[str, ...]):
    """A list of names for templates; ``"solar" in lead.interests`` compares as names compare."""

    __slots__ = ()

    def __contains__(self, item: object) -> bool:
        return isinstance(item, str) and fold(item) in {fold(own) for own in self}


Value: TypeAlias = bool | int | float | str | date | Items


@dataclass(frozen=True, slots=True)
class Blank:
    """A cell that has nothing to print, and why."""

    reason: str


class Fields:
    """What templates see as `lead` and `sender`: names to values, and nothing that can be called.

    A name is looked up as written, then as names compare (case, accents, blanks ignored).
    """

    __slots__ = ("_exact", "_folded", "label")

    def __init__(self, label: str, values: Mapping[str, Value | Blank]) -> None:
        self.label = label
        self._exact = dict(values)
        self._folded: dict[str, str] = {}
        for name in values:
            self._folded.setdefault(fold(name), name)

    def __getitem__(self, name: str) -> Value | Blank:
        if name in self._exact:
            return self._exact[name]
        return self._exact[self._folded[fold(name)]]


def lead_fields(lead: LeadView) -> Fields:
    """The lead's own names, then the fields and headers of its row."""
    name = _name(lead.name)
    linked = isinstance(name, Blank) and bool(clean_text(lead.name))
    values: dict[str, Value | Blank] = {
        "id": _value(lead.id),
        "name": name,
        "first_name": name if linked else _name(lead.first_name),
        "email": _value(lead.email),
        "phone": _value(lead.phone),
        "location": _word(lead.location),
        "interest": _items(lead.interests),
        "interests": _items(lead.interests),
        "stage": _value(lead.stage),
        "language": _value(lead.language),
    }
    for name, value in lead.values.items():
        if name not in values:
            values[name] = _reader(fold(name))(value)
    return Fields("lead", values)


def clean_text(text: str, limit: int = TEXT_LIMIT) -> str:
    """One line without anything invisible: NFC, no control, bidi or lone surrogate characters.

    Blanks are collapsed; what is longer than `limit` characters is cut with an ellipsis. The
    zero-width joiner stays, since emoji are made with it.
    """
    normal = unicodedata.normalize("NFC", text)
    if not normal.isprintable():
        normal = "".join(" " if c.isspace() else c for c in normal if c.isspace() or _visible(c))
    line = " ".join(normal.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def clean_line(text: str, limit: int = TEXT_LIMIT) -> str:
    """Text for a header: one clean line in which nothing reads as an encoded word (RFC 2047)."""
    return clean_text(text, limit).replace("=?", "= ?")


def clean_name(text: str) -> str:
    """A person's name as one line of at most 120 characters, "" where it is a link.

    Sign-up forms are abused with names such as ``Win at https://…``, so that the greeting
    carries the link: such a name is no name.
    """
    name = clean_line(text, NAME_LIMIT)
    return "" if _LINK.search(name) else name


def _visible(char: str) -> bool:
    return char == "\u200d" or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Cn"}


def _name(value: CellValue) -> Value | Blank:
    if not isinstance(value, str):
        return _value(value)
    return clean_name(value) or Blank("is a link, not a name" if clean_text(value) else "is empty")


def _reader(name: str) -> Callable[[CellValue], Value | Blank]:
    """How the value of a field or column is read, by its folded name."""
    return _name if name in _NAMES else _word if name in _NO_LINKS else _value


def _word(value: CellValue) -> Value | Blank:
    """What a sign-up form asks for in a word, and what is abused as names are."""
    if isinstance(value, str) and _ADDRESS.search(value):
        return Blank("is a link")
    return _value(value)


def _items(values: tuple[str, ...]) -> Value | Blank:
    cleaned = (clean_text(item, NAME_LIMIT) for item in values[:ITEM_LIMIT])
    words = Items(item for item in cleaned if item and not _ADDRESS.search(item))
    return words or Blank("is a link" if any(values) else "is empty")


def _value(value: CellValue) -> Value | Blank:
    if value is None:
        return Blank("is empty")
    if isinstance(value, CellError):
        return Blank(Spoken("is {}", value.code))
    if isinstance(value, str):
        return clean_text(value) or Blank("is empty")
    return value
