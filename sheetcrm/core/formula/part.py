"""Rows that stand for all leads: of columns that repeat themselves, the distinct cells.

What depends on such columns only is computed for these rows, or for combinations of them, and
spread over the leads at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Final

import polars as pl

from sheetcrm.core.formula.cells import Cells
from sheetcrm.core.formula.repeats import FEW, PLACE, Picks, Repeats, Way
from sheetcrm.core.formula.shapes import Bundle, Value, one_row

_MOST: Final = 4_096  #: combinations


@dataclass(frozen=True, kw_only=True, eq=False)
class Part:
    """Rows that stand for the leads."""

    height: int
    cells: Mapping[str, Cells]  #: by column


@dataclass(frozen=True, kw_only=True, eq=False)
class Parts:
    """Rows that together stand for all leads."""

    parts: Sequence[Part]
    way: Way

    def spread(self, values: Sequence[Value]) -> Value | None:
        """What they evaluate to, for all leads; None where only some of them are arrays."""
        cells = [value for value in values if isinstance(value, Cells)]
        if len(cells) == len(values):
            return self._spread(cells)
        (value, *others) = values
        if others:
            return None
        if isinstance(value, Bundle):
            items = tuple(self._spread([item]) for item in value.items)
            return Bundle(rows=value.rows, width=value.width, items=items)
        return value

    def _spread(self, cells: Sequence[Cells]) -> Cells:
        if len(cells) == 1 and cells[0].height == 1:
            return cells[0]
        full = [one.spread(part.height) for one, part in zip(cells, self.parts, strict=True)]
        return Cells(height=self.way.height, made_of=Repeats(parts=full, way=self.way))


def parts_of(names: Sequence[str], column: Callable[[str], Cells]) -> Parts | None:
    """Few rows that stand for all leads in what reads these columns; None where they are many."""
    found = [column(name).repeats for name in names]
    repeats = [one for one in found if one is not None]
    if not names or len(repeats) < len(found):
        return None
    if len(repeats) == 1:
        parts = [Part(height=one.height, cells={names[0]: one}) for one in repeats[0].parts]
        return Parts(parts=parts, way=repeats[0].way)
    return _combined(dict(zip(names, repeats, strict=True)))


def _combined(repeats: Mapping[str, Repeats]) -> Parts | None:
    """Every combination of cells, the last column's changing from row to row."""
    height = prod(one.parts[0].height for one in repeats.values())
    picked = all(isinstance(one.way, Picks) for one in repeats.values())
    rows = next(iter(repeats.values())).way.height
    if not picked or height > min(_MOST, rows // FEW):
        return None
    index = pl.Series([0], dtype=PLACE)
    cells = {}
    step = height
    for name, one in repeats.items():
        (part,) = one.parts
        step //= part.height
        places = [row // step % part.height for row in range(height)]
        cells[name] = part.gather(pl.Series(places, dtype=PLACE))
        index = index + one.way.index * step
    return Parts(parts=(Part(height=height, cells=cells),), way=Picks(index))


def row_part(columns: Mapping[str, Cells], row: int) -> Part:
    """One lead alone."""
    cells = {name: one_row(one, row) if one.height > 1 else one for name, one in columns.items()}
    return Part(height=1, cells=cells)
