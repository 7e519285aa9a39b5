"""Numbers as text and text as numbers, the way Excel (English, US) reads and writes them.

Writing follows the General format inside `&` and text functions: 15 significant digits. Reading
follows what `VALUE` accepts: signs, thousands, currency signs, percent, parentheses for negative,
exponents, dates and times in the usual orders (month first where two numbers leave it open).
"""

from __future__ import annotations

import math
import re
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final

from sheetcrm.core.formula.convert import serial

PLAIN_NUMBER: Final = r"^ *[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)? *$"
_MARKS: Final = r"[\s\d.,:/()+\-$€£¥%]*"
_WORDS: Final = "rp|e|t|[ap]m?|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
LIKE_A_NUMBER: Final = rf"^{_MARKS}(?:(?:{_WORDS}){_MARKS})*$"
"""Of lower-case texts those worth reading as a number, a date or a time."""

_WIDTH: Final = 11  #: characters of a number in General, without its sign
_DECORATED: Final = re.compile(
    r"""^\s*(?P<percent1>%)?\s*(?P<open>\()?\s*(?P<sign>[+-])?\s*(?P<currency>[$€£¥]|Rp\.?)?\s*(?P<sign2>[+-])?
        (?P<whole>\d{1,3}(?:,\d{3})+|\d+)?(?P<point>\.\d*)?(?P<exponent>[eE][+-]?\d+)?
        \s*(?P<percent>%)?\s*(?P<currency2>[€])?\s*(?P<close>\))?\s*$""",
    re.VERBOSE,
)
_FRACTION: Final = re.compile(r"^\s*(?P<sign>-)?(?P<whole>\d+) (?P<top>\d+)/(?P<under>\d+)\s*$")
_TIME: Final = re.compile(
    r"""^(?P<first>\d{1,4})(?P<rest>(?::\d{0,4}){0,2})(?P<part>\.\d*)?(?:\s+(?P<half>[AaPp])[Mm]?)?$""",
)
_NUMERIC_DATE: Final = re.compile(r"^(\d{1,4})[-/](\d{1,2}|\d{4}(?!.))(?:[-/](\d{1,4}))?$")
_NAMED_DATE: Final = re.compile(
    r"^(?:(?P<day>\d{1,2})[-/ ]*)?(?P<month>[A-Za-z]{3,9})\.?[-/ ,]*(?P<rest>[\d ,/-]*)$"
)
_MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june", "july", "august"),
    *("september", "october", "november", "december"),
)


def general(number: float) -> str:
    """A number as Excel's General writes it into a text: 15 significant digits."""
    if number == 0 or not math.isfinite(number):
        return "0"
    digits = f"{abs(number):.14e}"
    mantissa, _, exponent = digits.partition("e")
    power = int(exponent)
    sign = "-" if number < 0 else ""
    mantissa = mantissa.rstrip("0").rstrip(".")
    long = power < -4 and len(mantissa) - power > 20
    if long or power < -9 or power >= 15:
        return f"{sign}{mantissa}E{'-' if power < 0 else '+'}{abs(power):02d}"
    plain = format(Decimal(digits), "f")
    return sign + (plain.rstrip("0").rstrip(".") if "." in plain else plain)


def general_in_cell(number: float) -> str:
    """A number as General shows it in a cell, and TEXT writes it: in 11 characters at most."""
    size = abs(number)
    sign = "-" if number < 0 else ""
    if size and not 1e-4 <= size < 1e11:
        small = f"{size:.9f}".rstrip("0")
        if size < 1 and len(small) <= _WIDTH and float(small) == size:
            return sign + small
        mantissa, _, exponent = f"{size:.5e}".partition("e")
        mantissa = mantissa.rstrip("0").rstrip(".")
        return f"{sign}{mantissa}E{exponent[0]}{exponent[1:]:0>2}"
    whole = len(str(int(size)))
    shown = format(round(Decimal(repr(size)), max(_WIDTH - 1 - whole, 0)), "f")
    shown = shown.rstrip("0").rstrip(".") if "." in shown else shown
    return sign + shown if shown != "0" else shown


@lru_cache(maxsize=65_536)
def read_number(text: str) -> float | None:
    """The number that Excel reads in a text, or None."""
    found = _DECORATED.match(text)
    if found and (found["whole"] or (found["point"] or ".") != "."):
        return _decorated(found)
    fraction = _FRACTION.match(text)
    if fraction and int(fraction["under"]):
        value = int(fraction["whole"]) + int(fraction["top"]) / int(fraction["under"])
        return -value if fraction["sign"] else value
    return read_moment(text)


