"""Addresses of the browser, ids, tabs, named ranges and ``Tab!B4:M``."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetcrm.adapters.google.address import (
    EVERYWHERE,
    MAX_COLUMN,
    MAX_ROW,
    Address,
    find_place,
    quoted,
    range_of,
)
from sheetcrm.core.table.areas import Area
from sheetcrm.core.table.spreadsheets import NoSpreadsheetError, spreadsheet_link
from sheetcrm.errors import SourceRefusedError, TabNotFoundError

ID = "1aB-c_dEfGhIjKlMnOpQrStUvWxYz0123456789abcd"
DOCS = "https://docs.google.com/spreadsheets"


def sheet(sheet_id, title, index, **more):
    grid = {"rowCount": 1000, "columnCount": 26}
    properties = {"title": title, "index": index, "gridProperties": grid, **more}
    return {"properties": {"sheetId": sheet_id, **properties} if sheet_id else properties}


BOOK = {
    "sheets": [
        sheet(7, "Leads", 2),
        sheet(0, "Notes", 0, hidden=True),
        sheet(8, "Cities", 3),
        {"properties": {"sheetId": 9, "title": "Chart", "index": 1, "sheetType": "OBJECT"}},
        sheet(11, "It's “here”!", 4),
    ],
    "namedRanges": [
        {"name": "OurLeads", "range": {"sheetId": 7, "startRowIndex": 3, "startColumnIndex": 1}},
        {
            "name": "Whole",
            "range": {
                "startRowIndex": 1,
                "endRowIndex": 5,
                "startColumnIndex": 0,
                "endColumnIndex": 3,
            },
        },
    ],
}


def found(tab="", gid=None):
    return find_place(Address(spreadsheet=ID, gid=gid, tab=tab), BOOK)


@pytest.mark.parametrize(
    ("text", "gid"),
    [
        (ID, None),
        (f" {ID}\n", None),
        (f"{DOCS}/d/{ID}", None),
        (f"{DOCS}/d/{ID}/", None),
        (f"{DOCS}/d/{ID}/edit", None),
        (f"{DOCS}/d/{ID}/edit#gid=0", 0),
        (f"{DOCS}/d/{ID}/edit?gid=123#gid=123", 123),
        (f"{DOCS}/d/{ID}/edit?gid=1#gid=456", 456),
        (f"{DOCS}/d/{ID}/edit?usp=sharing&gid=77", 77),
        (f"{DOCS}/d/{ID}?gid=5", 5),
        (f"{DOCS}/u/0/d/{ID}/edit#gid=123", 123),
        (f"{DOCS}/u/12/d/{ID}/edit", None),
        (f"https://docs.google.com/a/example.com/spreadsheets/d/{ID}/edit#gid=3", 3),
        (f"{DOCS}/d/{ID}/edit#gid=12&range=A1:C3", 12),
        (f"{DOCS}/d/{ID}/edit?rtpof=true&sd=true#gid=2063", 2063),
        (f"{DOCS}/d/{ID}/htmlview#", None),
        (f"https://drive.google.com/file/d/{ID}/view?usp=drive_link", None),
        (f"https://drive.google.com/open?usp=drive_copy&id={ID}", None),
    ],
)
def test_what_people_copy_from_the_browser(text, gid):
    link = spreadsheet_link(text)
    assert (link.id, link.gid) == (ID, gid)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "leads.xlsx",
        "https://example.com/spreadsheets/d/" + ID,
        f"http://docs.google.com/spreadsheets/d/{ID}/edit",
        f"https://docs.google.com.example.com/spreadsheets/d/{ID}",
        f"https://docs.google.com/document/d/{ID}/edit",
        f"{DOCS}/d/{ID}%2F/edit",
        "1aB c_dEfGhIjKlMnOpQrStUv",
    ],
)
def test_what_is_no_spreadsheet(text):
    with pytest.raises(NoSpreadsheetError, match="neither the address nor the id"):
        spreadsheet_link(text)


def test_a_published_copy_is_told_apart():
    with pytest.raises(NoSpreadsheetError, match="published to the web") as told:
        spreadsheet_link(f"{DOCS}/d/e/2PACX-{ID}/pubhtml?gid=0&single=true")
    assert "open the spreadsheet itself" in told.value.hint


def test_without_a_name_it_is_the_tab_of_the_address_or_the_first_that_people_see():
    assert found().title == "Leads"  # Notes is hidden, Chart has no cells
    assert found(gid=8).title == "Cities"
    assert found(gid=0).title == "Notes"  # an answer leaves sheetId out where it is 0
    assert found(gid=0).sheet == 0


def test_a_name_wins_over_the_tab_that_was_open_when_the_address_was_copied():
    place = found("Leads", gid=8)
    assert (place.sheet, place.title, place.area) == (7, "Leads", EVERYWHERE)
    assert (place.rows, place.columns) == (1000, 26)
    assert found(" leads ").sheet == 7


def test_a_range_of_a_tab():
    assert found("Leads!B4:M").area == Area(2, 4, 13, MAX_ROW)
    assert found("'Leads'!$B$4:$M$90").area == Area(2, 4, 13, 90)
    assert found("leads!4:9").area == Area(1, 4, MAX_COLUMN, 9)
    assert found("'It''s “here”!'!A1:B2").sheet == 11
    assert found("It's “here”!").area == EVERYWHERE


def test_a_named_range_open_on_two_sides_and_one_on_the_tab_zero():
    place = found("ourleads")
    assert (place.sheet, place.area) == (7, Area(2, 4, MAX_COLUMN, MAX_ROW))
    place = found("Whole")
    assert (place.sheet, place.title, place.area) == (0, "Notes", Area(1, 2, 3, 5))


def test_a_renamed_tab_is_said_with_all_that_there_are():
    with pytest.raises(TabNotFoundError, match=r"“Lead”; was it renamed") as told:
        found("Lead")
    assert told.value.tabs == ("Notes", "Chart", "Leads", "Cities", "It's “here”!")
    assert told.value.hint.startswith("did you mean “Leads”? Its tabs: Notes, Chart, Leads, ")
    with pytest.raises(TabNotFoundError) as told:
        found("Quarterly!A1:B2")
    assert told.value.hint.startswith("its tabs: Notes, ")


def test_a_deleted_tab_of_an_address():
    with pytest.raises(TabNotFoundError, match="gid=99") as told:
        found(gid=99)
    assert 'tab = "Notes"' in told.value.hint


def test_a_tab_without_cells():
    with pytest.raises(SourceRefusedError, match="“Chart” has no cells") as told:
        found("Chart")
    assert told.value.code == "not-a-grid"


@pytest.mark.parametrize(
    ("tab", "a1"),
    [
        ("", ""),
        ("Leads", "'Leads'"),
        ("It's", "'It''s'"),
        ("Leads!$B$4:M", "'Leads'!B4:M"),
        ("Hot!", "'Hot!'"),
    ],
)
def test_the_first_guess_of_a_range(tab, a1):
    assert Address.parse(ID, tab).a1 == a1


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30))
def test_any_title_is_found_again_by_itself_and_quoted_with_a_range(title):
    book = {"sheets": [sheet(1, "Another", 0), sheet(2, title, 1)]}
    if title.strip().casefold() == "another" or not title.strip():
        return
    assert find_place(Address(spreadsheet=ID, tab=title), book).sheet == 2
    ranged = Address(spreadsheet=ID, tab=f"{quoted(title)}!B2:C")
    assert find_place(ranged, book).area == Area(2, 2, 3, MAX_ROW)


@pytest.mark.parametrize(
    ("grid", "expected"),
    [
        ({}, "'Leads'"),
        ({"startRowIndex": 4, "endRowIndex": 5}, "'Leads'!5:5"),
        ({"startRowIndex": 4, "endRowIndex": 9, "startColumnIndex": 0}, "'Leads'!5:9"),
        ({"startColumnIndex": 1, "endColumnIndex": 3, "endRowIndex": 7}, "'Leads'!B1:C7"),
        ({"startRowIndex": 1, "startColumnIndex": 1, "endColumnIndex": 2}, "'Leads'!B2:B"),
        ({"startRowIndex": 1, "endRowIndex": 2, "startColumnIndex": 1}, "'Leads'!B2:ZZZ2"),
    ],
)
def test_a_part_of_a_tab_in_a1_notation(grid, expected):
    assert range_of("Leads", {"sheetId": 3, **grid}) == expected
