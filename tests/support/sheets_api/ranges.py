"""Rectangles of one tab: the API's GridRange and DimensionRange, and how they move.

A GridRange is kept as the JSON that came in, without its sheetId; an edge that it lacks is
the tab's own edge.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.support.sheets_api.errors import invalid

ROWS, COLUMNS = "ROWS", "COLUMNS"
EDGES = {ROWS: ("startRowIndex", "endRowIndex"), COLUMNS: ("startColumnIndex", "endColumnIndex")}

#: tells what an index becomes, and None for one that vanishes
Move = Callable[[int], int | None]


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle with all its edges, half open, from 0."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def height(self) -> int:
        """Rows."""
        return self.bottom - self.top

    @property
    def width(self) -> int:
        """Columns."""
        return self.right - self.left

    def meets(self, other: Area) -> bool:
        """Whether the two have a cell in common."""
        return (
            self.top < other.bottom
            and other.top < self.bottom
            and self.left < other.right
            and other.left < self.right
        )

    def holds(self, other: Area) -> bool:
        """Whether the other lies wholly in this one."""
        return (
            self.top <= other.top
            and other.bottom <= self.bottom
            and self.left <= other.left
            and other.right <= self.right
        )

    def json(self, sheet_id: int) -> dict[str, int]:
        """As a GridRange; a sheetId of 0 is left out, as Google does."""
        return grid_range(sheet_id, self.range())

    def range(self) -> dict[str, int]:
        """As it is kept."""
        return {
            "startRowIndex": self.top,
            "endRowIndex": self.bottom,
            "startColumnIndex": self.left,
            "endColumnIndex": self.right,
        }


def grid_range(sheet_id: int, edges: dict[str, int]) -> dict[str, int]:
    """A kept range as the API answers it."""
    return ({"sheetId": sheet_id} if sheet_id else {}) | edges


def edges(range_: dict[str, Any]) -> dict[str, int]:
    """A GridRange as it is kept.

    Raises:
        ApiError: an edge is negative, or the range is empty.
    """
    kept = {
        name: range_[name]
        for pair in EDGES.values()
        for name in pair
        if range_.get(name) is not None
    }
    for first, last in EDGES.values():
        start, end = kept.get(first, 0), kept.get(last)
        if start < 0 or (end is not None and end <= start):
            raise invalid(f"The range is empty or wrong: {first} {start}, {last} {end}.")
    return kept


def shifted(range_: dict[str, int], dimension: str, move: Move, size: int) -> dict | None:
    """A kept range after rows or columns moved; None where all of it vanished.

    Args:
        range_: the kept range.
        dimension: what moved.
        move: where each index goes.
        size: how many rows or columns the tab had before.
    """
    first, last = EDGES[dimension]
    if first not in range_ and last not in range_:
        return range_
    start, end = range_.get(first, 0), range_.get(last, size)
    left = [new for new in map(move, range(start, min(end, size))) if new is not None]
    if not left:
        return None
    changed = dict(range_)
    if first in range_:
        changed[first] = min(left)
    if last in range_:
        changed[last] = max(left) + 1
    return changed


def inserting(start: int, count: int) -> Move:
    """Where indexes go when `count` new ones come in before `start`."""
    return lambda index: index + count if index >= start else index


def deleting(start: int, end: int) -> Move:
    """Where indexes go when [start, end) is taken out."""
    return lambda index: index if index < start else None if index < end else index - (end - start)


def moving(start: int, end: int, destination: int) -> Move:
    """Where indexes go when [start, end) is dragged before `destination` (counted before)."""
    count = end - start

    def move(index: int) -> int:
        if start <= index < end:
            return index - start + (destination - count if destination > start else destination)
        if end <= index < destination:
            return index - count
        if destination <= index < start:
            return index + count
        return index

    return move
