"""Cells with all they have: grid data, masks, updateCells and its kin, batches."""

from __future__ import annotations

import pytest
from gspread.exceptions import APIError

from tests.support.sheets_api import Cell, ErrorValue, Formula

CELLS = "sheets(data(rowData(values({}))))"


def refused(call, *args, **more):
    with pytest.raises(APIError) as error:
        call(*args, **more)
    return error.value.error["message"]


def get(sheet, fields="", **params):
    params |= {"fields": fields} if fields else {}
    return sheet.client.spreadsheets_get(sheet.id, params)


def row(sheet, range_, fields):
    data = get(sheet, CELLS.format(fields), ranges=[range_])["sheets"][0]["data"][0]
    return data["rowData"][0]["values"] if "rowData" in data else None


def update(values, *, at=(1, 2), fields="userEnteredValue", sheet_id=0):
    start = {"sheetId": sheet_id, "rowIndex": at[0], "columnIndex": at[1]}
    return {"updateCells": {"start": start, "fields": fields, "rows": [{"values": values}]}}


def number(value):
    return {"userEnteredValue": {"numberValue": value}}


class TestGridData:
    def test_all_kinds_of_values(self, sheet, book):
        """Documented."""
        tab = book.tab("Other")
        tab.fill([["text", 3, 1.5, True, None, ErrorValue("N_A")]])
        tab.set("G1", Formula("=B1*2"), result=6)
        answer = row(sheet, "Other", "userEnteredValue,effectiveValue,formattedValue")
        assert [one.get("effectiveValue") for one in answer] == [
            {"stringValue": "text"},
            {"numberValue": 3},
            {"numberValue": 1.5},
            {"boolValue": True},
            None,
            {"errorValue": {"type": "N_A"}},
            {"numberValue": 6},
        ]
        assert [one.get("formattedValue") for one in answer] == [
            "text",
            "3",
            "1.5",
            "TRUE",
            None,
            "#N/A",
            "6",
        ]
        assert answer[6]["userEnteredValue"] == {"formulaValue": "=B1*2"}
        assert answer[4] == {}

    def test_a_formula_without_a_value_shows_nothing(self, sheet, book):
        book.tab("Other").set("A1", Formula("=NOBODY()"))
        assert row(sheet, "Other", "userEnteredValue,effectiveValue,formattedValue") == [
            {"userEnteredValue": {"formulaValue": "=NOBODY()"}}
        ]

    def test_a_cell_that_a_formula_elsewhere_fills_has_no_value_of_its_own(self, sheet, book):
        """Documented."""
        book.tab("Other").set("A1", Formula("=ARRAYFORMULA({1,2})"), result=1)
        book.tab("Other").set("B1", None, result=2)
        assert row(sheet, "Other", "userEnteredValue,effectiveValue")[1] == {
            "effectiveValue": {"numberValue": 2}
        }

    def test_a_mask_leaves_nothing_else(self, sheet, book):
        """Documented; recorded for columnMetadata and userEnteredFormat."""
        book.tab().set("A1", "ID", note="ours", format={"textFormat": {"bold": True}})
        assert row(sheet, "Leads!A1", "note") == [{"note": "ours"}]
        assert row(sheet, "Leads!A1", "userEnteredFormat.textFormat.bold") == [
            {"userEnteredFormat": {"textFormat": {"bold": True}}}
        ]
        assert row(sheet, "Leads!A2:B2", "effectiveFormat(numberFormat)") == [
            {"effectiveFormat": {}},
            {"effectiveFormat": {}},
        ]
        assert row(sheet, "Leads!A1", "userEnteredValue/formulaValue") == [{"userEnteredValue": {}}]

    @pytest.mark.parametrize(
        "fields",
        [
            "note",
            "userEnteredValue",
            "effectiveValue(numberValue)",
            "formattedValue,effectiveFormat",
            "*",
        ],
    )
    def test_plain_cells_are_written_as_all_others(self, sheet, book, fields):
        """The short way to JSON yields what the long one does."""
        tab = book.tab("Other")
        tab.fill([["a", 1, 1.5, True, False, None, 10**15, 0.1]])
        tab.type("I1", "2026-01-31")
        tab.set("J1", Formula("=1"), result=1)
        from tests.support.sheets_api import griddata, masks

        mask = masks.answer(CELLS.format(fields), "Spreadsheet")
        inner = masks.below(mask, "sheets", "data", "rowData", "values")
        expected = [
            masks.select(inner, griddata.cell_data(book.book, one)) for one in tab.sheet.rows[0]
        ]
        assert row(sheet, "Other", fields) == expected

    def test_where_a_range_begins(self, sheet):
        """Recorded: zeros are left out."""
        data = get(sheet, "sheets.data(startRow,startColumn)", ranges=["Leads!A1", "Leads!B3:C4"])
        assert data["sheets"][0]["data"] == [{}, {"startRow": 2, "startColumn": 1}]

    def test_only_tabs_that_were_asked_for(self, sheet):
        """Documented."""
        assert len(get(sheet)["sheets"]) == 2
        only = get(sheet, "sheets.properties.title", ranges=["Other!A1"])
        assert only == {"sheets": [{"properties": {"title": "Other"}}]}

    def test_grid_data_comes_when_asked_for(self, sheet):
        """Documented: with a mask, the mask decides."""
        assert "data" not in get(sheet)["sheets"][0]
        whole = get(sheet, includeGridData=True)["sheets"][0]["data"][0]
        assert len(whole["rowData"]) == 4
        assert len(whole["rowMetadata"]) == 1000
        assert len(whole["columnMetadata"]) == 26
        masked = get(sheet, "sheets.properties", includeGridData=True)
        assert "data" not in masked["sheets"][0]

    def test_an_empty_tab_has_no_rows(self, sheet):
        """Recorded."""
        assert get(sheet, CELLS.format("note"), ranges=["Other"]) == {"sheets": [{"data": [{}]}]}

    def test_chips_and_links_have_their_text(self, sheet, book):
        """Documented."""
        chip = {"chip": {"personProperties": {"email": "ana@example.com"}}}
        tab = book.tab("Other")
        tab.set("A1", "ana@example.com", chips=[chip])
        tab.set("B1", "site", link="https://example.com/")
        tab.set("C1", Formula('=HYPERLINK("https://example.org/","there")'), result="there")
        cells = row(sheet, "Other", "formattedValue,hyperlink,chipRuns")
        assert cells[0] == {"formattedValue": "ana@example.com", "chipRuns": [chip]}
        assert cells[1]["hyperlink"] == "https://example.com/"
        assert cells[2] == {"formattedValue": "there", "hyperlink": "https://example.org/"}
        assert sheet.values_get("Other")["values"] == [["ana@example.com", "site", "there"]]

    def test_by_data_filter(self, sheet, sheets_api, book):
        """Documented; a tab by its id, whatever it is called."""
        number = book.tab("Other").sheet_id
        book.tab("Other").fill([["x"]])
        url = f"{sheets_api.url}/v4/spreadsheets/{sheet.id}:getByDataFilter"
        body = {"dataFilters": [{"gridRange": {"sheetId": number}}]}
        params = {"fields": "sheets(properties.title,data.rowData.values.effectiveValue)"}
        answer = sheet.client.request("post", url, params=params, json=body).json()
        assert answer["sheets"] == [
            {
                "properties": {"title": "Other"},
                "data": [{"rowData": [{"values": [{"effectiveValue": {"stringValue": "x"}}]}]}],
            }
        ]

    def test_a_wrong_mask(self, sheet):
        """Documented; the words are those of the front end of Google's APIs."""
        with pytest.raises(APIError) as error:
            get(sheet, "sheets.nothing")
        assert error.value.error["details"][0]["fieldViolations"][0]["field"] == "sheets.nothing"
        assert refused(get, sheet, "sheets(") == "Invalid field selection"


