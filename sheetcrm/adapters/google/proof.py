"""Whether a tab still is what a write was decided on, and whether the write stands where it must.

Only the cells around those that are written are looked at: their rows in the columns by which
leads are known and in those that are written, and the whole header row.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sheetcrm.adapters.google.address import MAX_COLUMN, quoted
from sheetcrm.adapters.google.reading import Place, Sheet
from sheetcrm.adapters.google.values import Raw, alike
from sheetcrm.core.table.addresses import letters
from sheetcrm.core.table.areas import Area

_NEAR: Final = 50  # rows: cells that are no further apart are asked for together
_MOST: Final = 200  # ranges in one request
_BLANK: Final[Mapping[int, Raw]] = {}


@dataclass(kw_only=True)
class Expected:
    """What should stand in a tab: what was read, and over it what we have written since."""

    before: Sheet
    written: dict[Place, Raw] = field(default_factory=dict)

    def at(self, row: int, column: int) -> Raw:
        """What should stand in a cell."""
        place = (row, column)
        return self.written[place] if place in self.written else self.before.at(row, column)

    def first_difference(
        self, found: Sheet, areas: Iterable[Area], *, but: Container[Place] = ()
    ) -> Place | None:
        """The first cell of these areas in which something else stands, `but` these."""
        before, written = self.before.cells, self.written
        width = max(self.before.last_column, found.last_column)
        width = max(width, max((column for _, column in written), default=0))
        for area in areas:
            columns = range(area.first_column, min(area.last_column, width) + 1)
            for row in range(area.first_row, area.last_row + 1):
                was, is_ = before.get(row, _BLANK), found.cells.get(row, _BLANK)
                if was is is_ and not written:
                    continue
                for column in columns:
                    should = was.get(column)
                    if written and (row, column) in written:
                        should = written[row, column]
                    stands = is_.get(column)
                    if should is stands or alike(should, stands):
                        continue
                    if (row, column) not in but:
                        return (row, column)
        return None


def watched(
    header_row: int, cells: Collection[Place], keys: Collection[int], grid_columns: int
) -> list[Area]:
    """The areas that vouch for a write of these cells.

    Args:
        header_row: the row of the headers, which is watched whole.
        cells: those that are written.
        keys: the columns by which leads are known.
        grid_columns: how many the sheet has; what lies beyond cannot be asked for.
    """
    rows = sorted({row for row, _ in cells})
    columns = {column for _, column in cells if column <= grid_columns}
    blocks = list(_blocks(sorted(columns.union(keys))))
    near = _NEAR
    clusters = list(_clusters(rows, near))
    while len(clusters) * len(blocks) > _MOST:
        near *= 4
        clusters = list(_clusters(rows, near))
    found = [Area(1, header_row, MAX_COLUMN, header_row)]
    for top, bottom in clusters:
        found += [Area(left, top, right, bottom) for left, right in blocks]
    return found


def columns_of(cells: Collection[Place], area: Area, grid_columns: int) -> list[Area]:
    """The columns of these cells from top to bottom: what people type into ours counts."""
    columns = sorted({column for _, column in cells if column <= grid_columns})
    return [Area(left, area.first_row, right, area.last_row) for left, right in _blocks(columns)]


def a1(title: str, areas: Iterable[Area]) -> list[str]:
    """The areas in A1 notation."""
    return [f"{quoted(title)}!{_a1(area)}" for area in areas]


def same_formulas(before: Sheet, guard: Sheet, cells: Collection[Place]) -> bool:
    """Whether the cells hold the formulas that they held, or none as they did."""
    places = {*before.formulas, *guard.formulas}.intersection(cells)
    return all(before.formulas.get(place) == guard.formulas.get(place) for place in places)


def _a1(area: Area) -> str:
    if area.last_column >= MAX_COLUMN:
        return f"{area.first_row}:{area.last_row}"
    first = f"{letters(area.first_column)}{area.first_row}"
    return f"{first}:{letters(area.last_column)}{area.last_row}"


def _blocks(columns: Sequence[int]) -> Iterator[tuple[int, int]]:
    return _clusters(columns, 1)


def _clusters(numbers: Sequence[int], near: int) -> Iterator[tuple[int, int]]:
    """First and last of sorted numbers that are no further apart than `near`."""
    start = last = None
    for number in numbers:
        if start is None or last is None:
            start = number
        elif number - last > near:
            yield start, last
            start = number
        last = number
    if start is not None and last is not None:
        yield start, last
