"""Fields: columns by their meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class FieldType(StrEnum):
    """How the cells of a field are read."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    YESNO = "yesno"
    LIST = "list"
    EMAIL = "email"
    PHONE = "phone"
    COUNTRY = "country"


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """A column by its meaning, found by the headers it may go by."""

    name: str  #: as written in the config: ``email``, ``last_activity``
    headers: tuple[str, ...]
    type: FieldType = FieldType.TEXT
    identifies: bool = False  #: the same value in two rows is the same person
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  #: value → spellings


@dataclass(frozen=True, kw_only=True, slots=True)
class Locale:
    """How phone numbers, money and dates in cells are read."""

    country: str = "ID"  #: ISO 3166 alpha-2
    currency: str = "IDR"  #: ISO 4217
    language: str = "id"
    timezone: str = "Asia/Jakarta"
