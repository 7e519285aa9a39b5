"""A lead tab out of a plain grid of values: of formats that have cells and no more."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sheetcrm.adapters.excel.places import EVERYWHERE
from sheetcrm.core.table.addresses import letters
from sheetcrm.core.table.areas import Area
from sheetcrm.core.table.headers import SEARCH_DEPTH, find_header, name_headers
from sheetcrm.core.table.values import CellValue, Column, Problem, Tab
from sheetcrm.errors import HeaderError

Grid = Sequence[Sequence[CellValue]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """The leads of a grid: header row, rows and columns by their numbers from 1."""

    header_row: int
    rows: Sequence[int]
    columns: Sequence[Column]
    numbers: dict[str, int]  #: header → column number
    header: Sequence[CellValue]  #: the header cells of the columns as they stand

    def tab(
        self, source: str, title: str, *, problems: Sequence[Problem] = (), revision: object = None
    ) -> Tab:
        """As a tab of that source."""
        return Tab(
            source=source,
            title=title,
            header_row=self.header_row,
            rows=self.rows,
            columns=self.columns,
            problems=problems,
            revision=revision,
        )


def find_leads(grid: Grid, known: Collection[str], *, name: str, area: Area = EVERYWHERE) -> Found:
    """Find the header and the leads below it.

    Args:
        grid: all rows from row 1, which may differ in length; blanks are None.
        known: headers that fields may go by.
        name: what the file is called in messages.
        area: the part of the grid in which the leads are.

    Raises:
        HeaderError: no row looks like a header.
    """
    left, top = area.first_column, area.first_row
    body = [row[left - 1 : area.last_column] for row in grid[top - 1 : area.last_row]]
    index = find_header(body[:SEARCH_DEPTH], known)
    if index is None and area != EVERYWHERE and body:
        index = 0
    if index is None:
        sought = f" (looked for columns such as {', '.join(list(known)[:8])})" if known else ""
        raise HeaderError(
            f"{name}: no row looks like a header{sought}",
            hint="give the columns names in one row above the leads",
        )
    leads = [(i, row) for i, row in enumerate(body) if i > index and _filled(row)]
    width = max((len(row) for row in (body[index], *(row for _, row in leads))), default=0)
    across = [_column(body[index], leads, place) for place in range(width)]
    used = [
        place
        for place, (head, values) in enumerate(across)
        if head is not None or any(value is not None for value in values)
    ]
    marks = [letters(left + place) for place in used]
    header = [across[place][0] for place in used]
    names = name_headers(header, marks, top + index)
    return Found(
        header_row=top + index,
        rows=[top + i for i, _ in leads],
        columns=[
            Column(header=name, letter=mark, values=across[place][1])
            for name, mark, place in zip(names, marks, used, strict=True)
        ],
        numbers={name: left + place for name, place in zip(names, used, strict=True)},
        header=header,
    )


def _filled(row: Sequence[CellValue]) -> bool:
    return any(v is not None and not (isinstance(v, str) and not v.strip()) for v in row)


def _column(
    header: Sequence[CellValue], leads: Sequence[tuple[int, Sequence[CellValue]]], place: int
) -> tuple[CellValue, list[CellValue]]:
    values = [row[place] if place < len(row) else None for _, row in leads]
    return (header[place] if place < len(header) else None), values
