"""The id column: whatever people do to the sheet, everybody stays who they are.

What is remembered of a lead (its stage, since when, its messages, a person's score) goes by its id.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from sheetcrm.adapters.memory import FixedClock
from sheetcrm.core.table.values import CellValue
from sheetcrm.engine.sync import sync
from tests.engine.hands import Grid, Hands, HandsOnMemory, HandsOnWorkbook
from tests.engine.team import NOW, Make

START: Grid = [
    ["Name", "Email", "City", "Budget", "Language", "Notes"],
    ["Ana Putri", "ana@example.com", "Jakarta", 100, "en", "keep"],
    ["Budi", "budi@example.com", "Jakarta", None, "en", "me"],
    ["Citra", "citra@example.com", "Bandung", 40, "en", "here"],
    ["Dewi", None, "Jakarta", 90, "en", None],
    ["Dewi", None, "Jakarta", 90, "en", None],
]
LATER = NOW + timedelta(days=3)


def place(grid: Grid, header: str) -> int:
    return grid[0].index(header)


def sort(grid: Grid) -> Grid:
    return [grid[0], *sorted(grid[1:], key=lambda row: str(row[1]), reverse=True)]


def sort_all_but_the_ids(grid: Grid) -> Grid:
    """The three whose addresses tell who they are; the id column is left where it is."""
    at = place(grid, "Lead ID")
    ids = [row[at] for row in grid]
    moved = [grid[0], grid[3], grid[1], grid[2], *grid[4:]]
    return [[*row[:at], id_, *row[at + 1 :]] for row, id_ in zip(moved, ids, strict=True)]


def insert_rows(grid: Grid) -> Grid:
    blank: list[CellValue] = [None] * len(grid[0])
    new = ["Eko", "eko@example.com", "Jakarta", 10, "en", None, *blank[6:]]
    return [grid[0], blank, new, *grid[1:3], blank, *grid[3:]]


def insert_columns(grid: Grid) -> Grid:
    at = place(grid, "Lead ID")
    return [["A" if i == 0 else "x", *row[:at], None, *row[at:]] for i, row in enumerate(grid)]


def copy_rows(grid: Grid) -> Grid:
    """One below itself, one at the end as the beginning of somebody else."""
    other = ["Fajar", "fajar@example.com", *grid[2][2:]]
    return [*grid[:2], list(grid[1]), *grid[2:], other]


def copy_all_below(grid: Grid) -> Grid:
    return [*grid, *[list(row) for row in grid[1:4]]]


def delete_the_id_column(grid: Grid) -> Grid:
    at = place(grid, "Lead ID")
    return [[*row[:at], *row[at + 1 :]] for row in sort(grid[:4])] + [
        [*row[:at], *row[at + 1 :]] for row in grid[4:]
    ]


def clear_some_ids(grid: Grid) -> Grid:
    at = place(grid, "Lead ID")
    return [
        [*row[:at], None if i in {1, 3} else row[at], *row[at + 1 :]] for i, row in enumerate(grid)
    ]


def move_the_id_column_to_the_front(grid: Grid) -> Grid:
    at = place(grid, "Lead ID")
    return [[row[at], *row[:at], *row[at + 1 :]] for row in grid]


def write_its_header_otherwise(grid: Grid) -> Grid:
    at = place(grid, "Lead ID")
    return [[*grid[0][:at], "lead id", *grid[0][at + 1 :]], *grid[1:]]


def correct_an_address(grid: Grid) -> Grid:
    rows = sort(grid)
    return [["budi.s@example.com" if v == "budi@example.com" else v for v in row] for row in rows]


def ids_of(grid: Grid) -> dict[CellValue, list[CellValue]]:
    """Name → the ids beside it, from the top."""
    header = next(row for row in grid if "Name" in row)
    name = header.index("Name")
    at = next(i for i, title in enumerate(header) if str(title).casefold() == "lead id")
    found: dict[CellValue, list[CellValue]] = {}
    for row in grid:
        if row is not header and row[name]:
            found.setdefault(row[name], []).append(row[at])
    return found


@pytest.mark.parametrize("hands_on", [HandsOnMemory, HandsOnWorkbook])
@pytest.mark.parametrize(
    "change",
    [
        sort,
        sort_all_but_the_ids,
        insert_rows,
        insert_columns,
        copy_rows,
        copy_all_below,
        delete_the_id_column,
        clear_some_ids,
        move_the_id_column_to_the_front,
        write_its_header_otherwise,
        correct_an_address,
    ],
)
def test_everybody_stays_who_they_are(
    make: Make, hands_on: Callable[[Grid], Hands], change: Callable[[Grid], Grid]
) -> None:
    hands = hands_on([list(row) for row in START])
    workspace = make(hands.source)
    sync(workspace)
    before = ids_of(hands.look())
    moves = {
        lead: workspace.ledger.lead("leads", lead).moves for ids in before.values() for lead in ids
    }
    drafts = [draft.key for draft in workspace.ledger.drafts()]
    hands.put(change([list(row) for row in hands.look()]))
    later = replace(workspace, clock=FixedClock(LATER))
    assert sync(later).exit_code == 0
    after = ids_of(hands.look())
    hands.close()
    for name, ids in before.items():
        assert set(ids) <= set(after[name]), name
    everybody = [lead for ids in after.values() for lead in ids]
    assert None not in everybody
    assert len(set(everybody)) == len(everybody)
    for lead, known in moves.items():
        assert workspace.ledger.lead("leads", lead).moves == known
        assert not workspace.ledger.lead("leads", lead).known.gone
    assert [draft.key for draft in workspace.ledger.drafts()][: len(drafts)] == drafts
