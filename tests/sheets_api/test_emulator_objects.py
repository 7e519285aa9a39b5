"""What lies over the cells: protection, rules, validation, names, notes, tabs; and Drive."""

from __future__ import annotations

from typing import ClassVar

import pytest
from gspread.exceptions import APIError, SpreadsheetNotFound
from gspread.utils import ExportFormat, ValidationConditionType

from tests.support.sheets_api import OWNER, client

ROBOT = "robot@sheetcrm-test.iam.gserviceaccount.com"
ANNA = "anna@example.com"
PROTECTED = "You are trying to edit a protected cell or object."
WRITE = {
    "updateCells": {
        "start": {"sheetId": 0, "rowIndex": 1, "columnIndex": 2},
        "fields": "userEnteredValue",
        "rows": [{"values": [{"userEnteredValue": {"numberValue": 99}}]}],
    }
}


def refused(call, *args, **more):
    with pytest.raises(APIError) as error:
        call(*args, **more)
    return error.value.error["message"]


def meta(sheet, fields):
    return sheet.client.spreadsheets_get(sheet.id, {"fields": fields})["sheets"][0]


class TestProtection:
    """The message was seen live by others; that its status is 400 is assumed."""

    def test_it_keeps_out_all_but_editors_and_the_owner(self, post, book, sheets_api):
        book.tab().protect("C1:C9", editors=[ANNA])
        assert PROTECTED in refused(post, WRITE)
        book.share(ANNA)
        for account in (ANNA, OWNER):
            gc = client.connect(sheets_api, client.person(sheets_api, account))
            gc.open_by_key(book.id).batch_update({"requests": [WRITE]})
        assert book.tab().values()[1][2] == 99

    def test_it_keeps_out_the_values_collection_too(self, sheet, book):
        book.tab().protect("C1:C9")
        with pytest.raises(APIError, match="protected cell"):
            sheet.sheet1.update([[1]], "C2")
        with pytest.raises(APIError, match="protected cell"):
            sheet.sheet1.batch_clear(["A1:Z3"])
        with pytest.raises(APIError, match="protected cell"):
            sheet.sheet1.delete_rows(2)
        sheet.sheet1.update([["Ana M"]], "B2")

    def test_a_warning_only_warns(self, post, book):
        """Documented."""
        book.tab().protect("C1:C9", warning_only=True)
        post(WRITE)
        assert book.tab().values()[1][2] == 99

    def test_a_tab_with_a_free_range(self, post, book):
        """Documented."""
        book.tab().protect("A1:Z1000")
        with book.changing() as changed:
            free = {"startColumnIndex": 2, "endColumnIndex": 3}
            changed.sheets[0].protected[0]["unprotectedRanges"] = [free]
        post(WRITE)
        assert PROTECTED in refused(
            post,
            {"deleteDimension": {"range": {"dimension": "ROWS", "startIndex": 1, "endIndex": 2}}},
        )

    def test_who_may_edit_is_shown_to_those_who_may(self, sheet, post, book):
        """Recorded for the owner."""
        book.tab().protect("C1:C9")
        shown = meta(sheet, "sheets.protectedRanges")["protectedRanges"][0]
        assert "requestingUserCanEdit" not in shown
        assert "editors" not in shown
        range_ = {"startColumnIndex": 0, "endColumnIndex": 1}
        given = {"range": range_, "description": "ours", "editors": {"users": [ANNA]}}
        added = post({"addProtectedRange": {"protectedRange": given}})
        reply = added["replies"][0]["addProtectedRange"]["protectedRange"]
        assert reply["requestingUserCanEdit"] is True
        shown = meta(sheet, "sheets.protectedRanges")["protectedRanges"][1]
        assert set(shown["editors"]["users"]) == {OWNER, ANNA, ROBOT}
        assert shown["range"] == range_

    def test_warnings_have_no_editors(self, post):
        """Recorded without editors; that they are refused was reported to gspread."""
        given = {"range": {"endColumnIndex": 1}, "warningOnly": True}
        post({"addProtectedRange": {"protectedRange": given}})
        assert refused(
            post, {"addProtectedRange": {"protectedRange": given | {"editors": {"users": [ANNA]}}}}
        )

    def test_changing_and_deleting(self, post, book):
        """Recorded for deleting."""
        given = {"range": {"endColumnIndex": 1}, "warningOnly": True}
        answer = post({"addProtectedRange": {"protectedRange": given}})
        number = answer["replies"][0]["addProtectedRange"]["protectedRange"]["protectedRangeId"]
        change = {"protectedRangeId": number, "description": "ours", "warningOnly": True}
        post({"updateProtectedRange": {"protectedRange": change, "fields": "description"}})
        assert book.tab().sheet.protected[0]["description"] == "ours"
        post({"deleteProtectedRange": {"protectedRangeId": number}})
        assert book.tab().sheet.protected == []


