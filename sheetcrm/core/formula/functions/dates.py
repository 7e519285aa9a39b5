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
from sheetcrm.core.formula.coerce import as_number
from sheetcrm.core.formula.convert import constant, serial
from sheetcrm.core.formula.general import read_day_and_time
from sheetcrm.core.formula.registry import (
    Answer,
    Context,
    answer,
    anything,
    cellwise,
    elementwise,
    number,
    scalarwise,
    text,
    whole,
)
from sheetcrm.core.formula.serials import from_date, is_day, month_start, months_of, to_date
from sheetcrm.core.formula.shapes import Value, lift
from sheetcrm.core.formula.syntax import Node
from sheetcrm.core.table.values import CellError, CellValue

_NUM = pl.lit(NUM, dtype=ERRORS)
_FEBRUARY_29_1900 = 60


def _or_num(value: pl.Expr) -> Answer:
    return Answer(value, pl.when(value.is_null()).then(_NUM))


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


@elementwise(
    "DATE",
    number("year"),
    number("month"),
    number("day"),
    gives="number",
    summary="The date of a year, month and day; month 13 is next January, day 0 the day before.",
    example="=DATE(2026, 12, 31)",
)
def _date(year: pl.Expr, month: pl.Expr, day: pl.Expr) -> Answer:
    year, month, day = (_toward_zero(part) for part in (year, month, day))
    year = pl.when((year >= 0) & (year < 1900)).then(year + 1900).otherwise(year)
    first = from_date(month_start(year * 12 + month - 1))
    value = first + day - 1
    return _or_num(pl.when((year < 10_000) & is_day(value)).then(value))


def _toward_zero(part: pl.Expr) -> pl.Expr:
    return part.sign() * part.abs().floor()


@elementwise(
    "TIME",
    number("hour"),
    number("minute"),
    number("second"),
    gives="number",
    summary="A time of day, as a part of a day.",
    example="=TIME(9, 30, 0)",
)
def _time(hour: pl.Expr, minute: pl.Expr, second: pl.Expr) -> Answer:
    seconds = hour.floor() * 3600 + minute.floor() * 60 + second.floor()
    return _or_num(pl.when(seconds >= 0).then(seconds % 86_400 / 86_400))


@elementwise(
    "YEAR", number("date"), gives="number", summary="The year.", example="=YEAR([@[First contact]])"
)
def _year(day: pl.Expr) -> Answer:
    year = pl.when(day.floor() == 0).then(pl.lit(1900)).otherwise(to_date(day).dt.year())
    return _or_num(pl.when(is_day(day)).then(year))


@elementwise(
    "MONTH",
    number("date"),
    gives="number",
    summary="The month, 1 to 12.",
    example="=MONTH([@[First contact]])",
)
def _month(day: pl.Expr) -> Answer:
    month = pl.when(day.floor() == 0).then(pl.lit(1)).otherwise(to_date(day).dt.month())
    return _or_num(pl.when(is_day(day)).then(month))


@elementwise(
    "DAY",
    number("date"),
    gives="number",
    summary="The day of the month, 1 to 31.",
    example="=DAY([@Birthday])",
)
def _day(day: pl.Expr) -> Answer:
    whole_day = day.floor()
    value = (
        pl.when(whole_day == 0)
        .then(pl.lit(0))
        .when(whole_day == _FEBRUARY_29_1900)
        .then(pl.lit(29))
        .otherwise(to_date(day).dt.day())
    )
    return _or_num(pl.when(is_day(day)).then(value))


def _seconds(moment: pl.Expr) -> pl.Expr:
    """Whole seconds since midnight, rounded as Excel's clock is."""
    return ((moment - moment.floor()) * 86_400).round() % 86_400


@elementwise(
    "HOUR", number("time"), gives="number", summary="The hour, 0 to 23.", example="=HOUR(NOW())"
)
def _hour(moment: pl.Expr) -> Answer:
    return _or_num(pl.when(is_day(moment)).then((_seconds(moment) / 3600).floor()))


@elementwise(
    "MINUTE",
    number("time"),
    gives="number",
    summary="The minute, 0 to 59.",
    example="=MINUTE(NOW())",
)
def _minute(moment: pl.Expr) -> Answer:
    return _or_num(pl.when(is_day(moment)).then((_seconds(moment) / 60).floor() % 60))


@elementwise(
    "SECOND",
    number("time"),
    gives="number",
    summary="The second, 0 to 59.",
    example="=SECOND(NOW())",
)
def _second(moment: pl.Expr) -> Answer:
    return _or_num(pl.when(is_day(moment)).then(_seconds(moment) % 60))


@cellwise(
    "EDATE",
    anything("date"),
    number("months"),
    summary="The same day some months later or earlier.",
    example="=EDATE([@[Signed on]], 12)",
)
def _edate(day: Cells, months: Cells) -> Cells:
    def build(start: pl.Expr, count: pl.Expr) -> Answer:
        date = to_date(start)
        first = month_start(months_of(date) + _toward_zero(count))
        last = first.dt.month_end()
        moved = from_date(first) + pl.min_horizontal(date.dt.day(), last.dt.day()) - 1
        return _or_num(moved)

    return answer(build, [as_number(day), as_number(months)], "number")


@cellwise(
    "EOMONTH",
    anything("date"),
    number("months"),
    summary="The last day of a month, some months later or earlier.",
    example="=EOMONTH(TODAY(), 0)",
)
def _eomonth(day: Cells, months: Cells) -> Cells:
    def build(start: pl.Expr, count: pl.Expr) -> Answer:
        first = month_start(months_of(to_date(start)) + _toward_zero(count))
        return _or_num(from_date(first.dt.month_end()))

    return answer(build, [as_number(day), as_number(months)], "number")


@elementwise(
    "DAYS",
    number("end"),
    number("start"),
    gives="number",
    summary="The days from one date to another.",
    example="=DAYS(TODAY(), [@[First contact]])",
)
def _days(end: pl.Expr, start: pl.Expr) -> Answer:
    inside = is_day(end) & is_day(start)
    return _or_num(pl.when(inside).then(end.floor() - start.floor()))


@scalarwise(
    "DATEVALUE",
    text("text"),
    summary="The date that a text shows.",
    example='=DATEVALUE("2026-12-31")',
)
def _datevalue(value: str) -> CellValue:
    parts = read_day_and_time(value)
    return parts[0] if parts and parts[0] >= 1 else CellError("#VALUE!")


@scalarwise(
    "TIMEVALUE",
    text("text"),
    summary="The time of day that a text shows, as a part of a day.",
    example='=TIMEVALUE("14:30")',
)
def _timevalue(value: str) -> CellValue:
    parts = read_day_and_time(value)
    return parts[1] if parts else CellError("#VALUE!")
