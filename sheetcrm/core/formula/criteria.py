"""Criteria as COUNTIF and its kin read them: ``">=5"``, ``"<>done"``, ``"jak*"``, a plain value.

A number also matches text that shows it (``"<>5"`` does not leave such text out), text matches
without case and with ``* ? ~``, ``"="`` matches blank cells, ``"<>"`` the others, ``">"`` nothing,
and a blank criterion is 0.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import polars as pl

from sheetcrm.core.formula.cells import Cells, repeated
from sheetcrm.core.formula.coerce import read_numbers
from sheetcrm.core.formula.general import LIKE_A_NUMBER, PLAIN_NUMBER, read_number
from sheetcrm.core.formula.wildcards import has_wildcard, whole_regex
from sheetcrm.core.table.values import ERROR_CODES, CellError, CellValue

_OPERATOR: Final = re.compile(r"^(>=|<=|<>|>|<|=)?(.*)$", re.DOTALL)
_PLAIN: Final = re.compile(PLAIN_NUMBER)
BOOLEAN_WORDS: Final = {"true": True, "false": False}
ORDERS: Final = frozenset({">", "<", ">=", "<="})
_NUMBER_ORDER: Final[dict[str, Callable[[pl.Series, float], pl.Series]]] = {
    ">": lambda s, v: s > v,
    "<": lambda s, v: s < v,
    ">=": lambda s, v: s >= v,
    "<=": lambda s, v: s <= v,
}
_TEXT_ORDER: Final[dict[str, Callable[[pl.Series, str], pl.Series]]] = {
    ">": lambda s, v: s > v,
    "<": lambda s, v: s < v,
    ">=": lambda s, v: s >= v,
    "<=": lambda s, v: s <= v,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Criterion:
    """What a cell must be: compared by `operator` with a number, boolean, error or text."""

    operator: str
    operand: float | bool | str | CellError
    given_bare: bool = False  #: "" as such, which also matches a blank cell

    def matches(self, cells: Cells) -> pl.Series:
        """Where cells are what is asked for."""
        if self.operator == "<>":
            return ~self._equal(cells, strict=True)
        if self.operator == "=":
            return self._equal(cells)
        return self._ordered(cells)

    def _equal(self, cells: Cells, *, strict: bool = False) -> pl.Series:
        """`strict`: a number is not the text that shows it."""
        operand = self.operand
        if isinstance(operand, bool):
            return _where(cells, cells.boolean, lambda s: s == operand)
        if isinstance(operand, CellError):
            code = ERROR_CODES.index(operand.code)
            return _where(cells, cells.error, lambda s: s == code)
        if isinstance(operand, float):
            found = _where(cells, cells.number, lambda s: s == operand)
            if strict:
                return found
            return found | _where(cells, cells.text, lambda s: read_numbers(s) == operand)
        if not operand:
            empty = _where(cells, cells.text, lambda s: s == "")
            return cells.is_blank | empty if self.given_bare else cells.is_blank
        if has_wildcard(operand):
            pattern = whole_regex(operand)
            return _where(cells, cells.folded, lambda s: s.str.contains(pattern))
        lower = operand.lower()
        return _where(cells, cells.folded, lambda s: s == lower)

    def _ordered(self, cells: Cells) -> pl.Series:
        operand, operator = self.operand, self.operator
        if isinstance(operand, bool):
            value = float(operand)
            number = None if cells.boolean is None else cells.boolean.cast(pl.Float64)
            return _where(cells, number, lambda s: _NUMBER_ORDER[operator](s, value))
        if isinstance(operand, float):
            return _where(cells, cells.number, lambda s: _NUMBER_ORDER[operator](s, operand))
        if isinstance(operand, CellError) or not operand:
            return _nowhere(cells)
        lower = operand.lower()
        return _where(cells, cells.folded, lambda s: _TEXT_ORDER[operator](s, lower))


def read_criterion(value: CellValue) -> Criterion:
    """What a criterion asks for."""
    if value is None:
        return Criterion(operator="=", operand=0.0)
    if isinstance(value, (bool, CellError)):
        return Criterion(operator="=", operand=value)
    if not isinstance(value, str):
        return Criterion(operator="=", operand=float(value))  # type: ignore[arg-type]
    found = _OPERATOR.match(value)
    operator, rest = (found[1] or "", found[2]) if found else ("", value)
    return Criterion(
        operator=operator or "=", operand=_operand(rest), given_bare=not operator and not rest
    )


def _operand(rest: str) -> float | bool | str | CellError:
    if _PLAIN.match(rest):
        return float(rest)
    if rest.lower() in BOOLEAN_WORDS:
        return BOOLEAN_WORDS[rest.lower()]
    if rest.upper() in ERROR_CODES:
        return CellError(rest.upper())
    worth = any(char.isdigit() for char in rest) and re.match(LIKE_A_NUMBER, rest.lower())
    number = read_number(rest) if worth else None
    return rest if number is None else number


def keys_of(cells: Cells, *, strict: bool = False) -> pl.Series:
    """A text for each cell, the same for cells that ``=x`` (`strict`: ``<>x``) cannot tell apart.

    Blank cells have none.
    """
    keys = repeated(None, cells.height, pl.String)
    if cells.folded is not None:
        keys = "t" + cells.folded
        if not strict:
            worth = cells.folded.str.contains(LIKE_A_NUMBER).fill_null(value=False)
            shown = read_numbers(cells.folded.zip_with(worth, keys.clear(len(keys))))
            keys = _number_keys(shown).zip_with(shown.is_not_null(), keys)
    if cells.number is not None:
        keys = _number_keys(cells.number).zip_with(cells.number.is_not_null(), keys)
    if cells.boolean is not None:
        keys = ("b" + cells.boolean.cast(pl.String)).zip_with(cells.boolean.is_not_null(), keys)
    if cells.error is not None:
        keys = ("e" + cells.error.cast(pl.String)).zip_with(cells.error.is_not_null(), keys)
    return keys


def _number_keys(number: pl.Series) -> pl.Series:
    return "n" + (number + 0.0).cast(pl.String)


def _where(
    cells: Cells, part: pl.Series | None, test: Callable[[pl.Series], pl.Series]
) -> pl.Series:
    return _nowhere(cells) if part is None else test(part).fill_null(value=False)


def _nowhere(cells: Cells) -> pl.Series:
    return repeated(False, cells.height)  # noqa: FBT003
