"""The values collection: reading, writing, appending, clearing."""

from __future__ import annotations

import pytest
from gspread.exceptions import APIError

from tests.support.sheets_api import Formula


def refused(call, *args, **more):
    with pytest.raises(APIError) as error:
        call(*args, **more)
    return error.value.error["message"]


def write(sheet, range_, values, option="RAW", **params):
    params = {"valueInputOption": option, **params}
    return sheet.values_update(range_, params=params, body={"values": values})


class TestReading:
    """Recorded."""

    def test_an_empty_range_has_no_values(self, sheet):
        assert sheet.values_get("Other") == {"range": "Other!A1:Z1000", "majorDimension": "ROWS"}

    def test_empty_ends_are_left_out_and_gaps_are_not(self, sheet, book):
        book.tab("Other").fill([["a", "", "c", ""], [], ["", "b"], [""]])
        assert sheet.values_get("Other")["values"] == [["a", "", "c"], [], ["", "b"]]

    def test_by_columns(self, sheet):
        answer = sheet.values_get("Leads!A1:B3", params={"majorDimension": "COLUMNS"})
        assert answer["majorDimension"] == "COLUMNS"
        assert answer["values"] == [["ID", "L1", "L2"], ["Name", "Ana", "Budi"]]

    @pytest.mark.parametrize(
        ("option", "moments", "row"),
        [
            ("FORMATTED_VALUE", "SERIAL_NUMBER", ["2", "2020-01-01", "text", "53", "TRUE"]),
            ("UNFORMATTED_VALUE", "SERIAL_NUMBER", [2, 43831, "text", 53, True]),
            ("UNFORMATTED_VALUE", "FORMATTED_STRING", [2, "2020-01-01", "text", 53, True]),
            ("FORMULA", "SERIAL_NUMBER", ["=4/2", 43831, "text", 53, True]),
        ],
    )
    def test_rendering(self, sheet, book, option, moments, row):
        tab = book.tab("Other")
        tab.set("A1", Formula("=4/2"), result=2)
        tab.type("B1", "2020-01-01")
        tab.fill([["text", 53, True]], at="C1")
        params = {"valueRenderOption": option, "dateTimeRenderOption": moments}
        assert sheet.values_get("Other", params=params)["values"] == [row]

    def test_several_ranges_at_once(self, sheet):
        answer = sheet.values_batch_get(["Leads!A2", "Leads!B2:C3"])
        assert answer["spreadsheetId"] == sheet.id
        assert [one["values"] for one in answer["valueRanges"]] == [
            [["L1"]],
            [["Ana", "10"], ["Budi", "20"]],
        ]


