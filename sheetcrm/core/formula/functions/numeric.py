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
    "LN", number("number"), gives="number", summary="The natural logarithm.", example="=LN(10)"
)
def _ln(n: pl.Expr) -> Answer:
    return Answer(pl.when(n > 0).then(n).otherwise(1.0).log(), pl.when(n <= 0).then(_NUM))


@elementwise(
    "LOG10",
    number("number"),
    gives="number",
    summary="The decimal logarithm.",
    example="=LOG10(1000)",
)
def _log10(n: pl.Expr) -> Answer:
    return Answer(pl.when(n > 0).then(n).otherwise(1.0).log10(), pl.when(n <= 0).then(_NUM))


@elementwise(
    "LOG",
    number("number"),
    number("base", 10),
    gives="number",
    summary="The logarithm to a base.",
    example="=LOG(8, 2)",
)
def _log(n: pl.Expr, base: pl.Expr) -> Answer:
    wrong = (n <= 0) | (base <= 0)
    safe = pl.when(wrong | (base == 1)).then(10.0).otherwise(base)
    top = pl.when(wrong).then(1.0).otherwise(n)
    value = pl.when(safe == 10).then(top.log10()).otherwise(top.log() / safe.log())
    error = pl.when(wrong).then(_NUM).when(base == 1).then(_DIV0)
    return Answer(_settled(value), error)


def _settled(value: pl.Expr) -> pl.Expr:
    """A logarithm that is whole but for the last bits is whole: LOG(8, 2) is 3."""
    near = value.round()
    return pl.when((value - near).abs() < 1e-14 * near.abs()).then(near).otherwise(value)


@elementwise(
    "MOD",
    number("number"),
    number("divisor"),
    gives="number",
    summary="The remainder of a division, with the divisor's sign.",
    example="=MOD(7, 3)",
)
def _mod(n: pl.Expr, divisor: pl.Expr) -> Answer:
    safe = pl.when(divisor == 0).then(1.0).otherwise(divisor)
    return Answer(n - safe * (n / safe).floor(), pl.when(divisor == 0).then(_DIV0))


@elementwise(
    "QUOTIENT",
    number("number"),
    number("divisor"),
    gives="number",
    summary="The whole part of a division.",
    example="=QUOTIENT(7, 3)",
)
def _quotient(n: pl.Expr, divisor: pl.Expr) -> Answer:
    ratio = n / pl.when(divisor == 0).then(1.0).otherwise(divisor)
    return Answer(ratio.sign() * ratio.abs().floor(), pl.when(divisor == 0).then(_DIV0))


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
