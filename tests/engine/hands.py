"""A tab as people have it before them: every cell as it stands, and a way to change them all."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import openpyxl
from openpyxl.utils import get_column_letter

from sheetcrm.adapters.excel import ExcelSource, write_cells
from sheetcrm.adapters.memory import MemoryTabSource
from sheetcrm.core.table.values import CellValue
from sheetcrm.ports import Ledger, TabSource
from tests.engine.team import FIELDS, OUTPUTS

Grid = list[list[CellValue]]
LOG = "Stage log"
_FEW = 3  # cells: as many are typed one by one


class Hands(Protocol):
    """Somebody at a tab."""

    source: TabSource

    def look(self) -> Grid:
        """All cells from A1 as a rectangle; blanks are None."""

    def put(self, grid: Grid) -> None:
        """Make the tab look like this, and save."""

    def log(self) -> Grid:
        """The tab in which moves are logged, from A1; nothing where there is none."""

    def close(self) -> None:
        """Leave nothing behind."""


class HandsOnMemory:
    """Somebody at a tab in memory."""

    def __init__(self, grid: Grid) -> None:
        self.source = MemoryTabSource(grid)

    def look(self) -> Grid:
        """All cells from A1 as a rectangle; blanks are None."""
        return _rectangle(self.source.grid)

    def put(self, grid: Grid) -> None:
        """Make the tab look like this, and save."""
        self.source._grid = [list(row) for row in grid]
        self.source._revision += 1

    def log(self) -> Grid:
        """The tab in which moves are logged."""
        return _rectangle(self.source.tabs.get(LOG, []))

    def close(self) -> None:
        """Leave nothing behind."""


class HandsOnWorkbook:
    """Somebody at a workbook: typing is patched in, all else is saved by openpyxl."""

    TITLE = "Leads"

    def __init__(self, grid: Grid) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="sheetcrm-hands-")
        self.path = Path(self._folder.name, "leads.xlsx")
        book = openpyxl.Workbook()
        book.active.title = self.TITLE
        book.create_sheet("Rates").append(["City", "Rate"])
        book.save(self.path)
        self.put(grid)
        self.source = ExcelSource("leads", self.path, self.TITLE)

    def look(self) -> Grid:
        """All cells from A1 as a rectangle; blanks are None."""
        sheet = self._open().worksheets[0]
        return _rectangle([list(row) for row in sheet.iter_rows(values_only=True)])

    def put(self, grid: Grid) -> None:
        """Make the tab look like this, and save."""
        old, new = _same_size(self.look(), _rectangle(grid))
        changed = [
            (row, column)
            for row, values in enumerate(new)
            for column, value in enumerate(values)
            if value != old[row][column]
        ]
        if changed and len(changed) <= _FEW:
            address = {
                place: f"{get_column_letter(place[1] + 1)}{place[0] + 1}" for place in changed
            }
            write_cells(self.path, "", {address[r, c]: new[r][c] for r, c in changed})
            return
        book = self._open()
        sheet = book.worksheets[0]
        for row, column in changed:
            cell = sheet.cell(row + 1, column + 1)
            cell.value = new[row][column]
            if isinstance(cell.value, str):
                cell.data_type = "s"  # or openpyxl takes “=1+1” for a formula
        book.save(self.path)

    def log(self) -> Grid:
        """The tab in which moves are logged."""
        book = self._open()
        rows = book[LOG].iter_rows(values_only=True) if LOG in book.sheetnames else ()
        return _rectangle([list(row) for row in rows])

    def filter(self, hidden: Sequence[int]) -> None:
        """Filter the tab, so that these rows cannot be seen; with none the filter goes."""
        book = self._open()
        sheet = book.worksheets[0]
        sheet.auto_filter.ref = sheet.dimensions if hidden else None
        for row in range(1, sheet.max_row + 1):
            sheet.row_dimensions[row].hidden = row in hidden
        book.save(self.path)

    def rename(self, title: str) -> None:
        """Give the tab another name."""
        book = self._open()
        book.worksheets[0].title = title
        book.save(self.path)

    def close(self) -> None:
        """Leave nothing behind."""
        self._folder.cleanup()

    def _open(self) -> openpyxl.Workbook:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return openpyxl.load_workbook(self.path)


class HandsOnSpreadsheet:
    """Somebody at a Google spreadsheet, in the browser; we come through the API."""

    def __init__(self, grid: Grid) -> None:
        from tests.adapters.google.sheets import source_of, spreadsheet_of
        from tests.support.sheets_api import SheetsServer

        self.google = SheetsServer().start()
        rates: Grid = [["City", "Rate"]]
        self.book = spreadsheet_of(self.google, {"Leads": grid, "Rates": rates})
        self.tab = self.book.tab("Leads")
        self.source = source_of(self.google, self.book, fields=FIELDS, outputs=OUTPUTS)

    def look(self) -> Grid:
        """All cells from A1 as a rectangle; blanks are None."""
        return _rectangle(self.tab.values())

    def put(self, grid: Grid) -> None:
        """Make the tab look like this, and save."""
        _, new = _same_size(self.look(), _rectangle(grid))
        self.tab.fill(new)

    def log(self) -> Grid:
        """The tab in which moves are logged."""
        return _rectangle(self.book.tab(LOG).values()) if LOG in self.book.titles else []

    def close(self) -> None:
        """Leave nothing behind."""
        self.google.stop()


def _rectangle(grid: Grid) -> Grid:
    """Without blank rows and columns at its ends."""
    rows = [[None if value == "" else value for value in row] for row in grid]
    while rows and not any(value is not None for value in rows[-1]):
        rows.pop()
    filled = [i for row in rows for i, value in enumerate(row, 1) if value is not None]
    width = max(filled, default=0)
    return [(row + [None] * width)[:width] for row in rows]


def _same_size(one: Grid, other: Grid) -> tuple[Grid, Grid]:
    height = max(len(one), len(other))
    width = max((len(row) for row in [*one, *other]), default=0)
    padded = [[(row + [None] * width)[:width] for row in grid] for grid in (one, other)]
    blank: list[CellValue] = [None] * width
    first, second = ([*rows, *([blank] * (height - len(rows)))] for rows in padded)
    return first, second


def check_log(hands: Hands, ledger: Ledger) -> None:
    """Each lead's moves are a chain without a gap, and end where the ledger says that it stands."""
    stands: dict[str, str] = {}
    for _, lead, _, before, after, *_ in hands.log()[1:]:
        assert (before or "") == stands.get(str(lead), ""), (lead, before, stands)
        stands[str(lead)] = str(after or "")
    known = ledger.remember("leads").standings
    now = {lead: stage for lead, stage in stands.items() if stage}
    assert now == {lead: standing.stage for lead, standing in known.items()}
