"""Excel's operators over columns: arithmetic, comparison, joining of texts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import polars as pl

from sheetcrm.core.formula.cells import (
    DIV0,
    ERRORS,
    NUM,
    Cells,
    booleans,
    compute,
    filled,
    first_error,
    is_filled,
    numbers,
    repeated,
)
from sheetcrm.core.formula.coerce import as_number, as_text
from sheetcrm.core.formula.registry import Answer, answer

NEARLY: Final = 2.0**-49
"""Excel compares numbers by 15 significant digits, so that 0.1+0.2=0.3."""


def add(left: Cells, right: Cells) -> Cells:
    """``left + right``."""
    return _arithmetic(lambda a, b: a + b, left, right)


def subtract(left: Cells, right: Cells) -> Cells:
    """``left - right``."""
    return _arithmetic(lambda a, b: a - b, left, right)


def multiply(left: Cells, right: Cells) -> Cells:
    """``left * right``."""
    return _arithmetic(lambda a, b: a * b, left, right)


def divide(left: Cells, right: Cells) -> Cells:
    """``left / right``; #DIV/0! by zero or blank."""
    (top, wrong), (under, wrong2) = as_number(left), as_number(right)
    error = first_error(wrong, wrong2)
    zero = under == 0
    if zero.any():
        by_zero = compute(lambda z: pl.when(z).then(pl.lit(DIV0, dtype=ERRORS)), zero)
        error = first_error(error, by_zero)
        under = compute(lambda u: pl.when(u != 0).then(u), under)
        if error is not None and len(under) == 1:
            return numbers(repeated(None, len(top), pl.Float64), error)
    return numbers(top / under, error)


def power(left: Cells, right: Cells) -> Cells:
    """``left ^ right``; 0^0 is #NUM!, as in Excel."""

    def build(a: pl.Expr, b: pl.Expr) -> Answer:
        error = (
            pl.when((a == 0) & (b < 0))
            .then(pl.lit(DIV0, dtype=ERRORS))
            .when(((a == 0) & (b == 0)) | ((a < 0) & (b != b.round())))
            .then(pl.lit(NUM, dtype=ERRORS))
        )
        return Answer(a.pow(b), error)

    return answer(build, [as_number(left), as_number(right)], "number")


def join(*parts: Cells) -> Cells:
    """``first & second & …``."""
    return answer(lambda *texts: pl.concat_str(texts), [as_text(part) for part in parts], "text")


def negative(operand: Cells) -> Cells:
    """``-operand``."""
    value, error = as_number(operand)
    return numbers(-value, error)


def percent(operand: Cells) -> Cells:
    """``operand%``."""
    value, error = as_number(operand)
    return numbers(value / 100, error)


def _arithmetic(
    operator: Callable[[pl.Series, pl.Series], pl.Series], left: Cells, right: Cells
) -> Cells:
    (a, wrong), (b, wrong2) = as_number(left), as_number(right)
    return numbers(operator(a, b), first_error(wrong, wrong2))


def compare(operator: str, left: Cells, right: Cells, *, nearly: bool = False) -> Cells:
    """One of ``= <> < > <= >=``, by Excel's order: numbers, texts (without case), booleans.

    `nearly` compares numbers by 15 digits: wanted where one of them has been computed.
    """
    error = first_error(left.error, right.error)
    if not nearly and _hold(left, "number") and _hold(right, "number"):
        return booleans(_PLAIN[operator](_numbers_or_0(left), _numbers_or_0(right)), error)
    if operator in {"=", "<>"} and _hold(left, "text") and _hold(right, "text"):
        lower, other = _texts_or_empty(left), _texts_or_empty(right)
        return booleans(lower == other if operator == "=" else lower != other, error)
    if not nearly and right.only_numbers:
        return booleans(_beside_number(operator, left, right), error)
    if not nearly and left.only_numbers:
        return booleans(_beside_number(_TURNED[operator], right, left), error)
    return booleans(_mixed(operator, left, right, nearly=nearly), error)


def _beside_number(operator: str, cells: Cells, number: Cells) -> pl.Series:
    """Cells of several kinds, compared with numbers: texts and booleans are larger."""
    answer = _PLAIN[operator](_numbers_or_0(cells), _numbers_or_0(number))
    others = [is_filled(part) for part in (cells.text, cells.boolean) if part is not None]
    larger = pl.Series([operator in {">", ">=", "<>"}])
    for other in others:
        answer = larger.zip_with(other, answer)
    return answer


