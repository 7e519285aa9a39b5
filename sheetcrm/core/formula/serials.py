"""Serial numbers and calendar days as Polars expressions, in Excel's 1900 system.

Excel believes in a 1900-02-29 (serial 60), so that serials below 61 are one day off the calendar.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from sheetcrm.core.formula.cells import compute
from sheetcrm.core.formula.convert import LEAP_BUG, UNIX_SERIAL

LAST_SERIAL: Final = 2_958_465  #: 9999-12-31
_FIRST_MONTH: Final = 1900 * 12
_NO_MONTH: Final = 10_000 * 12


def is_day(serial: pl.Expr) -> pl.Expr:
    """Whether a number is a day of Excel's calendar."""
    return (serial >= 0) & (serial < LAST_SERIAL + 1)


def to_date(serial: pl.Expr) -> pl.Expr:
    """The calendar day of a serial number; null outside Excel's calendar."""
    whole = pl.when(is_day(serial)).then(serial.floor())
    real = pl.when(whole < LEAP_BUG - 1).then(whole + 1).otherwise(whole)
    return (real - UNIX_SERIAL).cast(pl.Int32).cast(pl.Date)


def from_date(day: pl.Expr) -> pl.Expr:
    """The serial number of a calendar day."""
    serial = day.cast(pl.Int32).cast(pl.Float64) + UNIX_SERIAL
    return pl.when(serial < LEAP_BUG).then(serial - 1).otherwise(serial)


def days(serials: pl.Series) -> pl.Series:
    """Serial numbers as calendar days; null outside Excel's calendar."""
    return compute(to_date, serials)


def month_starts(months: pl.Series) -> pl.Series:
    """The first day of months counted as ``year * 12 + month - 1``; null outside the calendar."""
    inside = compute(lambda m: pl.when((m >= _FIRST_MONTH) & (m < _NO_MONTH)).then(m), months)
    return compute(lambda m: pl.date(m // 12, m % 12 + 1, 1), inside.cast(pl.Int32))


def months_of(dates: pl.Series) -> pl.Series:
    """The month of each day, counted as ``year * 12 + month - 1``."""
    return compute(
        lambda d: d.dt.year().cast(pl.Float64) * 12 + d.dt.month().cast(pl.Float64) - 1, dates
    )
