"""What a write does to a tab, and what it leaves alone or refuses."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from sheetcrm.adapters.google import requests
from sheetcrm.adapters.google.columns import Look
from sheetcrm.core.table.fields import Field, FieldType
from sheetcrm.core.table.values import Edit
from sheetcrm.errors import SourceChangedError, SourceRefusedError
from tests.adapters.google.racing import team_of
from tests.adapters.google.sheets import source_of, spreadsheet_of
from tests.support.sheets_api import OWNER, ErrorValue, Formula, SheetsServer, faults

KNOWN = ("Name", "Email", "Budget", "Score", "Stage")
FIELDS = (Field(name="email", headers=("Email",), type=FieldType.EMAIL, identifies=True),)
LEADS = [
    ["Name", "Email", "Budget", "Score"],
    ["Ana", "ana@example.com", 5, 40],
    ["Budi", "budi@example.com", 7, None],
    ["Citra", "citra@example.com", 9, 12],
]


@pytest.fixture(scope="module")
def google():
    with SheetsServer() as server:
        yield server


@pytest.fixture
def leads(google):
    google.script.forget()
    google.log.clear()
    return spreadsheet_of(google, {"Leads": LEADS})


def edit(tab, index, header, after) -> Edit:
    column = tab.column(header)
    before = column.values[index] if column else None
    return Edit(lead=f"L{index}", row=tab.rows[index], header=header, before=before, after=after)


def written(google, book, edits, append=(), **more):
    source = source_of(google, book, fields=FIELDS, **more)
    tab = source.read(KNOWN)
    return source.write(tab, [edit(tab, *one) for one in edits], append=append)


def refusal(google, book, edits=((0, "Score", 99),), append=(), **more):
    before = book.tab().entered()
    with pytest.raises(SourceRefusedError) as told:
        written(google, book, edits, append, **more)
    assert book.tab().entered() == before
    assert told.value.hint
    return told.value


def test_two_reads_and_one_write(google, leads):
    written(google, leads, [(0, "Score", 41), (2, "Score", 13)])
    assert [row[3] if len(row) > 3 else None for row in leads.tab().values()[1:]] == [41, None, 13]
    assert [call.kind for call in google.log] == ["read", "read", "write"]
    (update,) = [r for r in google.log[-1].body["requests"] if "updateCells" not in r] or [None]
    assert update is None


def test_only_values_are_set(google, leads):
    look = {"backgroundColor": {"red": 1}}
    leads.tab().set(
        "D2", 40, format=look, note="ask Ana", validation={"condition": {"type": "NUMBER_GREATER"}}
    )
    written(google, leads, [(0, "Score", 41)])
    cell = leads.tab().cell("D2")
    assert (cell.value, cell.note, cell.format) == (41, "ask Ana", look)
    assert cell.validation


def test_dates_get_a_date_format_where_they_have_none(google, leads):
    leads.tab().set("D4", 12, format={"numberFormat": {"type": "DATE", "pattern": "dd/mm/yy"}})
    day, moment = date(2026, 3, 1), datetime(2026, 3, 1, 9, 30)
    written(google, leads, [(0, "Score", day), (1, "Score", moment), (2, "Score", day)])
    formats = [leads.tab().cell(f"D{row}").format["numberFormat"] for row in (2, 3, 4)]
    assert [form["type"] for form in formats] == ["DATE", "DATE_TIME", "DATE"]
    assert formats[2]["pattern"] == "dd/mm/yy"
    found = source_of(google, leads).read(KNOWN).column("Score")
    assert list(found.values) == [day, moment, day]


def test_a_score_is_never_shown_as_a_date(google, leads):
    leads.tab().set("D2", 40, format={"numberFormat": {"type": "DATE"}})
    written(google, leads, [(0, "Score", 41)])
    assert leads.tab().displayed()[1][3] == "41"


def test_new_columns_make_the_grid_grow_and_say_whose_they_are(google, leads):
    with leads.changing() as book:
        book.sheets[0].column_count = 4
    written(google, leads, [(0, "Stage", "MQL"), (1, "Why", "city")], ["Stage", "Why"])
    assert leads.tab().values()[0][4:] == ["Stage", "Why"]
    assert [leads.tab().cell(f"{c}1").note for c in "DEF"] == ["", *["written by sheetcrm"] * 2]
    assert leads.tab().sheet.column_count == 6
    assert [call.kind for call in google.log] == ["read", "read", "write"]


def test_new_headers_look_like_the_others(google, leads):
    bold = {"textFormat": {"bold": True}}
    leads.tab().set("D1", "Score", format=bold)
    written(google, leads, [(0, "Stage", "MQL")], ["Stage"], look=Look(style=True))
    assert leads.tab().cell("E1").format == bold
    assert leads.tab().cell("E2").format is None


def test_the_filter_grows_with_the_columns(google, leads):
    specs = [{"columnIndex": 2, "filterCriteria": {"hiddenValues": ["5"]}}]
    filtered = {
        "range": {"startRowIndex": 0, "endRowIndex": 4, "startColumnIndex": 0, "endColumnIndex": 4}
    }
    with leads.changing() as book:
        book.sheets[0].basic_filter = filtered | {"filterSpecs": specs}
    written(google, leads, [(0, "Stage", "MQL")], ["Stage"])
    found = leads.tab().sheet.basic_filter
    assert found["range"]["endColumnIndex"] == 5
    assert found["range"]["endRowIndex"] == 4
    assert found["filterSpecs"] == specs


def test_a_table_grows_with_the_columns(google, leads):
    area = {"startRowIndex": 0, "endRowIndex": 4, "startColumnIndex": 0, "endColumnIndex": 4}
    with leads.changing() as book:
        table = {"tableId": "t1", "name": "People", "range": area, "columnProperties": []}
        book.sheets[0].tables.append(table)
    written(google, leads, [(0, "Stage", "MQL")], ["Stage"])
    assert leads.tab().sheet.tables[0]["range"] == area | {"endColumnIndex": 5}


def test_looks_are_given_once(google, leads):
    look = Look(
        protect=True, style=True, stage="Stage", ladder=["Contact", "MQL"], off_ladder=["Lost"]
    )
    written(google, leads, [(0, "Stage", "MQL")], ["Stage"], look=look)
    (protected,) = leads.tab().sheet.protected
    assert protected["warningOnly"]
    assert protected["description"] == "written by sheetcrm"
    rules = leads.tab().sheet.conditional
    stages = [rule["booleanRule"]["condition"]["values"][0]["userEnteredValue"] for rule in rules]
    assert stages == ["Contact", "MQL", "Lost"]
    assert all(rule["ranges"][0]["startColumnIndex"] == 4 for rule in rules)
    with leads.changing() as book:
        book.sheets[0].protected.clear()
        book.sheets[0].conditional.clear()
    written(google, leads, [(1, "Stage", "MQL"), (0, "Why", "x")], ["Why"], look=look)
    assert leads.tab().sheet.conditional == []
    assert len(leads.tab().sheet.protected) == 1  # that of the newest column


def test_looks_that_cannot_be_given_are_said(google, leads):
    google.fail("spreadsheets.batchUpdate", faults.internal(), nth=2, times=9)
    receipt = written(google, leads, [(0, "Stage", "MQL")], ["Stage"], look=Look(protect=True))
    (problem,) = receipt.problems
    assert "no looks" in problem.message
    assert leads.tab().values()[1][4] == "MQL"


def test_cells_in_the_way_of_new_columns(google):
    book = spreadsheet_of(google, {"Leads": [*LEADS[:2], [*LEADS[2], None, "my sums"]]})
    fault = refusal(google, book, [(0, "Stage", "MQL")], ["Stage", "Why"], tab="Leads!A:D")
    assert fault.code == "occupied"
    assert "F3" in fault.message


def test_merged_cells(google, leads):
    leads.tab().merge("C2:D2")
    fault = refusal(google, leads)
    assert (fault.code, "C2:D2" in fault.message) == ("merged", True)
    leads.tab().merge("D3:D4")
    written(google, leads, [(1, "Score", 8)])
    assert leads.tab().values()[2][3] == 8


def test_protected_ranges(google, leads):
    robot = google.accounts.service_account()["client_email"]
    leads.share(robot)
    from google.oauth2.credentials import Credentials

    from sheetcrm.adapters.google.client import SheetsClient

    token = Credentials(token=google.accounts.token(robot))
    client = SheetsClient(token, endpoint=google.url, sleep=lambda _: None)
    leads.tab().protect("D1:D9", [OWNER])
    fault = refusal(google, leads, client=client)
    assert fault.code == "protected"
    assert "D1:D9" in fault.message
    leads.tab().protect("A1:C9", warning_only=True)
    written(google, leads, [(0, "Budget", 6)], client=client)
    assert leads.tab().values()[1][2] == 6


def test_cells_that_an_array_formula_fills(google, leads):
    leads.tab().set("D2", Formula("=ARRAYFORMULA(C2:C4*2)"), result=10)
    fault = refusal(google, leads)
    assert fault.code == "array"
    assert "D2" in fault.message


def test_texts_that_are_too_long(google, leads):
    assert refusal(google, leads, [(0, "Score", "x" * 50_001)]).code == "too-long"


def test_view_only(google):
    reader = "reader@example.com"
    book = spreadsheet_of(google, {"Leads": LEADS}, share={reader: "reader"})
    from google.oauth2.credentials import Credentials

    from sheetcrm.adapters.google.client import SheetsClient

    token = Credentials(token=google.accounts.token(reader))
    client = SheetsClient(token, endpoint=google.url, sleep=lambda _: None)
    assert refusal(google, book, client=client).code == "view-only"


@pytest.mark.parametrize(
    ("cell", "value"),
    [("D2", 77), ("D3", 1), ("B2", "other@example.com"), ("D1", "Points"), ("A1", "Nama")],
)
def test_what_somebody_types_meanwhile_wins(google, leads, cell, value):
    google.before("getByDataFilter", lambda: leads.tab().set(cell, value))
    with pytest.raises(SourceChangedError):
        written(google, leads, [(0, "Score", 41)])
    assert leads.tab().values()[1][3] == (value if cell == "D2" else 40)


def test_a_formula_in_place_of_the_same_value_counts_as_a_change(google, leads):
    act = lambda: leads.tab().set("D2", Formula("=20*2"), result=40)  # noqa: E731
    google.before("getByDataFilter", act)
    with pytest.raises(SourceChangedError):
        written(google, leads, [(0, "Score", 41)])
    assert leads.tab().entered()[1][3] == Formula("=20*2")


def test_rows_that_do_not_concern_the_write_may_change(google, leads):
    google.before("getByDataFilter", lambda: leads.tab().fill([["Dewi", "d@example.com"]], "A90"))
    written(google, leads, [(0, "Score", 41)])
    assert leads.tab().values()[1][3] == 41


def test_what_is_big_is_written_in_parts(google, leads, monkeypatch):
    monkeypatch.setattr(requests.parts, "__defaults__", (150,))
    written(google, leads, [(i, "Score", f"{'x' * 100}{i}") for i in range(3)])
    assert [call.kind for call in google.log] == ["read", "read", "write", "write", "write"]
    assert [row[3][-1] for row in leads.tab().values()[1:]] == ["0", "1", "2"]


def test_a_part_that_comes_too_late_is_left(google, leads, monkeypatch):
    """Somebody sorts between the first part and the second."""
    monkeypatch.setattr(requests.parts, "__defaults__", (150,))
    google.before(
        "spreadsheets.batchUpdate", lambda: leads.tab().sort("A2:D4", "A", descending=True), nth=2
    )
    with pytest.raises(SourceChangedError):
        written(google, leads, [(i, "Score", f"{'x' * 100}{i}") for i in range(3)])
    found = {row[0]: row[3] if len(row) > 3 else None for row in leads.tab().values()[1:]}
    assert found["Ana"] == "x" * 100 + "0"
    assert found["Budi"] in {None, "x" * 100 + "1"}
    assert found["Citra"] in {12, "x" * 100 + "2"}


def test_a_formula_that_was_hit_is_put_back_as_it_reads_where_it_is_now(google):
    """A column is inserted just before the write, so that it hits the team's own formulas."""
    team = team_of(google)
    tab = team.tab
    for row in range(2, 10):
        tab.set(f"G{row}", Formula(f"=D{row}*2"), result=row)
    from sheetcrm.engine.sync import sync

    google.before("spreadsheets.batchUpdate", lambda: tab.insert_columns("A"))
    assert sync(team.workspace).exit_code == 0
    assert [row[7] for row in tab.entered()[1:]] == [Formula(f"=E{row}*2") for row in range(2, 10)]
    assert tab.values()[0][7:9] == ["Today", "Lead ID"]
    assert tab.cell("H1").note == ""


