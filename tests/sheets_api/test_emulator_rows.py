"""Rows and columns: inserting, deleting, dragging, sorting, and what goes along with them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from gspread.exceptions import APIError
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.sheets_api import requests_dimensions
from tests.support.sheets_api.ranges import COLUMNS, ROWS, Area
from tests.support.sheets_api.sheet import Sheet


def refused(call, *args):
    with pytest.raises(APIError) as error:
        call(*args)
    return error.value.error["message"]


def span(dimension, start, end):
    return {"sheetId": 0, "dimension": dimension, "startIndex": start, "endIndex": end}


def ids(book):
    return [row[0] if row else None for row in book.tab().values()[1:]]


def test_insert_and_delete(post, book):
    """Recorded."""
    post({"insertDimension": {"range": span(ROWS, 2, 4), "inheritFromBefore": False}})
    assert ids(book) == ["L1", None, None, "L2", "L3"]
    assert book.tab().sheet.row_count == 1002
    post({"deleteDimension": {"range": span(ROWS, 2, 4)}})
    post({"deleteDimension": {"range": span(COLUMNS, 1, 2)}})
    assert book.tab().values()[1] == ["L1", 10]
    assert book.tab().sheet.column_count == 25


@pytest.mark.parametrize(
    ("rows", "destination", "expected"),
    [
        ((1, 2), 4, ["L2", "L3", "L1"]),
        ((3, 4), 1, ["L3", "L1", "L2"]),
        ((1, 3), 4, ["L3", "L1", "L2"]),
    ],
)
def test_move_counts_the_place_before_the_rows_are_taken_out(
    post, book, rows, destination, expected
):
    """Seen live by others."""
    book.tab().set("C2", 10, note="goes along", format={"textFormat": {"bold": True}})
    post({"moveDimension": {"source": span(ROWS, *rows), "destinationIndex": destination}})
    assert ids(book) == expected
    assert book.tab().cell(f"C{expected.index('L1') + 2}").note == "goes along"


def test_move_onto_itself(post):
    """Seen live by others."""
    assert refused(post, {"moveDimension": {"source": span(ROWS, 1, 2), "destinationIndex": 1}})


def sort_request(*specs, area=(1, 4, 0, 3)):
    names = ("startRowIndex", "endRowIndex", "startColumnIndex", "endColumnIndex")
    range_ = dict(zip(names, area, strict=True))
    orders = [{"dimensionIndex": i, "sortOrder": order} for i, order in specs]
    return {"sortRange": {"range": range_, "sortSpecs": orders}}


def test_sort_by_a_column_of_the_sheet(post, book):
    """Recorded; that the index counts from the sheet's edge was seen live by others."""
    post(sort_request((2, "DESCENDING")))
    assert ids(book) == ["L3", "L2", "L1"]
    post(sort_request((1, "ASCENDING"), area=(1, 4, 1, 3)))
    assert book.tab().values()[1:] == [["L3", "Ana", 10], ["L2", "Budi", 20], ["L1", "Citra", 30]]
    assert "outside" in refused(post, sort_request((0, "ASCENDING"), area=(1, 4, 1, 3)))


def test_sort_puts_numbers_first_and_empty_cells_last(post, book):
    """Documented in the help of Sheets."""
    tab = book.tab("Other")
    with book.changing() as changed:
        changed.sheets.reverse()  # so that Other is the first, and has the id 0
        changed.sheets[0].sheet_id, changed.sheets[1].sheet_id = 0, tab.sheet_id
    tab = book.tab("Other")
    tab.fill([[True], ["b"], [None, "x"], [2], ["A"], [-1], [False]])
    post(sort_request((0, "ASCENDING"), area=(0, 7, 0, 2)))
    assert [row[0] for row in tab.values()] == [-1, 2, "A", "b", False, True, None]
    post(sort_request((0, "DESCENDING"), area=(0, 7, 0, 2)))
    assert [row[0] for row in tab.values()] == [True, False, "b", "A", 2, -1, None]


def test_what_lies_over_the_cells_moves_with_them(sheet, post, book):
    """Documented in the help of Sheets: ranges grow, shrink, shift and vanish."""
    tab = book.tab()
    tab.protect("A2:C4", editors=["robot@sheetcrm-test.iam.gserviceaccount.com"])
    tab.merge("A6:B7")
    tab.colour_by_rule("C2:C4", {"type": "NOT_BLANK"}, {"textFormat": {"bold": True}})
    book.name_range("Scores", "Leads!C2:C4")
    tab.filter("A1:C4")
    post({"insertDimension": {"range": span(ROWS, 2, 3)}})
    post({"insertDimension": {"range": span(COLUMNS, 0, 1)}})
    whole = tab.sheet
    rows = {"startRowIndex": 1, "endRowIndex": 5}
    assert whole.protected[0]["range"] == rows | {"startColumnIndex": 1, "endColumnIndex": 4}
    assert whole.conditional[0]["ranges"] == [rows | {"startColumnIndex": 3, "endColumnIndex": 4}]
    assert whole.basic_filter["range"] == {
        "startRowIndex": 0,
        "endRowIndex": 5,
        "startColumnIndex": 1,
        "endColumnIndex": 4,
    }
    assert whole.merges == [
        {"startRowIndex": 6, "endRowIndex": 8, "startColumnIndex": 1, "endColumnIndex": 3}
    ]
    assert sheet.values_get("Scores")["range"] == "Leads!D2:D5"
    post({"deleteDimension": {"range": span(COLUMNS, 3, 4)}})
    assert tab.sheet.conditional == []
    assert book.book.names == []


