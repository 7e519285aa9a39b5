"""Cleaning: the cells of one column as values of the field's type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from sheetcrm.core.table.countries import country_reader
from sheetcrm.core.table.dates import date_reader
from sheetcrm.core.table.emails import email_reader
from sheetcrm.core.table.fields import FieldType, Locale
from sheetcrm.core.table.figures import number_reader
from sheetcrm.core.table.lists import list_reader, text_reader
from sheetcrm.core.table.money import money_reader
from sheetcrm.core.table.phones import phone_reader
from sheetcrm.core.table.reading import Reader, Reading
from sheetcrm.core.table.values import CellValue
from sheetcrm.core.table.yesno import yesno_reader

_NO_ALIASES: Mapping[str, tuple[str, ...]] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True, slots=True)
class Cleaned:
    """A column after cleaning.

    `faults` holds ``(index, message, hint)`` for every cell that a person should look at: the
    value there is a `CellError` where the cell could not be read, and anything else where it was
    read, with a remark on how.
    """

    values: list[CellValue]
    faults: list[tuple[int, str, str]]


def clean_column(
    values: Sequence[CellValue],
    type: FieldType,  # noqa: A002 - the word of the configuration
    locale: Locale,
    aliases: Mapping[str, tuple[str, ...]] = _NO_ALIASES,
) -> Cleaned:
    """The column's cells as values of a field of this type; never raises on any cell.

    Blank cells stay blank, and outside of text so do those that only say that nobody knows
    (``-``, ``n/a``, ``belum tahu``). Each distinct value is read once.

    Args:
        values: the cells as they were read.
        type: how they are to be read: `text` and `list` give text, `number` and `money` an int or
            float, `date` a date or datetime, `yesno` a bool, `email` an address in lower case,
            `phone` E.164, `country` ISO 3166 alpha-2.
        locale: how the team writes numbers, dates and phone numbers.
        aliases: for `text` and `list`: value → other spellings of it.
    """
    read = _reader(values, type, locale, aliases)
    known: dict[object, Reading] = {}
    cleaned: list[CellValue] = []
    faults: list[tuple[int, str, str]] = []
    for index, value in enumerate(values):
        if value is None:
            cleaned.append(None)
            continue
        key = value if value.__class__ is str else (value.__class__, value)  # 1 == True
        reading = known.get(key)
        if reading is None:
            reading = known[key] = read(value)
        cleaned.append(reading.value)
        if reading.message:
            faults.append((index, reading.message, reading.hint))
    return Cleaned(values=cleaned, faults=faults)


def _reader(
    values: Sequence[CellValue],
    type_: FieldType,
    locale: Locale,
    aliases: Mapping[str, tuple[str, ...]],
) -> Reader:
    match type_:
        case FieldType.TEXT:
            return text_reader(aliases)
        case FieldType.LIST:
            return list_reader(aliases)
        case FieldType.NUMBER:
            return number_reader(locale)
        case FieldType.MONEY:
            return money_reader(locale)
        case FieldType.DATE:
            return date_reader(values, locale)
        case FieldType.YESNO:
            return yesno_reader(locale)
        case FieldType.EMAIL:
            return email_reader()
        case FieldType.PHONE:
            return phone_reader(locale)
        case FieldType.COUNTRY:
            return country_reader()
