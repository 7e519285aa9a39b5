"""What the cells of each row should hold, as bytes; made when the row is about to be written.

So nothing but the values themselves is kept for all rows of a sheet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sheetcrm.adapters.excel.patch import Target
from sheetcrm.adapters.excel.strings import SharedStrings
from sheetcrm.adapters.excel.targets import Cells
from sheetcrm.adapters.excel.values import payload, string_element
from sheetcrm.core.table.values import CellValue

_MOST_KNOWN = 16_384  # targets of a column, kept for the next row with the same value


class Contents(Mapping[int, Sequence[Target]]):
    """Row number → its targets, from left to right.

    Args:
        cells: the values.
        strings: the workbook's shared strings; None where texts go into the cells.
        header_row: the row of the headers, where columns are added; else 0.
        prefix: what the sheet's elements begin with.
        date1904: whether dates count from 1904.
    """

    def __init__(
        self,
        cells: Cells,
        strings: SharedStrings | None,
        *,
        header_row: int,
        prefix: bytes,
        date1904: bool,
    ) -> None:
        self._cells = cells
        self._strings = strings
        self._header_row = header_row
        self._prefix = prefix
        self._before, self._after = b"<%bv>" % prefix, b"</%bv>" % prefix
        self._date1904 = date1904
        self._known: dict[int, dict[CellValue, Target]] = {}
        self._ordered: dict[tuple[int, ...], list[int]] = {}

    def __iter__(self) -> Iterator[int]:
        return iter(self._cells)

    def __len__(self) -> int:
        return len(self._cells)

    def __getitem__(self, row: int) -> list[Target]:
        values = self._cells[row]
        columns = tuple(values)
        ordered = self._ordered.get(columns)
        if ordered is None:
            ordered = self._ordered[columns] = sorted(columns)
            self._known |= {column: {} for column in columns if column not in self._known}
        if row == self._header_row:
            return [self._made(column, values[column], header=True) for column in ordered]
        made = []
        for column in ordered:
            value, known = values[column], self._known[column]
            target = known.get(value)
            if target is None or target.value.__class__ is not value.__class__:
                target = self._made(column, value, header=False)
                if len(known) < _MOST_KNOWN:
                    known[value] = target
            made.append(target)
        return made

    def _made(self, column: int, value: CellValue, *, header: bool) -> Target:
        kind, content, text = payload(value, date1904=self._date1904)
        if text is None:
            content = b"%b%b%b" % (self._before, content, self._after) if kind else b""
        elif self._strings is None:
            kind, content = b"inlineStr", string_element(b"is", text, self._prefix)
        else:
            content = b"%b%d%b" % (self._before, self._strings.index(text), self._after)
        return Target(column, value, kind, content, text, header)