class TestRules:
    """Documented."""

    RANGE: ClassVar = {"sheetId": 0, "startRowIndex": 1, "startColumnIndex": 2, "endColumnIndex": 3}

    def rule(self, text):
        return {
            "ranges": [self.RANGE],
            "booleanRule": {
                "condition": {"type": "TEXT_EQ", "values": [{"userEnteredValue": text}]},
                "format": {"backgroundColor": {"green": 1}},
            },
        }

    def test_added_listed_moved_deleted(self, sheet, post):
        post(*({"addConditionalFormatRule": {"rule": self.rule(t), "index": 0}} for t in "ab"))
        listed = meta(sheet, "sheets.conditionalFormats")["conditionalFormats"]
        words = [r["booleanRule"]["condition"]["values"][0]["userEnteredValue"] for r in listed]
        assert words == ["b", "a"]
        assert listed[0]["ranges"] == [{k: v for k, v in self.RANGE.items() if k != "sheetId"}]
        assert listed[0]["booleanRule"]["format"]["backgroundColorStyle"] == {
            "rgbColor": {"green": 1}
        }
        post({"updateConditionalFormatRule": {"sheetId": 0, "index": 0, "newIndex": 1}})
        answer = post({"deleteConditionalFormatRule": {"sheetId": 0, "index": 0}})
        assert "rule" in answer["replies"][0]["deleteConditionalFormatRule"]
        assert "at index: 5" in refused(
            post, {"deleteConditionalFormatRule": {"sheetId": 0, "index": 5}}
        )

    def test_without_a_rule_or_a_range(self, post):
        assert refused(post, {"addConditionalFormatRule": {"rule": {"ranges": [self.RANGE]}}})
        bare = {name: c for name, c in self.rule("a").items() if name != "ranges"}
        assert refused(post, {"addConditionalFormatRule": {"rule": bare}})


def test_validation_and_checkboxes(sheet, post, book):
    """Recorded for the request; documented for what is read."""
    sheet.sheet1.add_validation("C2", ValidationConditionType.one_of_list, ["y", "n"], strict=True)
    rule = book.tab().data("C2")["dataValidation"]
    assert rule["condition"]["type"] == "ONE_OF_LIST"
    assert rule["strict"] is True
    book.tab("Other").checkbox("A1:A2")
    fields = "sheets.data.rowData.values(dataValidation.condition.type,effectiveValue)"
    answer = sheet.client.spreadsheets_get(sheet.id, {"fields": fields, "ranges": "Other!A1"})
    cell = answer["sheets"][0]["data"][0]["rowData"][0]["values"][0]
    assert cell == {
        "effectiveValue": {"boolValue": False},
        "dataValidation": {"condition": {"type": "BOOLEAN"}},
    }


def test_notes_through_gspread(sheet):
    """Recorded."""
    tab = sheet.sheet1
    tab.insert_note("A1", "written by us")
    assert tab.get_note("A1") == "written by us"
    assert tab.get_notes()[0][0] == "written by us"
    tab.clear_note("A1")
    assert tab.get_note("A1") == ""


class TestNames:
    """Recorded."""

    def test_added_and_deleted(self, sheet):
        sheet.sheet1.define_named_range("A1:B2", "Kontak")
        named = sheet.list_named_ranges()
        assert named[0]["range"] == {
            "startRowIndex": 0,
            "endRowIndex": 2,
            "startColumnIndex": 0,
            "endColumnIndex": 2,
        }
        sheet.sheet1.delete_named_range(named[0]["namedRangeId"])
        assert sheet.list_named_ranges() == []

    def test_names_that_are_none_or_taken(self, sheet):
        """Seen live by others for the words; assumed for the name that is taken."""
        sheet.sheet1.define_named_range("A1:B2", "Kontak")
        assert refused(sheet.sheet1.define_named_range, "A1:B2", "kontak")
        message = refused(sheet.sheet1.define_named_range, "A1:B2", "no name")
        assert message.endswith("The name given to this range is invalid")


