"""XLOOKUP, VLOOKUP and their kin: a lead's value looked up in a reference table."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from sheetcrm.core.formula.cells import (
    ERRORS,
    NA,
    REF,
    VALUE,
    Cells,
    choose,
    compute,
    failure,
    with_error,
)
from sheetcrm.core.formula.coerce import as_boolean, as_number
from sheetcrm.core.formula.convert import constant
from sheetcrm.core.formula.finding import ABOVE, BELOW, EXACT, WILDCARD, find, find_sorted
from sheetcrm.core.formula.registry import Context, anything, boolean, number, whole
from sheetcrm.core.formula.shapes import (
    Bundle,
    Span,
    TooWideError,
    Value,
    lift,
    scalar,
    stack,
)
from sheetcrm.core.formula.syntax import Node

_MODES = {0: EXACT, -1: BELOW, 1: ABOVE, 2: WILDCARD}


@whole(
    "XLOOKUP",
    anything("value"),
    anything("lookup_column"),
    anything("return_column"),
    anything("if_none", None),
    number("match_mode", 0),
    number("search_mode", 1),
    summary="The cell of one column where another holds a value; text without case.",
    example="=XLOOKUP([@City], Cities[City], Cities[Points], 0)",
)
def _xlookup(context: Context, arguments: tuple[Node, ...]) -> Value:
    column = line(context.value(arguments[1]))
    answers = line(context.value(arguments[2]))
    if column.height != answers.height:
        return failure(VALUE)
    mode = _MODES.get(int(fixed_number(context, arguments, 4, 0)))
    search = int(fixed_number(context, arguments, 5, 1))
    if mode is None or abs(search) not in {1, 2}:
        return failure(VALUE)
    otherwise = context.value(arguments[3]) if len(arguments) > 3 else failure(NA)

    def run(wanted: Cells, none: Cells) -> Cells:
        place = find(wanted, column, mode=mode, last=search < 0)
        return _found(answers, place, wanted, none)

    return lift(run, [context.value(arguments[0]), otherwise])


@whole(
    "VLOOKUP",
    anything("value"),
    anything("table"),
    number("column"),
    boolean("sorted", default=True),
    summary="The cell in a table's row whose first cell holds a value.",
    example="=VLOOKUP([@City], Cities, 2, FALSE)",
)
def _vlookup(context: Context, arguments: tuple[Node, ...]) -> Value:
    table = context.value(arguments[1])
    if not isinstance(table, Span):
        raise TooWideError
    return _table_lookup(context, arguments, list(table.columns))


@whole(
    "HLOOKUP",
    anything("value"),
    anything("table"),
    number("row"),
    boolean("sorted", default=True),
    summary="The cell in a table's column whose first cell holds a value.",
    example='=HLOOKUP("b", {"a","b";1,2}, 2, FALSE)',
)
def _hlookup(context: Context, arguments: tuple[Node, ...]) -> Value:
    table = context.value(arguments[1])
    if not isinstance(table, Span):
        raise TooWideError
    width = range(len(table.columns))
    rows = [stack([table.item(row, column) for column in width]) for row in range(table.rows)]
    return _table_lookup(context, arguments, rows)


def _table_lookup(context: Context, arguments: tuple[Node, ...], lines: list[Cells]) -> Value:
    near, wrong = as_boolean(
        fixed(context.value(arguments[3])) if len(arguments) > 3 else constant(value=True)
    )
    if wrong is not None or not lines:
        return failure(VALUE)
    approximate = bool(near[0])

    def run(wanted: Cells, index: Cells) -> Cells:
        if approximate:
            place = find_sorted(wanted, lines[0])
        else:
            place = find(wanted, lines[0], mode=WILDCARD)
        return _pick_line(lines, index, lambda answers: _found(answers, place, wanted, failure(NA)))

    return lift(run, [context.value(arguments[0]), context.value(arguments[2])])


def _pick_line(lines: list[Cells], index: Cells, run: Callable[[Cells], Cells]) -> Cells:
    """`run` over the line that each row asks for, counted from 1."""
    which, error = as_number(index)
    which = which.floor()
    answer = failure(REF)
    for number_ in which.unique().drop_nulls().to_list():
        if number_ < 1:
            here = failure(VALUE)
        elif number_ > len(lines):
            here = failure(REF)
        else:
            here = run(lines[int(number_) - 1])
        answer = choose((which == number_).fill_null(value=False), here, answer)
    return with_error(answer, error)


@whole(
    "LOOKUP",
    anything("value"),
    anything("lookup_column"),
    anything("return_column", None),
    summary="The cell where a sorted column holds a value, or the next smaller one.",
    example='=LOOKUP([@Score], {0,40,60}, {"cold","warm","hot"})',
)
def _lookup(context: Context, arguments: tuple[Node, ...]) -> Value:
    table = context.value(arguments[1])
    column, answers = _ends(table)
    if len(arguments) > 2:
        column, answers = line(table), line(context.value(arguments[2]))

    def run(wanted: Cells) -> Cells:
        return _found(answers, find_sorted(wanted, column), wanted, failure(NA))

    return lift(run, [context.value(arguments[0])])


def _ends(table: Value) -> tuple[Cells, Cells]:
    """LOOKUP's array form: the first and the last line, across where it is wider than tall."""
    if not isinstance(table, Span):
        raise TooWideError
    width = len(table.columns)
    if width <= table.rows:
        return table.columns[0], table.columns[-1]
    first, last = (
        stack([table.item(row, column) for column in range(width)]) for row in (0, table.rows - 1)
    )
    return first, last