class TestWriting:
    """Recorded, where a test does not say otherwise."""

    def test_the_answer_tells_the_rectangle_that_was_written(self, sheet):
        assert write(sheet, "'Other'!A1:B2", [["a1", "B2"]]) == {
            "spreadsheetId": sheet.id,
            "updatedRange": "Other!A1:B1",
            "updatedRows": 1,
            "updatedColumns": 2,
            "updatedCells": 2,
        }

    def test_ragged_rows_count_what_was_given(self, sheet):
        answer = write(sheet, "Other!A1:D2", [["a", "b"], [1, 2, 3, 4]])
        assert (answer["updatedRange"], answer["updatedCells"]) == ("Other!A1:D2", 6)

    def test_null_leaves_a_cell_as_it_is_and_an_empty_text_clears_it(self, sheet, book):
        answer = write(sheet, "Leads!A2:C3", [[None, "", 11], [None, None, None]])
        assert book.tab().values()[1:3] == [["L1", None, 11], ["L2", "Budi", 20]]
        assert (answer["updatedRows"], answer["updatedCells"]) == (1, 2)
        assert answer["updatedRange"] == "Leads!A2:C3"

    def test_raw_keeps_texts_as_they_are(self, sheet, book):
        texts = ["007", "=1+2", "2026-09-27", "'0123", "TRUE", "+62812"]
        write(sheet, "Other!A1", [texts])
        assert book.tab("Other").values() == [texts]

    @pytest.mark.parametrize(
        ("typed", "value", "form"),
        [
            ("007", 7, None),
            ("42.01", 42.01, None),
            ("2,000,000.01", 2000000.01, {"type": "NUMBER", "pattern": "#,##0.00"}),
            ("$100.15", 100.15, {"type": "CURRENCY", "pattern": '"$"#,##0.00'}),
            ("50%", 0.5, {"type": "PERCENT", "pattern": "0%"}),
            ("TRUE", True, None),
            ("false", False, None),
            ("'0123", "0123", None),
            ("2026-09-27", 46292, {"type": "DATE", "pattern": "yyyy-mm-dd"}),
            ("9/27/2026", 46292, {"type": "DATE", "pattern": "m/d/yyyy"}),
            ("27 Sep 2026", 46292, {"type": "DATE", "pattern": "d mmm yyyy"}),
            ("0612 345 678", "0612 345 678", None),
            ("13/13/2026", "13/13/2026", None),
            ("Ana", "Ana", None),
        ],
    )
    def test_user_entered_is_what_typing_makes_of_it(self, sheet, book, typed, value, form):
        """Recorded for dates, texts and numbers; seen live by others for the rest."""
        write(sheet, "Other!A1", [[typed]], "USER_ENTERED")
        cell = book.tab("Other").cell("A1")
        assert (cell.value, type(cell.value)) == (value, type(value))
        assert (cell.format or {}).get("numberFormat") == form

    def test_a_formula_that_is_typed(self, sheet, book):
        book.book.results["=A1*2"] = 84
        write(sheet, "Other!B1", [["=A1*2"]], "USER_ENTERED")
        assert book.tab("Other").cell("B1").value == Formula("=A1*2")
        assert sheet.values_get("Other!B1")["values"] == [["84"]]

    def test_an_address_becomes_a_link(self, sheet, book, post):
        """Seen live by others: also when it comes in raw, but not through updateCells."""
        write(sheet, "Other!A1", [["https://example.com/x", "example.org", "e.g. this"]])
        links = [book.tab("Other").cell(place).link for place in ("A1", "B1", "C1")]
        assert links == ["https://example.com/x", "http://example.org", ""]
        cell = {"userEnteredValue": {"stringValue": "https://example.com/x"}}
        start = {"sheetId": 0, "rowIndex": 8, "columnIndex": 0}
        post(
            {
                "updateCells": {
                    "start": start,
                    "fields": "userEnteredValue",
                    "rows": [{"values": [cell]}],
                }
            }
        )
        assert book.tab().cell("A9").link == ""

    def test_a_text_too_many_for_the_range(self, sheet):
        """Seen live by others."""
        assert refused(write, sheet, "Other!A1:B1", [["a", "b", "c"]]) == (
            "Requested writing within range [Other!A1:B1], but tried writing to column [C]"
        )
        assert refused(write, sheet, "Other!A1:B1", [["a"], ["b"]]) == (
            "Requested writing within range [Other!A1:B1], but tried writing to row [2]"
        )

    def test_the_tab_does_not_grow(self, sheet, book):
        """Assumed: reports contradict each other, so the emulator is strict."""
        rows = [["x"]] * 1001
        assert "exceeds grid limits. Max rows: 1000" in refused(write, sheet, "Other!A1", rows)
        assert book.tab("Other").values() == []

    def test_50_000_characters_and_no_more(self, sheet, book):
        """Seen live by others."""
        write(sheet, "Other!A1", [["x" * 50_000]])
        assert refused(write, sheet, "Other!A1", [["x" * 50_001]]) == (
            "Your input contains more than the maximum of 50000 characters in a single cell."
        )

    def test_values_that_are_no_rows(self, sheet):
        assert refused(write, sheet, "Other!A1", "X").startswith(
            "Invalid value at 'data.values' (type.googleapis.com/google.protobuf.ListValue), \"X\""
        )

    def test_without_an_option(self, sheet):
        """Seen live by others."""
        message = refused(sheet.values_update, "Other!A1", params={}, body={"values": [["x"]]})
        assert message == "'valueInputOption' is required but not specified"

    def test_what_was_written_comes_back(self, sheet):
        """Documented: all values of the requested range, also where it is larger."""
        answer = write(
            sheet,
            "Leads!A2:C3",
            [[None, None, 11]],
            includeValuesInResponse=True,
            responseValueRenderOption="UNFORMATTED_VALUE",
        )
        assert answer["updatedData"] == {
            "range": "Leads!A2:C3",
            "majorDimension": "ROWS",
            "values": [["L1", "Ana", 11], ["L2", "Budi", 20]],
        }

    def test_several_ranges_in_one_call_all_or_none(self, sheet, book):
        data = [
            {"range": "Other!A1:D1", "values": [["a", "b", "c", "d"]]},
            {"range": "Other!A4:D4", "values": [["e", "f", "g", "h"]]},
        ]
        body = {"valueInputOption": "RAW", "data": data}
        answer = sheet.values_batch_update(body)
        assert (answer["totalUpdatedRows"], answer["totalUpdatedColumns"]) == (2, 4)
        assert (answer["totalUpdatedCells"], answer["totalUpdatedSheets"]) == (8, 1)
        before = book.book
        data.append({"range": "Nope!A1", "values": [["x"]]})
        data[0]["values"] = [["changed"]]
        assert refused(sheet.values_batch_update, body) == "Unable to parse range: Nope!A1"
        assert book.book is before


