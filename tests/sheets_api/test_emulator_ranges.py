"""Ranges: how they are read, and how answers echo them.

Recorded by gspread unless a test says otherwise.
"""

from __future__ import annotations

import pytest
from gspread.exceptions import APIError

from tests.support.sheets_api import a1


@pytest.mark.parametrize(
    ("asked", "echoed"),
    [
        ("'Leads'", "Leads!A1:Z1000"),
        ("Leads", "Leads!A1:Z1000"),
        ("'Leads'!A1:1", "Leads!A1:Z1"),
        ("'Leads'!A1:C", "Leads!A1:C1000"),
        ("'Leads'!A:C", "Leads!A1:C1000"),
        ("'Leads'!2:3", "Leads!A2:Z3"),
        ("'Leads'!A2:2", "Leads!A2:Z2"),
        ("'Leads'!D4", "Leads!D4"),
        ("'Leads'!D4:A1", "Leads!A1:D4"),
        ("'Leads'!$B$2:$C$3", "Leads!B2:C3"),
        ("A1:B2", "Leads!A1:B2"),
        ("R1C1:R1C2", "Leads!A1:B1"),  # seen live by others
        ("leads!A1", "Leads!A1"),
    ],
)
def test_a_range_is_echoed_with_all_its_edges(sheet, asked, echoed):
    assert sheet.values_get(asked)["range"] == echoed


def test_a_range_that_ends_beyond_the_tab_is_cut_off(sheet):
    """Assumed."""
    assert sheet.values_get("Leads!A1:AZ5000")["range"] == "Leads!A1:Z1000"


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Prospek", "Prospek!A1"),
        ("Lead_2026", "Lead_2026!A1"),
        ("Form Responses 1", "'Form Responses 1'!A1"),
        ("🌵 my tab", "'🌵 my tab'!A1"),
        ("It's", "'It''s'!A1"),
        ("D3", "'D3'!A1"),
        ("R1C1", "'R1C1'!A1"),
        ("a/b:c", "'a/b:c'!A1"),
    ],
)
def test_titles_are_quoted_only_where_needed(gc, book, title, shown):
    book.tab().rename(title)
    tab = gc.open_by_key(book.id).sheet1
    assert tab.get("A1").range == shown
    assert tab.get("A1") == [["ID"]]


def test_an_unquoted_title_with_spaces_is_understood(sheet, book):
    book.tab().rename("🌵 my tab")
    assert sheet.values_get("🌵 my tab!A1:B1")["values"] == [["ID", "Name"]]


def test_a_tab_called_like_a_cell_needs_its_quotes(sheet, book):
    """Without them it is the cell of the first tab."""
    book.add_tab("D3", [["here"]])
    assert sheet.values_get("'D3'")["values"] == [["here"]]
    assert sheet.values_get("D3") == {"range": "Leads!D3", "majorDimension": "ROWS"}


def test_a_name_goes_before_a_tab_where_no_cells_are_named(sheet, book):
    """Seen live by others: quotes and cells mean the tab."""
    book.add_tab("Solo", [["here"]])
    book.name_range("Solo", "Leads!A2")
    assert sheet.values_get("Solo")["range"] == "Leads!A2"
    assert sheet.values_get("'Solo'")["range"] == "Solo!A1:Z1000"
    assert sheet.values_get("Solo!A1:A2")["range"] == "Solo!A1:A2"


def test_a_range_by_its_name(sheet, book):
    book.name_range("Scores", "Leads!C2:C4")
    assert sheet.values_get("Scores") == {
        "range": "Leads!C2:C4",
        "majorDimension": "ROWS",
        "values": [["10"], ["20"], ["30"]],
    }


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("'Nope'!A1", "Unable to parse range: 'Nope'!A1"),
        ("'Nope'", "Unable to parse range: 'Nope'"),
        ("Leads!AAAA1", "Unable to parse range: Leads!AAAA1"),
        ("Leads!A0", "Unable to parse range: Leads!A0"),
        ("Leads!:", "Unable to parse range: Leads!:"),
        (
            "Leads!A5000:B5001",
            "Range (Leads!A5000:B5001) exceeds grid limits. Max rows: 1000, max columns: 26",
        ),
        ("Leads!AB1", "Range (Leads!AB1) exceeds grid limits. Max rows: 1000, max columns: 26"),
    ],
)
def test_ranges_that_are_none(sheet, asked, words):
    """Seen live by others."""
    with pytest.raises(APIError) as error:
        sheet.values_get(asked)
    assert error.value.error["message"] == words
    assert error.value.error["status"] == "INVALID_ARGUMENT"


def test_columns_count_on_after_z():
    assert [a1.letters(n) for n in (0, 25, 26, 51, 701, 702)] == ["A", "Z", "AA", "AZ", "ZZ", "AAA"]
    assert all(a1.column(a1.letters(number)) == number for number in range(2000))
