"""One tab: its cells, and what inserting, deleting, dragging and sorting do to all it has.

A batch works on a copy that is cheap: rows are shared with the tab that it was copied from,
and a row is replaced, never changed.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

from tests.support.sheets_api import a1
from tests.support.sheets_api.cells import Item
from tests.support.sheets_api.errors import invalid
from tests.support.sheets_api.ranges import (
    COLUMNS,
    EDGES,
    ROWS,
    Area,
    Move,
    deleting,
    inserting,
    moving,
    shifted,
)


@dataclass(slots=True, kw_only=True)
class Sheet:
    """A tab of a spreadsheet."""

    sheet_id: int
    title: str
    row_count: int = 1000
    column_count: int = 26
    rows: list[list[Item]] = field(default_factory=list)  #: ragged; what is missing is empty
    properties: dict[str, Any] = field(default_factory=dict)  #: hidden, tabColor …
    grid: dict[str, Any] = field(default_factory=dict)  #: frozenRowCount, hideGridlines …
    merges: list[dict] = field(default_factory=list)  #: kept ranges
    protected: list[dict] = field(default_factory=list)
    conditional: list[dict] = field(default_factory=list)
    banded: list[dict] = field(default_factory=list)
    filter_views: list[dict] = field(default_factory=list)
    tables: list[dict] = field(default_factory=list)
    names: list[dict] = field(default_factory=list)  #: name, namedRangeId, range
    basic_filter: dict | None = None
    groups: dict[str, list[dict]] = field(default_factory=lambda: {ROWS: [], COLUMNS: []})
    sizes: dict[str, dict[int, dict]] = field(default_factory=lambda: {ROWS: {}, COLUMNS: {}})
    metadata: list[dict] = field(default_factory=list)  #: of rows, columns and the tab

    def copy(self) -> Sheet:
        """A tab to be changed while this one stays as it is."""
        return replace(
            self,
            rows=list(self.rows),
            properties=deepcopy(self.properties),
            grid=dict(self.grid),
            merges=deepcopy(self.merges),
            protected=deepcopy(self.protected),
            conditional=deepcopy(self.conditional),
            banded=deepcopy(self.banded),
            filter_views=deepcopy(self.filter_views),
            tables=deepcopy(self.tables),
            names=deepcopy(self.names),
            basic_filter=deepcopy(self.basic_filter),
            groups=deepcopy(self.groups),
            sizes={dimension: dict(sizes) for dimension, sizes in self.sizes.items()},
            metadata=deepcopy(self.metadata),
        )

    @property
    def area(self) -> Area:
        """All of it."""
        return Area(0, 0, self.row_count, self.column_count)

    @property
    def cells(self) -> int:
        """How many cells it counts for the spreadsheet's limit, empty ones included."""
        return self.row_count * self.column_count

    def size(self, dimension: str) -> int:
        """How many rows or columns."""
        return self.row_count if dimension == ROWS else self.column_count

    def within(self, range_: dict[str, Any]) -> Area:
        """A GridRange with all its edges, those beyond the tab cut off.

        Raises:
            ApiError: it begins beyond the tab.
        """
        top, left = range_.get("startRowIndex", 0), range_.get("startColumnIndex", 0)
        area = Area(
            top,
            left,
            min(range_.get("endRowIndex", self.row_count), self.row_count),
            min(range_.get("endColumnIndex", self.column_count), self.column_count),
        )
        if top >= self.row_count or left >= self.column_count:
            raise self.beyond(
                Area(
                    top,
                    left,
                    range_.get("endRowIndex", max(self.row_count, top + 1)),
                    range_.get("endColumnIndex", max(self.column_count, left + 1)),
                )
            )
        return area

    def beyond(self, area: Area) -> Exception:
        """The error for a range that the tab does not have."""
        return invalid(
            f"Range ({self.name(area)}) exceeds grid limits. Max rows: {self.row_count},"
            f" max columns: {self.column_count}"
        )

    def name(self, area: Area) -> str:
        """A range as answers echo it."""
        return a1.name(self.title, area.top, area.left, area.bottom, area.right)

    def item(self, row: int, column: int) -> Item:
        """What stands there; None for an empty cell."""
        if row < len(self.rows) and column < len(self.rows[row]):
            return self.rows[row][column]
        return None

    def put(self, row: int, column: int, items: list[Item]) -> None:
        """Put items side by side into one row."""
        rows = self.rows
        while len(rows) <= row:
            rows.append([])
        cells = list(rows[row])
        if len(cells) < column:
            cells += [None] * (column - len(cells))
        cells[column : column + len(items)] = items
        rows[row] = _trimmed(cells)

    def block(self, area: Area) -> list[list[Item]]:
        """All items of an area, empty ones as None."""
        blank: list[Item] = [None] * area.width
        return [
            (self.rows[row][area.left : area.right] + blank)[: area.width]
            if row < len(self.rows)
            else blank
            for row in range(area.top, area.bottom)
        ]

    def insert(self, dimension: str, start: int, count: int) -> None:
        """New rows or columns before `start`."""
        if dimension == ROWS:
            if start < len(self.rows):
                self.rows[start:start] = [[] for _ in range(count)]
        else:
            gap: list[Item] = [None] * count
            self.rows = [
                row[:start] + gap + row[start:] if start < len(row) else row for row in self.rows
            ]
        self._rearrange(dimension, inserting(start, count), count)

    def delete(self, dimension: str, start: int, end: int) -> None:
        """Take rows or columns out.

        Raises:
            ApiError: nothing would be left.
        """
        what = "rows" if dimension == ROWS else "columns"
        if end - start >= self.size(dimension):
            raise invalid(f"You can't delete all the {what} on the sheet.")
        frozen = self.grid.get("frozenRowCount" if dimension == ROWS else "frozenColumnCount", 0)
        if frozen and end - start >= self.size(dimension) - frozen and start <= frozen:
            raise invalid(f"Sorry, it is not possible to delete all non-frozen {what}.")
        if dimension == ROWS:
            del self.rows[start:end]
        else:
            self.rows = [_trimmed(row[:start] + row[end:]) for row in self.rows]
        self._rearrange(dimension, deleting(start, end), start - end)

    def move(self, dimension: str, start: int, end: int, destination: int) -> None:
        """Drag rows or columns; `destination` is counted before they are taken out."""
        target = destination - (end - start) if destination > start else destination
        if dimension == ROWS:
            self.rows += [[] for _ in range(max(end, destination) - len(self.rows))]
            taken = self.rows[start:end]
            del self.rows[start:end]
            self.rows[target:target] = taken
        else:
            self.rows = [_dragged(row, start, end, target) for row in self.rows]
        self._rearrange(dimension, moving(start, end, destination), 0)

    def _rearrange(self, dimension: str, move: Move, more: int) -> None:
        size = self.size(dimension)
        if dimension == ROWS:
            self.row_count += more
        else:
            self.column_count += more
        self.merges = [
            new for old in self.merges if (new := shifted(old, dimension, move, size)) is not None
        ]
        self.protected = _kept(self.protected, dimension, move, size)
        self.banded = _kept(self.banded, dimension, move, size)
        self.filter_views = _kept(self.filter_views, dimension, move, size)
        self.tables = _kept(self.tables, dimension, move, size)
        self.names = _kept(self.names, dimension, move, size)
        if self.basic_filter:
            self.basic_filter = next(iter(_kept([self.basic_filter], dimension, move, size)), None)
        self.conditional = [
            rule | {"ranges": ranges}
            for rule in self.conditional
            if (
                ranges := [
                    new
                    for old in rule["ranges"]
                    if (new := shifted(old, dimension, move, size)) is not None
                ]
            )
        ]
        self.sizes[dimension] = {
            new: size_
            for old, size_ in self.sizes[dimension].items()
            if (new := move(old)) is not None
        }
        self._rearrange_indexes(dimension, move, size)

    def _rearrange_indexes(self, dimension: str, move: Move, size: int) -> None:
        first, last = EDGES[dimension]
        for listed in (self.groups[dimension], self.metadata):
            kept = []
            for entry in listed:
                place = entry.get("range") or entry.get("location", {}).get("dimensionRange")
                if place and place["dimension"] == dimension:
                    edges = {first: place["startIndex"], last: place["endIndex"]}
                    new = shifted(edges, dimension, move, size)
                    if new is None:
                        continue
                    place |= {"startIndex": new[first], "endIndex": new[last]}
                kept.append(entry)
            listed[:] = kept


def _kept(entries: list[dict], dimension: str, move: Move, size: int) -> list[dict]:
    kept = []
    for entry in entries:
        new = shifted(entry["range"], dimension, move, size)
        if new is not None:
            kept.append(entry | {"range": new})
    return kept


def _dragged(row: list[Item], start: int, end: int, target: int) -> list[Item]:
    if start >= len(row) and target >= len(row):
        return row
    padded = row + [None] * (max(end, target + end - start) - len(row))
    taken = padded[start:end]
    left = padded[:start] + padded[end:]
    return _trimmed(left[:target] + taken + left[target:])


def _trimmed(row: list[Item]) -> list[Item]:
    while row and row[-1] is None:
        row.pop()
    return row
