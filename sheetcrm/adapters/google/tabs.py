"""From a tab's cells to leads: where the header is, which columns and rows count."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sheetcrm.adapters.google.address import EVERYWHERE
from sheetcrm.adapters.google.reading import Sheet
from sheetcrm.adapters.google.values import Raw, moment
from sheetcrm.core.table.addresses import letters
from sheetcrm.core.table.areas import Area
from sheetcrm.core.table.headers import find_header, name_headers
from sheetcrm.core.table.values import CellError, CellValue, Column, Problem, Tab
from sheetcrm.errors import HeaderError


@dataclass(frozen=True, kw_only=True)
class Revision:
    """What a tab was read from: all its cells, and where the leads are in them."""

    sheet: Sheet
    area: Area  #: header and data
    numbers: Mapping[str, int]  #: header → column
    beyond: Mapping[int, str] = field(default_factory=dict)
    """Columns to the right of the area that hold something → the first such cell."""

    @property
    def header_row(self) -> int:
        """The row of the headers."""
        return self.area.first_row

    @property
    def first_new(self) -> int:
        """The column in which the next new one belongs."""
        return self.area.last_column + 1


def tab_of(sheet: Sheet, source: str, area: Area, known: Collection[str]) -> Tab:
    """The leads of an area of a tab; its `revision` is a `Revision`.

    Raises:
        HeaderError: no row looks like a header.
    """
    region = _region(sheet, area, known)
    used = _used_columns(sheet, region)
    if used:
        region = replace(region, last_column=used[-1])
    header = region.first_row
    names = name_headers(
        [cell_value(sheet, header, column) for column in used],
        [letters(column) for column in used],
        header,
    )
    numbers = dict(zip(names, used, strict=True))
    rows = list(_lead_rows(sheet, region, used))
    columns = [
        Column(header=name, letter=letters(number), values=_column(sheet, rows, number))
        for name, number in numbers.items()
    ]
    return Tab(
        source=source,
        title=sheet.title,
        header_row=header,
        rows=rows,
        columns=columns,
        problems=list(_problems(sheet, source, columns, rows)),
        revision=Revision(sheet=sheet, area=region, numbers=numbers, beyond=_beyond(sheet, region)),
    )


def _region(sheet: Sheet, area: Area, known: Collection[str]) -> Area:
    """Header and data of the area, through the last row in which something stands."""
    top = sheet.top(area)
    index = find_header(top, known)
    if index is None and area != EVERYWHERE and top:
        index = 0
    if index is None:
        raise _no_header(sheet, known)
    row = area.first_row + index
    last = max(row, min(area.last_row, sheet.last_row))
    region = Area(area.first_column, row, min(area.last_column, max(sheet.last_column, 1)), last)
    return region if area == EVERYWHERE else _joined(sheet, region)


def _joined(sheet: Sheet, region: Area) -> Area:
    """The region with the columns at its right edge that have a header: ours stand there."""
    column = region.last_column
    while sheet.at(region.first_row, column + 1) is not None:
        column += 1
    return region.through(column)


def _used_columns(sheet: Sheet, region: Area) -> list[int]:
    """Columns with a header or any value below it."""
    found: set[int] = set()
    for row, cells in sheet.cells.items():
        if region.first_row <= row <= region.last_row:
            found.update(cells)
    return sorted(c for c in found if region.first_column <= c <= region.last_column)


def _beyond(sheet: Sheet, region: Area) -> dict[int, str]:
    found: dict[int, str] = {}
    for row in sorted(sheet.cells):
        if region.first_row <= row <= region.last_row:
            for column in sheet.cells[row]:
                if column > region.last_column and column not in found:
                    found[column] = f"{letters(column)}{row}"
    return found


def _lead_rows(sheet: Sheet, region: Area, used: Collection[int]) -> Iterator[int]:
    """The rows that are leads: not blank, and not such as formulas and checkboxes leave."""
    columns = frozenset(used)
    for row in sorted(sheet.cells):
        if region.first_row < row <= region.last_row and any(
            column in columns and _says_something(sheet, row, column, value)
            for column, value in sheet.cells[row].items()
        ):
            yield row


def _says_something(sheet: Sheet, row: int, column: int, value: Raw) -> bool:
    if isinstance(value, str):
        return bool(value.strip())
    if value is False:  # a box that nobody ticked
        return False
    return (row, column) not in sheet.formulas or (
        value is True or (value != 0 and not isinstance(value, CellError))
    )


def _column(sheet: Sheet, rows: Sequence[int], column: int) -> list[CellValue]:
    values: list[CellValue] = [sheet.cells[row].get(column) for row in rows]
    if column not in sheet.dated_columns:
        return values
    return [
        _dated(value) if sheet.dated(row, column) else value
        for row, value in zip(rows, values, strict=True)
    ]


def cell_value(sheet: Sheet, row: int, column: int) -> CellValue:
    """What stands in a cell, a number in a date format as a day or moment."""
    value = sheet.at(row, column)
    return _dated(value) if sheet.dated(row, column) else value


def _dated(value: CellValue) -> CellValue:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return moment(value) if number else value  # type: ignore[arg-type]


def _problems(
    sheet: Sheet, source: str, columns: Sequence[Column], rows: Sequence[int]
) -> Iterator[Problem]:
    """What is still being loaded from elsewhere (IMPORTRANGE and its like)."""
    for column in columns:
        waiting = [
            row
            for row, value in zip(rows, column.values, strict=True)
            if isinstance(value, CellError) and not value.calculated
        ]
        if waiting:
            first = f"{column.letter}{waiting[0]}"
            more = f" and {len(waiting) - 1} more below it" if len(waiting) > 1 else ""
            yield Problem(
                message=f"{first}{more}: Google is still loading it, so its value is not known",
                source=source,
                tab=sheet.title,
                cell=first,
                column=column.header,
                hint="run again in a minute; a formula such as IMPORTRANGE may need your consent",
            )


def _no_header(sheet: Sheet, known: Collection[str]) -> HeaderError:
    looked = ", ".join(list(known)[:8])
    sought = f" (looked for columns such as {looked})" if looked else ""
    return HeaderError(
        f"{sheet.spreadsheet}: no row of the tab “{sheet.title}” looks like a header{sought}",
        hint=f'give the columns names in one row, or say where it is: tab = "{sheet.title}!A4:M"',
    )
