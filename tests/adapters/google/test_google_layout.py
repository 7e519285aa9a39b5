"""What a Google tab shows beside its values."""

from __future__ import annotations

import pytest

from sheetcrm.core.table.layout import Layout
from sheetcrm.ports import WithLayout
from tests.adapters.google.sheets import source_of, spreadsheet_of
from tests.support.sheets_api import Formula, SheetsServer
from tests.support.sheets_api.sheet import COLUMNS

KNOWN = ("Name", "Email", "Budget")
LEADS = [
    ["Leads of the fair", None, None, None],
    ["Name", " Email ", "Budget", "Twice"],
    ["Ana", "ana@example.com", 5, 10],
    ["Budi", None, 7.5, 15],
    ["Citra", None, 8, 16],
]


@pytest.fixture(scope="module")
def google():
    with SheetsServer() as server:
        yield server


def layout_of(google, book) -> Layout:
    source = source_of(google, book)
    assert isinstance(source, WithLayout)
    return source.layout(source.read(KNOWN))


def test_merged_hidden_and_filtered_cells_and_formulas_below(google):
    book = spreadsheet_of(google, {"Other": [["a"]], "Leads": LEADS})
    tab = book.tab("Leads")
    tab.merge("A1:C1")
    tab.merge("B4:B5")
    tab.hide_rows(1)
    tab.hide_rows(3)
    tab.hide_rows(5, by_filter=True)
    tab.filter("A2:D5")
    with book.changing() as changed:
        sheet = changed.sheet(tab.sheet_id)
        sheet.sizes[COLUMNS][2] = {"hiddenByUser": True}
        sheet.basic_filter["criteria"] = {"0": {"hiddenValues": ["Citra"]}}
    for row in (6, 7, 8):
        tab.set(f"D{row}", Formula(f'=IF(C{row}="","",C{row}*2)'))
    assert layout_of(google, book) == Layout(
        headers=["Name", " Email ", "Budget", "Twice"],
        merged=["B4:B5"],
        hidden_columns=["C"],
        hidden_rows=[3, 5],
        filtered="A2:D5",
        formulas_below=["D6:D8"],
    )


def test_a_plain_tab(google):
    book = spreadsheet_of(google, {"Leads": LEADS})
    book.tab("Leads").filter("A2:D5")
    layout = layout_of(google, book)
    assert layout.headers == ["Name", " Email ", "Budget", "Twice"]
    assert (layout.merged, layout.hidden_columns, layout.hidden_rows) == ([], [], [])
    assert (layout.filtered, layout.formulas_below) == ("", [])
