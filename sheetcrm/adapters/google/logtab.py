"""The tab of stage moves: rows behind its last one, sent in the same write as the leads' cells.

Google itself finds the last row when it appends, so nothing that people add meanwhile is
overwritten. What is asked of the tab beforehand is where its headers stand; and, where a write
may have taken place that nobody knows of, which moves stand there already.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sheetcrm.adapters.google.address import quoted
from sheetcrm.adapters.google.client import SheetsClient
from sheetcrm.adapters.google.edits import date_format
from sheetcrm.adapters.google.reading import Sheet, grid_range, sheet_of
from sheetcrm.adapters.google.requests import LARGEST
from sheetcrm.adapters.google.tabs import cell_value
from sheetcrm.adapters.google.values import entered, to_raw
from sheetcrm.core.table.areas import MAX_COLUMN, MAX_ROW, Area
from sheetcrm.core.table.headers import SEARCH_DEPTH
from sheetcrm.core.table.stagelog import FittedLog, StageLog
from sheetcrm.core.table.values import CellValue, Problem, Severity

_TABS: Final = "sheets.properties(sheetId,title,sheetType,gridProperties(rowCount))"
_CELLS: Final = (
    "sheets(properties(sheetId,title,gridProperties(rowCount,columnCount)),"
    "data(startRow,startColumn,rowData(values(effectiveValue,"
    "effectiveFormat(numberFormat(type,pattern))))))"
)
_SET: Final = "userEnteredValue,userEnteredFormat.numberFormat"
_BOLD: Final = "userEnteredValue,userEnteredFormat.textFormat.bold"
_ROW: Final = 400  # bytes of a row's JSON around its texts
_WIDTHS: Final = (130, 90, 160, 110, 110, 380, 80, 170)  # pixels; when, id, name … why, by, run


@dataclass(kw_only=True)
class LogTab:
    """The log during one write.

    Attributes:
        client: the way to Google.
        spreadsheet: its id.
        log: what is to be logged.
        written: how many rows stand there by now.
        sent: whether anything was, which may have taken place.
        misplaced: the columns had been rearranged since they were looked at.
    """

    client: SheetsClient
    spreadsheet: str
    log: StageLog
    written: int = 0
    sent: bool = False
    misplaced: bool = False
    _fitted: FittedLog = field(init=False)
    _rest: Sequence[Mapping[int, CellValue]] = field(init=False, default=())
    _part: int = field(init=False, default=0)  # how many of those are in the requests
    _tab: int | None = field(init=False, default=None)  # its id; None where there is none
    _header: Sheet | None = field(init=False, default=None)

    def look(self) -> None:
        """Find the tab and its headers, and what of the log stands there already.

        Raises:
            SourceRefusedError: the tab is something else.
            SourceError: Google cannot be asked.
        """
        if self.sent:
            self.log = replace(self.log, cut_off={self.log.run, *self.log.cut_off})
        self._tab, rows = self._find()
        self._header, grid = None, list[list[CellValue]]()
        if self._tab is not None:
            depth = MAX_ROW if self.log.cut_off else min(rows, SEARCH_DEPTH)
            area = grid_range(self._tab, Area(1, 1, MAX_COLUMN, depth))
            answer = self.client.get_by_filter(
                self.spreadsheet, [{"gridRange": area}], fields=_CELLS
            )
            self._header = sheet_of(answer, self._tab)
            grid = _grid(self._header)
        self._fitted = self.log.fit(grid)
        self._rest = self._fitted.rows

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to be logged."""
        return not self._rest

    def requests(self) -> list[dict[str, Any]]:
        """What appends the next rows, as many as make up one write."""
        size, self.sent = 0, True
        self._part = len(self._rest)
        for number, row in enumerate(self._rest):
            size += _ROW + sum(len(v.encode()) for v in row.values() if isinstance(v, str))
            if number and size > LARGEST:
                self._part = number
                break
        rows = [_row(cells) for cells in self._rest[: self._part]]
        if not rows:
            return []
        made = list(self._made()) if self._tab is None else []
        sheet_id = made[0]["addSheet"]["properties"]["sheetId"] if made else self._tab
        titles = _titles(sheet_id, self._fitted) if self._fitted.titles else []
        return [
            *made,
            *titles,
            {"appendCells": {"sheetId": sheet_id, "rows": rows, "fields": _SET}},
        ]

    def watched(self) -> list[str]:
        """Where the header stands, in A1 notation; nothing where we write it ourselves."""
        if self._header is None or self._fitted.titles:
            return []
        row = self._fitted.header_row
        return [f"{quoted(self._header.title)}!{row}:{row}"]

    def landed(self, answer: Mapping[str, Any]) -> None:
        """The requests were carried out, and this is what Google says."""
        self.written += self._part
        self._rest = self._rest[self._part :]
        if self._header is not None and self.watched():
            row = self._fitted.header_row
            now = sheet_of(answer, self._header.id)
            self.misplaced |= now.cells.get(row, {}) != self._header.cells.get(row, {})

    def problems(self, source: str) -> Iterator[Problem]:
        """What a person should know of it."""
        if self.misplaced:
            yield Problem(
                message=f"the columns of “{self.log.tab}” were rearranged in the very moment in "
                f"which {self.written} moves were logged; these may stand under other headers",
                severity=Severity.WARNING,
                source=source,
                tab=self.log.tab,
                hint="look at its last rows; sheetcrm history LEAD tells every lead's moves",
            )

    def _find(self) -> tuple[int | None, int]:
        """The tab's id, and how many rows its grid has."""
        book = self.client.get(self.spreadsheet, fields=_TABS)
        title = self.log.tab.casefold()
        for one in book.get("sheets", ()):
            properties = one.get("properties", {})
            if str(properties.get("title", "")).casefold() == title:
                rows = properties.get("gridProperties", {}).get("rowCount", 1)
                return properties.get("sheetId", 0), rows
        return None, 0

    def _made(self) -> Iterator[dict[str, Any]]:
        """A new tab, with columns wide enough to be read."""
        number = secrets.randbelow(2**31 - 2) + 1
        grid = {"rowCount": 2, "columnCount": len(self._fitted.titles), "frozenRowCount": 1}
        properties = {"sheetId": number, "title": self.log.tab, "gridProperties": grid}
        yield {"addSheet": {"properties": properties}}
        for column, width in enumerate(_WIDTHS):
            place = {"sheetId": number, "dimension": "COLUMNS", "startIndex": column}
            yield {
                "updateDimensionProperties": {
                    "range": {**place, "endIndex": column + 1},
                    "properties": {"pixelSize": width},
                    "fields": "pixelSize",
                }
            }


def _grid(sheet: Sheet) -> list[list[CellValue]]:
    columns = range(1, sheet.last_column + 1)
    rows = range(1, sheet.last_row + 1)
    return [[cell_value(sheet, row, column) for column in columns] for row in rows]


def _titles(sheet_id: int | None, fitted: FittedLog) -> list[dict[str, Any]]:
    bold = {"userEnteredFormat": {"textFormat": {"bold": True}}}
    cells = [entered(to_raw(title)) | bold for title in fitted.titles.values()]
    start = {"sheetId": sheet_id, "rowIndex": fitted.header_row - 1, "columnIndex": 0}
    return [{"updateCells": {"start": start, "rows": [{"values": cells}], "fields": _BOLD}}]


def _row(cells: Mapping[int, CellValue]) -> dict[str, Any]:
    return {"values": [_cell(cells.get(column)) for column in range(1, max(cells) + 1)]}


def _cell(value: CellValue) -> dict[str, Any]:
    form = date_format(value)
    dated = {"userEnteredFormat": {"numberFormat": form}} if form else {}
    return entered(to_raw(value)) | dated
