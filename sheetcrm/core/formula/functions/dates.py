"""Dates and times: serial numbers taken apart, put together and moved by months."""

from __future__ import annotations

import polars as pl

from sheetcrm.core.formula.cells import (
    ERRORS,
    NA,
    NUM,
    Cells,
    compute,
    first_error,
    numbers,
    with_error,
)
from sheetcrm.core.formula.coerce import as_number, as_strict_number, as_text
from sheetcrm.core.formula.convert import constant, serial
from sheetcrm.core.formula.distinct import per_distinct
from sheetcrm.core.formula.general import read_day_and_time
from sheetcrm.core.formula.registry import (
    Context,
    anything,
    cellwise,
    elementwise,
    number,
    result,
    scalarwise,
    strict,
    text,
    whole,
)
from sheetcrm.core.formula.serials import days, from_date, is_day, month_starts, months_of, to_date
from sheetcrm.core.formula.shapes import Value, lift
from sheetcrm.core.formula.syntax import Node
from sheetcrm.core.table.values import CellError, CellValue
from sheetcrm.errors import FormulaError

_FEBRUARY_29_1900 = 60


@whole("TODAY", summary="The day of this run.", example="=[@[Last contact]]<TODAY()-30")
def _today(context: Context, arguments: tuple[Node, ...]) -> Value:
    del arguments
    return constant(serial(context.now().date()))


@whole("NOW", summary="The moment of this run.", example="=NOW()-[@[Last contact]]")
def _now(context: Context, arguments: tuple[Node, ...]) -> Value:
    del arguments
    return constant(serial(context.now().replace(tzinfo=None)))


@whole(
    "DAYSSINCE",
    anything("date"),
    summary="Whole days from a date to today; #N/A where the cell is blank.",
    example="=DAYSSINCE([@[Last contact]])<=30",
    ours=True,
)
def _dayssince(context: Context, arguments: tuple[Node, ...]) -> Value:
    """A blank date is not available rather than day 0, so that a rule over it reads unknown."""
    today = serial(context.now().date())

    def since(cells: Cells) -> Cells:
        error = cells.error
        if cells.blank:
            none = pl.lit(NA, dtype=ERRORS)
            error = first_error(error, compute(lambda b: pl.when(b).then(none), cells.is_blank))
        value, wrong = as_number(cells)
        days = numbers(today - value.floor(), wrong)
        return with_error(days, error)

    return lift(since, [context.value(arguments[0])])


@cellwise(
    "DATE",
    number("year"),
    number("month"),
    number("day"),
    summary="The date of a year, month and day; month 13 is next January, day 0 the day before.",
    example="=DATE(2026, 12, 31)",
)
def _date(year: Cells, month: Cells, day: Cells) -> Cells:
    coerced = [as_number(cells) for cells in (year, month, day)]
    error = first_error(*(wrong for _, wrong in coerced))
    years, months, days_ = (value for value, _ in coerced)

    def counted(y: pl.Expr, m: pl.Expr) -> pl.Expr:
        y = y.truncate()
        y = pl.when((y >= 0) & (y < 1900)).then(y + 1900).when(y < 10_000).then(y)
        return y * 12 + m.truncate() - 1

    first = compute(from_date, month_starts(compute(counted, years, months)))
    value = compute(lambda f, d: f + d.truncate() - 1, first, days_)
    return result(compute(lambda v: pl.when(is_day(v)).then(v), value), error, none=NUM)


@elementwise(
    "TIME",
    number("hour"),
    number("minute"),
    number("second"),
    gives="number",
    none=NUM,
    summary="A time of day, as a part of a day.",
    example="=TIME(9, 30, 0)",
)
def _time(hour: pl.Expr, minute: pl.Expr, second: pl.Expr) -> pl.Expr:
    seconds = hour.floor() * 3600 + minute.floor() * 60 + second.floor()
    return pl.when(seconds >= 0).then(seconds % 86_400 / 86_400)


@elementwise(
    "YEAR",
    number("date"),
    gives="number",
    none=NUM,
    summary="The year.",
    example="=YEAR([@[First contact]])",
)
def _year(day: pl.Expr) -> pl.Expr:
    return pl.when(day.floor() == 0).then(1900).otherwise(to_date(day).dt.year())


@elementwise(
    "MONTH",
    number("date"),
    gives="number",
    none=NUM,
    summary="The month, 1 to 12.",
    example="=MONTH([@[First contact]])",
)
def _month(day: pl.Expr) -> pl.Expr:
    return pl.when(day.floor() == 0).then(1).otherwise(to_date(day).dt.month())


