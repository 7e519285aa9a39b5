"""Arithmetic with names: roots, logarithms, remainders."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import polars as pl

from sheetcrm.core.formula.cells import (
    DIV0,
    ERRORS,
    NA,
    NUM,
    VALUE,
    Cells,
    compute,
    failure,
    first_error,
    with_error,
)
from sheetcrm.core.formula.coerce import Coerced, as_number
from sheetcrm.core.formula.convert import constant
from sheetcrm.core.formula.operators import power
from sheetcrm.core.formula.registry import (
    Answer,
    Context,
    answer,
    anything,
    cellwise,
    elementwise,
    number,
    result,
    whole,
)
from sheetcrm.core.formula.shapes import Value, lift
from sheetcrm.core.formula.syntax import Node, Omitted

_NUM = pl.lit(NUM, dtype=ERRORS)
_DIV0 = pl.lit(DIV0, dtype=ERRORS)
_MOST_TIMES: Final = 1_125_900_000_000
"""From so many times the divisor on Excel's MOD is #NUM!."""
_SPLIT: Final = 2.0**27 + 1


@elementwise(
    "ABS", number("number"), gives="number", summary="Without its sign.", example="=ABS(-5)"
)
def _abs(n: pl.Expr) -> pl.Expr:
    return n.abs()


@elementwise(
    "SIGN", number("number"), gives="number", summary="1, 0 or -1.", example="=SIGN([@Change])"
)
def _sign(n: pl.Expr) -> pl.Expr:
    return n.sign()


@elementwise(
    "SQRT", number("number"), gives="number", summary="The square root.", example="=SQRT(16)"
)
def _sqrt(n: pl.Expr) -> Answer:
    return Answer(n.abs().sqrt(), pl.when(n < 0).then(_NUM))


@elementwise(
    "EXP", number("power"), gives="number", summary="e raised to a power.", example="=EXP(1)"
)
def _exp(n: pl.Expr) -> pl.Expr:
    return n.exp()


@elementwise(
    "LN",
    number("number"),
    gives="number",
    none=NUM,
    summary="The natural logarithm.",
    example="=LN(10)",
)
def _ln(n: pl.Expr) -> pl.Expr:
    return pl.when(n > 0).then(n).log()


@elementwise(
    "LOG10",
    number("number"),
    gives="number",
    none=NUM,
    summary="The decimal logarithm.",
    example="=LOG10(1000)",
)
def _log10(n: pl.Expr) -> pl.Expr:
    return pl.when(n > 0).then(n).log10()


@elementwise(
    "LOG",
    number("number"),
    number("base", 10),
    gives="number",
    summary="The logarithm to a base.",
    example="=LOG(8, 2)",
)
def _log(n: pl.Expr, base: pl.Expr) -> Answer:
    top = pl.when(n > 0).then(n)
    round_base = pl.when(base == 10).then(top.log10()).when(base == 2).then(top.log(2.0))
    value = round_base.otherwise(top.log() / base.log())
    error = pl.when((n <= 0) | (base <= 0)).then(_NUM).when(base == 1).then(_DIV0)
    return Answer(value, error)


@cellwise(
    "MOD",
    number("number"),
    number("divisor"),
    summary="The remainder of a division, with the divisor's sign.",
    example="=MOD(7, 3)",
)
def _mod(cells: Cells, divisors: Cells) -> Cells:
    (n, wrong), (divisor, wrong2) = as_number(cells), as_number(divisors)
    size, step = n.abs(), divisor.abs()
    times = compute(lambda a, b: pl.when(b != 0).then((a / b).floor()), size, step)
    over = compute(lambda t: pl.when(t >= _MOST_TIMES).then(_NUM), times)
    rest = _rest(size, step, times)
    # The quotient may have been rounded up to the next whole number, or down from it.
    times = compute(
        lambda t, r, b: t - (r < 0).cast(pl.Float64) + (r >= b).cast(pl.Float64), times, rest, step
    )
    rest = _rest(size, step, times)
    value = compute(_signed, rest, n, divisor)
    return result(value, first_error(wrong, wrong2, over), none=DIV0)


def _rest(size: pl.Series, step: pl.Series, times: pl.Series) -> pl.Series:
    """``size - step * times``, exactly: the product in two parts, high and low (Dekker)."""

    def build(size: pl.Expr, step: pl.Expr, times: pl.Expr) -> pl.Expr:
        product = step * times
        (a, b), (c, d) = _halves(step), _halves(times)
        low = ((a * c - product) + a * d + b * c) + b * d
        return (size - product) - low

    return compute(build, size, step, times)


def _halves(number_: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Two numbers of half as many bits that add up to one (Veltkamp)."""
    scaled = number_ * _SPLIT
    high = scaled - (scaled - number_)
    return high, number_ - high


def _signed(rest: pl.Expr, n: pl.Expr, divisor: pl.Expr) -> pl.Expr:
    """From the other side where the signs differ; with the divisor's sign."""
    turned = ((n < 0) != (divisor < 0)) & (rest != 0)
    size = pl.when(turned).then(divisor.abs() - rest).otherwise(rest)
    return pl.when(divisor < 0).then(0.0 - size).otherwise(size)


@whole(
    "QUOTIENT",
    number("number"),
    number("divisor"),
    summary="The whole part of a division.",
    example="=QUOTIENT(7, 3)",
)
def _quotient(context: Context, arguments: tuple[Node, ...]) -> Value:
    def divide(n: pl.Expr, divisor: pl.Expr) -> pl.Expr:
        return pl.when(divisor != 0).then((n / divisor).truncate())

    return only_numbers(context, arguments, lambda pair: answer(divide, pair, "number", none=DIV0))


def only_numbers(
    context: Context,
    arguments: tuple[Node, ...],
    run: Callable[[list[Coerced]], Cells],
) -> Value:
    """Call what Excel once took from an add-in: a boolean is #VALUE! to it, a left out one #N/A."""
    if any(isinstance(node, Omitted) for node in arguments):
        return failure(NA)

    def over(*cells: Cells) -> Cells:
        refused = [None if one.boolean is None else compute(_refuse, one.boolean) for one in cells]
        coerced = [as_number(one) for one in cells]
        found = run(coerced)
        own = first_error(*(wrong for _, wrong in coerced))
        return with_error(found, first_error(own, *refused))

    return lift(over, [context.value(node) for node in arguments])


def _refuse(boolean: pl.Expr) -> pl.Expr:
    return pl.when(boolean.is_not_null()).then(pl.lit(VALUE, dtype=ERRORS))


@cellwise(
    "POWER",
    anything("number"),
    anything("power"),
    summary="A number raised to a power.",
    example="=POWER(2, 10)",
)
def _power(n: Cells, exponent: Cells) -> Cells:
    return power(n, exponent)


@whole("PI", summary="3.14159265358979.", example="=PI()")
def _pi(context: Context, arguments: tuple[Node, ...]) -> Value:
    del context, arguments
    return constant(math.pi)