class TestAppending:
    """Recorded, where a test does not say otherwise."""

    def append(self, sheet, range_, values, **params):
        params = {"valueInputOption": "RAW", **params}
        return sheet.values_append(range_, params, {"values": values})

    def test_below_the_table(self, sheet):
        answer = self.append(sheet, "Leads", [["L4", "Dewi", 40]])
        assert answer["tableRange"] == "Leads!A1:C4"
        assert answer["updates"]["updatedRange"] == "Leads!A5:C5"

    def test_into_an_empty_tab(self, sheet):
        answer = self.append(sheet, "Other", [["a"]])
        assert "tableRange" not in answer
        assert answer["updates"]["updatedRange"] == "Other!A1"

    def test_rows_drift_right_after_a_gap(self, sheet):
        """The trap: the last block of the row before begins in column C."""
        self.append(sheet, "Other", [["v", "", "w"]])
        answer = self.append(sheet, "Other", [["v", "", "w"]])
        assert (answer["tableRange"], answer["updates"]["updatedRange"]) == (
            "Other!C1",
            "Other!C2:E2",
        )

    def test_and_do_not_with_a_range(self, sheet):
        self.append(sheet, "Other", [["v", "", "w"]])
        answer = self.append(sheet, "Other!A1", [["v", "", "w"]])
        assert answer["updates"]["updatedRange"] == "Other!A2:C2"

    def test_over_what_is_below_or_between(self, sheet, book):
        """Documented."""
        rows = [["h"], ["1"], [], ["note"]]
        book.tab("Other").fill(rows)
        self.append(sheet, "Other!A1", [["2"], ["3"]])
        assert book.tab("Other").values() == [["h"], ["1"], ["2"], ["3"]]
        book.tab("Other").clear("A1:A9")
        book.tab("Other").fill(rows)
        self.append(sheet, "Other!A1", [["2"], ["3"]], insertDataOption="INSERT_ROWS")
        assert book.tab("Other").values() == [["h"], ["1"], ["2"], ["3"], [], ["note"]]

    def test_the_tab_grows(self, sheet, book):
        """Documented."""
        with book.changing() as changed:
            changed.sheets[0].row_count = 4
        self.append(sheet, "Leads", [["L4"]])
        assert book.tab().sheet.row_count == 5


class TestClearing:
    """Recorded."""

    def test_values_go_and_formats_stay(self, sheet, book):
        tab = book.tab()
        tab.type("A6", "2026-01-01")
        assert sheet.values_clear("Leads!A2:A9")["clearedRange"] == "Leads!A2:A9"
        assert tab.values()[1:] == [[None, "Ana", 10], [None, "Budi", 20], [None, "Citra", 30]]
        assert tab.cell("A6").format["numberFormat"]["type"] == "DATE"

    def test_several_ranges(self, sheet):
        body = {"ranges": ["Leads!A1:B1", "Leads"]}
        assert sheet.values_batch_clear(body=body)["clearedRanges"] == [
            "Leads!A1:B1",
            "Leads!A1:Z1000",
        ]


class TestDataFilters:
    """Documented."""

    @pytest.fixture
    def call(self, sheet, sheets_api):
        def send(name, body):
            url = f"{sheets_api.url}/v4/spreadsheets/{sheet.id}/values:{name}"
            return sheet.client.request("post", url, json=body).json()

        return send

    def test_reading_writing_and_clearing_by_filter(self, call, book):
        grid = {"gridRange": {"sheetId": 0, "startRowIndex": 1, "endRowIndex": 2}}
        answer = call("batchGetByDataFilter", {"dataFilters": [grid, {"a1Range": "Leads!C2:C3"}]})
        assert [one["valueRange"]["values"] for one in answer["valueRanges"]] == [
            [["L1", "Ana", "10"]],
            [["10"], ["20"]],
        ]
        body = {
            "valueInputOption": "RAW",
            "data": [{"dataFilter": {"a1Range": "Leads!C2:C3"}, "values": [[1], [2]]}],
        }
        answer = call("batchUpdateByDataFilter", body)
        assert answer["totalUpdatedCells"] == 2
        assert answer["responses"][0]["dataFilter"] == {"a1Range": "Leads!C2:C3"}
        assert call("batchClearByDataFilter", {"dataFilters": [grid]})["clearedRanges"] == [
            "Leads!A2:Z2"
        ]
        assert book.tab().values() == [
            ["ID", "Name", "Score"],
            [],
            ["L2", "Budi", 2],
            ["L3", "Citra", 30],
        ]