def test_leads_that_are_alike_in_what_identifies_them_are_told_apart(google):
    grid = [["Name", "Email", "City", "Score"], *([f"N{i}", None, "Bogor"] for i in range(6))]
    book = spreadsheet_of(google, {"Leads": grid})
    google.before(
        "spreadsheets.batchUpdate", lambda: book.tab().sort("A2:D7", "A", descending=True)
    )
    with pytest.raises(SourceChangedError):
        written(google, book, [(0, "Score", 1), (1, "Score", 2)])
    assert all(len(row) < 4 for row in book.tab().values()[1:])


def test_two_tabs_swap_their_names_just_before_a_write(google):
    book = spreadsheet_of(
        google, {"Leads": LEADS, "Other": [["Name", "Email"], ["X", "x@y.example"]]}
    )
    leads, other = book.tab("Leads"), book.tab("Other")

    def swap() -> None:
        leads.rename("Away")
        other.rename("Leads")

    google.before("spreadsheets.batchUpdate", swap)
    written(google, book, [(0, "Score", 41)])
    assert leads.values()[1][3] == 41
    assert other.values() == [["Name", "Email"], ["X", "x@y.example"]]


def test_an_array_formula_of_the_team_that_was_hit_fills_its_column_again(google):
    """Its cells hold nothing of their own, so nothing is put into them."""
    grid = [["Name", "Email", "Double", "Score"], *([f"N{i}", f"n{i}@x.example"] for i in range(4))]
    book = spreadsheet_of(google, {"Leads": grid})
    tab = book.tab()
    tab.set("C2", Formula("=ARRAYFORMULA(ROW(A2:A5))"), result=2)
    tab.fill([[3], [4], [5]], "C3")  # as the formula fills them

    def insert() -> None:
        tab.insert_columns("A")
        tab.set("D2", Formula("=ARRAYFORMULA(ROW(A2:A5))"), result=ErrorValue("REF"))

    google.before("spreadsheets.batchUpdate", insert)
    with pytest.raises(SourceChangedError):
        written(google, book, [(i, "Score", 10 * i) for i in (1, 2, 3)])
    assert [row[3:] for row in tab.values()[2:]] == [[], [], []]


