"""Who is the same person, over rows and sources: the same e-mail address or phone number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sheetcrm.core.table.values import CellError, CellValue

FIELDS = ("email", "phone")


class Row(NamedTuple):
    """A lead of one of several tabs."""

    tab: int
    lead: int  #: number in the tab's order


@dataclass(frozen=True, kw_only=True, slots=True)
class Shared:
    """What several rows of a person have in common."""

    field: str
    value: str
    rows: Sequence[Row]


@dataclass(frozen=True, kw_only=True, slots=True)
class Repeated:
    """A person who stands in several rows; each of them shares something with another."""

    rows: Sequence[Row]
    shared: Sequence[Shared]


def repeated(tabs: Sequence[Mapping[str, Sequence[CellValue]]]) -> list[Repeated]:
    """The persons who stand in more than one row, in the order of their first rows.

    Who shares an address with one row and a number with another is one person with both.

    Args:
        tabs: of each tab the cleaned columns of its fields.
    """
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for tab, columns in enumerate(tabs):
        for field in FIELDS:
            for index, value in enumerate(columns.get(field, ())):
                if value is not None and not isinstance(value, CellError):
                    groups[field, str(value)].append(Row(tab, index))
    shared = [
        Shared(field=field, value=value, rows=rows)
        for (field, value), rows in groups.items()
        if len(rows) > 1
    ]
    first = _joined(shared)
    persons: dict[Row, list[Shared]] = defaultdict(list)
    for one in shared:
        persons[first[one.rows[0]]].append(one)
    return [
        Repeated(rows=sorted({row for one in own for row in one.rows}), shared=own)
        for _, own in sorted(persons.items())
    ]


def _joined(shared: Sequence[Shared]) -> dict[Row, Row]:
    """Each row with the first row of its person (union-find)."""
    parent: dict[Row, Row] = {}

    def root(row: Row) -> Row:
        parent.setdefault(row, row)
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    for one in shared:
        for row in one.rows:
            low, high = sorted((root(one.rows[0]), root(row)))
            parent[high] = low
    return {row: root(row) for row in list(parent)}