class TestUpdateCells:
    def test_values_only(self, post, book):
        """Documented: what the mask does not name stays."""
        tab = book.tab()
        tab.set("C2", 10, note="hers", format={"textFormat": {"bold": True}})
        post(update([number(7), {"userEnteredValue": {"stringValue": "=x"}}, {}]))
        cell = tab.cell("C2")
        assert (cell.value, cell.note, cell.format) == (7, "hers", {"textFormat": {"bold": True}})
        assert tab.entered()[1] == ["L1", "Ana", 7, "=x"]

    def test_a_cell_without_a_value_is_cleared(self, post, book):
        """Documented."""
        post(update([{}]))
        assert book.tab().values()[1] == ["L1", "Ana"]

    def test_a_range_that_is_larger_than_the_rows_clears_the_rest(self, post, book):
        """Recorded for notes."""
        range_ = {"startRowIndex": 1, "endRowIndex": 3, "startColumnIndex": 1, "endColumnIndex": 3}
        request = {"range": range_, "fields": "userEnteredValue", "rows": [{"values": [number(1)]}]}
        post({"updateCells": request})
        assert book.tab().values()[1:3] == [["L1", 1], ["L2"]]

    def test_formulas_and_their_values(self, post, book):
        book.tab().set("D2", Formula("=C2*2"), result=20)
        post(update([{"userEnteredValue": {"formulaValue": "=C2*2"}}], at=(1, 4)))
        assert book.tab().cell("E2") == Cell(Formula("=C2*2"), result=20)

    def test_formats_and_notes(self, post, book):
        """Recorded: a colour has 255 steps and comes with its twin."""
        form = {
            "numberFormat": {"type": "DATE", "pattern": "yyyy-mm-dd"},
            "backgroundColor": {"red": 0.5},
        }
        values = [{**number(46000), "userEnteredFormat": form, "note": "ours"}]
        post(
            update(
                values,
                fields="userEnteredValue,userEnteredFormat(numberFormat,backgroundColor),note",
            )
        )
        cell = book.tab().cell("C2")
        assert cell.format["backgroundColor"] == {"red": 0.49803922}
        assert cell.format["backgroundColorStyle"] == {"rgbColor": {"red": 0.49803922}}
        assert (book.tab().displayed()[1][2], cell.note) == ("2025-12-09", "ours")

    @pytest.mark.parametrize(
        ("request_", "words"),
        [
            (
                update([number(1)], fields=""),
                "At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)",
            ),
            (
                update([number(1)], fields="userEnteredNothing"),
                "Invalid requests[0].updateCells: Invalid field: userEnteredNothing",
            ),
            (
                update([number(1)], at=(1000, 0)),
                "Invalid requests[0].updateCells: Range (Leads!A1001) exceeds grid limits. Max rows: 1000, max columns: 26",
            ),
            (
                update([number(1)] * 3, at=(0, 24)),
                "Invalid requests[0].updateCells: Range (Leads!Y1:AA1) exceeds grid limits. Max rows: 1000, max columns: 26",
            ),
            (
                update([number(1)], sheet_id=77),
                "Invalid requests[0].updateCells: No grid with id: 77",
            ),
            (
                {"frobnicate": {}},
                "Invalid JSON payload received. Unknown name \"frobnicate\" at 'requests[0]': Cannot find field.",
            ),
        ],
    )
    def test_what_is_refused(self, post, book, request_, words):
        """Seen live by others; the place where a batch is wrong is said."""
        before = book.book
        message = refused(post, request_)
        assert message.endswith(words)
        assert book.book is before

    def test_no_requests(self, post):
        """Seen live by others."""
        assert refused(post) == "Must specify at least one request."


