"""Weeks, working days, and the time between two dates in Excel's several ways of counting."""

from __future__ import annotations

from datetime import date

import polars as pl

from sheetcrm.core.formula.cells import ERRORS, NUM, Cells, compute, first_error, with_error
from sheetcrm.core.formula.coerce import as_number, as_strict_number
from sheetcrm.core.formula.distinct import per_distinct
from sheetcrm.core.formula.registry import (
    Context,
    anything,
    boolean,
    cellwise,
    elementwise,
    number,
    result,
    scalarwise,
    strict,
    text,
    whole,
)
from sheetcrm.core.formula.serials import days, from_date, is_day, to_date
from sheetcrm.core.formula.shapes import Bundle, TooWideError, Value, lift, stack
from sheetcrm.core.formula.syntax import Node
from sheetcrm.core.formula.yearcount import calendar_date, datedif, day_of, days360, yearfrac
from sheetcrm.core.table.values import CellError, CellValue

_FIRST_DAYS = {1: 6, 2: 0, 11: 0, 12: 1, 13: 2, 14: 3, 15: 4, 16: 5, 17: 6}
"""WEEKDAY's and WEEKNUM's types → the day on which their week begins, Monday being 0."""

_ISO = 21  #: WEEKNUM's type for weeks by ISO 8601
_SECONDS = 86_400


@elementwise(
    "WEEKDAY",
    number("date"),
    number("type", 1),
    gives="number",
    none=NUM,
    summary="The day of the week: 1 is Sunday, or Monday with type 2.",
    example="=WEEKDAY(TODAY(), 2)<6",
)
def _weekday(day: pl.Expr, kind: pl.Expr) -> pl.Expr:
    kind = kind.floor()
    monday = _monday(day)
    first = kind.replace_strict(_FIRST_DAYS, default=None, return_dtype=pl.Int64)
    counted = (monday - first) % 7 + 1
    shown = pl.when(kind == 3).then(monday).when(first.is_not_null()).then(counted)
    return pl.when(is_day(day)).then(shown)


@cellwise(
    "WEEKNUM",
    strict("date"),
    strict("type", 1),
    summary="The week of the year; the week of January 1st is the first.",
    example="=WEEKNUM(TODAY())",
)
def _weeknum(day: Cells, kind: Cells) -> Cells:
    (value, wrong), (kinds, wrong2) = as_strict_number(day), as_strict_number(kind)
    begin = kinds.floor().replace_strict(_FIRST_DAYS, default=None, return_dtype=pl.Int64)
    january = compute(_january_first, value)

    def build(s: pl.Expr, first: pl.Expr, begins: pl.Expr, k: pl.Expr) -> pl.Expr:
        week = (s.floor() - first + (_monday(first) - begins) % 7) // 7 + 1
        return pl.when(k.floor() == _ISO).then(_iso_week(s)).otherwise(week)

    week = compute(build, value, january, begin, kinds)
    inside = compute(lambda s, w: pl.when(is_day(s)).then(w), value, week)
    return result(inside.cast(pl.Float64), first_error(wrong, wrong2), none=NUM)


@elementwise(
    "ISOWEEKNUM",
    number("date"),
    gives="number",
    none=NUM,
    summary="The week of the year by ISO 8601.",
    example="=ISOWEEKNUM(TODAY())",
)
def _isoweeknum(day: pl.Expr) -> pl.Expr:
    return pl.when(is_day(day)).then(_iso_week(day))


def _iso_week(serial: pl.Expr) -> pl.Expr:
    """The week to which the Thursday beside a day belongs; before 1900 is week 52."""
    thursday = serial.floor() - _monday(serial) + 3
    week = (thursday - _january_first(thursday)) // 7 + 1
    return pl.when(thursday < 1).then(52.0).otherwise(week)


def _january_first(serial: pl.Expr) -> pl.Expr:
    """The serial number of the first day of a day's year."""
    year = pl.when(serial < 1).then(1900).otherwise(to_date(serial).dt.year())
    return from_date(pl.date(year, 1, 1))


def _monday(serial: pl.Expr) -> pl.Expr:
    """Days since the last Monday: to Excel 1900-01-01 is a Sunday; from March on it is right."""
    return (serial.floor() - 2) % 7


@scalarwise(
    "DATEDIF",
    number("start"),
    number("end"),
    text("unit"),
    summary='The time between two dates in "Y", "M", "D", or the rests "YM", "MD", "YD".',
    example='=DATEDIF([@Birthday], TODAY(), "Y")',
)
def _datedif(start: float, end: float, unit: str) -> CellValue:
    first, last = day_of(start), day_of(end)
    if first is None or last is None or first.serial > last.serial:
        return CellError("#NUM!")
    count = datedif(first, last, unit.upper())
    return CellError("#NUM!") if count is None else float(count)


