"""What openpyxl and calamine see in two states of a workbook."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from io import BytesIO

import openpyxl
from openpyxl.cell import Cell
from openpyxl.cell.rich_text import CellRichText
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import from_excel
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula
from python_calamine import CalamineError, CalamineWorkbook

from sheetcrm.core.table.values import CellError, CellValue

Place = tuple[int, int]  # row, column

_EAST_ASIAN_DATES = {*range(27, 37), *range(50, 59)}  # ISO/IEC 29500-1, 18.8.30


def by_openpyxl(
    before: bytes, after: bytes, title: str, wanted: Mapping[Place, CellValue]
) -> list[str]:
    """What openpyxl finds wrong; nothing where it cannot open the workbook as it was."""
    old = _openpyxl_cells(before, title)
    if old is None:
        return []
    new = _openpyxl_cells(after, title)
    if new is None:
        return ["openpyxl cannot open it any longer"]
    found = []
    for place in {**old, **new}:
        if place in wanted:
            value, *_, linked = new.get(place, (None, False))
            if linked and wanted[place] is None:
                continue  # it shows a link's address in a blank cell
            if not _is_same(value, wanted[place]):
                found.append(f"openpyxl: {_name(place)} is {value!r}, not {wanted[place]!r}")
        elif old.get(place) != new.get(place):
            found.append(f"openpyxl: {_name(place)} is another cell")
    return found[:5]


def by_calamine(
    before: bytes, after: bytes, title: str, wanted: Mapping[Place, CellValue]
) -> list[str]:
    """What calamine finds wrong; nothing where it cannot open the workbook as it was."""
    old = _calamine_cells(before, title)
    if old is None:
        return []
    new = _calamine_cells(after, title)
    if new is None:
        return ["calamine cannot open it any longer"]
    found = []
    for place in {**old, **new}:
        value = new.get(place)
        if place in wanted:
            expected = None if isinstance(wanted[place], CellError) else wanted[place]
            if not _is_same(value, expected):
                found.append(f"calamine: {_name(place)} is {value!r}, not {expected!r}")
        elif old.get(place) != value:
            found.append(f"calamine: {_name(place)} is another cell")
    return found[:5]


@lru_cache(maxsize=2)  # as each state but the first is the one before the next
def _openpyxl_cells(data: bytes, title: str) -> dict[Place, tuple[object, ...]] | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            book = openpyxl.load_workbook(BytesIO(data), rich_text=True)
            sheet = book[title]
        except Exception:  # noqa: BLE001 - it raises whatever comes along
            return None
    cells = {}
    for place, cell in sheet._cells.items():
        value = cell.value
        if isinstance(value, ArrayFormula | DataTableFormula | CellRichText):
            value = repr(value) if isinstance(value, CellRichText) else str(vars(value))
        if cell.data_type == "n" and value is not None and _is_east_asian_date(cell):
            value = from_excel(value, book.epoch)
        if value is not None:
            cells[place] = value, cell.number_format, tuple(cell._style), bool(cell.hyperlink)
    return cells


def _is_east_asian_date(cell: Cell) -> bool:
    """Whether its number format is one of those that openpyxl does not know to be dates."""
    return cell._style.numFmtId in _EAST_ASIAN_DATES


@lru_cache(maxsize=2)
def _calamine_cells(data: bytes, title: str) -> dict[Place, object] | None:
    try:
        with CalamineWorkbook.from_filelike(BytesIO(data)) as workbook:
            rows = workbook.get_sheet_by_name(title).to_python(skip_empty_area=False)
    except CalamineError:
        return None
    return {
        (number, column): value
        for number, row in enumerate(rows, 1)
        for column, value in enumerate(row, 1)
        if value != ""
    }


def _is_same(found: object, wanted: CellValue) -> bool:
    if isinstance(wanted, CellError):
        return found == wanted.code
    if wanted is None or wanted == "":
        return found is None or found == ""
    if isinstance(wanted, bool) or isinstance(found, bool):
        return found is wanted
    if isinstance(wanted, str):
        return isinstance(found, str) and _plain(found) == _plain(wanted)
    if isinstance(wanted, date):
        return isinstance(found, date) and abs(_moment(found) - _moment(wanted)) < timedelta(
            milliseconds=1
        )
    return isinstance(found, int | float) and float(found) == float(wanted)


def _plain(text: str) -> str:
    """Without what the two are known to show differently: line ends, and escapes of those."""
    return text.replace("_x000D_", "\r").replace("\r\n", "\n").replace("\r", "\n").strip()


def _moment(value: date) -> datetime:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    return datetime.combine(value, time.min)


def _name(place: Place) -> str:
    return f"{get_column_letter(place[1])}{place[0]}"
