"""The time between two dates in Excel's ways of counting: DATEDIF, DAYS360, YEARFRAC."""

from __future__ import annotations

from calendar import isleap, monthrange
from dataclasses import dataclass
from datetime import date
from typing import Final

from sheetcrm.core.formula.convert import EPOCH_ORDINAL, LEAP_BUG
from sheetcrm.core.formula.serials import LAST_SERIAL

_FEBRUARY: Final = 2
_ODD_DAYS: Final = {0: (1900, 1, 0), 60: (1900, 2, 29)}  #: days that only Excel has


@dataclass(frozen=True, slots=True)
class Day:
    """A day of Excel's calendar, which has a 1900-01-00 and a 1900-02-29."""

    serial: int
    year: int
    month: int
    day: int

    @property
    def ends_month(self) -> bool:
        """Whether it is the last day of its month."""
        return self.day >= _month_length(self.year, self.month)


def day_of(serial: float) -> Day | None:
    """The day of a serial number; None outside Excel's calendar."""
    whole = int(serial // 1)
    if whole in _ODD_DAYS:
        return Day(whole, *_ODD_DAYS[whole])
    day = calendar_date(serial)
    return None if day is None else Day(whole, day.year, day.month, day.day)


def calendar_date(serial: float) -> date | None:
    """The calendar day of a serial number; None outside Excel's calendar."""
    if not 0 <= serial < LAST_SERIAL + 1:
        return None
    day = int(serial)
    return date.fromordinal(EPOCH_ORDINAL + day + (1 if day < LEAP_BUG - 1 else 0))


def _serial(year: int, month: int, day: int) -> int:
    """The serial number of a day; one past its month's end is in the next month."""
    first = date(year, month, 1).toordinal() - EPOCH_ORDINAL
    return first - (1 if first < LEAP_BUG else 0) + day - 1


def _month_length(year: int, month: int) -> int:
    return 29 if (year, month) == (1900, _FEBRUARY) else monthrange(year, month)[1]


def datedif(start: Day, end: Day, unit: str) -> int | None:
    """Whole years, months or days between two dates, or what they leave over; None: no unit."""
    months = (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)
    match unit:
        case "Y":
            return months // 12
        case "M":
            return months
        case "D":
            return end.serial - start.serial
        case "YM":
            return months % 12
        case "MD":
            return _days_left(start, end)
        case "YD":
            return _days_in_year(start, end)
    return None


def _days_left(start: Day, end: Day) -> int:
    if end.day >= start.day:
        return end.day - start.day
    year, month = (end.year, end.month - 1) if end.month > 1 else (end.year - 1, 12)
    return _month_length(year, month) - start.day + end.day


def _days_in_year(start: Day, end: Day) -> int:
    """Days to the end's month and day in the start's year, or in the next where they are past."""
    later = (end.month, end.day) < (start.month, start.day)
    return _serial(start.year + later, end.month, end.day) - start.serial


def days360(start: Day, end: Day, *, european: bool) -> int:
    """Days in a year of twelve months of 30 days; the US way follows NASD (Excel's DAYS360)."""
    first, last = start.day, end.day
    if european:
        first, last = min(first, 30), min(last, 30)
    else:
        if start.ends_month:
            first = 30
        if last == 31 and first >= 30:
            last = 30
    return (end.year - start.year) * 360 + (end.month - start.month) * 30 + last - first


def yearfrac(start: Day, end: Day, basis: int) -> float:
    """The part of a year from `start` to a later `end`; `basis` as in Excel, 0 to 4."""
    days = end.serial - start.serial
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


def _nasd(start: Day, end: Day) -> int:
    """30/360 as bonds count it: the last of February stands for the 30th."""
    first, last = start.day, end.day
    if start.month == _FEBRUARY and start.ends_month:
        first = 30
        if end.month == _FEBRUARY and end.ends_month:
            last = 30
    if last == 31 and first >= 30:
        last = 30
    first = min(first, 30)
    return (end.year - start.year) * 360 + (end.month - start.month) * 30 + last - first


def _average_year(start: Day, end: Day) -> float:
    """The length of the years that the time touches, as basis 1 takes it."""
    within = end.year == start.year or (
        end.year == start.year + 1 and (end.month, end.day) <= (start.month, start.day)
    )
    if not within:
        years = range(start.year, end.year + 1)
        return sum(366 if isleap(year) else 365 for year in years) / len(years)
    if start.year == end.year:
        return 366 if isleap(start.year) else 365
    leaps = [_serial(year, 2, 29) for year in (start.year, end.year) if isleap(year)]
    return 366 if any(start.serial <= leap <= end.serial for leap in leaps) else 365
