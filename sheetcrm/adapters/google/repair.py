"""What a write put beside wrong leads, and what those cells held before.

The API cannot make a write depend on what stands in the tab. So where rows or columns moved
between our last look and our write, every cell that the write hit and should not have hit gets
back what stood there: the lead that it belongs to is known by its keys, not by its place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from sheetcrm.adapters.google.edits import AUTOMATIC, Cells
from sheetcrm.adapters.google.moves import Moves
from sheetcrm.adapters.google.proof import Expected
from sheetcrm.adapters.google.reading import Place, Sheet
from sheetcrm.adapters.google.shifting import moved_formula
from sheetcrm.adapters.google.values import Raw, alike, kept
from sheetcrm.core.table.values import CellError

_BROKEN: Final = CellError("#REF!")


@dataclass(kw_only=True)
class Damage:
    """A write compared with what stands in the tab now.

    Attributes:
        expected: what was read, and what has been written and proven since.
        now: all of the tab as it stands now.
        moves: where rows and columns went.
        intended: what was to be written, by the place that it had when the tab was read.
        written: our writes that are not proven, the oldest first: what went to which place.
        formats: the same of number formats.
        settled: nothing can have moved after the write, only before it.
    """

    expected: Expected
    now: Sheet
    moves: Moves
    intended: Mapping[Place, Raw]
    written: Sequence[Mapping[Place, Raw]]
    formats: Mapping[Place, Mapping[str, str]]
    settled: bool

    @cached_property
    def landed(self) -> bool:
        """Whether all that was intended stands beside the leads for which it was."""
        rows: dict[int, list[int]] = defaultdict(list)
        for new, old in self.moves.rows.items():
            rows[old].append(new)
        columns, _ = self._where
        return all(
            column in columns
            and any(kept(raw, self.now.at(new, columns[column])) for new in rows[row])
            for (row, column), raw in self.intended.items()
        )

    def mending(self) -> Cells:
        """What must be written so that no cell holds what was meant for another.

        Unless all has landed where it should, all is taken back: a write is whole or not at all.
        """
        values: dict[Place, Raw] = {}
        formulas: dict[Place, str] = {}
        formats: dict[Place, Mapping[str, str]] = {}
        notes: dict[Place, str] = {}
        before = self.expected.before
        for place in self._strays():
            old = self.moves.old(*place)
            values[place] = self.expected.at(*old) if old else None
            if old and old not in self.expected.written and old in before.formulas:
                formulas[place] = self._formula(old, place)
            elif self._blocked.get(place[1], place[0]) < place[0]:
                values[place] = None  # the formula fills the cell again as soon as it is blank
            if place in self.formats:
                formats[place] = before.formats.get(old, AUTOMATIC) if old else AUTOMATIC
            if place[0] == self.moves.header_row:
                notes[place] = before.notes.get(old, "") if old else ""
        return Cells(values=values, formulas=formulas, formats=formats, notes=notes)

    def _strays(self) -> Iterator[Place]:
        """The cells that hold what we wrote for another."""
        for write in self.written:
            for place, raw in write.items():
                if kept(raw, self.now.at(*place)) and self._is_wrong(place, raw):
                    yield place
            if not self.settled:
                yield from self._carried(write)

    def _is_wrong(self, place: Place, raw: Raw) -> bool:
        """Whether a cell should hold something else than what we wrote into it."""
        old = self.moves.old(*place)
        if old is None:
            return raw is not None
        if self.landed and old in self.intended and kept(self.intended[old], raw):
            return False
        formula = old not in self.expected.written and old in self.expected.before.formulas
        return formula or not alike(self.expected.at(*old), raw)

    def _carried(self, write: Mapping[Place, Raw]) -> Iterator[Place]:
        """Cells that were hit and have moved since: all that hit their row still stands there.

        Only values are left to go by, so a row counts only where it shows all that was written
        into one row; in other columns than those that were hit, two values at least.
        """
        hit: dict[int, dict[int, Raw]] = defaultdict(dict)
        for (row, column), raw in write.items():
            hit[row][column] = raw
        for across in {0, *(new - old for new, old in self.moves.columns.items())}:
            rows = {
                row: {column + across: raw for column, raw in cells.items()}
                for row, cells in hit.items()
                if not across or sum(raw is not None for raw in cells.values()) > 1
            }
            for new, row in self._showing(rows):
                if across or row != new:
                    cells = rows[row].items()
                    yield from ((new, c) for c, raw in cells if self._is_wrong((new, c), raw))

    def _showing(self, rows: Mapping[int, Mapping[int, Raw]]) -> Iterator[tuple[int, int]]:
        """Rows of the tab, each with the number of a row whose values it shows."""
        by_first: dict[tuple[int, Raw], list[int]] = defaultdict(list)
        for row, cells in rows.items():
            first = next((c for c in sorted(cells) if cells[c] is not None), 0)
            by_first[first, cells.get(first)].append(row)
        firsts = {column for column, _ in by_first if column > 0}
        for new in self.now.cells:
            for first in firsts:
                for row in by_first.get((first, self.now.at(new, first)), ()):
                    if self._shows(new, rows[row]):
                        yield new, row

    def _shows(self, row: int, cells: Mapping[int, Raw]) -> bool:
        return all(kept(raw, self.now.at(row, column)) for column, raw in cells.items())

    def _formula(self, old: Place, new: Place) -> str:
        """The formula that stood in a cell, as it reads where the cell is now."""
        columns, rows = self._where
        down = new[0] - old[0]

        def row(number: int) -> int | None:
            return new[0] if number == old[0] else rows.get(number, number + down)

        def column(number: int) -> int | None:
            last = self.expected.before.last_column
            return columns.get(number) if number <= last else number

        return moved_formula(self.expected.before.formulas[old], column, row)

    @cached_property
    def _where(self) -> tuple[Mapping[int, int], Mapping[int, int]]:
        """Old column → new one, old row → new one."""
        columns = {old: new for new, old in self.moves.columns.items()}
        return columns, {old: new for new, old in self.moves.rows.items()}

    @cached_property
    def _blocked(self) -> Mapping[int, int]:
        """Columns that a formula would fill if we were not in its way → that formula's row."""
        found: dict[int, int] = {}
        before = self.expected.before
        for row, column in self.now.formulas:
            old = self.moves.old(row, column)
            if old and self.now.at(row, column) == _BROKEN and before.at(*old) != _BROKEN:
                found[column] = min(row, found.get(column, row))
        return found
