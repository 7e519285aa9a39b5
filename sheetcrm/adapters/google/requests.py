"""Cells as the requests of `spreadsheets.batchUpdate`, in parts of a size that Google likes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, Final

from sheetcrm.adapters.google.edits import Cells
from sheetcrm.adapters.google.reading import Place
from sheetcrm.adapters.google.values import entered

LARGEST: Final = 2_000_000  #: bytes of one write (Google recommends two megabytes)
_CELL: Final = 48  # bytes of a cell's JSON around its text

_Run = tuple[int, int, str]  # first and last column, and what is set of their cells


def parts(cells: Cells, largest: int = LARGEST) -> list[Cells]:
    """The cells in parts of whole rows, from the top, each small enough for one write."""
    found: list[list[Place]] = []
    size = largest
    for _, row in groupby(sorted(cells.values), key=lambda place: place[0]):
        places = list(row)
        more = sum(_size(cells, place) for place in places)
        if size + more > largest:
            found.append([])
            size = 0
        found[-1] += places
        size += more
    return [cells] if len(found) == 1 else [cells.only(places) for places in found]


def updates(sheet_id: int, cells: Cells) -> list[dict[str, Any]]:
    """`updateCells` for runs of cells that touch, which set what must be set and nothing else."""
    open_runs: dict[_Run, list[dict[str, Any]]] = {}
    ends: dict[_Run, int] = {}
    requests = []
    for number, row in groupby(sorted(cells.values), key=lambda place: place[0]):
        for run, places in _runs(cells, list(row)):
            if ends.get(run) != number - 1:
                open_runs[run] = []
                requests.append(_update(sheet_id, number, run, open_runs[run]))
            open_runs[run].append({"values": [_cell(cells, place) for place in places]})
            ends[run] = number
    return requests


def growth(sheet_id: int, has: int, needs: int) -> Iterator[dict[str, Any]]:
    """More columns for the grid, where it has too few; a write never makes it grow."""
    if needs > has:
        more = {"sheetId": sheet_id, "dimension": "COLUMNS", "length": needs - has}
        yield {"appendDimension": more}


def _size(cells: Cells, place: Place) -> int:
    value = cells.formulas.get(place) or cells.values[place]
    return _CELL + (len(value.encode()) if isinstance(value, str) else 0)


def _runs(cells: Cells, places: Sequence[Place]) -> Iterator[tuple[_Run, Sequence[Place]]]:
    """The cells of a row in runs that touch and of which the same is set."""
    start = 0
    for index in range(1, len(places) + 1):
        if index == len(places) or (
            places[index][1] != places[index - 1][1] + 1
            or _fields(cells, places[index]) != _fields(cells, places[start])
        ):
            run = (places[start][1], places[index - 1][1], _fields(cells, places[start]))
            yield run, places[start:index]
            start = index


def _fields(cells: Cells, place: Place) -> str:
    found = "userEnteredValue"
    if place in cells.formats:
        found += ",userEnteredFormat.numberFormat"
    return f"{found},note" if place in cells.notes else found


def _cell(cells: Cells, place: Place) -> dict[str, Any]:
    formula = cells.formulas.get(place)
    found = entered(cells.values[place])
    if formula:
        found["userEnteredValue"] = {"formulaValue": formula}
    if cells.formats.get(place):
        found["userEnteredFormat"] = {"numberFormat": dict(cells.formats[place])}
    if cells.notes.get(place):
        found["note"] = cells.notes[place]
    return found


def _update(sheet_id: int, row: int, run: _Run, rows: list[dict[str, Any]]) -> dict[str, Any]:
    first, _, fields = run
    start = {"sheetId": sheet_id, "rowIndex": row - 1, "columnIndex": first - 1}
    return {"updateCells": {"start": start, "rows": rows, "fields": fields}}
