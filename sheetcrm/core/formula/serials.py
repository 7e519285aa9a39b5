"""Serial numbers and calendar days as Polars expressions, in Excel's 1900 system.

Excel believes in a 1900-02-29 (serial 60), so that serials below 61 are one day off the calendar.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from sheetcrm.core.formula.convert import LEAP_BUG, UNIX_SERIAL

LAST_SERIAL: Final = 2_958_465  #: 9999-12-31


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


def month_start(months: pl.Expr) -> pl.Expr:
    """The first day of a month counted as ``year * 12 + month - 1``; null outside the calendar."""
    whole = pl.when((months >= 1900 * 12) & (months < 10_000 * 12)).then(months)
    number = whole.cast(pl.Int32)
    return pl.date(number // 12, number % 12 + 1, 1)


def months_of(day: pl.Expr) -> pl.Expr:
    """A day's month counted as ``year * 12 + month - 1``."""
    return day.dt.year().cast(pl.Int32) * 12 + day.dt.month().cast(pl.Int32) - 1
