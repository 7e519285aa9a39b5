"""XLOOKUP, VLOOKUP and their kin: a lead's value looked up in a reference table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from sheetcrm.core.formula.cells import (
    NA,
    REF,
    VALUE,
    Cells,
    blank,
    choose,
    failure,
    missing,
    with_error,
)
from sheetcrm.core.formula.coerce import as_boolean, as_number
from sheetcrm.core.formula.convert import constant
from sheetcrm.core.formula.finding import find, find_pattern, find_regex, with_bad_regexes
from sheetcrm.core.formula.halving import (
    find_descending,
    find_halving,
    find_nearest,
    find_sorted,
)
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
from sheetcrm.core.formula.syntax import Literal, Node, Omitted

_EXACT, _ABOVE, _PATTERN, _REGEX = 0, 1, 2, 3


@dataclass(frozen=True, kw_only=True, slots=True)
class _How:
    """What XLOOKUP and XMATCH are told about matching and searching."""

    mode: int  #: 0 exact, -1 or the next smaller, 1 or the next larger, 2 wildcards, 3 regex
    search: int  #: 1 from the first, -1 from the last, 2 or -2 by halving a sorted column

    def readable(self, wanted: Cells) -> Cells:
        """The wanted values, errors where they cannot be searched for."""
        return with_bad_regexes(wanted) if self.mode == _REGEX else wanted

    def find(self, wanted: Cells, column: Cells) -> pl.Series:
        """The place of each wanted value, from 0; null where there is none."""
        last = self.search < 0
        if self.mode == _PATTERN:
            return find_pattern(wanted, column, last=last)
        if self.mode == _REGEX:
            return find_regex(wanted, column, last=last)
        if abs(self.search) == 2:
            return find_halving(wanted, column, nearest=self.mode, descending=last)
        if self.mode == _EXACT:
            return find(wanted, column, last=last, blanks=True)
        return find_nearest(wanted, column, above=self.mode == _ABOVE, last=last)


def _how(context: Context, arguments: tuple[Node, ...], index: int) -> _How | Cells:
    """The two settings from this argument on, or the error that is the answer."""
    mode, search = (
        fixed_number(context, arguments, index + place, default)
        for place, default in ((0, 0.0), (1, 1.0))
    )
    if isinstance(mode, Cells):
        return mode
    if isinstance(search, Cells):
        return search
    how = _How(mode=int(mode), search=int(search))
    halved = abs(how.search) == 2 and how.mode in {_PATTERN, _REGEX}
    if how.mode not in range(-1, 4) or how.search not in {1, -1, 2, -2} or halved:
        return failure(VALUE)
    return how


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
    table = span(context.value(arguments[1]))
    lines = _answers(table, span(context.value(arguments[2])))
    how = _how(context, arguments, 4) if lines else failure(VALUE)
    if isinstance(how, Cells):
        return _refused(context, arguments[0], how)
    given = len(arguments) > 3 and not isinstance(arguments[3], Omitted)
    otherwise = context.value(arguments[3]) if given else failure(NA)
    values = [context.value(arguments[0]), otherwise]
    column = stack(table.columns)

    def over(answers: Cells) -> Callable[[Cells, Cells], Cells]:
        def run(wanted: Cells, none: Cells) -> Cells:
            wanted = how.readable(wanted)
            return _found(answers, how.find(wanted, column), wanted, none)

        return run

    if len(lines) == 1 or not all(isinstance(value, Cells) for value in values):
        return lift(over(lines[0]), values)
    items = tuple(scalar(lift(over(line), values)) for line in lines)
    across = len(table.columns) == 1
    return Bundle(rows=1 if across else len(items), width=len(items) if across else 1, items=items)


def _refused(context: Context, wanted: Node, why: Cells) -> Value:
    """What a search that cannot be made answers: an error among the wanted values comes first."""
    return lift(
        lambda value: with_error(why.spread(value.height), value.error), [context.value(wanted)]
    )


def _answers(table: Span, answers: Span) -> list[Cells]:
    """The lines to answer from, one for each cell of an answer; [] where the shapes disagree."""
    if len(table.columns) == 1 and table.rows == answers.rows:
        return list(answers.columns)
    if table.rows == 1 and len(table.columns) == len(answers.columns):
        return _rows(answers)
    return []


def _rows(table: Span) -> list[Cells]:
    """The rows of a table, each as a column."""
    width = range(len(table.columns))
    return [stack([table.item(row, column) for column in width]) for row in range(table.rows)]


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
    table = span(context.value(arguments[1]))
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
    table = span(context.value(arguments[1]))
    return _table_lookup(context, arguments, _rows(table))


def _table_lookup(context: Context, arguments: tuple[Node, ...], lines: list[Cells]) -> Value:
    near, wrong = as_boolean(
        fixed(context.value(arguments[3])) if len(arguments) > 3 else constant(value=True)
    )
    if wrong is not None:
        return Cells(height=1, error=wrong)
    a_text = isinstance(arguments[1], Literal) and isinstance(arguments[1].value, str)
    if not lines or a_text:
        return failure(VALUE)
    approximate = bool(near[0])

    def run(wanted: Cells, index: Cells) -> Cells:
        search = find_sorted if approximate else find_pattern
        place = search(wanted, lines[0])
        # A line before the first is only an error where there is something to take from it.
        none = _found(failure(VALUE).spread(lines[0].height), place, wanted, failure(NA))
        found = _pick_line(
            lines, index, none, lambda answers: _found(answers, place, wanted, failure(NA))
        )
        return with_error(found.spread(max(found.height, wanted.height)), wanted.error)

    return lift(run, [context.value(arguments[0]), context.value(arguments[2])])


def _pick_line(
    lines: list[Cells], index: Cells, none: Cells, run: Callable[[Cells], Cells]
) -> Cells:
    """`run` over the line that each row asks for, counted from 1; `none` before the first."""
    which, error = as_number(index)
    which = which.floor()
    answer = failure(REF)
    for number_ in which.unique().drop_nulls().to_list():
        if number_ < 1:
            here = none
        elif number_ > len(lines):
            here = failure(REF)
        else:
            here = run(lines[int(number_) - 1])
        answer = choose(which == number_, here, answer)
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
    table = span(context.value(arguments[1]))
    ends = list(table.columns) if len(table.columns) <= table.rows else _rows(table)
    column, answers = ends[0], ends[-1]
    if len(arguments) > 2:
        answers = _vector(span(context.value(arguments[2])))
        if answers.height == 0:
            return failure(NA)

    def run(wanted: Cells) -> Cells:
        return _found(answers, find_sorted(wanted, column), wanted, failure(NA))

    return lift(run, [context.value(arguments[0])])


def _vector(table: Span) -> Cells:
    """A row or a column as a column; nothing of a table that is wide and tall."""
    if table.rows > 1 and len(table.columns) > 1:
        return blank(0)
    return stack(table.columns)


@whole(
    "MATCH",
    anything("value"),
    anything("lookup_column"),
    number("type", 1),
    summary="The place of a value in a column: type 0 exact (with * ? ~), 1 sorted, -1 descending.",
    example="=ISNUMBER(MATCH([@City], target_cities, 0))",
)
def _match(context: Context, arguments: tuple[Node, ...]) -> Value:
    column = _vector(span(context.value(arguments[1])))
    kind = fixed_number(context, arguments, 2, 1.0, omitted=0.0)
    if isinstance(kind, Cells):
        return kind
    search = find_pattern if kind == 0 else find_descending if kind < 0 else find_sorted
    return lift(
        lambda wanted: _place(search(wanted, column), wanted), [context.value(arguments[0])]
    )


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
    table = span(context.value(arguments[1]))
    flat = table.rows == 1 or len(table.columns) == 1
    how = _how(context, arguments, 2) if flat else failure(VALUE)
    if isinstance(how, Cells):
        return _refused(context, arguments[0], how)
    column = stack(table.columns)

    def run(wanted: Cells) -> Cells:
        wanted = how.readable(wanted)
        return _place(how.find(wanted, column), wanted)

    return lift(run, [context.value(arguments[0])])


def _place(place: pl.Series, wanted: Cells) -> Cells:
    number_ = place.cast(pl.Float64) + 1
    none = missing(place, NA)
    return with_error(with_error(Cells(height=len(place), number=number_), none), wanted.error)


def _found(answers: Cells, place: pl.Series, wanted: Cells, none: Cells) -> Cells:
    """The answers at these places, something else where there is no place."""
    inside = place < answers.height
    if not answers.height or not inside.any():
        return with_error(none.spread(len(place)), wanted.error)
    if not inside.all():
        place = place.clip(0, answers.height - 1)
    here = answers.gather(place.cast(pl.UInt32))
    return with_error(choose(inside, here, none), wanted.error)


def span(value: Value) -> Span:
    """A table that must be the same for all leads; a single value is a table of one cell."""
    if isinstance(value, Span):
        return value
    if isinstance(value, Cells):
        value = Bundle(rows=1, width=1, items=(value,))
    if any(item.height > 1 for item in value.items):
        raise TooWideError
    columns = tuple(
        stack([value.item(row, column) for row in range(value.rows)])
        for column in range(value.width)
    )
    return Span(rows=value.rows, columns=columns)


def fixed(value: Value) -> Cells:
    """A setting that must be the same for all leads."""
    cells = scalar(value)
    if cells.height > 1:
        raise TooWideError
    return cells


def fixed_number(
    context: Context,
    arguments: tuple[Node, ...],
    index: int,
    default: float,
    *,
    omitted: float | None = None,
) -> float | Cells:
    """A numeric setting that must be the same for all leads, or the error that it holds.

    `omitted`: what it is where a comma stands for it, if not the default.
    """
    if len(arguments) <= index:
        return default
    if isinstance(arguments[index], Omitted):
        return default if omitted is None else omitted
    value, error = as_number(fixed(context.value(arguments[index])))
    return float(value[0]) if error is None else Cells(height=1, error=error)
