"""Cells that hold a date: real ones, serial numbers, and text in many orders and languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

from sheetcrm.core.table.amounts import words
from sheetcrm.core.table.customs import day_first
from sheetcrm.core.table.fields import Locale
from sheetcrm.core.table.reading import (
    BLANK,
    Reader,
    Reading,
    bare,
    remarked,
    says_unknown,
    unreadable,
)
from sheetcrm.core.table.values import CellError, CellValue

EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - day 0 of the 1900 system; sheets have no zones
_SERIALS = (7306, 73415)  # 1920-01-01 to 2100-12-31: other numbers are hardly meant as dates
_YEARS = (1900, 2200)
_PIVOT = 69  # POSIX strptime %y: 69 to 99 are 1969 to 1999, 00 to 68 are 2000 to 2068
_HINT = "write it like 2025-12-31"


def date_reader(values: Iterable[CellValue], locale: Locale) -> Reader:
    """A reader of the dates of one column, whose `values` settle the order of day and month.

    One ``31/12/2025`` shows that the column writes the day first, one ``12/31/2025`` the month;
    where neither or both stand in the column, the country's custom decides. A date without a
    time is a `date`, one with a time a `datetime` without a zone, as the workspace's clocks show.
    """
    order = _order(values, locale)

    def read(cell: CellValue) -> Reading:
        if cell is None:
            return BLANK
        if isinstance(cell, datetime):
            return Reading(cell.replace(tzinfo=None))
        if isinstance(cell, date):
            return Reading(cell)
        if isinstance(cell, bool | CellError):
            return unreadable(cell, "a date", _HINT)
        if isinstance(cell, int | float):
            return _read_number(cell)
        text = bare(cell)
        return BLANK if says_unknown(text) else _read_text(text, order, locale)

    return read


def serial(moment: date) -> float:
    """The serial number of the 1900 system that a sheet keeps for the date or moment."""
    if not isinstance(moment, datetime):
        return float((moment - EPOCH.date()).days)
    return (moment.replace(tzinfo=None) - EPOCH) / timedelta(days=1)


def from_serial(number: float) -> date | datetime | None:
    """The date or moment of a plausible serial number (1920 to 2100), or None."""
    if not _SERIALS[0] <= number <= _SERIALS[1]:
        return None
    moment = EPOCH + timedelta(seconds=round(number * 86_400))
    return moment.date() if float(number).is_integer() else moment


@dataclass(frozen=True, slots=True)
class _Order:
    """How the column writes ``3/4/2025``, and whether that is sure."""

    day_first: bool
    mixed: bool = False


_NUMERIC = re.compile(r"\D*?(\d{1,2})\s*[/-]\s*(\d{1,2})\s*[/-]\s*\d{2,4}(?!\d)")
_TIME = re.compile(
    r"""^(?P<day>.*?\d.*?)
    (?:(?:[\s,]+|(?<=\d)t)(?:(?:at|pukul|pkl\.?|jam|a\s+las?)\s+)?|(?<=\d)t)
    (?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d+)?)?
    \s*(?P<half>[ap]\.?\s?m\.?)?
    \s*(?P<zone>z|utc|gmt|wib|wita|wit|[+-]\d{2}:?\d{2})?(?:\s*h(?:rs?)?\.?)?$""",
    re.VERBOSE,
)
_ZONES = {"z": 0, "utc": 0, "gmt": 0, "wib": 7, "wita": 8, "wit": 9}
_PARTS = re.compile(r"\d+|[^\W\d_]+")
_MONTHS = (
    ("januari", "january", "enero"),
    ("februari", "february", "febrero", "pebruari"),
    ("maret", "march", "marzo"),
    ("april", "abril"),
    ("mei", "may", "mayo"),
    ("juni", "june", "junio"),
    ("juli", "july", "julio"),
    ("agustus", "august", "agosto", "agt", "agst"),
    ("september", "septiembre", "setiembre"),
    ("oktober", "october", "octubre"),
    ("november", "noviembre", "nopember"),
    ("desember", "december", "diciembre"),
)
_WEEKDAYS = (
    *("senin", "selasa", "rabu", "kamis", "jumat", "jum", "sabtu", "minggu", "ahad"),
    *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    *("lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo"),
)
_NOISE = words("de del of the st nd rd th o a tanggal tgl tg el dia on at y")


def _order(values: Iterable[CellValue], locale: Locale) -> _Order:
    """What the unmistakable dates of the column say about the others."""
    seen = set()
    for text in {value for value in values if isinstance(value, str)}:
        match = _NUMERIC.match(text)
        if match:
            first, second = int(match[1]), int(match[2])
            if (first > 12) != (second > 12):
                seen.add(first > 12)
    custom = day_first(locale.country)
    return _Order(custom if len(seen) != 1 else seen.pop(), mixed=len(seen) == 2)


def _read_number(number: float) -> Reading:
    found = from_serial(number)
    if found is None and float(number).is_integer() and 19_000_000 < number < 22_010_000:
        found = _eight_digits(str(int(number)))
    return unreadable(number, "a date", _HINT) if found is None else Reading(found)


def _read_text(text: str, order: _Order, locale: Locale) -> Reading:
    plain = _plain(text)
    timed = _TIME.match(plain)
    found = _read_day(timed["day"] if timed else plain, order)
    if found is None:
        return unreadable(text, "a date", _HINT)
    day, remark = found
    value: date | None = _at(day, timed, locale) if timed else day
    if value is None:
        return unreadable(text, "a date", _HINT)
    return remarked(text, value, [remark] if remark else [])


def _plain(text: str) -> str:
    """In lower case and without accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char)).strip(" .,'")


