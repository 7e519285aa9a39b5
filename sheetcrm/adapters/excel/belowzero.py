"""Numbers below zero in cells that look like dates: calamine makes times of day of them.

Excel shows such a cell as ``####``, as there is no such date; a formula reads its number.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sheetcrm.adapters.excel.package import Package, Sheet
from sheetcrm.adapters.excel.rows import Cell, SheetStream, fast_cell, parted, view
from sheetcrm.adapters.excel.scan import IRREGULAR, Scan
from sheetcrm.core.table.addresses import letters


@dataclass(frozen=True, kw_only=True, slots=True)
class BelowZero:
    """Looks for such numbers in some rows of a sheet that was scanned."""

    package: Package
    sheet: Sheet
    found: Scan
    rows: Sequence[int]

    def __call__(self, column: int, times: Collection[int]) -> dict[int, float]:
        """Index among the rows → number, of those of a column's `times` that are below zero."""
        places = {self.rows[index]: index for index in times}
        return {
            places[row]: float(cell.value or 0)
            for row, cell in self._cells(column, places)
            if cell.attributes.get("t", "n") == "n" and (cell.value or b"").startswith(b"-")
        }

    def _cells(self, column: int, rows: Collection[int]) -> Iterator[tuple[int, Cell]]:
        """The column's cells in rows that hold a number below zero somewhere."""
        chunks = self.package.archive.chunks(self.sheet.part)
        stream = self.found.sheet or SheetStream(chunks, careful=self.found.careful)
        rules, irregular = stream.grammar, frozenset(self.found.rows_with(IRREGULAR))
        start = rules.cell_start + letters(column).encode()
        number = 0
        for row in stream.rows():
            parts = parted(row, rules)
            number = (int(parts[1]) if parts else view(row, rules).number) or number + 1
            if b">-" not in row or number not in rows:
                continue
            if number in irregular:
                yield from ((number, c) for c in view(row, rules).cells if c.column == column)
                continue
            at = row.find(b'%b%d"' % (start, number))
            match = rules.cell.match(row, at) if at >= 0 else None
            if match:
                yield number, fast_cell(match)
