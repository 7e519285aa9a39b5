"""Stage moves as a change to the log's tab: rows below the last one, or a tab that is new."""

from __future__ import annotations

from collections.abc import Sequence

from sheetcrm.adapters.excel.faults import Refusal
from sheetcrm.adapters.excel.grid import read_sheet
from sheetcrm.adapters.excel.newtab import new_tab
from sheetcrm.adapters.excel.package import Package, Sheet, Table
from sheetcrm.adapters.excel.scan import HOLLOW, VALUED, Scan
from sheetcrm.adapters.excel.update import Change
from sheetcrm.adapters.excel.values import from_calamine
from sheetcrm.core.table.areas import MAX_COLUMN, MAX_ROW, Area
from sheetcrm.core.table.stagelog import FittedLog, StageLog
from sheetcrm.core.table.values import CellValue

_WIDTHS = (16, 12, 24, 14, 14, 50, 10, 22)  # characters; of when, id, name, from, to, why, by, run


def log_change(package: Package, log: StageLog, leads: Change) -> tuple[Change | None, int]:
    """The change that logs moves, and how many rows it appends; None where all stand there.

    Args:
        package: the workbook.
        log: the moves.
        leads: the change to the tab with the leads, beside which this one is made.

    Raises:
        SourceRefusedError: the tab is something else, or nothing can be put below its rows.
    """
    sheet = _sheet(package, log)
    if sheet is None:
        sheet, found = new_tab(package, log.tab, _WIDTHS)
        fitted, like = log.fit([]), leads.sheet
    else:
        found, grid = read_sheet(package, sheet)
        fitted, like = log.fit([from_calamine(tuple(row)) for row in grid]), None
    table = _table(package, sheet, fitted)
    if not fitted.rows:
        return None, 0
    cells = _cells(fitted, _first(sheet, found, fitted, table))
    change = Change(
        sheet=sheet,
        scan=found,
        cells=cells,
        area=Area(1, fitted.header_row + 1, MAX_COLUMN, MAX_ROW),
        table=table,
        headers=log.headers,
        header_row=fitted.header_row if fitted.titles else 0,
        like=like,
        write_protected=leads.write_protected,
        recalculate=leads.recalculate,
    )
    return change, len(fitted.rows)


def check_log(package: Package, log: StageLog) -> None:
    """Find out whether the log could be appended to.

    Raises:
        SourceRefusedError: the tab is something else, or nothing can be put below its rows.
    """
    sheet = _sheet(package, log)
    if sheet is not None:
        found, grid = read_sheet(package, sheet)
        fitted = log.fit([from_calamine(tuple(row)) for row in grid])
        _first(sheet, found, fitted, _table(package, sheet, fitted))


def _sheet(package: Package, log: StageLog) -> Sheet | None:
    """The log's tab; None where there is none yet."""
    title = log.tab.casefold()
    return next((one for one in package.sheets if one.title.casefold() == title), None)


def _cells(fitted: FittedLog, first: int) -> dict[int, dict[int, CellValue]]:
    """Row → column → value, for headers that are to be written and for all that is new."""
    rows: Sequence[tuple[int, dict[int, CellValue]]] = [
        (row, dict(cells)) for row, cells in enumerate(fitted.rows, first)
    ]
    titles: dict[int, CellValue] = dict(fitted.titles)
    return {fitted.header_row: titles, **dict(rows)} if titles else dict(rows)


def _first(sheet: Sheet, found: Scan, fitted: FittedLog, table: Table | None) -> int:
    """The first row below everything; of a table, the one right below it, or a blank one in it."""
    used = found.rows_with(VALUED | HOLLOW)
    first = max(used[-1] if used else 0, fitted.header_row) + 1
    if first + len(fitted.rows) - 1 > MAX_ROW:
        raise Refusal(
            "too-big",
            f"the tab “{sheet.title}” is full",
            "rename it: a new one of that name is made",
        )
    if table and table.totals_rows:
        what = f"the table “{table.name}” has a totals row, below which no moves can be logged"
        raise Refusal("totals-row", what, "switch it off: Table Design › Total Row")
    if table and first > table.area.last_row + 1:
        what = f"something stands in row {first - 1}, below the table “{table.name}” of moves"
        raise Refusal("occupied", what, "move that beside the table, or to another tab")
    return first


def _table(package: Package, sheet: Sheet, fitted: FittedLog) -> Table | None:
    """The Excel table that the log stands in, if any."""
    row = fitted.header_row
    return next(
        (one for one in package.tables(sheet) if one.header_rows and one.area.first_row == row),
        None,
    )
