"""Weeks, working days, and the time between two dates in Excel's several ways of counting."""

from __future__ import annotations

from datetime import date

import polars as pl

from sheetcrm.core.formula.cells import NUM, Cells, compute, first_error, with_error
from sheetcrm.core.formula.coerce import as_number
from sheetcrm.core.formula.registry import (
    Context,
    anything,
    cellwise,
    elementwise,
    number,
    result,
    scalarwise,
    text,
    whole,
)
from sheetcrm.core.formula.serials import days, from_date, is_day, to_date
from sheetcrm.core.formula.shapes import Bundle, TooWideError, Value, lift, stack
from sheetcrm.core.formula.syntax import Node
from sheetcrm.core.formula.yearcount import calendar_date, datedif, days360, yearfrac
from sheetcrm.core.table.values import CellError, CellValue

_FIRST_DAYS = {1: 6, 2: 0, 11: 0, 12: 1, 13: 2, 14: 3, 15: 4, 16: 5, 17: 6}
"""WEEKDAY's and WEEKNUM's types → the day on which their week begins, Monday being 0."""


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
    # Excel's day 1 (1900-01-01) is a Sunday to it; the calendar agrees from March 1900 on.
    monday = (day.floor() - 2) % 7
    first = kind.replace_strict(_FIRST_DAYS, default=None, return_dtype=pl.Int64)
    counted = (monday - first) % 7 + 1
    shown = pl.when(kind == 3).then(monday).when(first.is_not_null()).then(counted)
    return pl.when(is_day(day)).then(shown)


@cellwise(
    "WEEKNUM",
    number("date"),
    number("type", 1),
    summary="The week of the year; the week of January 1st is the first.",
    example="=WEEKNUM(TODAY())",
)
def _weeknum(day: Cells, kind: Cells) -> Cells:
    (value, wrong), (kinds, wrong2) = as_number(day), as_number(kind)
    date = days(value)
    first = kinds.floor().replace_strict(_FIRST_DAYS, default=None, return_dtype=pl.Int64)
    weekday = compute(lambda d: pl.date(d.dt.year(), 1, 1).dt.weekday().cast(pl.Int64), date)

    def build(d: pl.Expr, january: pl.Expr, begin: pl.Expr, k: pl.Expr) -> pl.Expr:
        week = (d.dt.ordinal_day().cast(pl.Int64) - 1 + (january - 1 - begin) % 7) // 7 + 1
        return pl.when(k.floor() == 21).then(d.dt.week().cast(pl.Int64)).otherwise(week)

    week = compute(build, date, weekday, first, kinds).cast(pl.Float64)
    return result(week, first_error(wrong, wrong2), none=NUM)


@elementwise(
    "ISOWEEKNUM",
    number("date"),
    gives="number",
    none=NUM,
    summary="The week of the year by ISO 8601.",
    example="=ISOWEEKNUM(TODAY())",
)
def _isoweeknum(day: pl.Expr) -> pl.Expr:
    return to_date(day).dt.week()


@scalarwise(
    "DATEDIF",
    number("start"),
    number("end"),
    text("unit"),
    summary='The time between two dates in "Y", "M", "D", or the rests "YM", "MD", "YD".',
    example='=DATEDIF([@Birthday], TODAY(), "Y")',
)
def _datedif(start: float, end: float, unit: str) -> CellValue:
    days = calendar_date(start), calendar_date(end)
    if days[0] is None or days[1] is None or start > end:
        return CellError("#NUM!")
    count = datedif(days[0], days[1], unit.upper())
    return CellError("#NUM!") if count is None else float(count)


@scalarwise(
    "DAYS360",
    number("start"),
    number("end"),
    number("european", 0),
    summary="The days between two dates in a year of twelve months of 30 days.",
    example="=DAYS360(DATE(2026, 1, 30), DATE(2026, 3, 1))",
)
def _days360(start: float, end: float, european: float) -> CellValue:
    first, last = calendar_date(start), calendar_date(end)
    if first is None or last is None:
        return CellError("#NUM!")
    return float(days360(first, last, european=bool(european)))


@scalarwise(
    "YEARFRAC",
    number("start"),
    number("end"),
    number("basis", 0),
    summary="The part of a year between two dates; basis 1 counts real days.",
    example="=YEARFRAC([@[Signed on]], TODAY(), 1)",
)
def _yearfrac(start: float, end: float, basis: float) -> CellValue:
    first, last = calendar_date(start), calendar_date(end)
    if first is None or last is None or not 0 <= basis < 5:
        return CellError("#NUM!")
    return yearfrac(min(first, last), max(first, last), int(basis))


@whole(
    "NETWORKDAYS",
    number("start"),
    number("end"),
    anything("holidays", None),
    summary="The working days (Monday to Friday) from one date to another, both counted.",
    example="=NETWORKDAYS([@[First contact]], TODAY())",
)
def _networkdays(context: Context, arguments: tuple[Node, ...]) -> Value:
    free, wrong = _holidays(context, arguments)

    def count(start: Cells, end: Cells) -> Cells:
        (first, error), (last, error2) = as_number(start), as_number(end)

        def build(a: pl.Expr, b: pl.Expr) -> pl.Expr:
            low, high = pl.min_horizontal(a, b), pl.max_horizontal(a, b).dt.offset_by("1d")
            found = pl.business_day_count(low, high, holidays=free).cast(pl.Float64)
            return pl.when(b < a).then(-found).otherwise(found)

        value = compute(build, days(first), days(last))
        return with_error(result(value, first_error(error, error2), none=NUM), wrong)

    return lift(count, [context.value(node) for node in arguments[:2]])


@whole(
    "WORKDAY",
    number("start"),
    number("days"),
    anything("holidays", None),
    summary="The date some working days (Monday to Friday) after another.",
    example="=WORKDAY(TODAY(), 3)",
)
def _workday(context: Context, arguments: tuple[Node, ...]) -> Value:
    free, wrong = _holidays(context, arguments)

    def move(start: Cells, count: Cells) -> Cells:
        (first, error), (steps, error2) = as_number(start), as_number(count)
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
