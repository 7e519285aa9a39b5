"""A few rows that stand for all leads: the distinct texts of the columns that a formula reads.

A column of a sheet often holds few texts many times over (a city, a status, a role). What depends
on such columns only is computed for their combinations, and spread over the leads at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Final, TypeVar

import polars as pl

from sheetcrm.core.formula.cells import FEW, Cells, Vocabulary
from sheetcrm.core.formula.shapes import Bundle, Span, Value, one_row

_MOST: Final = 4_096  #: combinations

_Item = TypeVar("_Item")


@dataclass(frozen=True, kw_only=True, eq=False)
class Part:
    """Rows that stand for the leads."""

    height: int
    cells: Mapping[str, Cells]  #: by column
    index: pl.Series  #: UInt32, the row that stands for each lead

    def spread(self, value: Value) -> Value:
        """What these rows evaluate to, for all leads."""
        if isinstance(value, Bundle):
            items = tuple(map(self._spread, value.items))
            return Bundle(rows=value.rows, width=value.width, items=items)
        return value if isinstance(value, Span) else self._spread(value)

    def pick(self, values: list[_Item]) -> list[_Item]:
        """A value of each of these rows, for all leads."""
        return list(self._picker(values))

    def _spread(self, cells: Cells) -> Cells:
        return cells if cells.height == 1 else cells.gather(self.index)

    @cached_property
    def _picker(self) -> itemgetter[int]:
        return itemgetter(*self.index.to_list())


def distinct_part(names: Sequence[str], cells: Callable[[str], Cells]) -> Part | None:
    """The combinations of the distinct texts of columns; None where they are too many to pay."""
    vocabularies: dict[str, Vocabulary] = {}
    height = 1
    for name in names:
        one = cells(name).vocabulary
        height *= 0 if one is None else len(one.words)
        if one is None or height > min(_MOST, len(one.index) // FEW):
            return None
        vocabularies[name] = one
    return _combined(vocabularies, height) if vocabularies else None


def _combined(vocabularies: Mapping[str, Vocabulary], height: int) -> Part:
    """Every combination, the last column's texts changing from row to row."""
    if len(vocabularies) == 1:
        ((name, only),) = vocabularies.items()
        cells = {name: Cells(height=height, text=only.words)}
        return Part(height=height, cells=cells, index=only.index)
    index = pl.Series([0], dtype=pl.UInt32)
    cells = {}
    step = height
    for name, one in vocabularies.items():
        step //= len(one.words)
        places = [row // step % len(one.words) for row in range(height)]
        cells[name] = Cells(height=height, text=one.words.gather(places))
        index = index + one.index * step
    return Part(height=height, cells=cells, index=index)


def row_part(columns: Mapping[str, Cells], row: int) -> Part:
    """One lead alone."""
    cells = {name: one_row(one, row) if one.height > 1 else one for name, one in columns.items()}
    return Part(height=1, cells=cells, index=pl.Series([0], dtype=pl.UInt32))
