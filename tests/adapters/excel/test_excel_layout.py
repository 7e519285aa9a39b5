"""What a workbook shows beside its values."""

from __future__ import annotations

import openpyxl
import pytest
import xlsxwriter

from sheetcrm.adapters.excel import ExcelSource, FileSource
from sheetcrm.adapters.excel.beside import UnwrittenSource
from sheetcrm.core.table.layout import Layout
from sheetcrm.errors import SourceChangedError
from sheetcrm.ports import WithLayout
from tests.adapters.excel.excel_books import kitchen_sink, sheet_workbook

HEADERS = ["Name", " Email ", "Budget", "Twice"]


@pytest.fixture
def book(tmp_path):
    """A title, headers in row 3, leads in rows 4 to 9, formulas filled down to row 40."""
    path = tmp_path / "leads.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("Leads")
        sheet.merge_range("A1:C1", "Leads of the fair")
        sheet.write_row("A3", HEADERS)
        for row in range(3, 9):
            sheet.write_row(row, 0, [f"Lead {row}", f"l{row}@example.com", row * 10])
            sheet.write_formula(row, 3, f"=C{row + 1}*2", None, row * 20)
        for row in range(9, 40):
            sheet.write_formula(row, 3, f'=IF(C{row + 1}="","",C{row + 1}*2)', None, "")
        sheet.merge_range("A5:A6", "Lead 4")
        sheet.set_column("C:C", 12, None, {"hidden": True})
        sheet.set_column("F:G", 12, None, {"hidden": True})
        sheet.set_row(1, None, None, {"hidden": True})
        sheet.set_row(7, None, None, {"hidden": True})
        sheet.set_row(8, None, None, {"hidden": True})
        sheet.autofilter("A3:D9")
        sheet.filter_column("A", "x == Lead*")
    return path


def layout_of(source) -> Layout:
    assert isinstance(source, WithLayout)
    return source.layout(source.read(["Name", "Email", "Budget"]))


def test_merged_hidden_and_filtered_cells_and_formulas_below(book):
    layout = layout_of(ExcelSource("leads", book))
    assert layout == Layout(
        headers=HEADERS,
        merged=["A5:A6"],
        hidden_columns=["C"],
        hidden_rows=[8, 9],
        filtered="A3:D9",
        formulas_below=["D10:D40"],
    )


def test_a_filter_that_only_shows_its_arrows_hides_nothing(tmp_path):
    path = kitchen_sink(tmp_path / "plain.xlsx", table=False)
    layout = layout_of(ExcelSource("leads", path, "Leads"))
    assert (layout.filtered, layout.merged, layout.hidden_rows) == ("", [], [])
    assert layout.hidden_columns == ["C"]


def test_the_filter_of_a_table(tmp_path):
    path = tmp_path / "table.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("Leads")
        columns = [{"header": "Name"}, {"header": "Email"}]
        sheet.add_table("A1:B4", {"columns": columns, "data": [["a", "b"]] * 3})
    book = openpyxl.load_workbook(path)
    table = book["Leads"].tables["Table1"]
    table.autoFilter.filterColumn.append(
        openpyxl.worksheet.filters.FilterColumn(
            colId=0, filters=openpyxl.worksheet.filters.Filters(filter=["a"])
        )
    )
    book.save(path)
    assert layout_of(ExcelSource("leads", path)).filtered == "A1:B4"


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(
            b'<row r="1"><c r="A1" t="inlineStr"><is><t>Name</t></is></c>'
            b'<c r="B1" t="inlineStr"><is><t>Email</t></is></c></row>'
            b'<row r="2" hidden="1"><c r="A2" t="inlineStr"><is><t>Ana</t></is></c></row>'
            b'<row r="3" hidden="0"><c r="A3" t="inlineStr"><is><t>Budi</t></is></c></row>'
            b'<row r="5"><c r="B5"><f>A5</f><v></v></c></row>',
            id="plain",
        ),
        pytest.param(
            b'<row r="1"><c r="A1" t="inlineStr"><is><t>Name</t></is></c>'
            b'<c r="B1" t="inlineStr"><is><t>Email</t></is></c></row><!-- odd -->'
            b'<row hidden = "true" ><c t="inlineStr"><is><t>Ana</t></is></c></row>'
            b'<row r="3"><c r="A3" t="inlineStr"><is><t>Budi</t></is></c></row>'
            b'<row r="5"><c r="B5"><f>A5</f><v></v></c></row>',
            id="unusual",
        ),
    ],
)
def test_however_the_rows_are_written(tmp_path, rows):
    path = sheet_workbook(tmp_path / "leads.xlsx", rows)
    layout = layout_of(ExcelSource("leads", path))
    assert (layout.hidden_rows, layout.formulas_below) == ([2], ["B5"])


def test_somebody_who_saved_meanwhile_is_noticed(book):
    source = ExcelSource("leads", book)
    tab = source.read()
    kitchen_sink(book)
    with pytest.raises(SourceChangedError):
        source.layout(tab)


def test_csv_has_headers_and_no_kinds(tmp_path):
    path = tmp_path / "leads.csv"
    path.write_text("Name , Email\nAna,ana@example.com\n", encoding="utf-8")
    assert layout_of(FileSource("leads", path, csv=True)) == Layout(
        headers=["Name ", " Email"], typed=False
    )


def test_a_source_that_is_not_written_looks_as_it_does(book):
    inner = FileSource("leads", book)
    assert layout_of(UnwrittenSource(inner)) == layout_of(inner)
