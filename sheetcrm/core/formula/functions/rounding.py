"""The ROUND family. Excel rounds the decimal number that it shows: ROUND(1.005, 2) is 1.01.

Binary numbers fall a last bit short of such decimals, so that a product within a few last bits
of a half or a whole number counts as that.
"""

from __future__ import annotations

import polars as pl

from sheetcrm.core.formula.cells import DIV0, ERRORS, NUM
from sheetcrm.core.formula.registry import Answer, elementwise, number

_SLACK = 2.0**-50
_MOST_DIGITS = 15
_NUM = pl.lit(NUM, dtype=ERRORS)


def _to_digits(n: pl.Expr, digits: pl.Expr, half: float, slack: float) -> pl.Expr:
    """Rounded at a decimal place, away from zero from `half` on (0 down, 0.5 nearest)."""
    places = digits.sign() * digits.abs().floor()
    power = pl.lit(10.0).pow(places.abs().clip(0, 308))
    up = places >= 0
    size = n.abs()
    scaled = pl.when(up).then(size * power).otherwise(size / power)
    whole = (scaled + half + scaled * slack).floor()
    back = pl.when(up).then(whole / power).otherwise(whole * power)
    # Beyond a double's digits there is nothing to round; the product could only overflow.
    exact = (places > _MOST_DIGITS + 5) | (up & ~scaled.is_finite()) | (up & (scaled > 1e15))
    return pl.when(exact).then(n).otherwise(n.sign() * back)


@elementwise(
    "ROUND",
    number("number"),
    number("digits"),
    gives="number",
    summary="Rounded to decimal places, halves away from zero.",
    example="=ROUND(1.005, 2)",
)
def _round(n: pl.Expr, digits: pl.Expr) -> pl.Expr:
    return _to_digits(n, digits, 0.5, _SLACK)


@elementwise(
    "ROUNDDOWN",
    number("number"),
    number("digits"),
    gives="number",
    summary="Rounded towards zero.",
    example="=ROUNDDOWN(3.789, 1)",
)
def _rounddown(n: pl.Expr, digits: pl.Expr) -> pl.Expr:
    return _to_digits(n, digits, 0.0, _SLACK)


@elementwise(
    "ROUNDUP",
    number("number"),
    number("digits"),
    gives="number",
    summary="Rounded away from zero.",
    example="=ROUNDUP(3.14, 1)",
)
def _roundup(n: pl.Expr, digits: pl.Expr) -> pl.Expr:
    down = _to_digits(n.abs(), digits, 0.0, _SLACK)
    up = _to_digits(n.abs(), digits, 1.0, -_SLACK)
    near = (n.abs() - down).abs() <= n.abs() * _SLACK
    return n.sign() * pl.when(near).then(down).otherwise(up)


@elementwise(
    "TRUNC",
    number("number"),
    number("digits", 0),
    gives="number",
    summary="Cut off after decimal places.",
    example="=TRUNC(-8.9)",
)
def _trunc(n: pl.Expr, digits: pl.Expr) -> pl.Expr:
    return _to_digits(n, digits, 0.0, _SLACK)


@elementwise(
    "INT",
    number("number"),
    gives="number",
    summary="The next whole number below.",
    example="=INT(-8.9)",
)
def _int(n: pl.Expr) -> pl.Expr:
    return n.floor()


@elementwise(
    "MROUND",
    number("number"),
    number("multiple"),
    gives="number",
    summary="The nearest multiple; #NUM! where the signs differ.",
    example="=MROUND(10, 3)",
)
def _mround(n: pl.Expr, multiple: pl.Expr) -> Answer:
    ratio = n / pl.when(multiple == 0).then(1.0).otherwise(multiple)
    whole = (ratio.abs() + 0.5 + ratio.abs() * _SLACK).floor()
    value = pl.when(multiple == 0).then(0.0).otherwise(whole * multiple)
    return Answer(value, pl.when(n * multiple < 0).then(_NUM))


def _ratio(n: pl.Expr, step: pl.Expr) -> pl.Expr:
    """How many steps, whole where it is so but for the last bits."""
    ratio = n / pl.when(step == 0).then(1.0).otherwise(step)
    near = ratio.round()
    return pl.when((ratio - near).abs() <= ratio.abs() * _SLACK).then(near).otherwise(ratio)


@elementwise(
    "CEILING",
    number("number"),
    number("significance"),
    gives="number",
    summary="The next multiple away from zero (for a negative number and a positive step: up).",
    example="=CEILING(2.5, 1)",
)
def _ceiling(n: pl.Expr, step: pl.Expr) -> Answer:
    value = pl.when(step == 0).then(0.0).otherwise(_ratio(n, step).ceil() * step)
    return Answer(value, pl.when((n > 0) & (step < 0)).then(_NUM))


@elementwise(
    "FLOOR",
    number("number"),
    number("significance"),
    gives="number",
    summary="The next multiple towards zero (for a negative number and a positive step: down).",
    example="=FLOOR(3.7, 2)",
)
def _floor(n: pl.Expr, step: pl.Expr) -> Answer:
    value = pl.when(step == 0).then(0.0).otherwise(_ratio(n, step).floor() * step)
    error = (
        pl.when((n > 0) & (step < 0))
        .then(_NUM)
        .when((step == 0) & (n != 0))
        .then(pl.lit(DIV0, dtype=ERRORS))
    )
    return Answer(value, error)


@elementwise(
    "CEILING.MATH",
    number("number"),
    number("significance", 1),
    number("mode", 0),
    gives="number",
    summary="The next multiple above; with a mode, away from zero.",
    example="=CEILING.MATH(-8.1, 2)",
)
def _ceiling_math(n: pl.Expr, step: pl.Expr, mode: pl.Expr) -> pl.Expr:
    step = step.abs()
    ratio = _ratio(n, step)
    whole = pl.when((mode != 0) & (n < 0)).then(ratio.floor()).otherwise(ratio.ceil())
    return pl.when(step == 0).then(0.0).otherwise(whole * step)


@elementwise(
    "FLOOR.MATH",
    number("number"),
    number("significance", 1),
    number("mode", 0),
    gives="number",
    summary="The next multiple below; with a mode, towards zero.",
    example="=FLOOR.MATH(-8.1, 2)",
)
def _floor_math(n: pl.Expr, step: pl.Expr, mode: pl.Expr) -> pl.Expr:
    step = step.abs()
    ratio = _ratio(n, step)
    whole = pl.when((mode != 0) & (n < 0)).then(ratio.ceil()).otherwise(ratio.floor())
    return pl.when(step == 0).then(0.0).otherwise(whole * step)
