"""The emulator and Google's own description of the API (its discovery document)."""

from __future__ import annotations

import json
import time

import pytest
import requests
from gspread.exceptions import APIError

from tests.support.sheets_api import Cell, batch, routes, schema
from tests.support.sheets_api.errors import ApiError

#: Kinds of request that the emulator answers with 501, because no lead list needs them.
LEFT_OUT = {
    "addChart", "addCommentReply", "addDataSource", "addSlicer", "autoFill",
    "cancelDataSourceRefresh", "deleteComment", "deleteCommentReply", "deleteDataSource",
    "deleteDuplicates", "deleteEmbeddedObject", "duplicateFilterView", "insertComment",
    "pasteData", "randomizeRange", "refreshDataSource", "textToColumns", "trimWhitespace",
    "updateBanding", "updateBorders", "updateChartSpec", "updateCommentPost", "updateDataSource",
    "updateDimensionGroup", "updateEmbeddedObjectBorder", "updateEmbeddedObjectPosition",
    "updateFilterView", "updateSlicerSpec",
}  # fmt: skip


def test_every_call_of_the_api_has_a_route():
    paths = {
        name: method["path"].replace("{spreadsheetId}", "ID").replace("{range}", "A1")
        for name, method in schema.methods().items()
    }
    for name, pattern in paths.items():
        path = "/" + pattern.replace("{metadataId}", "7").replace("{sheetId}", "7")
        route = routes.find(schema.methods()[name]["httpMethod"], path)
        assert route is not None, path
        assert route.operation == name


def test_every_kind_of_request_is_known_or_left_out():
    kinds = set(schema.document()["schemas"]["Request"]["properties"])
    assert batch.known() <= kinds
    assert kinds - batch.known() == LEFT_OUT


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            {"requests": [{"updateCells": {"frob": 1}}]},
            "Invalid JSON payload received. Unknown name \"frob\" at 'requests[0].update_cells': Cannot find field.",
        ),
        ({"frob": 1}, 'Invalid JSON payload received. Unknown name "frob": Cannot find field.'),
        (
            {"requests": [{"appendDimension": {"length": "many"}}]},
            "Invalid value at 'requests[0].append_dimension.length' (TYPE_INT32), \"many\"",
        ),
        (
            {"requests": [{"appendDimension": {"dimension": "ROWSES"}}]},
            "Invalid value at 'requests[0].append_dimension.dimension' (type.googleapis.com/google.apps.sheets.v4.Dimension), \"ROWSES\"",
        ),
        (
            {"includeSpreadsheetInResponse": "yes"},
            "Invalid value at 'include_spreadsheet_in_response' (TYPE_BOOL), \"yes\"",
        ),
    ],
)
def test_what_google_does_not_know_is_refused(body, words):
    """Seen live by others for unknown names; the rest is how all of Google's APIs say it."""
    with pytest.raises(ApiError) as error:
        schema.checked("BatchUpdateSpreadsheetRequest", body)
    assert error.value.message == words


def test_what_google_understands_is_understood():
    """Protocol buffers' JSON: both spellings of names, null for nothing, numbers as text."""
    body = {
        "requests": [
            {"append_dimension": {"sheet_id": "7", "dimension": "ROWS", "length": 2.0}},
            {"addSheet": {"properties": {"title": None}}},
        ]
    }
    assert schema.checked("BatchUpdateSpreadsheetRequest", body) == {
        "requests": [
            {"appendDimension": {"sheetId": 7, "dimension": "ROWS", "length": 2}},
            {"addSheet": {"properties": {}}},
        ]
    }


def test_the_swift_way_and_the_slow_way_know_the_same():
    for value in (
        {"numberValue": 1},
        {"stringValue": "x"},
        {"boolValue": True},
        {"formulaValue": "=1"},
    ):
        cell = {"userEnteredValue": value}
        assert schema.message("CellData")(cell) == cell
    for value in ({"numberValue": "x"}, {"boolValue": 1}, {"stringValue": 1}, {"frob": 1}):
        with pytest.raises(schema.Wrong):
            schema.message("CellData")({"userEnteredValue": value})


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"frob": "1"}, "Field 'frob' could not be found in request message."),
        ({"valueRenderOption": "PRETTY"}, 'google.apps.sheets.v4.ValueRenderOption), "PRETTY"'),
    ],
)
def test_wrong_parameters(sheet, query, words):
    with pytest.raises(APIError) as error:
        sheet.values_get("Leads", params=query)
    assert words in error.value.error["message"]


