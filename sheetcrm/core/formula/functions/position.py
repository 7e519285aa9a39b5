"""INDEX, ROWS, COLUMNS: items of an array by their place."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from sheetcrm.core.formula.cells import (
    ERRORS,
    REF,
    VALUE,
    Cells,
    choose,
    compute,
    failure,
    first_error,
    with_error,
)
from sheetcrm.core.formula.coerce import as_number
from sheetcrm.core.formula.convert import constant
from sheetcrm.core.formula.registry import Context, anything, number, whole
from sheetcrm.core.formula.shapes import (
    WIDEST,
    Bundle,
    Span,
    TooWideError,
    Value,
    lift,
    width_of,
)
from sheetcrm.core.formula.syntax import REFERENCES, Node


@whole(
    "INDEX",
    anything("array"),
    number("row"),
    number("column", None),
    number("area", 1),
    summary="The cell of an array at a row and column; row or column 0 is the whole one.",
    example="=INDEX(Cities[Points], MATCH([@City], Cities[City], 0))",
)
def _index(context: Context, arguments: tuple[Node, ...]) -> Value:
    array = context.value(arguments[0])
    if isinstance(array, Cells):
        array = Bundle(rows=1, width=1, items=(array,))
    row, column = _asked(context, arguments, array)
    if column is None:
        return lift(lambda down: Cells(height=down.height, error=_outside((down, -1))), [row])
    if len(arguments) > 3:
        areas = [row, column, context.value(arguments[3])]
        return lift(lambda down, across, area: _items(array, down, across, area), areas)
    whole_row, whole_column = _is_zero(column), _is_zero(row)
    if isinstance(array, Span) and whole_column and (whole_row or _is_constant(column)):
        return array if whole_row else _column(array, column)
    if whole_row and isinstance(row, Cells):
        return _row(array, row)
    return lift(lambda down, across: _items(array, down, across), [row, column])


def _asked(
    context: Context, arguments: tuple[Node, ...], array: Span | Bundle
) -> tuple[Value, Value | None]:
    """The row and the column; no column where one number cannot tell the cell of a range."""
    first = context.value(arguments[1])
    if len(arguments) > 2:
        return first, context.value(arguments[2])
    if array.rows == 1:
        return constant(1.0), first
    if width_of(array) == 1:
        return first, constant(1.0)
    return first, None if isinstance(arguments[0], REFERENCES) else constant(0.0)


def _is_constant(value: Value) -> bool:
    return isinstance(value, Cells) and value.height == 1


def _is_zero(value: Value) -> bool:
    if not isinstance(value, Cells) or value.height > 1:
        return False
    number_, error = as_number(value)
    return error is None and abs(float(number_[0])) < 1


def _column(array: Span, column: Value) -> Value:
    """A whole column."""
    if not isinstance(column, Cells):
        return failure(VALUE)
    wrong = _outside((column, len(array.columns)))
    if wrong is not None and wrong.null_count() == 0:
        return Cells(height=1, error=wrong)
    place, _ = as_number(column)
    return Span(rows=array.rows, columns=(array.columns[int(place[0]) - 1],))


def _row(array: Span | Bundle, row: Cells) -> Value:
    """A whole row, which may be another one for each lead."""
    width = width_of(array)
    if width > WIDEST:
        raise TooWideError
    places = [constant(float(place + 1)) for place in range(width)]
    items = tuple(_items(array, row, place) for place in places)
    if row.height > 1 or isinstance(array, Bundle):
        return Bundle(rows=1, width=width, items=items)
    return Span(rows=1, columns=items)


def _outside(*asked: tuple[Cells, int]) -> pl.Series | None:
    """Where a row or column does not exist: #VALUE! before the first, #REF! behind the last."""
    places = [as_number(cells) for cells, _ in asked]
    wrong = [error for _, error in places]
    wrong += [_where(lambda p: p <= -1, place, VALUE) for place, _ in places]
    for (place, _), (_, count) in zip(places, asked, strict=True):
        wrong.append(_where(lambda p: p >= count + 1, place, REF))  # noqa: B023 - called at once
    return first_error(*wrong)


def _where(test: Callable[[pl.Expr], pl.Expr], place: pl.Series, code: int) -> pl.Series:
    return compute(lambda p: pl.when(test(p)).then(pl.lit(code, dtype=ERRORS)), place)


def _items(array: Span | Bundle, down: Cells, across: Cells, area: Cells | None = None) -> Cells:
    """One cell for each lead; of a whole row or column its first."""
    asked = [(down, array.rows), (across, width_of(array))]
    error = _outside(*asked, *([(area, 1)] if area is not None else []))
    row, column = (_place(cells) for cells, _ in asked)
    answer = failure(REF)
    for place in column.unique().drop_nulls().to_list():
        if place <= width_of(array):
            here = _down(array, int(place) - 1, row)
            answer = choose(column == place, here, answer)
    if error is not None:
        answer = answer.spread(max(answer.height, len(error)))
    return with_error(answer, error)


def _place(asked: Cells) -> pl.Series:
    """Counted from 1; 0 stands for the first."""
    place, _ = as_number(asked)
    return compute(lambda p: p.truncate().clip(1), place)


def _down(array: Span | Bundle, column: int, row: pl.Series) -> Cells:
    """The cells of one column at rows counted from 1."""
    if isinstance(array, Span) and array.rows:
        places = (row - 1).fill_null(0).clip(0, array.rows - 1).cast(pl.UInt32)
        return array.columns[column].gather(places)
    answer = failure(REF)
    for index in range(array.rows):
        answer = choose(row == index + 1, array.item(index, column), answer)
    return answer


@whole("ROWS", anything("array"), summary="How many rows an array has.", example="=ROWS(Cities)")
def _rows(context: Context, arguments: tuple[Node, ...]) -> Value:
    value = context.value(arguments[0])
    return constant(1.0 if isinstance(value, Cells) else float(value.rows))


@whole(
    "COLUMNS",
    anything("array"),
    summary="How many columns an array has.",
    example="=COLUMNS(Cities)",
)
def _columns(context: Context, arguments: tuple[Node, ...]) -> Value:
    value = context.value(arguments[0])
    return constant(1.0 if isinstance(value, Cells) else float(width_of(value)))