@whole(
    "MATCH",
    anything("value"),
    anything("lookup_column"),
    number("type", 1),
    summary="The place of a value in a column: type 0 exact (with * ? ~), 1 sorted, -1 descending.",
    example="=ISNUMBER(MATCH([@City], target_cities, 0))",
)
def _match(context: Context, arguments: tuple[Node, ...]) -> Value:
    column = line(context.value(arguments[1]))
    kind = fixed_number(context, arguments, 2, 1)

    def run(wanted: Cells) -> Cells:
        if kind == 0:
            place = find(wanted, column, mode=WILDCARD)
        else:
            place = find_sorted(wanted, column, descending=kind < 0)
        return _place(place, wanted)

    return lift(run, [context.value(arguments[0])])


@whole(
    "XMATCH",
    anything("value"),
    anything("lookup_column"),
    number("match_mode", 0),
    number("search_mode", 1),
    summary="The place of a value in a column; the modes are XLOOKUP's.",
    example="=XMATCH([@Stage], stages)",
)
def _xmatch(context: Context, arguments: tuple[Node, ...]) -> Value:
    column = line(context.value(arguments[1]))
    mode = _MODES.get(int(fixed_number(context, arguments, 2, 0)))
    search = int(fixed_number(context, arguments, 3, 1))
    if mode is None or abs(search) not in {1, 2}:
        return failure(VALUE)
    return lift(
        lambda wanted: _place(find(wanted, column, mode=mode, last=search < 0), wanted),
        [context.value(arguments[0])],
    )


def _place(place: pl.Series, wanted: Cells) -> Cells:
    number_ = place.cast(pl.Float64) + 1
    none = compute(lambda p: pl.when(p.is_null()).then(pl.lit(NA, dtype=ERRORS)), place)
    return with_error(with_error(Cells(height=len(place), number=number_), none), wanted.error)


def _found(answers: Cells, place: pl.Series, wanted: Cells, none: Cells) -> Cells:
    """The answers at these places, something else where there is no place."""
    if not answers.height:
        return with_error(none, wanted.error)
    here = answers.gather(place.fill_null(0).cast(pl.UInt32))
    return with_error(choose(place.is_not_null(), here, none), wanted.error)


def line(value: Value) -> Cells:
    """A column, or a row of cells as a column; it must be the same for all leads."""
    if isinstance(value, Span):
        return stack(value.columns)
    if isinstance(value, Bundle) or value.height > 1:
        raise TooWideError
    return value


def fixed(value: Value) -> Cells:
    """A setting that must be the same for all leads."""
    cells = scalar(value)
    if cells.height > 1:
        raise TooWideError
    return cells


def fixed_number(
    context: Context, arguments: tuple[Node, ...], index: int, default: float
) -> float:
    """A numeric setting that must be the same for all leads; NaN-like misuse reads as default."""
    if len(arguments) <= index:
        return default
    value, error = as_number(fixed(context.value(arguments[index])))
    return default if error is not None else float(value[0])