def test_what_is_no_json(sheets_api, book):
    token = sheets_api.accounts.token(book.book.owner)
    url = f"{sheets_api.url}/v4/spreadsheets/{book.id}:batchUpdate"
    headers = {"Authorization": f"Bearer {token}"}
    for text in ("{", '{"requests": [{"appendDimension": {"length": NaN}}]}'):
        answer = requests.post(url, data=text, headers=headers, timeout=5)
        assert answer.status_code == 400
        assert "Invalid JSON payload received" in answer.json()["error"]["message"]
    assert requests.get(f"{sheets_api.url}/v4/nothing", timeout=5).status_code == 404


def test_a_whole_answer_is_as_google_describes_it(sheet, book, post):
    """Every answer that gspread gets in these tests is checked; this one has all there is."""
    tab = book.tab()
    tab.protect("A1:C1", editors=["robot@sheetcrm-test.iam.gserviceaccount.com"])
    tab.merge("A9:B9")
    tab.checkbox("E2:E4")
    tab.colour_by_rule("C2:C4", {"type": "NOT_BLANK"}, {"backgroundColor": {"red": 1}})
    tab.filter("A1:C4")
    tab.make_table("G1:H3")
    tab.hide_rows(3)
    tab.type("F2", "2026-01-31")
    tab.set(
        "F3",
        "ana@example.com",
        note="n",
        chips=[{"chip": {"personProperties": {"email": "ana@example.com"}}}],
    )
    book.name_range("Scores", "Leads!C2:C4")
    post(
        {"addFilterView": {"filter": {"title": "Hot", "range": {"endRowIndex": 4}}}},
        {
            "addBanding": {
                "bandedRange": {
                    "range": {"endRowIndex": 4},
                    "rowProperties": {"firstBandColor": {"red": 1}},
                }
            }
        },
        {"addDimensionGroup": {"range": {"dimension": "ROWS", "startIndex": 1, "endIndex": 3}}},
        {
            "createDeveloperMetadata": {
                "developerMetadata": {
                    "metadataKey": "k",
                    "location": {"sheetId": 0},
                    "visibility": "DOCUMENT",
                }
            }
        },
        {
            "createDeveloperMetadata": {
                "developerMetadata": {
                    "metadataKey": "k",
                    "location": {"spreadsheet": True},
                    "visibility": "DOCUMENT",
                }
            }
        },
    )
    answer = sheet.client.spreadsheets_get(sheet.id, {"includeGridData": True})
    first = answer["sheets"][0]
    assert {
        "properties", "data", "merges", "protectedRanges", "conditionalFormats", "basicFilter",
        "filterViews", "bandedRanges", "rowGroups", "developerMetadata", "tables",
    } <= set(first)  # fmt: skip
    assert schema.checked("Spreadsheet", answer) == answer


@pytest.mark.slow
def test_fifty_thousand_leads(sheets_api, post, sheet, book):
    """Read and written within seconds, in one request each."""
    form = {"numberFormat": {"type": "DATE", "pattern": "yyyy-mm-dd"}}
    rows = [
        [f"L{i}", f"Lead {i}", i, True, Cell(46000 + i % 99, format=form)] * 4
        for i in range(50_000)
    ]
    book.tab("Other").fill(rows)
    number = book.tab("Other").sheet_id
    started = time.process_time()
    url = f"{sheets_api.url}/v4/spreadsheets/{sheet.id}"
    params = {"ranges": "Other", "fields": "sheets.data.rowData.values(effectiveValue)"}
    data = sheet.client.session.get(url, params=params).content
    start = {"sheetId": number, "rowIndex": 0, "columnIndex": 2}
    values = [{"values": [{"userEnteredValue": {"numberValue": 1}}] * 2}] * 50_000
    post({"updateCells": {"start": start, "fields": "userEnteredValue", "rows": values}})
    assert time.process_time() - started < 60
    assert len(json.loads(data)["sheets"][0]["data"][0]["rowData"]) == 50_000
    assert book.tab("Other").cell("D50000").value == 1
