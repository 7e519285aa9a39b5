"""The time between two dates in Excel's ways of counting: DATEDIF, DAYS360, YEARFRAC."""

from __future__ import annotations

from calendar import isleap, monthrange
from datetime import date, timedelta
from typing import Final

from sheetcrm.core.formula.convert import EPOCH_ORDINAL, LEAP_BUG
from sheetcrm.core.formula.serials import LAST_SERIAL

_FEBRUARY: Final = 2


def calendar_date(serial: float) -> date | None:
    """The calendar day of a serial number; None outside Excel's calendar."""
    if not 0 <= serial < LAST_SERIAL + 1:
        return None
    day = int(serial)
    return date.fromordinal(EPOCH_ORDINAL + day + (1 if day < LEAP_BUG - 1 else 0))


def datedif(start: date, end: date, unit: str) -> int | None:
    """Whole years, months or days between two dates, or what they leave over; None: no unit."""
    months = (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)
    match unit:
        case "Y":
            return months // 12
        case "M":
            return months
        case "D":
            return (end - start).days
        case "YM":
            return months % 12
        case "MD":
            return _days_left(start, end)
        case "YD":
            return _days_in_year(start, end)
    return None


def _days_left(start: date, end: date) -> int:
    if end.day >= start.day:
        return end.day - start.day
    before = end.replace(day=1) - timedelta(days=1)
    return before.day - start.day + end.day


def _days_in_year(start: date, end: date) -> int:
    def in_year(year: int) -> date:
        last = monthrange(year, start.month)[1]
        return date(year, start.month, min(start.day, last))

    same = in_year(end.year)
    return (end - (same if same <= end else in_year(end.year - 1))).days


def days360(start: date, end: date, *, european: bool) -> int:
    """Days in a year of twelve months of 30 days; the US way follows NASD (Excel's DAYS360)."""
    first, last = start.day, end.day
    if european:
        first, last = min(first, 30), min(last, 30)
    else:
        if _ends_month(start):
            first = 30
        if last == 31 and first >= 30:
            last = 30
    return (end.year - start.year) * 360 + (end.month - start.month) * 30 + last - first


def _ends_month(day: date) -> bool:
    return day.day == monthrange(day.year, day.month)[1]


def yearfrac(start: date, end: date, basis: int) -> float:
    """The part of a year from `start` to a later `end`; `basis` as in Excel, 0 to 4."""
    days = (end - start).days
    match basis:
        case 1:
            return days / _average_year(start, end)
        case 2:
            return days / 360
        case 3:
            return days / 365
        case 4:
            return days360(start, end, european=True) / 360
    return _nasd(start, end) / 360


def _nasd(start: date, end: date) -> int:
    """30/360 as bonds count it: the last of February stands for the 30th."""
    first, last = start.day, end.day
    if start.month == _FEBRUARY and _ends_month(start):
        first = 30
        if end.month == _FEBRUARY and _ends_month(end):
            last = 30
    if last == 31 and first >= 30:
        last = 30
    first = min(first, 30)
    return (end.year - start.year) * 360 + (end.month - start.month) * 30 + last - first


def _average_year(start: date, end: date) -> float:
    """The length of the years that the time touches, as basis 1 takes it."""
    within = end.year == start.year or (
        end.year == start.year + 1 and (end.month, end.day) <= (start.month, start.day)
    )
    if not within:
        years = range(start.year, end.year + 1)
        return sum(366 if isleap(year) else 365 for year in years) / len(years)
    if start.year == end.year:
        return 366 if isleap(start.year) else 365
    leaps = [date(year, 2, 29) for year in (start.year, end.year) if isleap(year)]
    return 366 if any(start <= leap <= end for leap in leaps) else 365