@elementwise(
    "DAY",
    number("date"),
    gives="number",
    none=NUM,
    summary="The day of the month, 1 to 31.",
    example="=DAY([@Birthday])",
)
def _day(day: pl.Expr) -> pl.Expr:
    return _day_number(day)


def _day_number(day: pl.Expr) -> pl.Expr:
    special = pl.when(day.floor() == 0).then(0).when(day.floor() == _FEBRUARY_29_1900).then(29)
    return special.otherwise(to_date(day).dt.day())


def _seconds(moment: pl.Expr) -> pl.Expr:
    """Whole seconds since midnight, rounded as Excel's clock is; null for no moment."""
    part = pl.when(is_day(moment)).then(moment - moment.floor())
    return (part * 86_400).round() % 86_400


@elementwise(
    "HOUR",
    number("time"),
    gives="number",
    none=NUM,
    summary="The hour, 0 to 23.",
    example="=HOUR(NOW())",
)
def _hour(moment: pl.Expr) -> pl.Expr:
    return (_seconds(moment) / 3600).floor()


@elementwise(
    "MINUTE",
    number("time"),
    gives="number",
    none=NUM,
    summary="The minute, 0 to 59.",
    example="=MINUTE(NOW())",
)
def _minute(moment: pl.Expr) -> pl.Expr:
    return (_seconds(moment) / 60).floor() % 60


@elementwise(
    "SECOND",
    number("time"),
    gives="number",
    none=NUM,
    summary="The second, 0 to 59.",
    example="=SECOND(NOW())",
)
def _second(moment: pl.Expr) -> pl.Expr:
    return _seconds(moment) % 60


@cellwise(
    "EDATE",
    strict("date"),
    strict("months"),
    summary="The same day some months later or earlier.",
    example="=EDATE([@[Signed on]], 12)",
)
def _edate(day: Cells, months: Cells) -> Cells:
    (start, wrong), (count, wrong2) = as_strict_number(day), as_strict_number(months)
    first = _months_later(start, count)
    moved = compute(
        lambda f, s: from_date(f) + pl.min_horizontal(_day_number(s), _month_length(f)) - 1,
        first,
        start,
    )
    return result(moved, first_error(wrong, wrong2), none=NUM)


@cellwise(
    "EOMONTH",
    strict("date"),
    strict("months"),
    summary="The last day of a month, some months later or earlier.",
    example="=EOMONTH(TODAY(), 0)",
)
def _eomonth(day: Cells, months: Cells) -> Cells:
    (start, wrong), (count, wrong2) = as_strict_number(day), as_strict_number(months)
    first = _months_later(start, count)
    last = compute(lambda f: from_date(f) + _month_length(f) - 1, first)
    return result(last, first_error(wrong, wrong2), none=NUM)


def _months_later(start: pl.Series, count: pl.Series) -> pl.Series:
    """The first day of the month so many months after each day's; day 0 is in January 1900."""
    real = compute(lambda s: pl.when((s >= 0) & (s < 1)).then(1.0).otherwise(s), start)
    return month_starts(compute(lambda m, c: m + c.truncate(), months_of(days(real)), count))


def _month_length(first: pl.Expr) -> pl.Expr:
    """How many days a month has, from its first day; Excel's February 1900 has 29."""
    odd = first == pl.date(1900, 2, 1)
    return pl.when(odd).then(29).otherwise(first.dt.month_end().dt.day())


@elementwise(
    "DAYS",
    number("end"),
    number("start"),
    gives="number",
    none=NUM,
    summary="The days from one date to another.",
    example="=DAYS(TODAY(), [@[First contact]])",
)
def _days(end: pl.Expr, start: pl.Expr) -> pl.Expr:
    return pl.when(is_day(end) & is_day(start)).then(end.floor() - start.floor())


@whole(
    "DATEVALUE",
    text("text"),
    summary="The date that a text shows; without a year it is one of this year.",
    example='=DATEVALUE("2026-12-31")',
)
def _datevalue(context: Context, arguments: tuple[Node, ...]) -> Value:
    year = _this_year(context)

    def read(value: str) -> CellValue:
        parts = read_day_and_time(value, year)
        return parts[0] if parts else CellError("#VALUE!")

    return lift(lambda cells: per_distinct(read, [as_text(cells)]), [context.value(arguments[0])])


def _this_year(context: Context) -> int | None:
    """The run's year; None where there is no clock, which other texts do not need."""
    try:
        return context.now().year
    except FormulaError:
        return None


@scalarwise(
    "TIMEVALUE",
    text("text"),
    summary="The time of day that a text shows, as a part of a day.",
    example='=TIMEVALUE("14:30")',
)
def _timevalue(value: str) -> CellValue:
    parts = read_day_and_time(value)
    return parts[1] if parts else CellError("#VALUE!")