@pytest.mark.parametrize("lost", [False, True])
def test_a_text_that_google_keeps_in_another_form_has_been_written(google, leads, lost):
    """Line breaks become one kind, and an apostrophe at the front may go."""
    if lost:
        google.fail("spreadsheets.batchUpdate", faults.unavailable(after=True))

    def normalise() -> None:
        leads.tab().set("D2", "two\nlines")
        leads.tab().set("D3", "quoted")

    source = source_of(google, leads, fields=FIELDS)
    tab = source.read(KNOWN)
    google.after("spreadsheets.batchUpdate", normalise)
    source.write(tab, [edit(tab, 0, "Score", "two\r\nlines"), edit(tab, 1, "Score", "'quoted")])
    assert len(google.log.writes) == 1


def test_a_column_that_is_calculated_from_ours_moves_no_lead(google):
    grid = [["Name", "City", "Rank", "Score"], *([f"N{i % 2}", "Bogor"] for i in range(4))]
    book = spreadsheet_of(google, {"Leads": grid})
    for row in range(2, 6):
        book.tab().set(f"C{row}", Formula(f"=RANK(D{row},D:D)"), result=row)

    def recalculate() -> None:
        for row in range(2, 6):
            book.tab().set(f"C{row}", Formula(f"=RANK(D{row},D:D)"), result=10 - row)

    google.log.clear()
    google.before("spreadsheets.batchUpdate", recalculate)
    written(google, book, [(i, "Score", i) for i in range(4)])
    assert len(google.log.reads) == 2


def test_new_columns_in_hidden_ones_are_said(google, leads):
    with leads.changing() as book:
        book.sheets[0].sizes["COLUMNS"] = {n: {"hiddenByUser": True} for n in range(5, 26)}
    receipt = written(google, leads, [(0, "Stage", "MQL"), (0, "Why", "x")], ["Stage", "Why"])
    (problem,) = receipt.problems
    assert (problem.column, problem.cell) == ("Why", "F1")
    assert problem.hint


def test_a_tab_that_is_deleted_meanwhile(google):
    book = spreadsheet_of(google, {"Leads": LEADS, "Other": [["a"]]})
    google.before("spreadsheets.batchUpdate", lambda: book.delete_tab("Leads"))
    with pytest.raises(SourceChangedError):
        written(google, book, [(0, "Score", 41)])
    assert book.titles == ["Other"]
