"""SUM and its kin, over a lead's cells side by side and over whole columns.

A cell reference or an array counts its numbers only; a value given directly is converted, or is
#VALUE!. Any error among them is the answer, except for the functions that count.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import polars as pl

from sheetcrm.core.formula.cells import (
    DIV0,
    NUM,
    VALUE,
    Cells,
    compute,
    failure,
    first_error,
    missing,
    numbers,
    repeated,
)
from sheetcrm.core.formula.coerce import Coerced, as_number
from sheetcrm.core.formula.convert import constant
from sheetcrm.core.formula.registry import Context, anything, number, whole
from sheetcrm.core.formula.shapes import Bundle, Span, Value, lift, width_of
from sheetcrm.core.formula.syntax import REFERENCES, Node


@dataclass(frozen=True, kw_only=True, slots=True)
class Statistic:
    """One way of putting numbers together; `None` out of `down` is the error `empty`."""

    down: Callable[[pl.Expr], pl.Expr]  #: over one list of numbers, none of them null
    across: Callable[[list[pl.Expr]], pl.Expr] | None = None  #: side by side, null is skipped
    empty: int = DIV0


def _sum_across(parts: list[pl.Expr]) -> pl.Expr:
    return pl.sum_horizontal(parts)


def _count_across(parts: list[pl.Expr]) -> pl.Expr:
    return pl.sum_horizontal(part.is_not_null().cast(pl.UInt32) for part in parts)


def _product_across(parts: list[pl.Expr]) -> pl.Expr:
    product = pl.lit(1.0)
    for part in parts:
        product = product * part.fill_null(1.0)
    counted = pl.any_horizontal(part.is_not_null() for part in parts)
    return pl.when(counted).then(product).otherwise(0.0)


SUM: Final = Statistic(down=lambda e: e.sum(), across=_sum_across)
AVERAGE: Final = Statistic(
    down=lambda e: e.mean(),
    across=lambda parts: _sum_across(parts) / _nonzero(_count_across(parts)),
)
MIN: Final = Statistic(
    down=lambda e: e.min().fill_null(0.0),
    across=lambda parts: pl.min_horizontal(parts).fill_null(0.0),
)
MAX: Final = Statistic(
    down=lambda e: e.max().fill_null(0.0),
    across=lambda parts: pl.max_horizontal(parts).fill_null(0.0),
)
PRODUCT: Final = Statistic(
    down=lambda e: pl.when(e.len() > 0).then(e.product()).otherwise(0.0), across=_product_across
)
MEDIAN: Final = Statistic(down=lambda e: e.median(), empty=NUM)
STDEV: Final = Statistic(down=lambda e: e.std())
STDEV_P: Final = Statistic(down=lambda e: e.std(ddof=0))
VAR: Final = Statistic(down=lambda e: e.var())
VAR_P: Final = Statistic(down=lambda e: e.var(ddof=0))


def _nonzero(count: pl.Expr) -> pl.Expr:
    return pl.when(count > 0).then(count)


def _enter(name: str, statistic: Statistic, summary: str, example: str) -> None:
    @whole(name, number("number"), repeats=1, summary=summary, example=example)
    def run(context: Context, arguments: tuple[Node, ...]) -> Value:
        return combine([_gathered(context, node) for node in arguments], statistic)


_enter("SUM", SUM, "The sum of all numbers.", "=SUM([@January], [@February])")
_enter("AVERAGE", AVERAGE, "The mean of all numbers.", "=[@Budget]>AVERAGE([Budget])")
_enter("MIN", MIN, "The smallest number.", "=MIN(30, 30*[@Budget]/min_budget)")
_enter("MAX", MAX, "The largest number.", "=MAX(0, [@Score])")
_enter("PRODUCT", PRODUCT, "All numbers multiplied.", "=PRODUCT([@Units], [@Price])")
_enter("MEDIAN", MEDIAN, "The number in the middle.", "=MEDIAN([Budget])")
for _name in ("STDEV", "STDEV.S"):
    _enter(_name, STDEV, "How far numbers of a sample scatter.", f"={_name}([Budget])")
_enter("STDEV.P", STDEV_P, "How far numbers scatter, all of them given.", "=STDEV.P([Budget])")
for _name in ("VAR", "VAR.S"):
    _enter(_name, VAR, "The variance of a sample.", f"={_name}([Budget])")
_enter("VAR.P", VAR_P, "The variance of all numbers.", "=VAR.P([Budget])")


def _gathered(context: Context, node: Node) -> list[Coerced | Span]:
    """An argument's numbers: columns of its own for each lead, or one array for all."""
    value = context.value(node)
    if isinstance(value, Span):
        return [value]
    if isinstance(value, Bundle):
        return [_loose(item) for item in value.items]
    return [_loose(value) if isinstance(node, REFERENCES) else as_number(value)]


def _loose(cells: Cells) -> Coerced:
    """The numbers among cells; others are null, so that they are skipped."""
    if cells.number is not None:
        return cells.number, cells.error
    return repeated(None, cells.height, pl.Float64), cells.error


