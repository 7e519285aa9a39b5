"""Where a number stands among others: ranks, percentiles, the largest and the smallest.

The numbers are sorted once for a whole column; an array of a lead's own is sorted lead by lead.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from sheetcrm.core.formula.cells import (
    ERRORS,
    NA,
    NUM,
    Cells,
    compute,
    failure,
    first_error,
    missing,
    numbers,
    with_error,
)
from sheetcrm.core.formula.coerce import as_number
from sheetcrm.core.formula.convert import constant
from sheetcrm.core.formula.functions.lookup import span
from sheetcrm.core.formula.registry import Context, anything, number, whole
from sheetcrm.core.formula.shapes import Value, lift
from sheetcrm.core.formula.syntax import REFERENCES, Node


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sorted:
    """The numbers of an array that is the same for all leads, smallest first."""

    values: pl.Series

    @property
    def count(self) -> int:
        return len(self.values)

    def at(self, place: pl.Series) -> pl.Series:
        """The numbers at places counted from 0; null outside."""
        inside = compute(lambda p: pl.when((p >= 0) & (p < self.count)).then(p), place)
        return self.values.gather(inside.cast(pl.UInt32))

    def between(self, place: pl.Series) -> pl.Series:
        """The same, taking a part of the way to the next number; null outside."""
        low = place.floor()
        lower, upper = self.at(low), self.at(place.ceil())
        return lower + (upper - lower) * (place - low)


def _sorted(context: Context, node: Node) -> _Sorted | Cells:
    """An argument's numbers, or the first error among them; a value written out is converted."""
    value = context.value(node)
    if isinstance(value, Cells) and not isinstance(node, REFERENCES):
        number_, wrong = as_number(value)
        value = Cells(height=value.height, number=number_, error=wrong)
    columns = span(value).columns
    for cells in columns:
        if cells.error is not None:
            return Cells(height=1, error=cells.error.drop_nulls().head(1))
    parts = [cells.number.rename("") for cells in columns if cells.number is not None]
    every = pl.concat(parts) if parts else pl.Series([], dtype=pl.Float64)
    return _Sorted(values=every.drop_nulls().sort())


def _over(
    context: Context,
    arguments: tuple[Node, ...],
    answer: Callable[[_Sorted, pl.Series], pl.Series],
) -> Value:
    """`answer` for the numbers of the first argument and each value of the second; or #NUM!."""
    found = _sorted(context, arguments[0])

    def run(cells: Cells) -> Cells:
        value, error = as_number(cells)
        if isinstance(found, Cells):
            return with_error(found.spread(cells.height), error)
        return _or_error(answer(found, value), error, NUM)

    return lift(run, [context.value(arguments[1])])


def _or_error(value: pl.Series, error: pl.Series | None, otherwise: int) -> Cells:
    if value.null_count():
        error = first_error(error, missing(value, otherwise))
    return numbers(value, error)


@whole(
    "LARGE",
    anything("array"),
    number("k"),
    summary="The k-th largest number.",
    example="=[@Budget]>=LARGE([Budget], 2)",
)
def _large(context: Context, arguments: tuple[Node, ...]) -> Value:
    return _over(context, arguments, lambda found, k: found.at(found.count - k.ceil()))


@whole(
    "SMALL",
    anything("array"),
    number("k"),
    summary="The k-th smallest number.",
    example="=SMALL([Budget], 1)",
)
def _small(context: Context, arguments: tuple[Node, ...]) -> Value:
    return _over(context, arguments, lambda found, k: found.at(k.ceil() - 1))


def _percentile(context: Context, arguments: tuple[Node, ...]) -> Value:
    return _over(context, arguments, lambda found, k: found.between(k * (found.count - 1)))


def _quartile(context: Context, arguments: tuple[Node, ...]) -> Value:
    def answer(found: _Sorted, quart: pl.Series) -> pl.Series:
        return found.between(quart.floor() / 4 * (found.count - 1))

    return _over(context, arguments, answer)


for _name in ("PERCENTILE", "PERCENTILE.INC"):
    whole(
        _name,
        anything("array"),
        number("k"),
        summary="The number below which a part k (0 to 1) of all numbers lies.",
        example=f"=[@Budget]>={_name}([Budget], 0.9)",
    )(_percentile)
