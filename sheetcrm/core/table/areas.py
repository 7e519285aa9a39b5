"""Areas of cells such as ``B4:M200``, and ``Tab!B4:M``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sheetcrm.core.table.addresses import column_number, letters

MAX_ROW = 1_048_576
MAX_COLUMN = 16_384

_AREA = re.compile(
    r"\$?([A-Z]{1,3})?\$?([1-9]\d{0,6})?(?::\$?([A-Z]{1,3})?\$?([1-9]\d{0,6})?)?", re.IGNORECASE
)
_PLACE = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells, 1-based, both ends included."""

    first_column: int
    first_row: int
    last_column: int
    last_row: int

    def __str__(self) -> str:
        first = f"{letters(self.first_column)}{self.first_row}"
        last = f"{letters(self.last_column)}{self.last_row}"
        return first if first == last else f"{first}:{last}"

    def holds(self, row: int, column: int) -> bool:
        """Whether the cell lies inside."""
        return (
            self.first_row <= row <= self.last_row
            and self.first_column <= column <= self.last_column
        )

    def overlaps(self, other: Area) -> bool:
        """Whether any cell lies in both."""
        return (
            self.first_row <= other.last_row
            and other.first_row <= self.last_row
            and self.first_column <= other.last_column
            and other.first_column <= self.last_column
        )

    def through(self, column: int) -> Area:
        """The same rows, widened to the right so that `column` is the last."""
        return Area(self.first_column, self.first_row, max(column, self.last_column), self.last_row)


def parse_area(text: str) -> Area | None:
    """``B4:M`` (open below), ``A4:M200``, ``A:D``, ``$C$7`` → an area; None for anything else."""
    match = _AREA.fullmatch(text.strip())
    if not match or not any(match.groups()):
        return None
    single = ":" not in text
    left, top = match[1], match[2]
    if single and not (left and top):
        return None
    right, bottom = (left, top) if single else (match[3], match[4])
    area = Area(
        column_number(left) if left else 1,
        int(top) if top else 1,
        column_number(right) if right else MAX_COLUMN,
        int(bottom) if bottom else MAX_ROW,
    )
    return area if _in_grid(area) else None


def split_place(text: str) -> tuple[str, str] | None:
    """``'My tab'!B4:M`` → its tab and the rest; None without a ``!``."""
    match = _PLACE.fullmatch(text.strip())
    if not match:
        return None
    quoted, plain, rest = match.groups()
    return (quoted.replace("''", "'") if quoted else plain, rest)


def _in_grid(area: Area) -> bool:
    return (
        area.first_row <= area.last_row <= MAX_ROW
        and area.first_column <= area.last_column <= MAX_COLUMN
    )