def combine(gathered: list[list[Coerced | Span]], statistic: Statistic) -> Cells:
    """Put the numbers of all arguments together."""
    parts = [part for argument in gathered for part in argument]
    spans = [part for part in parts if isinstance(part, Span)]
    own = [part for part in parts if not isinstance(part, Span)]
    if not own or all(len(series) == 1 for series, _ in own):
        return _down(spans, own, statistic)
    for span in spans:
        own.extend(
            _loose(span.item(row, col))
            for row in range(span.rows)
            for col in range(len(span.columns))
        )
    error = first_error(*(wrong for _, wrong in own))
    series = [value for value, _ in own]
    across = statistic.across or _listwise(statistic)
    return _or_empty(compute(lambda *every: across(list(every)), *series), error, statistic.empty)


def _listwise(statistic: Statistic) -> Callable[[list[pl.Expr]], pl.Expr]:
    def across(parts: list[pl.Expr]) -> pl.Expr:
        every = pl.concat_list(parts).list.drop_nulls()
        return every.list.eval(statistic.down(pl.element())).list.first()

    return across


def _down(spans: list[Span], own: list[Coerced], statistic: Statistic) -> Cells:
    """Arrays only: one answer for all leads."""
    columns = [_loose(column) for span in spans for column in span.columns]
    columns = columns + own
    for _, wrong in columns:
        if wrong is not None and wrong.null_count() < len(wrong):
            return Cells(height=1, error=wrong.drop_nulls().head(1))
    every = pl.concat([series.rename("n") for series, _ in columns]).drop_nulls()
    answer = every.to_frame().select(statistic.down(pl.col("n")).cast(pl.Float64)).to_series()
    return _or_empty(answer, None, statistic.empty)


def _or_empty(value: pl.Series, error: pl.Series | None, empty: int) -> Cells:
    if value.null_count():
        error = first_error(error, missing(value, empty))
    return numbers(value, error)


@whole(
    "COUNT",
    anything("value"),
    repeats=1,
    summary="How many numbers there are.",
    example="=COUNT([Budget])",
)
def _count(context: Context, arguments: tuple[Node, ...]) -> Value:
    def counted(cells: Cells, *, direct: bool) -> pl.Series:
        if direct and cells.number is None:
            value, error = as_number(cells)
            return value.is_not_null() if error is None else value.is_not_null() & error.is_null()
        if cells.number is None:
            return repeated(False, cells.height)  # noqa: FBT003
        return cells.number.is_not_null()

    return _counting(context, arguments, counted)


@whole(
    "COUNTA",
    anything("value"),
    repeats=1,
    summary="How many cells are not blank.",
    example="=COUNTA([@Interest], [@[Last activity]])>0",
)
def _counta(context: Context, arguments: tuple[Node, ...]) -> Value:
    def counted(cells: Cells, *, direct: bool) -> pl.Series:
        return ~cells.is_blank | direct

    return _counting(context, arguments, counted)


@whole(
    "COUNTBLANK",
    anything("range"),
    summary='How many cells are blank or "".',
    example="=COUNTBLANK([Phone])",
)
def _countblank(context: Context, arguments: tuple[Node, ...]) -> Value:
    def counted(cells: Cells, *, direct: bool) -> pl.Series:
        del direct
        if cells.text is None:
            return cells.is_blank
        return cells.is_blank | (cells.text == "").fill_null(value=False)

    return _counting(context, arguments, counted)


def _counting(
    context: Context, arguments: tuple[Node, ...], counted: Callable[..., pl.Series]
) -> Cells:
    total = 0.0
    series: list[pl.Series] = []
    for node in arguments:
        value = context.value(node)
        if isinstance(value, Span):
            total += sum(float(counted(one, direct=False).sum()) for one in value.columns)
            continue
        items = value.items if isinstance(value, Bundle) else [value]
        direct = isinstance(value, Cells) and not isinstance(node, REFERENCES)
        series.extend(counted(item, direct=direct) for item in items)
    if not series:
        return constant(total)
    return numbers(
        compute(
            lambda *every: pl.sum_horizontal(part.cast(pl.Float64) for part in every) + total,
            *series,
        )
    )


@whole(
    "SUMPRODUCT",
    anything("array"),
    repeats=1,
    summary="The products of items at the same place, added up.",
    example="=SUMPRODUCT(([City]=[@City])*[Budget])",
)
def _sumproduct(context: Context, arguments: tuple[Node, ...]) -> Value:
    def factor(*every: Cells) -> Cells:
        parts = [_loose(cells) for cells in every]
        value = compute(
            lambda *factors: pl.reduce(lambda a, b: a * b, [f.fill_null(0.0) for f in factors]),
            *(part for part, _ in parts),
        )
        return numbers(value, first_error(*(wrong for _, wrong in parts)))

    values = [context.value(node) for node in arguments]
    if len({_shape(value) for value in values}) > 1:
        return _disagreeing(values)
    product = lift(factor, values)
    if isinstance(product, Cells):
        return product
    parts: list[Coerced | Span] = (
        [product] if isinstance(product, Span) else [_loose(item) for item in product.items]
    )
    return combine([parts], SUM)


def _disagreeing(values: list[Value]) -> Cells:
    """#VALUE!, unless an array holds an error."""
    for value in values:
        for cells in value.columns if isinstance(value, Span) else ():
            if cells.error is not None:
                return Cells(height=1, error=cells.error.drop_nulls().head(1))
    return failure(VALUE)


def _shape(value: Value) -> tuple[int, int]:
    return (1, 1) if isinstance(value, Cells) else (value.rows, width_of(value))
