"""What a part of a formula evaluates to: one cell for each lead, or an array.

`Cells` are one value per lead (or one for all). A `Span` is an array that is the same for every
lead: a whole column, a reference table, a list parameter, ``{1,2,3}``. A `Bundle` is a small array
that differs from lead to lead, such as ``[@City]=target_cities``: one `Cells` for each item.

`lift` makes a function over cells work on arrays, item by item, as Excel does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import polars as pl

from sheetcrm.core.formula.cells import NA, Cells, failure, repeated
from sheetcrm.core.formula.repeats import Repeats

WIDEST: Final = 256  #: items of an array that are still computed side by side


class TooWideError(Exception):
    """An array of many items meets values that differ from lead to lead.

    The formula is then evaluated once for each distinct combination of the cells that it reads.
    """


@dataclass(frozen=True, kw_only=True, eq=False)
class Span:
    """An array that is the same for every lead; each of its columns has `rows` cells."""

    rows: int
    columns: tuple[Cells, ...]

    def item(self, row: int, column: int) -> Cells:
        """One cell of it, as a constant; #N/A outside."""
        if not (0 <= row < self.rows and 0 <= column < len(self.columns)):
            return failure(NA)
        return one_row(self.columns[column], row)


@dataclass(frozen=True, kw_only=True, eq=False)
class Bundle:
    """An array with its own items for each lead, row after row."""

    rows: int
    width: int
    items: tuple[Cells, ...]

    def item(self, row: int, column: int) -> Cells:
        """One item of it; #N/A outside."""
        if not (0 <= row < self.rows and 0 <= column < self.width):
            return failure(NA)
        return self.items[row * self.width + column]


Value: TypeAlias = Cells | Span | Bundle


def one_row(cells: Cells, row: int) -> Cells:
    """One cell of a column, as a constant."""
    number, text, boolean, error = (
        None if part is None else part.slice(row, 1)
        for part in (cells.number, cells.text, cells.boolean, cells.error)
    )
    return Cells(height=1, number=number, text=text, boolean=boolean, error=error)


def lift(function: Callable[..., Cells], values: Sequence[Value]) -> Value:
    """Apply a function over cells to cells and arrays; arrays are matched item by item.

    Raises:
        TooWideError: a large array meets values that differ from lead to lead.
    """
    arrays = [value for value in values if not isinstance(value, Cells)]
    if not arrays:
        return apply(function, [value for value in values if isinstance(value, Cells)])
    rows = max(array.rows for array in arrays)
    width = max(width_of(array) for array in arrays)
    varies = any(isinstance(array, Bundle) for array in arrays) or any(
        isinstance(value, Cells) and value.height > 1 for value in values
    )
    if varies:
        return _side_by_side(function, values, rows, width)
    columns = tuple(
        apply(function, [_column(value, index, rows) for value in values]).spread(rows)
        for index in range(width)
    )
    return Span(rows=rows, columns=columns)


def apply(function: Callable[..., Cells], cells: Sequence[Cells]) -> Cells:
    """Call a function over cells; where the one column repeats itself, over few."""
    varying = [i for i, one in enumerate(cells) if one.height > 1]
    if len(varying) != 1:
        return function(*cells)
    subject = cells[varying[0]]
    repeats = subject.repeats
    if repeats is None:
        return function(*cells)
    answers = [
        function(*(part if i == varying[0] else one for i, one in enumerate(cells))).spread(
            part.height
        )
        for part in repeats.parts
    ]
    return Cells(height=subject.height, made_of=Repeats(parts=answers, way=repeats.way))


def explode(value: Value) -> Bundle:
    """An array as a bundle of its items.

    Raises:
        TooWideError: it has more than `WIDEST` items.
    """
    if isinstance(value, Bundle):
        return value
    if isinstance(value, Cells):
        return Bundle(rows=1, width=1, items=(value,))
    if value.rows * len(value.columns) > WIDEST:
        raise TooWideError
    width = len(value.columns)
    items = tuple(value.item(row, column) for row in range(value.rows) for column in range(width))
    return Bundle(rows=value.rows, width=width, items=items)


def width_of(value: Span | Bundle) -> int:
    """How many columns an array has."""
    return len(value.columns) if isinstance(value, Span) else value.width


def scalar(value: Value) -> Cells:
    """One value for each lead: of an array, its first."""
    if isinstance(value, Cells):
        return value
    if isinstance(value, Bundle):
        return value.items[0]
    if not value.columns or not value.rows:
        return failure(NA)
    return value.item(0, 0)


def _column(value: Value, index: int, rows: int) -> Cells:
    """One column of an array for matching: a single one serves all, a missing one is #N/A."""
    if isinstance(value, Cells):
        return value
    if not isinstance(value, Span):
        raise TypeError(value)
    if len(value.columns) > 1 and index >= len(value.columns):
        return failure(NA)
    cells = value.columns[index if len(value.columns) > 1 else 0]
    if value.rows in {1, rows}:
        return cells
    return stack([cells, failure(NA).spread(rows - value.rows)])


def stack(columns: Sequence[Cells]) -> Cells:
    """Columns below each other."""
    if len(columns) == 1:
        return columns[0]
    height = sum(one.height for one in columns)
    parts: dict[str, object] = {}
    for kind in ("number", "text", "boolean", "error"):
        series = [getattr(one, kind) for one in columns]
        dtype = next((part.dtype for part in series if part is not None), None)
        if dtype is None:
            continue
        filled = [
            repeated(None, one.height, dtype) if part is None else part
            for one, part in zip(columns, series, strict=True)
        ]
        parts[kind] = pl.concat([part.rename("") for part in filled])
    return Cells(height=height, **parts)  # type: ignore[arg-type]


def _side_by_side(
    function: Callable[..., Cells], values: Sequence[Value], rows: int, width: int
) -> Bundle:
    if rows * width > WIDEST:
        raise TooWideError
    bundles = [explode(value) for value in values]
    items = tuple(
        apply(function, [_matched(bundle, row, column) for bundle in bundles])
        for row in range(rows)
        for column in range(width)
    )
    return Bundle(rows=rows, width=width, items=items)


def _matched(bundle: Bundle, row: int, column: int) -> Cells:
    return bundle.item(0 if bundle.rows == 1 else row, 0 if bundle.width == 1 else column)
