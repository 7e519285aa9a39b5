"""Single cells of a workbook by their addresses: a way in for tests and benchmarks."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from os import PathLike
from pathlib import Path

from sheetcrm.adapters.excel.faults import guarded
from sheetcrm.adapters.excel.lock import check_free
from sheetcrm.adapters.excel.package import Package
from sheetcrm.adapters.excel.places import find_place
from sheetcrm.adapters.excel.save import Snapshot
from sheetcrm.adapters.excel.scan import scan
from sheetcrm.adapters.excel.update import Change
from sheetcrm.adapters.excel.writing import write_changes
from sheetcrm.core.table.areas import parse_area
from sheetcrm.core.table.values import CellValue


def write_cells(
    path: str | PathLike[str],
    tab: str,
    values: Mapping[str, CellValue],
    out: str | PathLike[str] | None = None,
) -> int:
    """Write cells of one tab, leaving everything else in the workbook as it is.

    Args:
        path: the workbook.
        tab: the tab's name; "" for the first visible one.
        values: address such as ``P2`` → value; None empties the cell.
        out: where to put the changed workbook; None changes it in its place.

    Returns:
        How many cells became different. Where none did, nothing is written (`out` becomes a
        plain copy).

    Raises:
        ValueError: an address is not one.
        SourceError: it is missing, busy, or cannot be written safely; it was left untouched.
    """
    target = Path(path).resolve()
    with guarded(target):
        if out is None:
            check_free(target)
        with Package(target) as package:
            snapshot = Snapshot.take(target, package.archive)
            sheet = find_place(package, tab).sheet
            found = scan(lambda: package.archive.chunks(sheet.part), keep=package.is_small(sheet))
            change = Change(sheet=sheet, scan=found, cells=_by_row(values))
            destination = Path(out).resolve() if out is not None else None
            update = write_changes(package, [change], snapshot=snapshot, out=destination)
    if destination and not update.cells:
        shutil.copyfile(target, destination)
    return sum(update.cells.values())


def _by_row(values: Mapping[str, CellValue]) -> dict[int, dict[int, CellValue]]:
    cells: dict[int, dict[int, CellValue]] = {}
    for address, value in values.items():
        area = parse_area(address)
        if area is None or ":" in address:
            raise ValueError(f"{address!r} is not the address of a cell")
        cells.setdefault(area.first_row, {})[area.first_column] = value
    return cells