def _read_day(text: str, order: _Order) -> tuple[date, str] | None:
    """The day that the text without its time names, and a remark on how it was read."""
    numbers: list[str] = []
    months: list[int] = []
    for part in _PARTS.findall(text):
        month = None if part.isdecimal() else _month(part)
        if part.isdecimal():
            numbers.append(part)
        elif month is not None:
            months.append(month)
        elif part not in _NOISE and not _is_weekday(part):
            return None
    if len(months) > 1 or len(numbers) > 3:
        return None
    if months:
        return _with_month(numbers, months[0])
    return _all_digits(numbers, order, dotted=text.count(".") > 1)


def _month(word: str) -> int | None:
    """1 to 12 where the word, or three letters or more of its beginning, names a month."""
    if len(word) < 3:
        return None
    for number, names in enumerate(_MONTHS, 1):
        if any(name.startswith(word) for name in names):
            return number
    return None


def _is_weekday(word: str) -> bool:
    return len(word) > 1 and any(name.startswith(word) for name in _WEEKDAYS)


def _with_month(numbers: Sequence[str], month: int) -> tuple[date, str] | None:
    """``31 Des 2025``, ``Dec 31, 2025``, ``2025 Dec 31``, ``Des 2025``."""
    if len(numbers) == 1 and len(numbers[0]) == 4:
        first = _day(numbers[0], month, 1)
        return (first, "the first of the month") if first else None
    if len(numbers) != 2:
        return None
    first_is_year = len(numbers[0]) == 4
    year, day = numbers if first_is_year else reversed(numbers)
    found = _day(year, month, int(day))
    return (found, "") if found else None


def _all_digits(numbers: Sequence[str], order: _Order, *, dotted: bool) -> tuple[date, str] | None:
    """``31/12/2025``, ``2025-12-31``, ``20251231``, ``46022``, ``12/2025``."""
    if len(numbers) == 1:
        only = numbers[0]
        found = _eight_digits(only) if len(only) == 8 else None
        if len(only) == 5:
            found = from_serial(int(only))
        return (found, "") if found else None
    if len(numbers) == 2:
        month, year = numbers
        first = _day(year, int(month[:3]), 1) if len(year) == 4 else None
        return (first, "the first of the month") if first else None
    return _three(numbers, order, dotted=dotted) if len(numbers) == 3 else None


def _three(numbers: Sequence[str], order: _Order, *, dotted: bool) -> tuple[date, str] | None:
    if len(numbers[0]) == 4:
        year, month, day = numbers
        found = _day(year, int(month[:3]), int(day[:3]))
        return (found, "") if found else None
    if max(len(numbers[0]), len(numbers[1])) > 2:
        return None
    first, second = int(numbers[0]), int(numbers[1])
    unsure = first <= 12 and second <= 12 and first != second and not dotted
    day_leads = first > 12 or (second <= 12 and (dotted or order.day_first))
    found = _day(numbers[2], second if day_leads else first, first if day_leads else second)
    remark = "days and months stand in both orders in this column" if unsure and order.mixed else ""
    return (found, remark) if found else None


def _eight_digits(digits: str) -> date | None:
    """``20251231``."""
    return _day(digits[:4], int(digits[4:6]), int(digits[6:]))


def _day(year: str, month: int, day: int) -> date | None:
    """The date, or None where there is no such day or the year is not plausible."""
    if len(year) not in {2, 4}:
        return None
    number = int(year)
    if len(year) == 2:
        number += 1900 if number >= _PIVOT else 2000
    try:
        return date(number, month, day) if _YEARS[0] <= number <= _YEARS[1] else None
    except ValueError:
        return None


def _at(day: date, timed: re.Match[str], locale: Locale) -> datetime | None:
    """The moment of that day as the workspace's clocks show it, or None for no such time."""
    hour = int(timed["hour"])
    if timed["half"]:
        hour = hour % 12 + (12 if timed["half"].startswith("p") else 0)
    try:
        clock = datetime(  # noqa: DTZ001 - the zone, if there is one, comes next
            day.year, day.month, day.day, hour, int(timed["minute"]), int(timed["second"] or 0)
        )
    except ValueError:
        return None
    if not timed["zone"]:
        return clock
    zoned = clock.replace(tzinfo=timezone(_offset(timed["zone"])))
    return zoned.astimezone(_zone(locale.timezone)).replace(tzinfo=None)


def _offset(zone: str) -> timedelta:
    if zone in _ZONES:
        return timedelta(hours=_ZONES[zone])
    hours, minutes = int(zone[1:3]), int(zone[-2:])
    return timedelta(hours=hours, minutes=minutes) * (-1 if zone[0] == "-" else 1)


@lru_cache(maxsize=8)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
