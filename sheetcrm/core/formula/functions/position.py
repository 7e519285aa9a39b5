"""INDEX, ROWS, COLUMNS: items of an array by their place."""

from __future__ import annotations

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
from sheetcrm.core.formula.shapes import Bundle, Span, Value, lift, width_of
from sheetcrm.core.formula.syntax import Node


@whole(
    "INDEX",
    anything("array"),
    number("row"),
    number("column", None),
    summary="The cell of an array at a row and column; row 0 is the whole column.",
    example="=INDEX(Cities[Points], MATCH([@City], Cities[City], 0))",
)
def _index(context: Context, arguments: tuple[Node, ...]) -> Value:
    array = context.value(arguments[0])
    row: Value = context.value(arguments[1])
    column: Value = context.value(arguments[2]) if len(arguments) > 2 else constant(1.0)
    if isinstance(array, Cells):
        array = Bundle(rows=1, width=1, items=(array,))
    rows = array.rows
    if len(arguments) == 2 and rows == 1:
        row, column = constant(1.0), row
    whole_column = _is_zero(row) and isinstance(array, Span)
    if whole_column and isinstance(array, Span):
        return _column(array, column)

    def run(down: Cells, across: Cells) -> Cells:
        return _items(array, down, across)

    return lift(run, [row, column])


def _is_zero(value: Value) -> bool:
    if not isinstance(value, Cells) or value.height > 1:
        return False
    number_, error = as_number(value)
    return error is None and 0 <= float(number_[0]) < 1


def _column(array: Span, column: Value) -> Value:
    """A whole column (or, with 0 for it too, the whole array)."""
    if not isinstance(column, Cells):
        return failure(VALUE)
    if _is_zero(column):
        return array
    place, error = as_number(column)
    if error is not None or not 1 <= place[0] < len(array.columns) + 1:
        return failure(REF)
    return Span(rows=array.rows, columns=(array.columns[int(place[0]) - 1],))


def _items(array: Span | Bundle, down: Cells, across: Cells) -> Cells:
    (row, wrong), (column, wrong2) = as_number(down), as_number(across)
    row, column = row.floor(), column.floor()
    error = first_error(wrong, wrong2)
    answer = failure(REF)
    for place in column.unique().drop_nulls().to_list():
        index = int(place) - 1
        if not 0 <= index < width_of(array):
            continue
        here = _down(array, index, row)
        answer = choose((column == place).fill_null(value=False), here, answer)
    return with_error(answer, error)


def _down(array: Span | Bundle, column: int, row: pl.Series) -> Cells:
    """The items of one column at rows counted from 1; #REF! outside."""
    outside = compute(
        lambda r: pl.when(~r.is_between(1, array.rows)).then(pl.lit(REF, dtype=ERRORS)), row
    )
    if isinstance(array, Span) and array.rows:
        places = (row - 1).fill_null(0).clip(0, array.rows - 1).cast(pl.UInt32)
        return with_error(array.columns[column].gather(places), outside)
    answer = failure(REF)
    for index in range(array.rows):
        answer = choose(
            (row == index + 1).fill_null(value=False), array.item(index, column), answer
        )
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