class TestBatches:
    def test_all_or_none(self, post, book):
        """Documented."""
        before, revision = book.book, book.revision
        refused(
            post,
            update([number(1)]),
            {"appendDimension": {"dimension": "ROWS", "length": 5}},
            update([number(2)], sheet_id=5),
        )
        assert book.book is before
        assert book.revision == revision
        assert book.tab().values()[1] == ["L1", "Ana", 10]

    def test_requests_see_what_those_before_them_did(self, post, book):
        grow = {"appendDimension": {"sheetId": 0, "dimension": "COLUMNS", "length": 1}}
        answer = post(grow, update([number(5)], at=(0, 26)))
        assert answer["replies"] == [{}, {}]
        assert book.tab().cell("AA1").value == 5

    def test_the_write_and_its_proof(self, post, sheet, book, sheets_api):
        """Documented; that `fields` also cuts this answer was seen live by others."""
        sheets_api.log.clear()
        answer = post(
            update([number(5)]),
            fields="updatedSpreadsheet.sheets(properties(sheetId,title),data(startRow,startColumn,rowData.values.userEnteredValue))",
            includeSpreadsheetInResponse=True,
            responseIncludeGridData=True,
            responseRanges=["Leads!A1:A2", "Leads!C2"],
        )
        assert answer == {
            "updatedSpreadsheet": {
                "sheets": [
                    {
                        "properties": {"sheetId": 0, "title": "Leads"},
                        "data": [
                            {
                                "rowData": [
                                    {"values": [{"userEnteredValue": {"stringValue": "ID"}}]},
                                    {"values": [{"userEnteredValue": {"stringValue": "L1"}}]},
                                ]
                            },
                            {
                                "startRow": 1,
                                "startColumn": 2,
                                "rowData": [{"values": [{"userEnteredValue": {"numberValue": 5}}]}],
                            },
                        ],
                    }
                ]
            }
        }
        assert len(sheets_api.log) == 1

    def test_a_tab_that_was_renamed_leaves_everything_as_it_was(self, post, book):
        """Assumed to be so: the proof's range cannot be read, so nothing is written."""
        book.tab().rename("Clientes")
        before = book.book
        message = refused(
            post,
            update([number(5)]),
            includeSpreadsheetInResponse=True,
            responseRanges=["Leads!A1"],
        )
        assert message == "Unable to parse range: Leads!A1"
        assert book.book is before

    def test_ten_million_cells_and_no_more(self, post, book):
        """Seen live by others."""
        message = refused(
            post, {"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 400_000}}
        )
        assert message.endswith(
            "This action would increase the number of cells in the workbook above the limit of 10000000 cells."
        )

    def test_18_278_columns_and_no_more(self, post, book):
        """Seen live by others."""
        with book.changing() as changed:
            changed.sheets[0].row_count = 10
        grow = {"sheetId": 0, "dimension": "COLUMNS"}
        post({"appendDimension": grow | {"length": 18_278 - 26}})
        assert "above the limit of 18278 columns" in refused(
            post, {"appendDimension": grow | {"length": 1}}
        )

    def test_kinds_that_the_emulator_does_not_know_are_not_passed_over(self, post):
        with pytest.raises(APIError) as error:
            post({"addChart": {"chart": {}}})
        assert error.value.response.status_code == 501


class TestOtherRequests:
    def test_repeat_cell_is_cut_off_at_the_end_of_the_tab(self, post, book):
        """Seen live by others."""
        range_ = {"startRowIndex": 998, "endRowIndex": 2000, "startColumnIndex": 25}
        post({"repeatCell": {"range": range_, "cell": number(1), "fields": "userEnteredValue"}})
        assert book.tab().sheet.row_count == 1000
        assert book.tab().cell("Z1000").value == 1

    def test_append_cells_goes_below_everything_and_grows(self, post, book):
        """Documented."""
        with book.changing() as changed:
            changed.sheets[0].row_count = 4
        rows = [{"values": [number(1), number(2)]}]
        post({"appendCells": {"sheetId": 0, "rows": rows, "fields": "userEnteredValue"}})
        assert book.tab().values()[4] == [1, 2]
        assert book.tab().sheet.row_count == 5

    def test_merged_cells_keep_the_first_value(self, post, sheet, book):
        """Recorded."""
        range_ = {"startRowIndex": 0, "endRowIndex": 2, "startColumnIndex": 0, "endColumnIndex": 2}
        post({"mergeCells": {"range": range_, "mergeType": "MERGE_ALL"}})
        assert book.tab().values()[:2] == [["ID", None, "Score"], [None, None, 10]]
        assert get(sheet, "sheets.merges")["sheets"][0]["merges"] == [range_]
        post({"unmergeCells": {"range": range_}})
        assert book.tab().sheet.merges == []

    def test_part_of_a_merged_range(self, post, book):
        """Seen live by others."""
        book.tab().merge("A1:B2")
        range_ = {"startRowIndex": 0, "endRowIndex": 1}
        assert "merged" in refused(
            post, {"unmergeCells": {"range": range_ | {"endColumnIndex": 1}}}
        )

    def test_copy_and_cut(self, post, book):
        """Recorded."""
        source = {"startRowIndex": 1, "endRowIndex": 3, "startColumnIndex": 0, "endColumnIndex": 1}
        target = {"startRowIndex": 1, "endRowIndex": 3, "startColumnIndex": 3, "endColumnIndex": 4}
        post({"copyPaste": {"source": source, "destination": target, "pasteType": "PASTE_NORMAL"}})
        assert [line[3] for line in book.tab().values()[1:3]] == ["L1", "L2"]
        to = {"sheetId": 0, "rowIndex": 5, "columnIndex": 0}
        post({"cutPaste": {"source": source, "destination": to, "pasteType": "PASTE_NORMAL"}})
        assert [line[:1] for line in book.tab().values()] == [
            ["ID"],
            [None],
            [None],
            ["L3"],
            [],
            ["L1"],
            ["L2"],
        ]

    def test_paste_values_leaves_formulas_behind(self, post, book):
        """Documented."""
        book.tab().set("A6", Formula("=C2"), result=10)
        source = {"startRowIndex": 5, "endRowIndex": 6, "startColumnIndex": 0, "endColumnIndex": 1}
        target = source | {"startColumnIndex": 1, "endColumnIndex": 2}
        post({"copyPaste": {"source": source, "destination": target, "pasteType": "PASTE_VALUES"}})
        assert book.tab().cell("B6").value == 10

    def test_find_and_replace(self, post, book):
        """Documented."""
        answer = post(
            {"findReplace": {"find": "a", "replacement": "o", "allSheets": True, "matchCase": True}}
        )
        assert answer["replies"][0]["findReplace"] == {
            "valuesChanged": 3,
            "rowsChanged": 3,
            "sheetsChanged": 1,
            "occurrencesChanged": 3,
        }
        assert [line[1] for line in book.tab().values()] == ["Nome", "Ano", "Budi", "Citro"]