def metadata(location, key="lead", value="L2", **more):
    given = {
        "metadataKey": key,
        "metadataValue": value,
        "location": location,
        "visibility": "DOCUMENT",
    }
    return {"createDeveloperMetadata": {"developerMetadata": given | more}}


class TestDeveloperMetadata:
    """What follows what was seen live by others; the rest is documented."""

    @pytest.fixture
    def search(self, sheet, sheets_api):
        def send(**lookup):
            url = f"{sheets_api.url}/v4/spreadsheets/{sheet.id}/developerMetadata:search"
            body = {"dataFilters": [{"developerMetadataLookup": lookup}]}
            found = sheet.client.request("post", url, json=body).json()
            return [one["developerMetadata"] for one in found.get("matchedDeveloperMetadata", [])]

        return send

    def place(self, search):
        return search(metadataKey="lead")[0]["location"]["dimensionRange"]["startIndex"]

    def test_a_row_s_note_follows_its_row(self, post, search, book):
        post(metadata({"dimensionRange": span(ROWS, 2, 3)}))
        post({"insertDimension": {"range": span(ROWS, 1, 2)}})
        assert self.place(search) == 3
        post({"moveDimension": {"source": span(ROWS, 3, 4), "destinationIndex": 1}})
        assert self.place(search) == 1
        post(sort_request((0, "ASCENDING"), area=(1, 5, 0, 3)))
        assert book.tab().values()[self.place(search)][0] == "L2"
        post({"deleteDimension": {"range": span(ROWS, 2, 3)}})
        assert search(metadataKey="lead") == []

    def test_it_stays_behind_when_cells_are_cut(self, post, search, book):
        post(metadata({"dimensionRange": span(ROWS, 2, 3)}))
        book.tab().cut_row(3, to=10)
        assert self.place(search) == 2

    def test_values_by_note(self, post, sheet, sheets_api):
        post(metadata({"dimensionRange": span(ROWS, 2, 3)}))
        url = f"{sheets_api.url}/v4/spreadsheets/{sheet.id}/values:batchGetByDataFilter"
        body = {"dataFilters": [{"developerMetadataLookup": {"metadataValue": "L2"}}]}
        answer = sheet.client.request("post", url, json=body).json()
        assert answer["valueRanges"][0]["valueRange"]["values"] == [["L2", "Budi", "20"]]

    def test_an_id_is_there_once(self, post, search):
        post(metadata({"spreadsheet": True}, metadataId=4711))
        assert refused(post, metadata({"sheetId": 0}, metadataId=4711))
        assert [one["location"]["locationType"] for one in search(metadataId=4711)] == [
            "SPREADSHEET"
        ]
        lookup = {"developerMetadataLookup": {"metadataId": 4711}}
        answer = post({"deleteDeveloperMetadata": {"dataFilter": lookup}})
        assert len(answer["replies"][0]["deleteDeveloperMetadata"]["deletedDeveloperMetadata"]) == 1
        assert search(metadataId=4711) == []

    def test_30_000_characters_a_tab(self, post):
        post(metadata({"sheetId": 0}, value="x" * 29_990))
        assert "30000" in refused(post, metadata({"sheetId": 0}, value="x" * 10))

    def test_where_it_is_looked_for(self, post, search):
        post(metadata({"dimensionRange": span(ROWS, 2, 3)}), metadata({"sheetId": 0}, value="tab"))
        post(metadata({"spreadsheet": True}, value="all"))

        def values(**lookup):
            return [one["metadataValue"] for one in search(**lookup)]

        assert sorted(values()) == ["L2", "all", "tab"]
        assert values(locationType="ROW") == ["L2"]
        on_tab = {"metadataLocation": {"sheetId": 0}}
        assert values(**on_tab, locationMatchingStrategy="INTERSECTING_LOCATION") == ["L2", "tab"]
        assert values(**on_tab, locationMatchingStrategy="EXACT_LOCATION") == ["tab"]
        assert values(metadataLocation={"dimensionRange": span(ROWS, 5, 6)}) == ["tab"]
        everywhere = {"metadataLocation": {"spreadsheet": True}}
        assert values(**everywhere, locationMatchingStrategy="EXACT_LOCATION") == ["all"]
        with pytest.raises(APIError, match="specified as INTERSECTING"):
            values(**everywhere, locationMatchingStrategy="INTERSECTING_LOCATION")

    @pytest.mark.parametrize(
        ("lane", "words"),
        [
            (span(ROWS, 1, 3), "DimensionRange must represent a single row or column"),
            (
                {"sheetId": 0, "dimension": "ROWS", "startIndex": 1},
                "DimensionRange must specify both a startIndex and an endIndex",
            ),
        ],
    )
    def test_places_that_it_cannot_have(self, post, lane, words):
        assert words in refused(post, metadata({"dimensionRange": lane}))

    def test_another_value(self, post, search):
        post(metadata({"sheetId": 0}))
        change = {
            "dataFilters": [{"developerMetadataLookup": {"metadataKey": "lead"}}],
            "developerMetadata": {"metadataValue": "L9"},
            "fields": "metadataValue",
        }
        post({"updateDeveloperMetadata": change})
        assert search(metadataKey="lead")[0]["metadataValue"] == "L9"


