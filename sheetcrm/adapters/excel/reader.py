"""A lead tab's values: calamine reads them, the scan vouches for where they stand."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from sheetcrm.adapters.excel.belowzero import BelowZero
from sheetcrm.adapters.excel.faults import Refusal
from sheetcrm.adapters.excel.grid import Grid
from sheetcrm.adapters.excel.package import Package, Sheet, Table
from sheetcrm.adapters.excel.places import EVERYWHERE, Place
from sheetcrm.adapters.excel.scan import TYPED, VALUED, Scan
from sheetcrm.adapters.excel.values import from_calamine
from sheetcrm.core.table.addresses import letters
from sheetcrm.core.table.areas import Area
from sheetcrm.core.table.headers import SEARCH_DEPTH, find_header, name_headers
from sheetcrm.core.table.values import CellError, CellValue, Column, Problem, Severity
from sheetcrm.errors import HeaderError

_NOTHING = (None, 0, False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Region:
    """Where the leads are: header, data rows, columns, and the table around them, if any."""

    header_row: int
    area: Area  #: the data, without header and totals
    table: Table | None = None
    beyond: Mapping[int, str] = field(default_factory=dict)
    """Columns to the right of the area that hold something → the first such cell."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What was read of a place."""

    region: Region
    scan: Scan
    rows: Sequence[int]
    columns: Sequence[Column]
    numbers: Mapping[str, int]  #: header → column number
    header: Sequence[CellValue]  #: the header cells of the columns as they stand
    problems: Sequence[Problem]


def read_place(
    package: Package, place: Place, seen: tuple[Scan, Grid], known: Collection[str]
) -> Reading:
    """Read the leads of a place of a sheet that was `seen` as `grid.read_sheet` does.

    Raises:
        HeaderError: no row looks like a header.
    """
    found, grid = seen
    region, notes = _region(package, place, grid, found, known)
    if place.area != EVERYWHERE:
        region = _joined(grid, region)
    across = _across(grid, region)
    used = _used_columns(across, region, found)
    if used and not region.table:
        region = replace(region, area=replace(region.area, last_column=used[-1]))
    region = replace(region, beyond=_beyond(grid, region))
    titles = _row(grid, region.header_row)
    header = [_at(titles, column) for column in used]
    names = name_headers(header, [letters(column) for column in used], region.header_row)
    rows = _lead_rows(grid, region, found, used)
    numbers = dict(zip(names, used, strict=True))
    columns, problems = _columns(
        _of_leads(across, rows, region),
        rows,
        numbers,
        found,
        title=place.sheet.title,
        below_zero=BelowZero(package=package, sheet=place.sheet, found=found, rows=rows),
    )
    return Reading(
        region=region,
        scan=found,
        rows=rows,
        columns=columns,
        numbers=numbers,
        header=header,
        problems=[*notes, *problems],
    )


def _region(
    package: Package, place: Place, grid: Grid, found: Scan, known: Collection[str]
) -> tuple[Region, list[Problem]]:
    if place.table:
        return _of_table(place.table), []
    top, left = place.area.first_row, place.area.first_column
    right = min(place.area.last_column, max(found.last_column, 1))
    head = [
        [None if value == "" else value for value in row[left - 1 : right]]
        for row in grid[top - 1 : min(top - 1 + SEARCH_DEPTH, place.area.last_row)]
    ]
    index = find_header(head, known)  # type: ignore[arg-type]
    if index is None and place.area != EVERYWHERE and head:
        index = 0
    tables = package.tables(place.sheet) if place.area == EVERYWHERE else []
    if len(tables) == 1 and index in {None, tables[0].area.first_row - 1}:
        return _with_rows_below(_of_table(tables[0]), tables[0], place.sheet, found)
    if index is None:
        raise _no_header(package, place, known)
    return _of_plain(top + index, left, right, place, found), []


def _of_table(table: Table) -> Region:
    if table.header_rows != 1:
        raise Refusal(
            "table-without-header",
            f"the table “{table.name}” has no header row",
            "in Excel: Table Design › Header Row, switch it on and save",
        )
    area = table.area
    data = Area(
        area.first_column,
        area.first_row + 1,
        area.last_column,
        max(area.first_row + 1, area.last_row - table.totals_rows),
    )
    return Region(header_row=area.first_row, area=data, table=table)


def _of_plain(header: int, left: int, right: int, place: Place, found: Scan) -> Region:
    bottom = max(header + 1, min(found.last_row, place.area.last_row))
    return Region(header_row=header, area=Area(left, header + 1, right, bottom))


def _with_rows_below(
    region: Region, table: Table, sheet: Sheet, found: Scan
) -> tuple[Region, list[Problem]]:
    """The rows typed right below a table are leads too; what stands further down is not."""
    flags, end = found.flags, table.area.last_row
    last = end
    while not table.totals_rows and last + 1 < len(flags) and flags[last + 1] & VALUED:
        last += 1
    problems = []
    if last > end:
        problems.append(_below_note(sheet, table, end + 1, "are taken as leads too"))
        region = replace(region, area=replace(region.area, last_row=last))
    far = next((row for row in range(last + 1, len(flags)) if flags[row] & VALUED), 0)
    if far:
        problems.append(_below_note(sheet, table, far, "are not taken as leads"))
    return region, problems


def _below_note(sheet: Sheet, table: Table, row: int, fate: str) -> Problem:
    return Problem(
        message=f"rows from {row} on stand below the table “{table.name}” and {fate}",
        severity=Severity.NOTE,
        tab=sheet.title,
        row=row,
        hint="drag the table's lower right corner down over those that are leads",
    )


