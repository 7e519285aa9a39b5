"""Arithmetic with names: roots, logarithms, remainders."""

from __future__ import annotations

import math

import polars as pl

from sheetcrm.core.formula.cells import DIV0, ERRORS, NUM, Cells
from sheetcrm.core.formula.convert import constant
from sheetcrm.core.formula.operators import power
from sheetcrm.core.formula.registry import (
    Answer,
    Context,
    anything,
    cellwise,
    elementwise,
    number,
    whole,
)
from sheetcrm.core.formula.shapes import Value
from sheetcrm.core.formula.syntax import Node

_NUM = pl.lit(NUM, dtype=ERRORS)
_DIV0 = pl.lit(DIV0, dtype=ERRORS)


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


@elementwise(
    "MOD",
    number("number"),
    number("divisor"),
    gives="number",
    none=DIV0,
    summary="The remainder of a division, with the divisor's sign.",
    example="=MOD(7, 3)",
)
def _mod(n: pl.Expr, divisor: pl.Expr) -> pl.Expr:
    return pl.when(divisor != 0).then(n - divisor * (n / divisor).floor())


@elementwise(
    "QUOTIENT",
    number("number"),
    number("divisor"),
    gives="number",
    none=DIV0,
    summary="The whole part of a division.",
    example="=QUOTIENT(7, 3)",
)
def _quotient(n: pl.Expr, divisor: pl.Expr) -> pl.Expr:
    return pl.when(divisor != 0).then((n / divisor).truncate())


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
