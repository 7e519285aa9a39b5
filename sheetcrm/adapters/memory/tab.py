"""A lead tab in memory, with what people do to sheets while nobody looks."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date
from typing import TYPE_CHECKING

from sheetcrm.core.table.addresses import column_number, letters
from sheetcrm.core.table.dates import serial
from sheetcrm.core.table.headers import find_header, name_headers
from sheetcrm.core.table.values import CellError, CellValue, Column, Edit, Tab
from sheetcrm.errors import HeaderError, SourceChangedError
from sheetcrm.ports import WriteReceipt

if TYPE_CHECKING:
    from sheetcrm.core.table.stagelog import StageLog

_ADDRESS = re.compile(r"([A-Z]+)([1-9][0-9]*)")


class MemoryTabSource:
    """A `TabSource` over rows of cell values; the first row is the sheet's row 1."""

    def __init__(
        self, grid: Sequence[Sequence[CellValue]], *, name: str = "leads", title: str = "Leads"
    ) -> None:
        self.tabs: dict[str, list[list[CellValue]]] = {}  #: title → cells of tabs beside the leads
        self._grid = [list(row) for row in grid]
        self._name = name
        self._title = title
        self._revision = 0

    @property
    def name(self) -> str:
        """The source's name in the config."""
        return self._name

    @property
    def locator(self) -> str:
        """Where it is, for people."""
        return f"memory › {self._title}"

    @property
    def grid(self) -> list[list[CellValue]]:
        """Every cell as it stands now: a copy."""
        return [list(row) for row in self._grid]

    def read(self, known_headers: Collection[str] = ()) -> Tab:
        """Read the tab as it stands now.

        Raises:
            HeaderError: no row looks like a header.
        """
        header = find_header(self._grid, known_headers)
        if header is None:
            raise HeaderError(
                f"{self.locator}: no row looks like a header",
                hint="give the columns names in one row above the leads",
            )
        body = range(header + 1, len(self._grid))
        rows = [i for i in body if any(value is not None for value in self._grid[i])]
        return Tab(
            source=self._name,
            title=self._title,
            header_row=header + 1,
            rows=tuple(i + 1 for i in rows),
            columns=self._columns(header, rows),
            revision=self._revision,
        )

    def write(
        self,
        tab: Tab,
        edits: Sequence[Edit],
        *,
        append: Sequence[str] = (),
        log: StageLog | None = None,
        run: str = "",
    ) -> WriteReceipt:
        """Change the edits' cells, append to the log, and do nothing else; all or none.

        Raises:
            SourceChangedError: the grid is no longer what `tab` was read from.
            SourceRefusedError: the log's tab is something else.
            ValueError: an edit's header stands neither in `tab` nor in `append`.
        """
        del run  # no copies are kept
        if tab.revision != self._revision:
            raise SourceChangedError(
                f"{self.locator}: changed since it was read", hint="run it again"
            )
        places = self._places(tab, append)
        unknown = sorted({edit.header for edit in edits} - places.keys())
        if unknown:
            raise ValueError(f"no such column in {self.locator}: {', '.join(unknown)}")
        logged = self._log(log) if log else 0
        for header in append:
            self._put(tab.header_row - 1, places[header], header)
        for edit in edits:
            self._put(edit.row - 1, places[edit.header], edit.after)
        self._revision += bool(edits or append or logged)
        return WriteReceipt(cells=len(edits), appended=tuple(append), logged=logged)

    def rehearse_log(self, log: StageLog) -> None:
        """Find out whether the log could be appended to.

        Raises:
            SourceRefusedError: the log's tab is something else.
        """
        log.fit(self._log_rows(log)[1])

    def set_cell(self, address: str, value: CellValue) -> None:
        """A person types `value` into a cell such as ``C7``."""
        match = _ADDRESS.fullmatch(address)
        if match is None:
            raise ValueError(f"not a cell's address: {address!r}")
        self._put(int(match[2]) - 1, column_number(match[1]) - 1, value)
        self._revision += 1

    def sort_rows(self, letter: str, *, first: int = 2, reverse: bool = False) -> None:
        """A person sorts the rows from row number `first` on by one column, blanks last."""
        place = column_number(letter) - 1
        body = self._grid[first - 1 :]
        full = [row for row in body if place < len(row) and row[place] is not None]
        blank = [row for row in body if not (place < len(row) and row[place] is not None)]
        full.sort(key=lambda row: _rank(row[place]), reverse=reverse)
        self._grid[first - 1 :] = full + blank
        self._revision += 1

    def insert_row(self, row: int, values: Sequence[CellValue] = ()) -> None:
        """A person inserts a row above row number `row`."""
        self._grid.insert(row - 1, list(values))
        self._revision += 1

    def delete_row(self, row: int) -> None:
        """A person deletes row number `row`."""
        del self._grid[row - 1]
        self._revision += 1

    def _columns(self, header: int, rows: Sequence[int]) -> tuple[Column, ...]:
        width = max(map(len, self._grid), default=0)
        marks = [letters(place + 1) for place in range(width)]
        names = name_headers(_padded(self._grid[header], width), marks, header + 1)
        cells = [_padded(self._grid[i], width) for i in rows]
        columns = zip(names, marks, range(width), strict=True)
        return tuple(
            Column(header=name, letter=letter, values=tuple(row[place] for row in cells))
            for name, letter, place in columns
            if self._is_used(header, place, cells)
        )

    def _is_used(self, header: int, place: int, cells: Sequence[Sequence[CellValue]]) -> bool:
        titles = self._grid[header]
        titled = place < len(titles) and titles[place] is not None
        return titled or any(row[place] is not None for row in cells)

    def _places(self, tab: Tab, append: Sequence[str]) -> dict[str, int]:
        places = {column.header: column_number(column.letter) - 1 for column in tab.columns}
        first = max(places.values(), default=-1) + 1
        return places | {header: first + i for i, header in enumerate(append)}

    def _log(self, log: StageLog) -> int:
        """Append to the log; says how many rows."""
        title, rows = self._log_rows(log)
        fitted = log.fit(rows)
        if fitted.titles and fitted.rows:
            rows = [list(fitted.titles.values())]
        for cells in fitted.rows:
            rows.append([cells.get(column) for column in range(1, max(cells) + 1)])
        if rows:
            self.tabs[title] = rows
        return len(fitted.rows)

    def _log_rows(self, log: StageLog) -> tuple[str, list[list[CellValue]]]:
        title = next((t for t in self.tabs if t.casefold() == log.tab.casefold()), log.tab)
        return title, self.tabs.get(title, [])

    def _put(self, row: int, place: int, value: CellValue) -> None:
        self._grid.extend([] for _ in range(row + 1 - len(self._grid)))
        cells = self._grid[row]
        cells.extend(None for _ in range(place + 1 - len(cells)))
        cells[place] = value


def _padded(row: Sequence[CellValue], width: int) -> list[CellValue]:
    return [*row, *(None for _ in range(width - len(row)))]


def _rank(value: CellValue) -> tuple[int, float, str]:
    """Excel's order: numbers and dates, then text, then FALSE and TRUE, then errors."""
    match value:
        case bool():
            return (2, float(value), "")
        case int() | float():
            return (0, float(value), "")
        case date():
            return (0, serial(value), "")
        case CellError():
            return (3, 0.0, value.code)
        case _:
            return (1, 0.0, str(value).casefold())