def _no_header(package: Package, place: Place, known: Collection[str]) -> HeaderError:
    looked = ", ".join(list(known)[:8])
    sought = f" (looked for columns such as {looked})" if looked else ""
    name, title = package.path.name, place.sheet.title
    return HeaderError(
        f"{name}: no row of the tab “{title}” looks like a header{sought}",
        hint="give the columns names in one row, or say where it is: "
        f'tab = "{place.sheet.title}!A4:M"',
    )


def _joined(grid: Grid, region: Region) -> Region:
    """The region with the columns at its right edge that have a header: ours stand there."""
    area, header = region.area, _row(grid, region.header_row)
    last = area.last_column
    while last < len(header) and header[last] != "":
        last += 1
    return replace(region, area=area.through(last))


def _across(grid: Grid, region: Region) -> list[tuple[object, ...]]:
    """All columns from A: the header's value, and those of the rows of the region."""
    area = region.area
    rows = [_row(grid, region.header_row), *grid[area.first_row - 1 : area.last_row]]
    return list(zip(*rows, strict=True))


def _used_columns(across: Sequence[tuple[object, ...]], region: Region, found: Scan) -> list[int]:
    """Column numbers with a header or any value; all of them where it is a table."""
    area = region.area
    every = range(area.first_column, area.last_column + 1)
    if region.table:
        return list(every)
    filled = {number for number, values in enumerate(across, 1) if values.count("") < len(values)}
    unseen = (*found.errors, *found.uncalculated)
    filled |= {column for row, column in unseen if area.first_row <= row <= area.last_row}
    return [number for number in every if number in filled]


def _beyond(grid: Grid, region: Region) -> dict[int, str]:
    area = region.area
    rows = enumerate(grid[region.header_row - 1 : area.last_row], region.header_row)
    found: dict[int, str] = {}
    for number, row in rows:
        for column, value in enumerate(row[area.last_column :], area.last_column + 1):
            if value != "" and column not in found:
                found[column] = f"{letters(column)}{number}"
    return found


def _lead_rows(grid: Grid, region: Region, found: Scan, used: Sequence[int]) -> list[int]:
    """The rows that are leads: not blank, and not formulas alone that yield nothing."""
    if not used:
        return []
    area, flags = region.area, found.flags
    cut = slice(used[0] - 1, used[-1])
    rows = []
    for number in range(area.first_row, min(area.last_row, len(grid), len(flags) - 1) + 1):
        cells = grid[number - 1][cut]
        filled = len(cells) - cells.count("")
        few = filled < 4 or not flags[number] & TYPED
        if filled and (not few or _says_something(cells, typed=bool(flags[number] & TYPED))):
            rows.append(number)
    return rows


def _says_something(cells: Sequence[object], *, typed: bool) -> bool:
    for value in cells:
        if isinstance(value, str):
            if value.strip():
                return True
        elif typed or value not in _NOTHING:
            return True
    return False


def _of_leads(
    across: Sequence[tuple[object, ...]], rows: Sequence[int], region: Region
) -> list[tuple[object, ...]]:
    """The columns as `_across` gives them, of the rows that are leads."""
    height, first = len(rows), region.area.first_row
    if height and rows[0] == first and rows[-1] == first + height - 1:
        return [values[1 : height + 1] for values in across]
    places = [row - first + 1 for row in rows]
    return [tuple([values[place] for place in places]) for values in across]


def _columns(
    across: Sequence[tuple[object, ...]],
    rows: Sequence[int],
    numbers: Mapping[str, int],
    found: Scan,
    *,
    title: str,
    below_zero: BelowZero,
) -> tuple[list[Column], list[Problem]]:
    height = len(rows)
    place_of = {row: index for index, row in enumerate(rows)}
    wrong = _wrong(found, place_of)
    uncalculated = _by_column(found.uncalculated, place_of)
    columns, problems = [], []
    for name, number in numbers.items():
        values: list[CellValue] = (
            from_calamine(across[number - 1], partial(below_zero, number))
            if number <= len(across)
            else [None] * height
        )
        for index, error in wrong.get(number, ()):
            values[index] = error
        columns.append(Column(header=name, letter=letters(number), values=values))
        if number in uncalculated:
            problems.append(_uncalculated(title, name, number, uncalculated[number]))
    return columns, problems


def _by_column(cells: Sequence[tuple[int, int]], rows: Collection[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for row, column in cells:
        if row in rows:
            found.setdefault(column, []).append(row)
    return found


def _wrong(found: Scan, place_of: Mapping[int, int]) -> dict[int, list[tuple[int, CellError]]]:
    """Column → index and error of the cells that calamine shows as blank."""
    wrong: dict[int, list[tuple[int, CellError]]] = {}
    errors = dict.fromkeys(found.uncalculated, CellError("#N/A", calculated=False))
    errors |= {place: CellError(code) for place, code in found.errors.items()}
    for (row, column), error in errors.items():
        if row in place_of:
            wrong.setdefault(column, []).append((place_of[row], error))
    return wrong


def _uncalculated(title: str, header: str, column: int, rows: Sequence[int]) -> Problem:
    letter = letters(column)
    where = f"{letter}{rows[0]}"
    cells = where if len(rows) == 1 else f"{len(rows)} cells from {where} to {letter}{rows[-1]}"
    return Problem(
        message=f"the formula in {cells} was never calculated, so its value is not known",
        tab=title,
        cell=where,
        column=header,
        hint="open the workbook in Excel or LibreOffice and save it once",
    )


def _row(grid: Grid, number: int) -> list[object]:
    return grid[number - 1] if number <= len(grid) else []


def _at(row: Sequence[object], column: int) -> CellValue:
    value = row[column - 1] if column <= len(row) else None
    return None if value == "" else value  # type: ignore[return-value]