steps = st.lists(
    st.tuples(
        st.sampled_from(["insert", "delete", "move"]),
        st.sampled_from([ROWS, COLUMNS]),
        st.integers(0, 5),
        st.integers(1, 3),
        st.integers(0, 6),
    ),
    max_size=6,
)


@settings(max_examples=60)
@given(steps)
def test_rows_and_columns_move_as_in_a_plain_list(plan):
    """A tab and a list of lists stay the same under any sequence of insert, delete and move."""
    model = [[f"{row},{column}" for column in range(6)] for row in range(6)]
    sheet = Sheet(sheet_id=0, title="T", row_count=6, column_count=6, rows=[list(r) for r in model])
    start = sheet.copy()
    for kind, dimension, index, count, target in plan:
        size = sheet.size(dimension)
        end = index + count
        if kind != "insert" and (end > size or count >= size):
            continue
        if kind == "move" and (index <= target <= end or target > size):
            continue
        if index > size:
            continue
        lines = model if dimension == ROWS else [list(line) for line in zip(*model, strict=True)]
        blank = [None] * len(lines[0])
        if kind == "insert":
            sheet.insert(dimension, index, count)
            lines[index:index] = [list(blank) for _ in range(count)]
        elif kind == "delete":
            sheet.delete(dimension, index, end)
            del lines[index:end]
        else:
            sheet.move(dimension, index, end, target)
            taken = lines[index:end]
            del lines[index:end]
            place = target - count if target > index else target
            lines[place:place] = taken
        model = lines if dimension == ROWS else [list(line) for line in zip(*lines, strict=True)]
    assert sheet.block(sheet.area) == model
    assert start.block(start.area) == [[f"{r},{c}" for c in range(6)] for r in range(6)]


cells = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 5), st.sampled_from(["a", "B", "b", "ñ"])
)


@settings(max_examples=60)
@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=12), st.booleans())
def test_sorting_keeps_rows_whole_and_in_order(rows, descending):
    """Nothing is lost, equals stay in their order, and empty cells are last."""
    numbered = [[*row, index] for index, row in enumerate(rows)]
    sheet = Sheet(sheet_id=0, title="T", rows=[list(row) for row in numbered])
    requests_dimensions.sort(sheet, Area(0, 0, len(rows), 3), [(0, descending)])
    after = sheet.block(Area(0, 0, len(rows), 3))
    assert sorted(row[2] for row in after) == list(range(len(rows)))
    assert all(numbered[row[2]] == row for row in after)
    first = [row[0] for row in after]
    filled = [value for value in first if value is not None]
    assert first == filled + [None] * (len(first) - len(filled))
    for one, other in pairwise(after):
        if one[0] == other[0] and type(one[0]) is type(other[0]):
            assert one[2] < other[2]


def test_hidden_rows_are_read_and_written_like_all_others(sheet, post, book):
    """Known of the API: only the browser hides."""
    book.tab().hide_rows(3)
    assert sheet.values_get("Leads!A1:A4")["values"] == [["ID"], ["L1"], ["L2"], ["L3"]]
    data = sheet.client.spreadsheets_get(
        sheet.id, {"fields": "sheets.data.rowMetadata", "ranges": "Leads!A1:A4"}
    )
    sizes = data["sheets"][0]["data"][0]["rowMetadata"]
    assert [one.get("hiddenByUser", False) for one in sizes] == [False, False, True, False]
    post({"deleteDimension": {"range": span(ROWS, 1, 2)}})
    assert book.tab().sheet.sizes[ROWS] == {1: {"hiddenByUser": True}}