class TestTabs:
    """Recorded, where a test does not say otherwise."""

    def test_added_renamed_ordered_deleted(self, sheet, book):
        new = sheet.add_worksheet("Baru", rows=5, cols=3, index=0)
        assert book.titles == ["Baru", "Leads", "Other"]
        new.update_title("Lama")
        new.update_index(2)
        assert book.titles == ["Leads", "Lama", "Other"]  # counted before it is taken out
        sheet.del_worksheet(new)
        assert book.titles == ["Leads", "Other"]

    def test_a_title_that_is_taken(self, sheet):
        """Seen live by others."""
        taken = {"addSheet": {"properties": {"sheetId": 0}}}
        message = refused(sheet.batch_update, {"requests": [taken]})
        assert message.endswith("Sheet with id 0 already exists")
        assert refused(sheet.add_worksheet, "leads", 1, 1) == (
            'Invalid requests[0].addSheet: A sheet with the name "leads" already exists.'
            " Please enter another name."
        )

    def test_all_hidden(self, sheet):
        sheet.worksheet("Other").hide()
        assert refused(sheet.sheet1.hide) == (
            "Invalid requests[0].updateSheetProperties: You can't hide all the sheets in a document."
        )

    def test_resized(self, sheet, book):
        sheet.sheet1.resize(2, 2)
        assert book.tab().values() == [["ID", "Name"], ["L1", "Ana"]]
        sheet.sheet1.freeze(rows=1)
        assert meta(sheet, "sheets.properties.gridProperties")["properties"] == {
            "gridProperties": {"rowCount": 2, "columnCount": 2, "frozenRowCount": 1}
        }

    def test_copied_into_another_spreadsheet(self, sheet, sheets_api):
        """Recorded."""
        other = sheets_api.create("Archive", share=[ROBOT])
        answer = sheet.sheet1.copy_to(other.id)
        assert answer["title"] == "Copy of Leads"
        assert other.tab("Copy of Leads").values()[1] == ["L1", "Ana", 10]
        assert sheet.sheet1.duplicate().title == "Copy of Leads"

    def test_locale_and_zone(self, sheet):
        sheet.update_locale("id_ID")
        sheet.update_timezone("Asia/Jakarta")
        properties = sheet.fetch_sheet_metadata()["properties"]
        assert (properties["locale"], properties["timeZone"]) == ("id_ID", "Asia/Jakarta")


def test_tables(sheet, post, book):
    """Documented."""
    book.tab().make_table("A1:C4", "Prospek")
    table = meta(sheet, "sheets.tables")["tables"][0]
    assert (table["name"], table["range"]["endRowIndex"]) == ("Prospek", 4)
    wider = table | {"range": table["range"] | {"endColumnIndex": 4}}
    post({"updateTable": {"table": wider, "fields": "range"}})
    assert book.tab().sheet.tables[0]["range"]["endColumnIndex"] == 4
    overlapping = {"name": "Lain", "range": {"endRowIndex": 2, "endColumnIndex": 2}}
    assert "overlap" in refused(post, {"addTable": {"table": overlapping}})


def test_a_table_takes_its_rules_along(post, book):
    """Seen live by others, and told by no answer."""
    tab = book.tab()
    tab.make_table("A1:C4")
    for range_ in ("C2:C4", "C2:C99"):
        tab.colour_by_rule(range_, {"type": "NOT_BLANK"}, {"textFormat": {"bold": True}})
    post({"deleteTable": {"tableId": tab.sheet.tables[0]["tableId"]}})
    assert [rule["ranges"][0]["endRowIndex"] for rule in tab.sheet.conditional] == [99]
    assert tab.values() == []


class TestDrive:
    """Recorded."""

    def test_created_listed_shared_copied_exported_deleted(self, gc, sheets_api):
        new = gc.create("Prospek")
        assert sheets_api.spreadsheet(new.id).book.owner == ROBOT
        assert [one["name"] for one in gc.list_spreadsheet_files("Prospek")] == ["Prospek"]
        new.share(ANNA, perm_type="user", role="reader", notify=False)
        assert sheets_api.spreadsheet(new.id).role(ANNA) == "reader"
        assert {one["role"] for one in new.list_permissions()} == {"owner", "reader"}
        new.sheet1.update([["a", "b"], ["c, d", ""]], "A1")
        assert gc.export(new.id, ExportFormat.CSV) == b'a,b\r\n"c, d",'
        copy = gc.copy(new.id, "Salinan")
        assert copy.sheet1.get_all_values() == [["a", "b"], ["c, d", ""]]
        gc.del_spreadsheet(new.id)
        with pytest.raises(SpreadsheetNotFound):
            gc.open_by_key(new.id)

    def test_others_files_are_not_listed(self, gc, sheets_api):
        sheets_api.create("Rahasia")
        assert gc.list_spreadsheet_files("Rahasia") == []
