"""What may be wrong with a lead tab, as values: each finding with its places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from sheetcrm.core.table.reading import display
from sheetcrm.core.table.values import CellValue, Column, Severity, Tab

EXAMPLES = 3  #: different cells that a finding quotes
_LONG = 48  # characters of a cell that are quoted
_RUN = 3  # cells below each other that are told as one place


class Kind(StrEnum):
    """What a finding is about, in the order in which findings of one weight are told."""

    UNCALCULATED = "uncalculated"
    ERROR_CELLS = "error-cells"
    MERGED_CELLS = "merged-cells"
    UNREADABLE_EMAIL = "unreadable-email"
    MISSPELT_EMAIL = "misspelt-email"
    UNREADABLE_PHONE = "unreadable-phone"
    NO_CONTACT = "no-contact"
    UNREADABLE_DATE = "unreadable-date"
    UNREADABLE_NUMBER = "unreadable-number"
    UNREADABLE_YESNO = "unreadable-yesno"
    UNREADABLE_COUNTRY = "unreadable-country"
    IMPOSSIBLE_DATE = "impossible-date"
    RIVAL_COLUMNS = "rival-columns"
    MISSING_COLUMN = "missing-column"
    DUPLICATES = "duplicates"
    PHONE_WITHOUT_CODE = "phone-without-code"
    AMBIGUOUS_DATE = "ambiguous-date"
    TEXT_DATE = "text-date"
    TEXT_NUMBER = "text-number"
    MIXED_TYPES = "mixed-types"
    PLACEHOLDERS = "placeholders"
    STRAY_SPACES = "stray-spaces"
    SEVERAL_IN_CELL = "several-in-cell"
    BLANK_HEADER = "blank-header"
    REPEATED_HEADER = "repeated-header"
    PADDED_HEADER = "padded-header"
    EMPTY_FIELD = "empty-field"
    EMPTY_COLUMN = "empty-column"
    HIDDEN_ROWS = "hidden-rows"
    HIDDEN_COLUMNS = "hidden-columns"
    ACTIVE_FILTER = "active-filter"
    FORMULAS_BELOW = "formulas-below"


class Place(NamedTuple):
    """A cell or cells below each other; also a column (``C``) or a row (``12``)."""

    address: str
    cells: int = 1  #: how many of the finding's `count` it is


class Example(NamedTuple):
    """A cell as it stands, and what was most likely meant where that can be told."""

    cell: str
    shown: str
    meant: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing that is wrong, wherever it is."""

    kind: Kind
    severity: Severity
    count: int  #: of cells, rows, columns or areas, as `places` are
    places: Sequence[Place]  #: all of them, in the sheet's order
    column: str = ""  #: header
    field: str = ""
    about: str = ""  #: what else is to be named: another header, what a rule asks for
    examples: Sequence[Example] = ()

    def where(self, most: int = 3) -> tuple[str, int]:
        """The first places as ``C7, C19, C44:C50``, and how many more cells there are."""
        first = self.places[:most]
        return ", ".join(place.address for place in first), self.count - sum(
            place.cells for place in first
        )


def in_cells(
    kind: Kind,
    severity: Severity,
    tab: Tab,
    column: Column,
    indexes: Sequence[int],
    *,
    field: str = "",
    about: str = "",
    examples: Sequence[Example] | None = None,
) -> Finding:
    """A finding in these leads' cells of a column.

    Args:
        kind: what it is.
        severity: how bad it is.
        tab: where the column stands.
        column: whose cells they are.
        indexes: of the leads, rising.
        field: what the column means.
        about: what else is to be named.
        examples: to be quoted; where they are None, the first different cells as they stand.
    """
    if examples is None:
        examples = _first(tab, column, indexes)
    return Finding(
        kind=kind,
        severity=severity,
        count=len(indexes),
        places=list(_places(column.letter, [tab.rows[index] for index in indexes])),
        column=column.header,
        field=field,
        about=about,
        examples=list(examples)[:EXAMPLES],
    )


def quoted(value: CellValue) -> str:
    """A cell as a person sees it, spaces included, but not too long."""
    text = display(value).replace("\n", "⏎")
    return text if len(text) <= _LONG else text[: _LONG - 1] + "…"


def _first(tab: Tab, column: Column, indexes: Iterable[int]) -> list[Example]:
    """The first cells that differ from each other."""
    found: dict[str, Example] = {}
    for index in indexes:
        text = quoted(column.values[index])
        found.setdefault(text, Example(f"{column.letter}{tab.rows[index]}", text))
        if len(found) == EXAMPLES:
            break
    return list(found.values())


def _places(letter: str, rows: Sequence[int]) -> Iterator[Place]:
    """The rows' cells of a column; three and more below each other are one place."""
    start = 0
    for end in range(1, len(rows) + 1):
        if end < len(rows) and rows[end] == rows[end - 1] + 1:
            continue
        if end - start >= _RUN:
            yield Place(f"{letter}{rows[start]}:{letter}{rows[end - 1]}", end - start)
        else:
            yield from (Place(f"{letter}{row}") for row in rows[start:end])
        start = end
