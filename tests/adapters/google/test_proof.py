"""What is asked for as proof, what is sent, and what counts as proven."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from sheetcrm.adapters.google.edits import Cells
from sheetcrm.adapters.google.proof import Expected, a1, columns_of, watched
from sheetcrm.adapters.google.reading import Sheet
from sheetcrm.adapters.google.requests import growth, parts, updates
from sheetcrm.core.table.areas import Area

PLACES = st.tuples(st.integers(2, 400), st.integers(1, 30))
RAW = st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.text("ab=", max_size=9))
CELLS = st.dictionaries(PLACES, RAW, min_size=1, max_size=40)


def sheet_with(cells: dict) -> Sheet:
    rows: dict[int, dict] = {}
    for (row, column), raw in cells.items():
        if raw is not None and raw != "":
            rows.setdefault(row, {})[column] = raw
    return Sheet(id=7, title="Leads", rows=500, columns=40, cells=rows)


def sent(requests: list[dict]) -> dict:
    """What the requests put where, by the API's own words; every cell at most once."""
    found: dict = {}
    for request in requests:
        update = request["updateCells"]
        start, fields = update["start"], update["fields"].split(",")
        assert start["sheetId"] == 7
        for down, row in enumerate(update["rows"], start["rowIndex"] + 1):
            for column, cell in enumerate(row["values"], start["columnIndex"] + 1):
                assert (down, column) not in found
                value = cell.get("userEnteredValue", {})
                found[down, column] = next(iter(value.values()), None)
                assert set(cell) <= {field.partition(".")[0] for field in fields}
    return found


@given(CELLS, st.sets(PLACES, max_size=9), st.sets(PLACES, max_size=9))
def test_exactly_the_cells_are_set(cells, dated, noted):
    formats = {place: {"type": "DATE"} for place in dated.intersection(cells)}
    notes = dict.fromkeys(noted.intersection(cells), "ours")
    all_of_it = Cells(values=cells, formats=formats, notes=notes)
    assert sent(updates(7, all_of_it)) == cells


@given(CELLS, st.integers(60, 900))
def test_parts_are_whole_rows_from_the_top(cells, largest):
    found = parts(Cells(values=cells), largest)
    assert [place for part in found for place in part.values] == sorted(cells) or len(found) == 1
    assert {p: v for part in found for p, v in part.values.items()} == cells
    rows = [{row for row, _ in part.values} for part in found]
    assert all(max(above) < min(below) for above, below in itertools.pairwise(rows))
    assert all(part.values for part in found)


@given(CELLS, st.sets(st.integers(1, 30), min_size=1, max_size=3))
def test_every_cell_is_watched_with_its_keys(cells, keys):
    areas = watched(1, cells, keys, 30)
    assert areas[0].holds(1, 30)
    for row, column in cells:
        for watched_column in (column, *keys):
            assert any(area.holds(row, watched_column) for area in areas)
    assert len(areas) < 300
    assert all(area.holds(*place) for area in columns_of(cells, Area(1, 1, 30, 400), 30)
               for place in [(1, area.first_column), (400, area.last_column)])  # fmt: skip


@given(CELLS, CELLS)
def test_what_differs_is_found_and_nothing_else(before, now):
    area = Area(1, 1, 30, 400)
    known, seen = sheet_with(before), sheet_with(now)
    place = Expected(before=known).first_difference(seen, [area])
    assert (place is None) == (known.cells == seen.cells)
    if place:
        assert known.at(*place) != seen.at(*place) or type(known.at(*place)) is not type(
            seen.at(*place)
        )


@given(CELLS, CELLS)
def test_what_was_written_is_expected(before, written):
    written = {place: raw or None for place, raw in written.items() if raw is not False}
    expected = Expected(before=sheet_with(before), written=written)
    after = sheet_with({**before, **written})
    assert expected.first_difference(after, [Area(1, 1, 30, 400)]) is None


def test_ranges_are_named_as_google_names_them():
    areas = watched(3, [(4, 5), (5, 5)], [2], 9)
    assert a1("Lead's", areas) == ["'Lead''s'!3:3", "'Lead''s'!B4:B5", "'Lead''s'!E4:E5"]


def test_the_grid_grows_only_where_it_must():
    assert list(growth(7, 5, 5)) == []
    (request,) = growth(7, 5, 8)
    assert request["appendDimension"] == {"sheetId": 7, "dimension": "COLUMNS", "length": 3}
