"""A spreadsheet in the hands of people: what a test sees of it and does to it.

Every action is one that somebody does in the browser, with what it does to formats, notes,
merges and protected ranges. Rows and columns are named as people name them: row 1, column
"A"; a tab by its title.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.support.sheets_api import a1, griddata, requests_dimensions, requests_objects, shown
from tests.support.sheets_api.batch import Context
from tests.support.sheets_api.book import Book
from tests.support.sheets_api.cells import (
    Cell,
    ErrorValue,
    Formula,
    Item,
    Value,
    cell,
    effective,
    item,
)
from tests.support.sheets_api.entered import entered, link
from tests.support.sheets_api.ranges import COLUMNS, ROWS, Area
from tests.support.sheets_api.requests_cells import cut, paste
from tests.support.sheets_api.sheet import Sheet

__all__ = ["Cell", "ErrorValue", "Formula", "Spreadsheet", "Tab"]


@dataclass(slots=True, kw_only=True)
class Spreadsheet:
    """A spreadsheet on the server."""

    book: Book  #: as it stands now; replaced by every change
    sharing: dict[str, str] = field(default_factory=dict)  #: account → reader, writer, owner
    public: str = ""  #: reader or writer for everybody with the link
    created: str = ""
    modified: str = ""
    revision: int = 0
    lock: Any = field(default_factory=threading.RLock)

    @property
    def id(self) -> str:
        """Its id."""
        return self.book.id

    @property
    def url(self) -> str:
        """What the browser shows."""
        return f"https://docs.google.com/spreadsheets/d/{self.id}/edit"

    @property
    def titles(self) -> list[str]:
        """The tabs, from left to right."""
        return [sheet.title for sheet in self.book.sheets]

    def tab(self, title: str = "") -> Tab:
        """One tab; the first without a title."""
        sheet = self.book.titled(title) if title else self.book.sheets[0]
        if sheet is None:
            raise KeyError(f"no tab {title!r} among {self.titles}")
        return Tab(self, sheet.sheet_id)

    def share(self, account: str, role: str = "writer") -> None:
        """Share it with an account: `reader`, `writer`, or "" to take it back."""
        self.sharing[account] = role

    def role(self, account: str) -> str:
        """What an account may do: owner, writer, reader or "" (nothing)."""
        if account == self.book.owner:
            return "owner"
        return self.sharing.get(account, "") or self.public

    def add_tab(self, title: str, rows: Sequence[Sequence[Any]] = (), **size: int) -> Tab:
        """A new tab on the right, with values."""
        with self.changing() as book:
            ids = {sheet.sheet_id for sheet in book.sheets}
            sheet_id = next(n for n in range(0, 10**9, 7919) if n not in ids)
            book.sheets.append(Sheet(sheet_id=sheet_id, title=title, **size))
        tab = Tab(self, sheet_id)
        if rows:
            tab.fill(rows)
        return tab

    def delete_tab(self, title: str) -> None:
        """Delete a tab."""
        with self.changing() as book:
            book.sheets = [sheet for sheet in book.sheets if sheet.title != title]

    def name_range(self, name: str, text: str) -> None:
        """Give a range (`Leads!A1:C9`) a name."""
        with self.changing() as book:
            sheet, area, _ = book.resolve(text)
            number = str(1000 + len(book.names))
            sheet.names.append({"namedRangeId": number, "name": name, "range": area.range()})

    @contextmanager
    def changing(self) -> Iterator[Book]:
        """The spreadsheet, to be changed by hand; all of it or, on an exception, nothing."""
        with self.lock:
            book = self.book.copy()
            yield book
            self.book = book
            self.revision += 1


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab of a spreadsheet; it stays the same one when it is renamed."""

    spreadsheet: Spreadsheet
    sheet_id: int

    @property
    def sheet(self) -> Sheet:
        """The tab as it stands now."""
        return self.spreadsheet.book.sheet(self.sheet_id)

    @property
    def title(self) -> str:
        """Its title."""
        return self.sheet.title

    def values(self) -> list[list[Value]]:
        """What is shown, typed: each row without its empty end, and no empty rows at the end."""
        rows = [[effective(one) for one in row] for row in self.sheet.rows]
        return _trimmed(rows)

    def entered(self) -> list[list[Value]]:
        """What was entered: formulas as `Formula`."""
        rows = [
            [one.value if isinstance(one, Cell) else one for one in row] for row in self.sheet.rows
        ]
        return _trimmed(rows)

    def displayed(self) -> list[list[str]]:
        """What people see."""
        return [[self._display(one) for one in row] for row in self.sheet.rows]

    def cell(self, address: str) -> Cell:
        """A cell with all it has; a copy."""
        row, column = _place(address)
        return cell(self.sheet.item(row, column))

    def data(self, address: str) -> dict[str, Any]:
        """A cell as the API's CellData."""
        return griddata.cell_data(self.spreadsheet.book, self.sheet.item(*_place(address)))

    def column(self, header: str, row: int = 1) -> str:
        """The letter of the column that has a header in a row."""
        headers = [effective(one) for one in self.sheet.rows[row - 1]]
        return a1.letters(headers.index(header))

    def set(self, address: str, value: Value, **more: Any) -> None:
        """Put a value in as it is; more: format, note, validation, link, runs, chips, result.

        What a formula yields is remembered by its text, also for when it is written again.
        """
        row, column = _place(address)
        with self.spreadsheet.changing() as book:
            if isinstance(value, Formula) and "result" in more:
                book.results[value.text] = more["result"]
            new = cell(book.sheet(self.sheet_id).item(row, column))
            new.value, new.result = value, book.yields(value)
            for name, content in more.items():
                setattr(new, name, content)
            book.sheet(self.sheet_id).put(row, column, [item(new)])

    def type(self, address: str, text: str) -> None:
        """Type into a cell, which makes numbers, dates and formulas of some texts."""
        row, column = _place(address)
        with self.spreadsheet.changing() as book:
            new = cell(book.sheet(self.sheet_id).item(row, column))
            kind = (new.format or {}).get("numberFormat", {}).get("type")
            entry = entered(text, book.locale, as_text=kind == "TEXT")
            new.value, new.result = entry.value, book.yields(entry.value)
            new.link, new.runs, new.chips = link(entry.value), None, None
            if entry.format and not kind:
                new.format = (new.format or {}) | {"numberFormat": entry.format}
            book.sheet(self.sheet_id).put(row, column, [item(new)])

    def fill(self, rows: Sequence[Sequence[Any]], at: str = "A1") -> None:
        """Put a block of values in as they are; the tab grows where it must."""
        top, left = _place(at)
        with self.spreadsheet.changing() as book:
            sheet = book.sheet(self.sheet_id)
            width = max(map(len, rows), default=0)
            sheet.row_count = max(sheet.row_count, top + len(rows))
            sheet.column_count = max(sheet.column_count, left + width)
            for offset, values in enumerate(rows):
                sheet.put(top + offset, left, [_given(book, one) for one in values])

    def clear(self, range_: str) -> None:
        """Select a range and press Delete: values go, formats stay."""
        with self.spreadsheet.changing() as book:
            sheet, area = self._area(book, range_)
            for row, column, one in list(griddata.iterate(sheet, area)):
                new = cell(one)
                new.value = new.result = new.runs = new.chips = None
                new.link = ""
                sheet.put(row, column, [item(new)])

    def sort(self, range_: str, by: str, *, descending: bool = False) -> None:
        """Sort the rows of a range by a column: `sort("A2:F99", "C")`.

        A range that leaves columns out sorts its own cells only.
        """
        with self.spreadsheet.changing() as book:
            sheet, area = self._area(book, range_)
            requests_dimensions.sort(sheet, area, [(a1.column(by), descending)])

    def insert_rows(self, before: int, count: int = 1) -> None:
        """Insert empty rows before a row."""
        with self.spreadsheet.changing() as book:
            sheet = book.sheet(self.sheet_id)
            requests_dimensions.insert(sheet, ROWS, before - 1, count, inherit_before=before > 1)

    def delete_rows(self, first: int, last: int | None = None) -> None:
        """Delete rows."""
        with self.spreadsheet.changing() as book:
            book.sheet(self.sheet_id).delete(ROWS, first - 1, last or first)

    def drag_rows(self, first: int, before: int, last: int | None = None) -> None:
        """Drag rows before another one (counted before they are taken out)."""
        with self.spreadsheet.changing() as book:
            book.sheet(self.sheet_id).move(ROWS, first - 1, last or first, before - 1)

    def insert_columns(self, before: str, count: int = 1) -> None:
        """Insert empty columns before one."""
        with self.spreadsheet.changing() as book:
            sheet, start = book.sheet(self.sheet_id), a1.column(before)
            requests_dimensions.insert(sheet, COLUMNS, start, count, inherit_before=start > 0)

    def delete_columns(self, first: str, last: str = "") -> None:
        """Delete columns."""
        with self.spreadsheet.changing() as book:
            start, end = a1.column(first), a1.column(last or first) + 1
            book.sheet(self.sheet_id).delete(COLUMNS, start, end)

    def drag_columns(self, first: str, before: str) -> None:
        """Drag a column before another one."""
        with self.spreadsheet.changing() as book:
            start = a1.column(first)
            book.sheet(self.sheet_id).move(COLUMNS, start, start + 1, a1.column(before))

    def cut_row(self, row: int, to: int) -> None:
        """Cut a row's cells and paste them over another row; the row stays, empty."""
        with self.spreadsheet.changing() as book:
            sheet = book.sheet(self.sheet_id)
            area = Area(row - 1, 0, row, sheet.column_count)
            cut(sheet, area, sheet, (to - 1, 0))

    def copy_row(self, row: int, to: int) -> None:
        """Copy a row's cells over another row."""
        with self.spreadsheet.changing() as book:
            sheet = book.sheet(self.sheet_id)
            block = sheet.block(Area(row - 1, 0, row, sheet.column_count))
            paste(sheet, to - 1, 0, block, "PASTE_NORMAL")

    def rename(self, title: str) -> None:
        """Rename the tab."""
        with self.spreadsheet.changing() as book:
            book.sheet(self.sheet_id).title = title

    def hide_rows(self, first: int, last: int | None = None, *, by_filter: bool = False) -> None:
        """Hide rows."""
        with self.spreadsheet.changing() as book:
            sizes = book.sheet(self.sheet_id).sizes[ROWS]
            name = "hiddenByFilter" if by_filter else "hiddenByUser"
            for row in range(first - 1, last or first):
                sizes[row] = sizes.get(row, {}) | {name: True}

    def merge(self, range_: str) -> None:
        """Merge cells."""
        with self.spreadsheet.changing() as book:
            sheet, area = self._area(book, range_)
            sheet.merges.append(area.range())

    def protect(
        self, range_: str, editors: Sequence[str] = (), *, warning_only: bool = False
    ) -> int:
        """Protect a range for all but these accounts and the owner; its id."""
        with self.spreadsheet.changing() as book:
            sheet, area = self._area(book, range_)
            number = 1 + max((p["protectedRangeId"] for p in sheet.protected), default=0)
            sheet.protected.append(
                {
                    "protectedRangeId": number,
                    "range": area.range(),
                    "description": "",
                    "warningOnly": warning_only,
                    "users": list(editors),
                    "unprotectedRanges": [],
                }
            )
        return number

    def checkbox(self, range_: str) -> None:
        """Make cells checkboxes; empty ones are unticked."""
        with self.spreadsheet.changing() as book:
            sheet, area = self._area(book, range_)
            for row in range(area.top, area.bottom):
                new = [
                    cell(one) for one in sheet.block(Area(row, area.left, row + 1, area.right))[0]
                ]
                for one in new:
                    one.value = bool(one.value)
                    one.validation = {"condition": {"type": "BOOLEAN"}, "showCustomUi": True}
                sheet.put(row, area.left, [item(one) for one in new])

    def make_table(self, range_: str, name: str = "Leads") -> None:
        """Make a range a table (Format › Convert to table)."""
        with self.spreadsheet.changing() as book:
            sheet, area = self._area(book, range_)
            number = str(100 + len(sheet.tables))
            sheet.tables.append({"tableId": number, "name": name, "range": area.range()})

    def filter(self, range_: str) -> None:
        """Give the tab a filter over a range (Data › Create a filter)."""
        with self.spreadsheet.changing() as book:
            sheet, area = self._area(book, range_)
            sheet.basic_filter = {"range": area.range()}

    def colour_by_rule(self, range_: str, condition: dict[str, Any], style: dict[str, Any]) -> None:
        """A rule of conditional formatting, the first one."""
        with self.spreadsheet.changing() as book:
            _, area = self._area(book, range_)
            rule = {"condition": condition, "format": style}
            body = {"rule": {"ranges": [area.json(self.sheet_id)], "booleanRule": rule}}
            context = Context(book=book, account=book.owner)
            requests_objects.add_conditional_format_rule(context, body)

    def _area(self, book: Book, range_: str) -> tuple[Sheet, Area]:
        sheet = book.sheet(self.sheet_id)
        return book.resolve(f"{a1.quote(sheet.title)}!{range_}")[:2]

    def _display(self, one: Item) -> str:
        form = (one.format or {}).get("numberFormat") if isinstance(one, Cell) else None
        return shown.shown(effective(one), form, self.spreadsheet.book.locale)


def _given(book: Book, one: Any) -> Item:
    if isinstance(one, Formula | ErrorValue):
        return Cell(one, result=book.yields(one))
    return None if isinstance(one, str) and not one else one


def _place(address: str) -> tuple[int, int]:
    corners = a1.corners(address)
    if corners is None or corners.top is None or corners.left is None:
        raise ValueError(f"no cell: {address}")
    return corners.top, corners.left


def _trimmed(rows: list[list[Value]]) -> list[list[Value]]:
    for row in rows:
        while row and row[-1] is None:
            row.pop()
    while rows and not rows[-1]:
        rows.pop()
    return rows