for _name in ("QUARTILE", "QUARTILE.INC"):
    whole(
        _name,
        anything("array"),
        number("quarter"),
        summary="The number below which so many quarters (0 to 4) of all numbers lie.",
        example=f"={_name}([Budget], 3)",
    )(_quartile)


@whole(
    "RANK.AVG",
    number("number"),
    anything("array"),
    number("ascending", 0),
    summary="The place of a number among others, equal ones sharing the mean of their places.",
    example="=RANK.AVG([@Score], [Score])",
)
def _rank_avg(context: Context, arguments: tuple[Node, ...]) -> Value:
    return _rank(context, arguments, shared=True)


def _rank_eq(context: Context, arguments: tuple[Node, ...]) -> Value:
    return _rank(context, arguments, shared=False)


for _name in ("RANK", "RANK.EQ"):
    whole(
        _name,
        number("number"),
        anything("array"),
        number("ascending", 0),
        summary="The place of a number among others, the largest being 1.",
        example=f"={_name}([@Budget], [Budget])<=10",
    )(_rank_eq)


def _rank(context: Context, arguments: tuple[Node, ...], *, shared: bool) -> Value:
    found = _sorted(context, arguments[1])

    def run(cells: Cells, order: Cells) -> Cells:
        (value, error), (ascending, wrong) = as_number(cells), as_number(order)
        if isinstance(found, Cells):
            return with_error(found.spread(cells.height), error)
        below = found.values.search_sorted(value, side="left").cast(pl.Float64)
        upto = found.values.search_sorted(value, side="right").cast(pl.Float64)

        def build(low: pl.Expr, high: pl.Expr, up: pl.Expr) -> pl.Expr:
            place = pl.when(up != 0).then(low + 1).otherwise(found.count - high + 1)
            place = place + (high - low - 1) / 2 if shared else place
            return pl.when(high > low).then(place)

        return _or_error(compute(build, below, upto, ascending), first_error(error, wrong), NA)

    orders = [context.value(node) for node in arguments[2:]] or [constant(0.0)]
    return lift(run, [context.value(arguments[0]), *orders])


def _percentrank(context: Context, arguments: tuple[Node, ...]) -> Value:
    found = _sorted(context, arguments[0])
    if isinstance(found, _Sorted) and not found.count:
        found = failure(NUM)
    digits = context.value(arguments[2]) if len(arguments) > 2 else constant(3.0)

    def run(cells: Cells, significance: Cells) -> Cells:
        (value, error), (places, wrong) = as_number(cells), as_number(significance)
        if isinstance(found, Cells):
            return with_error(found.spread(cells.height), error)
        part = _part_below(found, value)

        def cut(share: pl.Expr, count: pl.Expr) -> pl.Expr:
            power = pl.lit(10.0).pow(count.floor())
            return pl.when(count >= 1).then((share * power + 1e-9).floor() / power)

        lacking = compute(lambda p: pl.when(p < 1).then(pl.lit(NUM, dtype=ERRORS)), places)
        return _or_error(compute(cut, part, places), first_error(error, wrong, lacking), NA)

    return lift(run, [context.value(arguments[1]), digits])


def _part_below(found: _Sorted, value: pl.Series) -> pl.Series:
    """The share of all numbers below each value, taking a part of the way between two."""
    left = found.values.search_sorted(value, side="left").cast(pl.Float64)
    upper, lower = found.at(left), found.at(left - 1)

    def build(place: pl.Expr, above: pl.Expr, below: pl.Expr, asked: pl.Expr) -> pl.Expr:
        exact = above == asked
        partly = place - 1 + (asked - below) / (above - below)
        steps = max(found.count - 1, 1)
        share = pl.when(exact).then(place).otherwise(partly) / steps
        return pl.lit(1.0) * share if found.count > 1 else pl.when(exact).then(1.0)

    return compute(build, left, upper, lower, value)


for _name in ("PERCENTRANK", "PERCENTRANK.INC"):
    whole(
        _name,
        anything("array"),
        number("number"),
        number("digits", 3),
        summary="The part of all numbers that lies below a number, 0 to 1.",
        example=f"={_name}([Budget], [@Budget])",
    )(_percentrank)
