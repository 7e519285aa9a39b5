"""What stands in a Google tab, as leads."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from sheetcrm.adapters.google.address import Address
from sheetcrm.adapters.google.source import GoogleTabSource
from sheetcrm.core.table.values import CellError, Severity
from sheetcrm.errors import HeaderError, SourceNotFoundError, TabNotFoundError
from tests.adapters.google.sheets import client_of, source_of, spreadsheet_of
from tests.support.sheets_api import ErrorValue, Formula, SheetsServer

KNOWN = ("Name", "Email", "Budget", "Since")
LEADS = [["Name", "Email", "Budget"], ["Ana", "ana@example.com", 5], ["Budi", None, 7.5]]


@pytest.fixture(scope="module")
def google():
    with SheetsServer() as server:
        yield server


@pytest.fixture(autouse=True)
def _quiet(google):
    google.log.clear()


def table(tab) -> dict:
    return {column.header: list(column.values) for column in tab.columns}


def test_one_request_for_a_tab_by_its_title(google):
    book = spreadsheet_of(google, {"Leads": LEADS, "Other": [["a"]]})
    source = source_of(google, book, "Leads")
    assert source.locator == "Google › Leads"
    tab = source.read(KNOWN)
    assert table(tab) == {
        "Name": ["Ana", "Budi"],
        "Email": ["ana@example.com", None],
        "Budget": [5, 7.5],
    }
    assert source.locator == "Spring fair › Leads"
    assert [call.operation for call in google.log] == ["spreadsheets.get"]


@pytest.mark.parametrize("title", ["Lead's tab", "A1", "Jan!", "Calon pelanggan ☀️", "leads (2)"])
def test_titles_of_all_kinds(google, title):
    book = spreadsheet_of(google, {"Other": [["a"]], title: LEADS})
    assert source_of(google, book, title).read(KNOWN).title == title


def test_a_title_in_another_case(google):
    book = spreadsheet_of(google, {"Other": [["a"]], "LEADS": LEADS})
    assert source_of(google, book, " leads ").read(KNOWN).title == "LEADS"


def test_the_first_tab_that_people_see(google):
    book = spreadsheet_of(google, {"Hidden": [["a"]], "Leads": LEADS})
    with book.changing() as changed:
        changed.titled("Hidden").properties["hidden"] = True
    assert source_of(google, book, "").read(KNOWN).title == "Leads"


def test_the_tab_of_the_address(google):
    book = spreadsheet_of(google, {"Other": [["a"]], "Leads": LEADS})
    gid = book.tab("Leads").sheet_id
    address = Address.parse(f"{book.url}#gid={gid}")
    source = GoogleTabSource("leads", address, client_of(google))
    assert source.read(KNOWN).title == "Leads"
    assert len(google.log.reads) == 1


def test_a_named_range_and_a_part_of_a_tab(google):
    grid = [["Our leads", None, None], [], [None, "Name", "Email"], [None, "Ana", "a@example.com"]]
    book = spreadsheet_of(google, {"Sheet": [*grid, [None, "Budi", "b@example.com"], ["total", 2]]})
    book.name_range("People", "Sheet!B3:C5")
    for place in ("People", "Sheet!B3:C5"):
        tab = source_of(google, book, place).read(KNOWN)
        assert table(tab) == {"Name": ["Ana", "Budi"], "Email": ["a@example.com", "b@example.com"]}
        assert (tab.header_row, list(tab.rows)) == (3, [4, 5])
        assert [column.letter for column in tab.columns] == ["B", "C"]


def test_our_columns_beside_a_part_of_a_tab_belong_to_it(google):
    book = spreadsheet_of(
        google, {"Sheet": [["Name", "Email", "Score"], ["Ana", "a@b.example", 3]]}
    )
    assert source_of(google, book, "Sheet!A:B").read(KNOWN).headers == ["Name", "Email", "Score"]


def test_dates_are_told_by_their_format(google):
    rows = [
        ["Name", "Since", "Seen", "Number"],
        ["Ana", date(2026, 3, 1), datetime(2026, 3, 1, 14, 30), 46082],
        ["Budi", None, "soon", 1],
    ]
    tab = source_of(google, spreadsheet_of(google, {"Leads": rows})).read(KNOWN)
    assert table(tab)["Since"] == [date(2026, 3, 1), None]
    assert table(tab)["Seen"] == [datetime(2026, 3, 1, 14, 30), "soon"]
    assert table(tab)["Number"] == [46082, 1]


def test_what_people_type_in_indonesia(google):
    book = spreadsheet_of(google, {"Leads": [["Name", "Since", "Budget"]]}, locale="id_ID")
    book.tab().set("A2", "Ana")
    book.tab().type("B2", "31/12/2026")
    book.tab().type("C2", "1.250,5")
    found = table(source_of(google, book).read(KNOWN))
    assert found["Since"] == [date(2026, 12, 31)]
    assert found["Budget"] == [1250.5]


def test_a_time_of_day_is_part_of_a_day(google):
    book = spreadsheet_of(google, {"Leads": [["Name", "At"], ["Ana", 0.5]]})
    book.tab().set("B2", 0.5, format={"numberFormat": {"type": "TIME", "pattern": "hh:mm"}})
    assert table(source_of(google, book).read(KNOWN))["At"] == [0.5]


def test_checkboxes_are_truth_values_and_make_no_lead(google):
    book = spreadsheet_of(google, {"Leads": [["Name", "Called"], ["Ana", True], ["Budi"]]})
    book.tab().checkbox("B2:B20")
    tab = source_of(google, book).read(KNOWN)
    assert table(tab) == {"Name": ["Ana", "Budi"], "Called": [True, False]}


def test_errors_are_values(google):
    kinds = {"DIVIDE_BY_ZERO": "#DIV/0!", "N_A": "#N/A", "REF": "#REF!", "ERROR": "#VALUE!"}
    kinds |= {"NAME": "#NAME?", "NUM": "#NUM!", "VALUE": "#VALUE!", "NULL_VALUE": "#NULL!"}
    book = spreadsheet_of(google, {"Leads": [["Name", "Sum"], *([f"L{i}"] for i in range(8))]})
    for row, kind in enumerate(kinds, 2):
        book.tab().set(f"B{row}", Formula("=1/0"), result=ErrorValue(kind))
    assert table(source_of(google, book).read(KNOWN))["Sum"] == list(map(CellError, kinds.values()))


def test_what_is_still_being_loaded_is_said(google):
    book = spreadsheet_of(google, {"Leads": [["Name", "Budget"], ["Ana"], ["Budi"], ["Citra", 1]]})
    for cell in ("B2", "B3"):
        book.tab().set(cell, Formula('=IMPORTRANGE("x","y")'), result=ErrorValue("LOADING"))
    tab = source_of(google, book).read(KNOWN)
    (problem,) = tab.problems
    assert (problem.cell, problem.column, problem.severity) == ("B2", "Budget", Severity.WARNING)
    assert "1 more" in problem.message
    assert table(tab)["Budget"][0] == CellError("#N/A")


def test_formulas_filled_down_below_the_leads_are_no_leads(google):
    rows = [["Name", "Budget", "Double"], ["Ana", 2], ["Budi", 3]]
    book = spreadsheet_of(google, {"Leads": rows})
    results = {2: 4, 3: 6, 4: "", 5: 0, 6: ErrorValue("N_A"), 7: False}
    for row, result in results.items():
        book.tab().set(f"C{row}", Formula(f"=B{row}*2"), result=result)
    tab = source_of(google, book).read(KNOWN)
    assert list(tab.rows) == [2, 3]
    assert table(tab)["Double"] == [4, 6]


def test_chips_are_read_as_the_text_that_people_see(google):
    book = spreadsheet_of(google, {"Leads": [["Name", "Owner"], ["Ana"]]})
    chips = [{"chip": {"personProperties": {"email": "sari@example.com"}}}]
    book.tab().set("B2", "Sari", chips=chips)
    book.tab().set("A2", "Ana", link="https://example.com")
    assert table(source_of(google, book).read(KNOWN)) == {"Name": ["Ana"], "Owner": ["Sari"]}


def test_rows_that_a_filter_hides_are_leads(google):
    book = spreadsheet_of(google, {"Leads": LEADS})
    book.tab().hide_rows(2, by_filter=True)
    assert list(source_of(google, book).read(KNOWN).rows) == [2, 3]


def test_a_tab_that_is_not_there(google):
    book = spreadsheet_of(google, {"Leads 2025": LEADS, "Other": [["a"]]})
    with pytest.raises(TabNotFoundError) as told:
        source_of(google, book, "Leads 2026").read(KNOWN)
    assert told.value.tabs == ("Leads 2025", "Other")
    assert "Leads 2025" in told.value.hint


def test_a_tab_that_is_renamed_between_two_readings_is_still_the_same(google):
    book = spreadsheet_of(google, {"Leads": LEADS, "Other": [["a"]]})
    source = source_of(google, book)
    source.read(KNOWN)
    book.tab("Leads").rename("Prospek")
    assert source.read(KNOWN).title == "Prospek"
    book.delete_tab("Prospek")
    with pytest.raises(TabNotFoundError):
        source.read(KNOWN)


def test_a_tab_without_a_header(google):
    book = spreadsheet_of(google, {"Leads": [[1, 2], [3, 4]]})
    with pytest.raises(HeaderError) as told:
        source_of(google, book).read(KNOWN)
    assert "“Leads”" in told.value.message
    assert "looked for columns such as Name" in told.value.message


def test_a_spreadsheet_that_is_not_there(google):
    book = spreadsheet_of(google, {"Leads": LEADS})
    google.delete(book.id)
    with pytest.raises(SourceNotFoundError):
        source_of(google, book).read(KNOWN)