def _hold(cells: Cells, kind: str) -> bool:
    """Whether a column holds one kind only, blanks and errors aside."""
    others = {"number", "text", "boolean"} - {kind}
    return all(getattr(cells, other) is None for other in others)


def _numbers_or_0(cells: Cells) -> pl.Series:
    if cells.number is None:
        return repeated(0.0, cells.height)
    return filled(cells.number, 0.0) if cells.number.null_count() else cells.number


def _texts_or_empty(cells: Cells) -> pl.Series:
    folded = cells.folded
    if folded is None:
        return repeated("", cells.height)
    return filled(folded, "") if folded.null_count() else folded


_PLAIN: Final[dict[str, Callable[[pl.Series, pl.Series], pl.Series]]] = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
}


_TURNED: Final = {"=": "=", "<>": "<>", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


def _mixed(operator: str, left: Cells, right: Cells, *, nearly: bool) -> pl.Series:
    """Columns of several kinds: compared kind by kind, a blank taking the other's kind."""
    ordering = operator not in {"=", "<>"}
    series = [*_sides(left, ordering=ordering), *_sides(right, ordering=ordering)]

    def build(*parts: pl.Expr) -> pl.Expr:
        x, y = _Side(*parts[:3]), _Side(*parts[3:])
        both_blank = x.blank & y.blank
        x, y = x.beside(y), y.beside(x)
        equal = x.equals(y, nearly=nearly) | both_blank
        if operator == "=":
            return equal
        if operator == "<>":
            return ~equal
        less = x.is_less(y) & ~equal
        return {"<": less, ">": ~(less | equal), "<=": less | equal, ">=": ~less}[operator]

    return compute(build, *series)


def _sides(cells: Cells, *, ordering: bool) -> list[pl.Series]:
    nothing = {kind: pl.Series([None], dtype=kind) for kind in (pl.Float64, pl.String, pl.Boolean)}
    text = cells.folded
    if ordering and text is not None and not text.str.contains(r"^[\x00-\x7f]*$").all():
        text = text.str.normalize("NFD")
    return [
        cells.number if cells.number is not None else nothing[pl.Float64],
        text if text is not None else nothing[pl.String],
        cells.boolean if cells.boolean is not None else nothing[pl.Boolean],
    ]


class _Side:
    """One side of a comparison: exactly one of its kinds is filled, or none where it is blank."""

    def __init__(self, number: pl.Expr, text: pl.Expr, boolean: pl.Expr) -> None:
        self.number, self.text, self.boolean = number, text, boolean
        self.blank = number.is_null() & text.is_null() & boolean.is_null()
        self.rank = (
            pl.when(boolean.is_not_null()).then(2).when(text.is_not_null()).then(1).otherwise(0)
        )

    def beside(self, other: _Side) -> _Side:
        """With 0, "" or FALSE where it is blank, whichever kind the other side is."""
        false = pl.lit(False)  # noqa: FBT003
        return _Side(
            pl.when(self.blank & other.number.is_not_null()).then(0.0).otherwise(self.number),
            pl.when(self.blank & other.text.is_not_null()).then(pl.lit("")).otherwise(self.text),
            pl.when(self.blank & other.boolean.is_not_null()).then(false).otherwise(self.boolean),
        )

    def equals(self, other: _Side, *, nearly: bool) -> pl.Expr:
        same = self.number == other.number
        if nearly:
            gap = (self.number - other.number).abs()
            same = same | (gap <= self.number.abs() * NEARLY)
        return pl.any_horizontal(
            same.fill_null(value=False),
            (self.text == other.text).fill_null(value=False),
            (self.boolean == other.boolean).fill_null(value=False),
        )

    def is_less(self, other: _Side) -> pl.Expr:
        return (
            pl.when(self.rank != other.rank)
            .then(self.rank < other.rank)
            .otherwise(
                pl.coalesce(
                    self.number < other.number,
                    self.text < other.text,
                    ~self.boolean & other.boolean,
                ).fill_null(value=False)
            )
        )
