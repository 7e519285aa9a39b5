"""USER_ENTERED: what Sheets makes of a text that somebody types into a cell."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.support.sheets_api.cells import Formula, Value, number, short
from tests.support.sheets_api.clock import now
from tests.support.sheets_api.locales import Customs, customs
from tests.support.sheets_api.shown import EPOCH

_ADDRESS = re.compile(
    r"https?://[^\s/]+\S*|(?:[a-z0-9-]+\.)+(?:com|org|net|io|id|es)(?:/\S*)?", re.IGNORECASE
)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_NUMERIC_DATE = re.compile(r"(\d{1,4})([/.-])(\d{1,2})(?:\2(\d{1,4}))?")
_NAMED_DATE = re.compile(r"(?:(\d{1,2}) ([^\W\d]+)\.?|([^\W\d]+)\.? (\d{1,2}),?)(?: (\d{4}))?")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?(?: ?([AaPp][Mm]))?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A value, and the number format that comes with it, if one does."""

    value: Value
    format: dict[str, str] | None = None


def entered(content: Any, locale: str, *, as_text: bool = False) -> Entry:
    """What is stored when a person types `content`.

    Args:
        content: JSON: a text, number or truth value.
        locale: the spreadsheet's.
        as_text: the cell's format is plain text, which takes everything as it is.
    """
    if not isinstance(content, str):
        return Entry(value=number(content) if isinstance(content, float) else content)
    text = short(content)
    if as_text or not text:
        return Entry(value=text or None)
    if text.startswith("'"):
        return Entry(value=text[1:] or None)
    if text.startswith("=") and len(text) > 1:
        return Entry(value=Formula(text))
    stripped = text.strip()
    if stripped.upper() in {"TRUE", "FALSE"}:
        return Entry(value=stripped.upper() == "TRUE")
    local = customs(locale)
    return _number(stripped, local) or _moment(stripped, local) or Entry(value=text)


def link(value: Value) -> str:
    """The address that a cell links to, where an address is all that somebody typed into it."""
    if not isinstance(value, str) or not _ADDRESS.fullmatch(value):
        return ""
    return value if value.lower().startswith(("http://", "https://")) else f"http://{value}"


def raw(content: Any) -> Value:
    """What is stored when a value comes in as it is."""
    if isinstance(content, str):
        return short(content) or None
    return number(content) if isinstance(content, float) else content


def _number(text: str, local: Customs) -> Entry | None:
    sign = -1 if text.startswith("-") or (text.startswith("(") and text.endswith(")")) else 1
    bare = text.strip("()").lstrip("+-").strip()
    percent = bare.endswith("%")
    bare = bare.removesuffix("%").strip()
    symbol = next((s for s in {local.currency, "$", "€", "£", "Rp"} if s in bare), "")
    if symbol:
        if not (bare.startswith(symbol) or bare.endswith(symbol)):
            return None
        bare = bare.replace(symbol, "", 1).strip()
    group, decimal = re.escape(local.group), re.escape(local.decimal)
    match = re.fullmatch(
        rf"(\d{{1,3}}(?:{group}\d{{3}})+|\d+)?(?:{decimal}(\d*))?(?:[eE]([+-]?\d+))?", bare
    )
    if not match or not (match[1] or match[2]):
        return None
    whole = (match[1] or "0").replace(local.group, "")
    value = sign * float(f"{whole}.{match[2] or '0'}e{match[3] or '0'}")
    places = ".00" if match[2] else ""
    if percent:
        form = {"type": "PERCENT", "pattern": f"0{places}%"}
        return Entry(value=number(value / 100), format=form)
    if symbol:
        shown = f'"{symbol}"#,##0{places}' if symbol != local.currency else None
        form = {"type": "CURRENCY", "pattern": shown or f'"{symbol}"#,##0{places}'}
        return Entry(value=number(value), format=form)
    if match[3]:
        return Entry(value=number(value), format={"type": "SCIENTIFIC", "pattern": "0.00E+00"})
    if match[1] and local.group in match[1]:
        form = {"type": "NUMBER", "pattern": f"#,##0{places}"}
        return Entry(value=number(value), format=form)
    return Entry(value=number(value))


def _moment(text: str, local: Customs) -> Entry | None:
    date_text, _, time_text = text.replace("T", " ", 1).partition(" ")
    time = _time(text)
    if time is not None:
        return Entry(value=number(time), format={"type": "TIME", "pattern": "h:mm:ss am/pm"})
    whole = _date(text, local)
    if whole:
        return Entry(value=whole[0], format={"type": "DATE", "pattern": whole[1]})
    date, time = _date(date_text, local), _time(time_text.strip())
    if date and time is not None:
        form = {"type": "DATE_TIME", "pattern": f"{date[1]} h:mm:ss"}
        return Entry(value=number(date[0] + time), format=form)
    return None


def _date(text: str, local: Customs) -> tuple[int, str] | None:
    iso = _ISO.fullmatch(text)
    if iso:
        return _serial(int(iso[1]), int(iso[2]), int(iso[3]), "yyyy-mm-dd")
    numeric = _NUMERIC_DATE.fullmatch(text)
    if numeric:
        return _numeric_date(numeric, local)
    named = _NAMED_DATE.fullmatch(text)
    if named:
        names = [*local.months, *local.short_months]
        word = (named[2] or named[3]).casefold()
        month = next((i % 12 for i, n in enumerate(names) if n.casefold().strip(".") == word), None)
        if month is not None:
            day = int(named[1] or named[4])
            pattern = "d mmm yyyy" if named[1] else "mmm d, yyyy"
            return _serial(int(named[5] or _this_year()), month + 1, day, pattern)
    return None


def _numeric_date(match: re.Match[str], local: Customs) -> tuple[int, str] | None:
    mark = match[2]
    if len(match[1]) > 2 or (mark == "." and (not local.day_first or not match[4])):
        return None
    first, second = int(match[1]), int(match[3])
    day, month = (first, second) if local.day_first else (second, first)
    year = int(match[4]) if match[4] else _this_year()
    if match[4] and len(match[4]) <= 2:
        year += 2000 if year < 50 else 1900
    order = f"d{mark}m" if local.day_first else f"m{mark}d"
    return _serial(year, month, day, f"{order}{mark}yyyy" if match[4] else order)


def _serial(year: int, month: int, day: int, pattern: str) -> tuple[int, str] | None:
    if not (1900 <= year <= 9999 and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]):
        return None
    return (datetime(year, month, day) - EPOCH).days, pattern


def _time(text: str) -> float | None:
    match = _TIME.fullmatch(text)
    if not match:
        return None
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    if match[5]:
        hour = hour % 12 + (12 if match[5].lower() == "pm" else 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    milliseconds = int((match[4] or "0").ljust(3, "0"))
    return (hour * 3600 + minute * 60 + second + milliseconds / 1000) / 86_400


def _this_year() -> int:
    return now().year