@scalarwise(
    "DAYS360",
    number("start"),
    number("end"),
    boolean("european", default=False),
    summary="The days between two dates in a year of twelve months of 30 days.",
    example="=DAYS360(DATE(2026, 1, 30), DATE(2026, 3, 1))",
)
def _days360(start: float, end: float, european: bool) -> CellValue:  # noqa: FBT001 an argument of Excel's
    first, last = (day_of(round(moment * _SECONDS) / _SECONDS) for moment in (start, end))
    if first is None or last is None:
        return CellError("#NUM!")
    return float(days360(first, last, european=european))


@cellwise(
    "YEARFRAC",
    strict("start"),
    strict("end"),
    strict("basis", 0),
    summary="The part of a year between two dates; basis 1 counts real days.",
    example="=YEARFRAC([@[Signed on]], TODAY(), 1)",
)
def _yearfrac(start: Cells, end: Cells, basis: Cells) -> Cells:
    """What is wrong with the basis comes before what is wrong with the dates, as in Excel."""
    first, last, (kind, wrong) = (as_strict_number(cells) for cells in (start, end, basis))
    bad = compute(lambda k: pl.when((k < 0) | (k >= 5)).then(pl.lit(NUM, dtype=ERRORS)), kind)
    found = per_distinct(_years, [first, last, (kind, wrong)])
    return with_error(found, first_error(wrong, bad))


def _years(start: float, end: float, basis: float) -> CellValue:
    first, last = day_of(start), day_of(end)
    if first is None or last is None:
        return CellError("#NUM!")
    if first.serial > last.serial:
        first, last = last, first
    return yearfrac(first, last, int(basis))


@whole(
    "NETWORKDAYS",
    strict("start"),
    strict("end"),
    anything("holidays", None),
    summary="The working days (Monday to Friday) from one date to another, both counted.",
    example="=NETWORKDAYS([@[First contact]], TODAY())",
)
def _networkdays(context: Context, arguments: tuple[Node, ...]) -> Value:
    free, wrong = _holidays(context, arguments)

    def count(start: Cells, end: Cells) -> Cells:
        (first, error), (last, error2) = as_strict_number(start), as_strict_number(end)

        def build(a: pl.Expr, b: pl.Expr) -> pl.Expr:
            low, high = pl.min_horizontal(a, b), pl.max_horizontal(a, b).dt.offset_by("1d")
            found = pl.business_day_count(low, high, holidays=free).cast(pl.Float64)
            return pl.when(b < a).then(-found).otherwise(found)

        value = compute(build, days(first), days(last))
        return with_error(result(value, first_error(error, error2), none=NUM), wrong)

    return lift(count, [context.value(node) for node in arguments[:2]])


@whole(
    "WORKDAY",
    strict("start"),
    strict("days"),
    anything("holidays", None),
    summary="The date some working days (Monday to Friday) after another.",
    example="=WORKDAY(TODAY(), 3)",
)
def _workday(context: Context, arguments: tuple[Node, ...]) -> Value:
    free, wrong = _holidays(context, arguments)

    def move(start: Cells, count: Cells) -> Cells:
        (first, error), (steps, error2) = as_strict_number(start), as_strict_number(count)
        moved = _moved(days(first), steps.clip(-3e6, 3e6), free)
        value = compute(lambda v: pl.when(is_day(v)).then(v), compute(from_date, moved))
        return with_error(result(value, first_error(error, error2), none=NUM), wrong)

    return lift(move, [context.value(node) for node in arguments[:2]])


def _moved(dates: pl.Series, steps: pl.Series, free: list[date]) -> pl.Series:
    """Days moved by working days; none for 0."""

    def build(d: pl.Expr, n: pl.Expr) -> pl.Expr:
        n = n.truncate().cast(pl.Int32)
        # Rolling against the way we go makes a weekend count as the working day before it.
        later = d.dt.add_business_days(n, holidays=free, roll="backward")
        earlier = d.dt.add_business_days(n, holidays=free, roll="forward")
        return pl.when(n > 0).then(later).when(n < 0).then(earlier).otherwise(d)

    return compute(build, dates, steps)


def _holidays(context: Context, arguments: tuple[Node, ...]) -> tuple[list[date], pl.Series | None]:
    """The days given as free (the same for all leads), and an error among them."""
    if len(arguments) < 3:
        return [], None
    value = context.value(arguments[2])
    if isinstance(value, Bundle) or (isinstance(value, Cells) and value.height > 1):
        raise TooWideError
    cells = value if isinstance(value, Cells) else stack(value.columns)
    if not cells.parts:
        return [], None
    kept = cells.gather(cells.is_blank.not_().arg_true())
    days, error = as_number(kept)
    found = [calendar_date(day) for day in days.drop_nulls().to_list()]
    wrong = None if error is None else error.drop_nulls().head(1)
    return [day for day in found if day is not None], wrong
