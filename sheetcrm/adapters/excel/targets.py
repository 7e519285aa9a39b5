"""Which cells may not be written, and why; decided before anything is touched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sheetcrm.adapters.excel.faults import REPAIR, Refusal
from sheetcrm.adapters.excel.markup import Element
from sheetcrm.adapters.excel.package import Package, Sheet
from sheetcrm.adapters.excel.scan import Scan
from sheetcrm.core.table.addresses import letters
from sheetcrm.core.table.areas import Area, parse_area
from sheetcrm.core.table.values import CellValue

Cells = Mapping[int, Mapping[int, CellValue]]  # row → column → value


@dataclass(frozen=True, slots=True)
class _Obstacle:
    """An area in which nothing may be written."""

    area: Area
    code: str
    what: str
    hint: str
    spared: tuple[int, int] = (0, 0)  #: the one cell of it that may be


def check_sheet(
    package: Package, sheet: Sheet, found: Scan, root: Element, *, write_protected: bool
) -> None:
    """Refuse a workbook or sheet into which nothing may be written at all.

    Raises:
        Refusal: signed, marked as final, protected, or with rows out of order.
    """
    if package.signed:
        raise Refusal(
            "signed",
            "the workbook is digitally signed, and any change would break the signature",
            "remove the signature in Excel (File › Info), or work on a copy",
        )
    if package.final and not write_protected:
        raise Refusal(
            "final",
            "the workbook is marked as final",
            "take the mark away in Excel (File › Info › Protect Workbook › Mark as Final), "
            "or set write_protected = true in the source",
        )
    protection = root.find("sheetProtection")
    if protection is not None and protection.flag("sheet") and not write_protected:
        raise Refusal(
            "protected",
            f"the tab “{sheet.title}” is protected",
            "unprotect it (Review › Unprotect Sheet), or set write_protected = true in the source",
        )
    if not found.ordered:
        raise Refusal("row-order", f"the rows of “{sheet.title}” are out of order", REPAIR)


def check_cells(package: Package, sheet: Sheet, found: Scan, root: Element, cells: Cells) -> None:
    """Refuse cells that belong to a merged range, an array, a pivot table or a table's frame.

    Raises:
        Refusal: one of the cells cannot be written; it is named.
    """
    columns = [column for row in cells.values() for column in row]
    if not columns:
        return
    reach = Area(min(columns), min(cells), max(columns), max(cells))
    blocked = [one for one in _obstacles(package, sheet, found, root) if one.area.overlaps(reach)]
    for row, values in cells.items() if blocked else ():
        for column in values:
            for one in blocked:
                if one.area.holds(row, column) and (row, column) != one.spared:
                    address = f"{letters(column)}{row}"
                    raise Refusal(one.code, f"the cell {address} {one.what}", one.hint)


def _obstacles(package: Package, sheet: Sheet, found: Scan, root: Element) -> Iterator[_Obstacle]:
    for area in _areas(root):
        hint = "take the merged cells apart (Home › Merge & Center)"
        what = f"is part of the merged range {area}"
        yield _Obstacle(area, "merged", what, hint, (area.first_row, area.first_column))
    for area in found.spans:
        what = f"is part of the array formula in {area}"
        yield _Obstacle(area, "array", what, "move or delete that formula")
    for area in package.pivots(sheet):
        what = f"is part of the pivot table in {area}"
        yield _Obstacle(area, "pivot", what, "move the pivot table to another tab")
    for table in package.tables(sheet):
        area, what = table.area, f"the table “{table.name}”"
        if table.header_rows:
            frame = Area(area.first_column, area.first_row, area.last_column, area.first_row)
            yield _Obstacle(frame, "table-header", f"names a column of {what}", "leave it as it is")
        if table.totals_rows:
            frame = Area(area.first_column, area.last_row, area.last_column, area.last_row)
            yield _Obstacle(frame, "totals-row", f"is in the totals row of {what}", "leave it")


def _areas(root: Element) -> Sequence[Area]:
    found = [parse_area(one.get("ref")) for one in root.all("mergeCells", "mergeCell")]
    return [area for area in found if area]
