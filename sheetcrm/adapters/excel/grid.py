"""A whole sheet, read twice: calamine gives the values, the scan says whether they are right.

Calamine ends the process where it cannot get the memory for a sheet's rectangle, and one stray
cell at XFD1048576 makes that huge; so its extents are known to be sane before it is asked. For
most sheets a glance at their bytes shows that, and then both go on side by side.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

from python_calamine import CalamineWorkbook

from sheetcrm.adapters.excel.faults import REPAIR, Refusal
from sheetcrm.adapters.excel.package import Package, Sheet
from sheetcrm.adapters.excel.scan import HOLLOW, SURE, VALUED, Scan, scan
from sheetcrm.core.table.addresses import letters

MOST_CELLS = 60_000_000  #: calamine holds the whole rectangle from A1, 32 bytes a cell
_LONGEST_TAG = 1 << 16
_DIMENSION = re.compile(rb'<dimension ref="[A-Z]{1,3}[0-9]{1,7}:([A-Z]{1,2})([0-9]{1,6})"')
_PREFIXED = re.compile(rb":(?:c|row)[\s/>]")
_ROW = re.compile(rb'<row(?! r="[0-9]{1,6}")[\s/>]')

Grid = list[list[object]]


class _Values(NamedTuple):
    """What calamine gives: all rows from row 1, and the first and last cell, 0-based."""

    grid: Grid
    start: tuple[int, int] | None
    end: tuple[int, int] | None


def read_sheet(package: Package, sheet: Sheet, *, expendable: bool = False) -> tuple[Scan, Grid]:
    """The scan of a sheet, and all its rows from row 1 as calamine gives them.

    Args:
        package: the workbook.
        sheet: one of its sheets.
        expendable: this process may end of it, so that calamine is asked at once.

    Raises:
        Refusal: the sheet is too wide, broken, or the two do not see the same rows.
    """
    open_part = _opener(package, sheet)
    with ThreadPoolExecutor(max_workers=1) as second:
        at_once = expendable or surely_small(open_part())
        early = second.submit(_values, package, sheet) if at_once else None
        found = scan(open_part, keep=package.is_small(sheet))
        if found.last_row * found.last_column > MOST_CELLS:
            raise _too_wide(sheet, found)
        if not found.last_row:
            return found, []
        values = _answer(early or second.submit(_values, package, sheet))
    _check_rows(sheet, values, found)
    return found, values.grid


def surely_small(chunks: Iterable[bytes]) -> bool:
    """Whether a glance at a sheet's XML proves that no cell lies far out.

    So it is if each ``<c`` says first of all its own address, and none has more digits, or
    letters further on in the alphabet, than the dimension that the sheet declares. In doubt,
    and for elements with a prefix, the answer is no.
    """
    address: re.Pattern[bytes] | None = None
    rest = b""
    for chunk in chunks:
        block = rest + chunk
        cut = block.rfind(b"<")
        known, rest = block[:cut], block[max(cut, 0) :]
        address = address or _near_addresses(known)
        if address is None or len(rest) > _LONGEST_TAG or b"\0" in known:
            return False
        if address.search(known) or _ROW.search(known) or _PREFIXED.search(known):
            return False
    return address is not None


def _near_addresses(head: bytes) -> re.Pattern[bytes] | None:
    """What finds cells that do not lie near the declared dimension; None where that is big."""
    match = _DIMENSION.search(head)
    if not match:
        return None
    name, digits = match[1], len(match[2])
    columns = 26 if len(name) == 1 else (name[0] - 63) * 26
    if columns * 10**digits > MOST_CELLS:
        return None
    first = b"" if len(name) == 1 else b"[A-%c]?" % name[:1]
    return re.compile(rb'<c(?! r="%b[A-Z][0-9]{1,%d}")[\s/>]' % (first, digits))


def _opener(package: Package, sheet: Sheet) -> Callable[[], Iterable[bytes]]:
    """What gives the sheet's XML in chunks, from its beginning at each call."""
    if not package.is_small(sheet):
        return lambda: package.archive.chunks(sheet.part)
    kept = list(package.archive.chunks(sheet.part))
    return lambda: kept


def _values(package: Package, sheet: Sheet) -> _Values:
    with CalamineWorkbook.from_path(package.path) as workbook:
        values = workbook.get_sheet_by_name(sheet.title)
        grid: Grid = values.to_python(skip_empty_area=False)  # type: ignore[assignment]
        return _Values(grid, values.start, values.end)


def _answer(asked: Future[_Values]) -> _Values:
    try:
        return asked.result()
    except BaseException as fault:
        if type(fault).__name__ == "PanicException":  # calamine's, and not an Exception
            raise Refusal("damaged", "its contents cannot be read", REPAIR) from None
        if "Unrecognized sheet:type" in str(fault):
            raise Refusal(
                "macro-sheet",
                "it holds a sheet of Excel 4.0 macros or an old dialog, beside which no tab can "
                "be read",
                "move the tab with the leads into a workbook of its own",
            ) from fault
        raise


def _too_wide(sheet: Sheet, found: Scan) -> Refusal:
    place = f"{letters(found.last_column)}{found.last_row}"
    return Refusal(
        "too-wide",
        f"the tab “{sheet.title}” reaches to {place}, too far to be read",
        "delete the stray cells at its far end (select, Home › Clear › All), and save",
    )


def _check_rows(sheet: Sheet, values: _Values, found: Scan) -> None:
    start, end = values.start, values.end
    sure, seen = found.rows_with(SURE), found.rows_with(VALUED | HOLLOW)
    top, bottom = (start[0] + 1, end[0] + 1) if start and end else (0, 0)
    placed = not seen or seen[0] <= top <= bottom <= seen[-1] or not bottom
    complete = not sure or (top <= sure[0] and sure[-1] <= bottom)
    flags = found.flags
    stray = any(
        len(row) != row.count("")
        for number, row in enumerate(values.grid, 1)
        if number >= len(flags) or not flags[number] & VALUED
    )
    if not (placed and complete) or stray:
        raise Refusal(
            "rows-disagree",
            f"two ways of reading the tab “{sheet.title}” do not agree on its rows",
            REPAIR,
        )
