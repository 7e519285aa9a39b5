"""An Excel workbook as a spreadsheet of the emulator, as if somebody had imported it."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell.cell import Cell as ExcelCell
from openpyxl.cell.cell import MergedCell
from openpyxl.styles.numbers import is_date_format, is_datetime
from openpyxl.utils.datetime import to_excel
from openpyxl.worksheet.formula import ArrayFormula

from tests.support.sheets_api.book import Book
from tests.support.sheets_api.cells import Cell, ErrorValue, Formula, Item, Value, item
from tests.support.sheets_api.people import Spreadsheet
from tests.support.sheets_api.ranges import COLUMNS, Area
from tests.support.sheets_api.server import SheetsServer
from tests.support.sheets_api.sheet import Sheet

_ERRORS = {
    "#N/A": "N_A",
    "#REF!": "REF",
    "#DIV/0!": "DIVIDE_BY_ZERO",
    "#VALUE!": "VALUE",
    "#NAME?": "NAME",
    "#NUM!": "NUM",
    "#NULL!": "NULL_VALUE",
}


def imported(server: SheetsServer, path: Path, title: str, **more: Any) -> Spreadsheet:
    """A spreadsheet with the values, formulas, dates, notes and bold headers of a workbook.

    Args:
        server: where it is to be.
        path: the workbook, whose formulas carry their values.
        title: the spreadsheet's.
        more: what `SheetsServer.create` takes.
    """
    formulas = openpyxl.load_workbook(path)
    values = openpyxl.load_workbook(path, data_only=True)
    names = [sheet.title for sheet in formulas.worksheets]
    file = server.create(title, dict.fromkeys(names, ()), **more)
    with file.changing() as book:
        for sheet in book.sheets:
            _fill(book, sheet, formulas[sheet.title], values[sheet.title])
    return file


def _fill(book: Book, sheet: Sheet, formulas: Any, values: Any) -> None:
    sheet.row_count = max(sheet.row_count, formulas.max_row)
    sheet.column_count = max(sheet.column_count, formulas.max_column)
    for number, (row, shown) in enumerate(zip(formulas.rows, values.rows, strict=True)):
        items = [_item(book, cell, value.value) for cell, value in zip(row, shown, strict=True)]
        sheet.put(number, 0, items)
    for merged in formulas.merged_cells.ranges:
        area = Area(merged.min_row - 1, merged.min_col - 1, merged.max_row, merged.max_col)
        sheet.merges.append(area.range())
    for name, dimension in formulas.column_dimensions.items():
        if dimension.hidden:
            index = openpyxl.utils.column_index_from_string(name) - 1
            sheet.sizes[COLUMNS][index] = {"hiddenByUser": True}
    if formulas.freeze_panes:
        row, column = openpyxl.utils.cell.coordinate_to_tuple(formulas.freeze_panes)
        sheet.grid |= {"frozenRowCount": row - 1, "frozenColumnCount": column - 1}


def _item(book: Book, cell: ExcelCell | MergedCell, shown: Any) -> Item:
    if isinstance(cell, MergedCell):
        return None
    new = Cell(_value(cell.value, formula=cell.data_type == "f"))
    if isinstance(new.value, Formula):
        new.result = book.results[new.value.text] = _value(shown)
    if cell.comment:
        new.note = cell.comment.text
    style = _style(cell)
    if style and (new.value is not None or new.note):
        new.format = style
    return item(new)


def _value(content: Any, *, formula: bool = False) -> Value:
    if isinstance(content, ArrayFormula):
        content = f"=ARRAYFORMULA({content.text.removeprefix('=')})"
    if isinstance(content, str):
        if content in _ERRORS:
            return ErrorValue(_ERRORS[content])
        return Formula(content) if formula else content or None
    if isinstance(content, datetime | date | time):
        return to_excel(content)
    return content


def _style(cell: ExcelCell) -> dict[str, Any]:
    style: dict[str, Any] = {}
    pattern = cell.number_format
    if pattern == "@":
        style["numberFormat"] = {"type": "TEXT", "pattern": "@"}
    elif is_date_format(pattern):
        kind = {"date": "DATE", "time": "TIME"}.get(is_datetime(pattern) or "", "DATE_TIME")
        style["numberFormat"] = {"type": kind, "pattern": pattern}
    elif pattern != "General":
        kind = "PERCENT" if "%" in pattern else "NUMBER"
        style["numberFormat"] = {"type": kind, "pattern": pattern}
    if cell.font and cell.font.bold:
        style["textFormat"] = {"bold": True}
    return style
