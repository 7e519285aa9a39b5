"""IF and its kin: what they need is evaluated, what they do not take is never an error."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from sheetcrm.core.formula.cells import (
    NA,
    VALUE,
    Cells,
    booleans,
    choose,
    compute,
    failure,
    with_error,
)
from sheetcrm.core.formula.coerce import as_boolean, as_number
from sheetcrm.core.formula.convert import constant
from sheetcrm.core.formula.operators import compare
from sheetcrm.core.formula.registry import Context, anything, boolean, cellwise, number, whole
from sheetcrm.core.formula.shapes import Value, lift
from sheetcrm.core.formula.syntax import Node, Omitted


@whole(
    "IF",
    boolean("test"),
    anything("if_true"),
    anything("if_false", default=False),
    summary="One value where the test is TRUE, another where it is FALSE.",
    example='=IF([@Budget]>=50000000, "large", "small")',
)
def _if(context: Context, arguments: tuple[Node, ...]) -> Value:
    no = arguments[2] if len(arguments) > 2 else None
    return _branch(context, arguments[0], lambda: _result(context, arguments[1]), no)


def _branch(context: Context, test: Node, yes: Callable[[], Value], no: Node | None) -> Value:
    """`yes` where the test holds, else `no`; the one that no lead takes is not evaluated."""
    otherwise = (lambda: constant(False)) if no is None else (lambda: _result(context, no))  # noqa: FBT003
    return _decide(context.value(test), yes, otherwise)


def _decide(test: Value, yes: Callable[[], Value], no: Callable[[], Value]) -> Value:
    if not isinstance(test, Cells):
        return lift(_pick, [test, yes(), no()])
    mask, error = as_boolean(test)
    if error is None and mask.all():
        return yes()
    if error is None and not mask.any():
        return no()
    return lift(_pick, [booleans(mask, error), yes(), no()])


def _pick(test: Cells, yes: Cells, no: Cells) -> Cells:
    mask, error = as_boolean(test)
    return with_error(choose(mask, yes, no), error)


def _result(context: Context, node: Node) -> Value:
    """A branch left empty, as in ``IF(x,,1)``, is 0."""
    return constant(0.0) if isinstance(node, Omitted) else context.value(node)


@whole(
    "IFS",
    boolean("test"),
    anything("value"),
    repeats=2,
    summary="The value after the first test that is TRUE; #N/A where none is.",
    example='=IFS([@Score]>=80, "hot", [@Score]>=40, "warm", TRUE, "cold")',
)
def _ifs(context: Context, arguments: tuple[Node, ...]) -> Value:
    pairs = list(zip(arguments[::2], arguments[1::2], strict=True))
    return _first_holding(context, pairs)


def _first_holding(context: Context, pairs: list[tuple[Node, Node]]) -> Value:
    if not pairs:
        return failure(NA)
    test, value = pairs[0]
    return _decide(
        context.value(test),
        lambda: _result(context, value),
        lambda: _first_holding(context, pairs[1:]),
    )


@whole(
    "SWITCH",
    anything("value"),
    anything("case"),
    anything("result"),
    repeats=1,
    summary="The result after the first case equal to the value, else the last argument or #N/A.",
    example='=SWITCH([@Size], "S", 1, "M", 2, 3)',
)
def _switch(context: Context, arguments: tuple[Node, ...]) -> Value:
    subject, rest = arguments[0], arguments[1:]
    default = rest[-1] if len(rest) % 2 else None
    pairs = list(zip(rest[: len(rest) - len(rest) % 2 : 2], rest[1::2], strict=True))

    def choose_from(index: int) -> Value:
        if index == len(pairs):
            return failure(NA) if default is None else _result(context, default)
        case, result = pairs[index]
        same = lift(_is_case, [context.value(subject), context.value(case)])
        return _decide(same, lambda: _result(context, result), lambda: choose_from(index + 1))

    return choose_from(0)


def _is_case(value: Cells, case: Cells) -> Cells:
    """Equal, and of one kind: a blank cell is 0, but neither "" nor FALSE."""
    same = compare("=", value, case)
    if same.boolean is None or not (value.blank or case.blank):
        return same

    def kept(equal: pl.Expr, one: pl.Expr, other: pl.Expr, *others: pl.Expr) -> pl.Expr:
        filled = pl.any_horizontal(part.is_not_null() for part in others)
        return equal & ~((one | other) & filled)

    others = [part for cells in (value, case) for part in (cells.text, cells.boolean)]
    given = [part for part in others if part is not None]
    if not given:
        return same
    return booleans(compute(kept, same.boolean, value.is_blank, case.is_blank, *given), same.error)


@whole(
    "CHOOSE",
    number("index"),
    anything("value"),
    repeats=1,
    summary="The value at this place of the list that follows, counted from 1.",
    example='=CHOOSE(2, "low", "middle", "high")',
)
def _choose(context: Context, arguments: tuple[Node, ...]) -> Value:
    index = context.value(arguments[0])

    def place(cells: Cells) -> Cells:
        value, error = as_number(cells)
        return with_error(Cells(height=len(value), number=value.floor()), error)

    places = lift(place, [index])

    def choose_from(at: int) -> Value:
        if at == len(arguments):
            return lift(
                lambda cells: with_error(failure(VALUE).spread(cells.height), cells.error), [places]
            )
        here = lift(lambda cells: compare("=", cells, constant(float(at))), [places])
        return _decide(here, lambda: _result(context, arguments[at]), lambda: choose_from(at + 1))

    return choose_from(1)


@whole(
    "IFERROR",
    anything("value"),
    anything("otherwise"),
    summary="The value, or something else where it is an error.",
    example="=IFERROR([@Budget]/[@Employees], 0)",
)
def _iferror(context: Context, arguments: tuple[Node, ...]) -> Value:
    return _instead(context, arguments, lambda code: code.is_not_null())


@whole(
    "IFNA",
    anything("value"),
    anything("otherwise"),
    summary="The value, or something else where it is #N/A.",
    example="=IFNA(XLOOKUP([@City], Cities[City], Cities[Points]), 0)",
)
def _ifna(context: Context, arguments: tuple[Node, ...]) -> Value:
    return _instead(context, arguments, lambda code: code == NA)


def _instead(
    context: Context, arguments: tuple[Node, ...], wrong: Callable[[pl.Series], pl.Series]
) -> Value:
    def mend(cells: Cells, otherwise: Cells) -> Cells:
        if cells.error is None:
            return cells
        return choose(wrong(cells.error), otherwise, cells)

    value = context.value(arguments[0])
    if isinstance(value, Cells) and value.error is None:
        return value
    return lift(mend, [value, _result(context, arguments[1])])


@cellwise(
    "NOT",
    anything("value"),
    summary="TRUE where the value is FALSE, and the other way round.",
    example="=NOT([@Replied])",
)
def _not(cells: Cells) -> Cells:
    value, error = as_boolean(cells)
    return booleans(~value, error)


@whole("TRUE", summary="TRUE.", example="=TRUE()")
def _true(context: Context, arguments: tuple[Node, ...]) -> Value:
    del context, arguments
    return constant(value=True)


@whole("FALSE", summary="FALSE.", example="=FALSE()")
def _false(context: Context, arguments: tuple[Node, ...]) -> Value:
    del context, arguments
    return constant(value=False)


@whole(
    "LET",
    anything("name"),
    anything("value"),
    anything("calculation"),
    repeats=2,
    summary="Names for parts of a calculation, each computed once.",
    example="=LET(x, [@Budget]/1000000, IF(x>50, x, 0))",
)
def _let(context: Context, arguments: tuple[Node, ...]) -> Value:
    """Resolved by `parse`, which puts each name's expression in its place."""
    return context.value(arguments[-1])
