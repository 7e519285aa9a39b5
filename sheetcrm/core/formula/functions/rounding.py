"""The ROUND family. Excel rounds the decimal number that it shows: ROUND(1.005, 2) is 1.01.

Binary numbers fall a last bit short of such decimals, so that a product within a few last bits
of a half or a whole number counts as that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

import polars as pl

from sheetcrm.core.formula.cells import DIV0, ERRORS, NUM, Cells, compute, first_error, numbers
from sheetcrm.core.formula.coerce import as_number
from sheetcrm.core.formula.functions.numeric import only_numbers
from sheetcrm.core.formula.registry import (
    Answer,
    Context,
    Parameter,
    answer,
    cellwise,
    elementwise,
    number,
    whole,
)
from sheetcrm.core.formula.shapes import Value
from sheetcrm.core.formula.syntax import Node

_How: TypeAlias = Callable[[pl.Expr], pl.Expr]
_SLACK: Final = 2.0**-50
_DIGITS: Final = 1e15
_NUM: Final = pl.lit(NUM, dtype=ERRORS)


def _at_digits(name: str, digits: Parameter, how: _How, summary: str, example: str) -> None:
    @cellwise(name, number("number"), digits, summary=summary, example=example)
    def run(cells: Cells, places: Cells) -> Cells:
        (value, wrong), (count, wrong2) = as_number(cells), as_number(places)
        count = count.clip(-308, 308)
        power = compute(lambda c: pl.lit(10.0).pow(c.abs().floor()), count)
        up = count >= 0
        scaled = compute(
            lambda v, p, u: pl.when(u).then(v.abs() * p).otherwise(v.abs() / p), value, power, up
        )
        whole = compute(how, scaled)
        back = compute(lambda w, p, u: pl.when(u).then(w / p).otherwise(w * p), whole, power, up)
        # Beyond a double's digits there is nothing to round; the product could only overflow.
        exact = (scaled > _DIGITS) & up
        answer = compute(
            lambda v, b, e: pl.when(e).then(v).otherwise(v.sign() * b), value, back, exact
        )
        return numbers(answer, first_error(wrong, wrong2))


def _nearest(scaled: pl.Expr) -> pl.Expr:
    return (scaled * (1 + _SLACK) + 0.5).floor()


def _down(scaled: pl.Expr) -> pl.Expr:
    return (scaled * (1 + _SLACK)).floor()


def _up(scaled: pl.Expr) -> pl.Expr:
    return (scaled * (1 - _SLACK)).ceil()


_places = number("digits")
_at_digits(
    "ROUND",
    _places,
    _nearest,
    "Rounded to decimal places, halves away from zero.",
    "=ROUND(1.005, 2)",
)
_at_digits("ROUNDDOWN", _places, _down, "Rounded towards zero.", "=ROUNDDOWN(3.789, 1)")
_at_digits("ROUNDUP", _places, _up, "Rounded away from zero.", "=ROUNDUP(3.14, 1)")
_at_digits("TRUNC", number("digits", 0), _down, "Cut off after decimal places.", "=TRUNC(-8.9)")


@elementwise(
    "INT",
    number("number"),
    gives="number",
    summary="The next whole number below.",
    example="=INT(-8.9)",
)
def _int(n: pl.Expr) -> pl.Expr:
    return n.floor()


@whole(
    "MROUND",
    number("number"),
    number("multiple"),
    summary="The nearest multiple; #NUM! where the signs differ.",
    example="=MROUND(10, 3)",
)
def _mround(context: Context, arguments: tuple[Node, ...]) -> Value:
    return only_numbers(context, arguments, lambda pair: answer(_to_multiple, pair, "number"))


def _to_multiple(n: pl.Expr, multiple: pl.Expr) -> Answer:
    value = pl.when(multiple == 0).then(0.0).otherwise(_nearest((n / multiple).abs()) * multiple)
    return Answer(value, pl.when(n * multiple < 0).then(_NUM))


@elementwise(
    "CEILING",
    number("number"),
    number("significance"),
    gives="number",
    summary="The next multiple away from zero (for a negative number and a positive step: up).",
    example="=CEILING(2.5, 1)",
)
def _ceiling(n: pl.Expr, step: pl.Expr) -> Answer:
    value = pl.when(step == 0).then(0.0).otherwise(_ceil(n / step) * step)
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
    value = pl.when(step == 0).then(0.0).otherwise(_floor_of(n / step) * step)
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
    ratio = n / step
    away = (mode != 0) & (n < 0)
    whole = pl.when(away).then(_floor_of(ratio)).otherwise(_ceil(ratio))
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
    ratio = n / step
    towards = (mode != 0) & (n < 0)
    whole = pl.when(towards).then(_ceil(ratio)).otherwise(_floor_of(ratio))
    return pl.when(step == 0).then(0.0).otherwise(whole * step)


def _ceil(ratio: pl.Expr) -> pl.Expr:
    """The next whole number above; a ratio within its last bits of a whole number is that."""
    return (ratio - ratio.abs() * _SLACK).ceil()


def _floor_of(ratio: pl.Expr) -> pl.Expr:
    return (ratio + ratio.abs() * _SLACK).floor()
