"""Weeks, working days, and the time between two dates in Excel's several ways of counting."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import polars as pl

from sheetcrm.core.formula.cells import ERRORS, NUM, Cells, with_error
from sheetcrm.core.formula.coerce import as_number
from sheetcrm.core.formula.registry import (
    Answer,
    Context,
    answer,
    anything,
    elementwise,
    number,
    scalarwise,
    text,
    whole,
)
from sheetcrm.core.formula.serials import from_date, is_day, to_date
from sheetcrm.core.formula.shapes import Bundle, TooWideError, Value, lift, stack
from sheetcrm.core.formula.syntax import Node
from sheetcrm.core.formula.yearcount import calendar_date, datedif, days360, yearfrac
from sheetcrm.core.table.values import CellError, CellValue

_NUM = pl.lit(NUM, dtype=ERRORS)
_FIRST_DAYS = {1: 6, 2: 0, 11: 0, 12: 1, 13: 2, 14: 3, 15: 4, 16: 5, 17: 6}
"""WEEKDAY's and WEEKNUM's types → the day on which their week begins, Monday being 0."""


@elementwise(
    "WEEKDAY",
    number("date"),
    number("type", 1),
    gives="number",
    summary="The day of the week: 1 is Sunday, or Monday with type 2.",
    example="=WEEKDAY(TODAY(), 2)<6",
)
def _weekday(day: pl.Expr, kind: pl.Expr) -> Answer:
    kind = kind.floor()
    # Excel's day 1 (1900-01-01) is a Sunday to it; the calendar agrees from March 1900 on.
    monday = (day.floor() - 2) % 7
    first = kind.replace_strict(_FIRST_DAYS, default=None, return_dtype=pl.Int64)
    counted = (monday - first) % 7 + 1
    shown = pl.when(kind == 3).then(monday).when(first.is_not_null()).then(counted)
    value = pl.when(is_day(day)).then(shown)
    return Answer(value, pl.when(value.is_null()).then(_NUM))


@elementwise(
    "WEEKNUM",
    number("date"),
    number("type", 1),
    gives="number",
    summary="The week of the year; the week of January 1st is the first.",
    example="=WEEKNUM(TODAY())",
)
def _weeknum(day: pl.Expr, kind: pl.Expr) -> Answer:
    kind = kind.floor()
    date = to_date(day)
    first = kind.replace_strict(_FIRST_DAYS, default=None, return_dtype=pl.Int64)
    january = (pl.date(date.dt.year(), 1, 1).dt.weekday().cast(pl.Int64) - 1 - first) % 7
    week = (date.dt.ordinal_day().cast(pl.Int64) - 1 + january) // 7 + 1
    value = pl.when(kind == 21).then(date.dt.week().cast(pl.Int64)).otherwise(week)
    return Answer(value, pl.when(value.is_null()).then(_NUM))


@elementwise(
    "ISOWEEKNUM",
    number("date"),
    gives="number",
    summary="The week of the year by ISO 8601.",
    example="=ISOWEEKNUM(TODAY())",
)
def _isoweeknum(day: pl.Expr) -> Answer:
    value = to_date(day).dt.week()
    return Answer(value, pl.when(value.is_null()).then(_NUM))


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

    def build(start: pl.Expr, end: pl.Expr) -> Answer:
        first, last = to_date(start), to_date(end)
        low, high = pl.min_horizontal(first, last), pl.max_horizontal(first, last)
        count = pl.business_day_count(low, high.dt.offset_by("1d"), holidays=free).cast(pl.Int64)
        value = pl.when(last < first).then(-count).otherwise(count)
        return Answer(value, pl.when(value.is_null()).then(_NUM))

    return _with_holidays(context, arguments, build, wrong)


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

    def build(start: pl.Expr, days: pl.Expr) -> Answer:
        first = to_date(start)
        count = days.sign() * days.abs().floor().clip(0, 2_000_000)
        steps = count.cast(pl.Int32)
        # Rolling against the way we go makes a weekend count as the working day before it.
        later = first.dt.add_business_days(steps, holidays=free, roll="backward")
        earlier = first.dt.add_business_days(steps, holidays=free, roll="forward")
        moved = pl.when(steps > 0).then(later).when(steps < 0).then(earlier).otherwise(first)
        value = from_date(moved)
        value = pl.when(is_day(value)).then(value)
        return Answer(value, pl.when(value.is_null()).then(_NUM))

    return _with_holidays(context, arguments, build, wrong)


def _with_holidays(
    context: Context,
    arguments: tuple[Node, ...],
    build: Callable[[pl.Expr, pl.Expr], Answer],
    wrong: pl.Series | None,
) -> Value:
    def run(one: Cells, other: Cells) -> Cells:
        return with_error(answer(build, [as_number(one), as_number(other)], "number"), wrong)

    return lift(run, [context.value(node) for node in arguments[:2]])


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
