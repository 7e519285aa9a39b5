"""What stands in a cell.

A tab of a million cells has to fit, so a cell that has a value and nothing else is kept as
that value: None, a truth value, a number or a text. Everything else is a `Cell`. Both are
never changed once they stand in a row; a row's cell is replaced.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from tests.support.sheets_api.errors import invalid

MAX_TEXT = 50_000


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula's text, with its equals sign."""

    text: str


@dataclass(frozen=True, slots=True)
class ErrorValue:
    """What a formula yields that cannot be calculated."""

    kind: str  #: DIVIDE_BY_ZERO, N_A, REF …
    message: str = ""


Value = None | bool | int | float | str | Formula | ErrorValue

ERROR_TEXTS = {
    "ERROR": "#ERROR!",
    "NULL_VALUE": "#NULL!",
    "DIVIDE_BY_ZERO": "#DIV/0!",
    "VALUE": "#VALUE!",
    "REF": "#REF!",
    "NAME": "#NAME?",
    "NUM": "#NUM!",
    "N_A": "#N/A",
    "LOADING": "Loading...",
}


@dataclass(slots=True)
class Cell:
    """A cell that has more than a value."""

    value: Value = None
    result: Value = None  #: what a formula yields; without a value: one that stands elsewhere
    format: dict | None = None
    note: str = ""
    validation: dict | None = None
    link: str = ""
    runs: list | None = None
    chips: list | None = None

    @property
    def bare(self) -> bool:
        """Whether it has a value at most."""
        return not (
            self.format or self.note or self.validation or self.link or self.runs or self.chips
        )


Item = None | bool | int | float | str | Cell


def item(cell: Cell) -> Item:
    """A cell as it is kept in a row."""
    if cell.bare and cell.result is None and not isinstance(cell.value, Formula | ErrorValue):
        return cell.value
    return cell


def cell(item: Item) -> Cell:
    """A row's item as a cell; a new one, to be changed and stored."""
    return replace(item) if isinstance(item, Cell) else Cell(item)


def effective(item: Item) -> Value:
    """The value that is shown: a formula's result, its own or that of one that spills here."""
    if not isinstance(item, Cell):
        return item
    own = item.value
    return item.result if own is None or isinstance(own, Formula) else own


def extended(value: Value) -> dict[str, Any] | None:
    """A value as the API's ExtendedValue; None for an empty cell."""
    kind = type(value)
    if kind is str:
        return {"stringValue": value}
    if kind is bool:
        return {"boolValue": value}
    if value is None:
        return None
    if kind is Formula:
        return {"formulaValue": value.text}
    if kind is ErrorValue:
        return {"errorValue": {"type": value.kind, **_message(value)}}
    return {"numberValue": number(value)}


def from_extended(value: dict[str, Any] | None) -> Value:
    """An ExtendedValue as a value.

    Raises:
        ApiError: it holds more than one value, or a text that is too long.
    """
    if not value:
        return None
    if len(value) > 1:
        raise invalid("Only one value type can be set.")
    (kind, content), *_ = value.items()
    if kind == "numberValue":
        return number(float(content))
    if kind == "formulaValue":
        return Formula(short(content))
    if kind == "errorValue":
        raise invalid("errorValue is read only.")
    return short(content) or None if kind == "stringValue" else content


def short(text: str) -> str:
    """The text, if it fits a cell.

    Raises:
        ApiError: it is longer than 50,000 characters.
    """
    if len(text) > MAX_TEXT:
        raise invalid(
            "Your input contains more than the maximum of 50000 characters in a single cell."
        )
    return text


def number(value: float) -> int | float:
    """A whole number without its point, as JSON shows it."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _message(value: ErrorValue) -> dict[str, str]:
    return {"message": value.message} if value.message else {}
