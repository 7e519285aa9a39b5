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

from sheetcrm.core.formula.cells import FEW, Cells, Odd, Vocabulary, choose
from sheetcrm.core.formula.shapes import Bundle, Span, Value, one_row

_MOST: Final = 4_096  #: combinations

_Item = TypeVar("_Item")


@dataclass(frozen=True, kw_only=True, eq=False)
class Part:
    """Rows that stand for the leads."""

    height: int
    cells: Mapping[str, Cells]  #: by column


@dataclass(frozen=True, kw_only=True, eq=False)
class Distinct:
    """One part that stands for all leads."""

    part: Part
    index: pl.Series  #: UInt32, the row of it that stands for each lead

    @property
    def parts(self) -> Sequence[Part]:
        """What is to be evaluated."""
        return (self.part,)

    def spread(self, values: Sequence[Value]) -> Value:
        """What the part evaluates to, for all leads."""
        (value,) = values
        if isinstance(value, Bundle):
            items = tuple(map(self._spread, value.items))
            return Bundle(rows=value.rows, width=value.width, items=items)
        return value if isinstance(value, Span) else self._spread(value)

    def pick(self, values: Sequence[list[_Item]]) -> list[_Item]:
        """A value of each row of the part, for all leads."""
        return list(self._picker(values[0]))

    def _spread(self, cells: Cells) -> Cells:
        return cells if cells.height == 1 else cells.gather(self.index)

    @cached_property
    def _picker(self) -> itemgetter[int]:
        return itemgetter(*self.index.to_list())


@dataclass(frozen=True, kw_only=True, eq=False)
class Split:
    """A column's usual values in one part, as if it held no others, its odd ones in another."""

    parts: Sequence[Part]
    odd: Odd

    def spread(self, values: Sequence[Value]) -> Value | None:
        """What both evaluate to, for all leads; None where one of them is an array."""
        usual, others = values
        if not isinstance(usual, Cells) or not isinstance(others, Cells):
            return None
        index = self.odd.index
        others = others.spread(self.parts[1].height).gather(index)
        return choose(index.is_null(), usual, others)

    def pick(self, values: Sequence[list[_Item]]) -> list[_Item]:
        """A value of each row of both, for all leads."""
        return self.odd.fill(*values)


def split(name: str, column: Callable[[str], Cells]) -> Split | None:
    """A column of a usual kind with a few odd values, divided; None if it is none."""
    cells = column(name)
    odd, number = cells.odd, cells.usual.number
    if odd is None or number is None:
        return None
    # Any number of the column will do for the others: it brings in no kind of answer.
    whole = number.fill_null(number.drop_nulls()[0])
    usual = Part(height=cells.height, cells={name: Cells(height=cells.height, number=whole)})
    return Split(parts=(usual, Part(height=odd.cells.height, cells={name: odd.cells})), odd=odd)


def distinct(names: Sequence[str], cells: Callable[[str], Cells]) -> Distinct | None:
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


def _combined(vocabularies: Mapping[str, Vocabulary], height: int) -> Distinct:
    """Every combination, the last column's texts changing from row to row."""
    if len(vocabularies) == 1:
        ((name, only),) = vocabularies.items()
        cells = {name: Cells(height=height, text=only.words)}
        return Distinct(part=Part(height=height, cells=cells), index=only.index)
    index = pl.Series([0], dtype=pl.UInt32)
    cells = {}
    step = height
    for name, one in vocabularies.items():
        step //= len(one.words)
        places = [row // step % len(one.words) for row in range(height)]
        cells[name] = Cells(height=height, text=one.words.gather(places))
        index = index + one.index * step
    return Distinct(part=Part(height=height, cells=cells), index=index)


def row_part(columns: Mapping[str, Cells], row: int) -> Part:
    """One lead alone."""
    cells = {name: one_row(one, row) if one.height > 1 else one for name, one in columns.items()}
    return Part(height=1, cells=cells)