def _decorated(found: re.Match[str]) -> float | None:
    signs = [sign for sign in (found["sign"], found["sign2"]) if sign]
    wrapped = bool(found["open"])
    if wrapped != bool(found["close"]) or len(signs) > 1 or (wrapped and signs):
        return None
    if found["currency"] and found["currency2"]:
        return None
    whole = (found["whole"] or "0").replace(",", "")
    value = float(f"{whole}{found['point'] or ''}{found['exponent'] or ''}")
    if found["percent"] and found["percent1"]:
        return None
    value = value / 100 if found["percent"] or found["percent1"] else value
    value = -value if wrapped or "-" in signs else value
    return value if math.isfinite(value) else None


def read_moment(text: str) -> float | None:
    """The serial number of a date, a time, or both, written as text; None where it is neither.

    Blanks around a number do not matter to Excel, around a date they do.
    """
    parts = None if text != text.strip() else read_day_and_time(text)
    return None if parts is None else parts[0] + parts[1]


def read_day_and_time(text: str, year: int | None = None) -> tuple[float, float] | None:
    """The same in two: whole days, and the part of a day.

    `year`: of a date that is written without one; such a text is no date without it.
    """
    text = text.strip()
    day = read_date(text, year)
    if day is not None:
        return day, 0.0
    clock = read_time(text)
    if clock is not None:
        return clock // 1, clock % 1
    for index in (i for i, char in enumerate(text) if char in " T"):
        day, clock = read_date(text[:index].strip(), year), read_time(text[index + 1 :].strip())
        if day is not None and clock is not None:
            return day + clock // 1, clock % 1
    return None


def read_date(text: str, this_year: int | None = None) -> float | None:
    """The serial number of a date written as text, or None; `this_year` where it tells none."""
    numeric = _NUMERIC_DATE.match(text)
    if numeric:
        first, second, third = numeric.groups()
        if third is None:
            return _month_and(second, int(first), this_year) if len(first) < 3 else None
        if len(first) == 4:
            return _day(int(first), int(second), int(third))
        if len(first) > 2:
            return None
        return _day(_year(third), int(first), int(second))
    named = _NAMED_DATE.match(text)
    return _named(named, this_year) if named else None


def _month_and(digits: str, month: int, this_year: int | None) -> float | None:
    """The day of a month of this year; where the month has no such day, it is the year."""
    number = int(digits)
    if len(digits) == 4 or number > 31:
        return _day(_year(digits), month, 1)
    if this_year is None:
        return None
    return _day(this_year, month, number) or _day(_year(digits), month, 1)


def _named(found: re.Match[str], this_year: int | None) -> float | None:
    word = found["month"].casefold()
    month = next((i for i, name in enumerate(_MONTHS, 1) if name == word or name[:3] == word), 0)
    numbers = re.findall(r"\d+", found["rest"])
    if not month or len(numbers) > 2:
        return None
    if found["day"]:
        year = _year(numbers[0]) if numbers else this_year
        return None if year is None or len(numbers) > 1 else _day(year, month, int(found["day"]))
    if len(numbers) == 2:
        return _day(_year(numbers[1]), month, int(numbers[0]))
    if len(numbers) == 1 and (len(numbers[0]) == 4 or this_year is not None):
        return _month_and(numbers[0], month, this_year)
    return None


def _year(digits: str) -> int:
    """Two digits mean 1930 to 2029, as in Excel."""
    year = int(digits)
    if len(digits) > 2:
        return year
    return year + (2000 if year < 30 else 1900)


def _day(year: int, month: int, day: int) -> float | None:
    if not 1900 <= year <= 9999:
        return None
    if (year, month, day) == (1900, 2, 29):
        return 60.0
    try:
        return serial(date(year, month, day))
    except ValueError:
        return None


def read_time(text: str) -> float | None:
    """The fraction of a day that a time of day written as text is, or None.

    One of hours, minutes and seconds may be more than a clock shows (``26:30``, ``0:90``).
    """
    found = _TIME.match(text)
    if not found or not (found["rest"] or found["half"]):
        return None
    numbers = [int(digits or 0) for digits in (found["first"] + found["rest"]).split(":")]
    if found["part"] and len(numbers) == 2 and found["part"] != ".":
        numbers.insert(0, 0)
    if found["part"] and len(numbers) == 1:
        return None
    hour, minute, second = (*numbers, 0, 0)[:3]
    if (hour > 23) + (minute > 59) + (second > 59) > 1:
        return None
    if found["half"]:
        if hour > 12 or minute > 59 or second > 59:
            return None
        hour = hour % 12 + (12 if found["half"] in "Pp" else 0)
    part = float(found["part"]) if len(found["part"] or "") > 1 else 0.0
    return (hour * 3600 + minute * 60 + second + part) / 86_400
