"""Cells, rows and tables into which nothing can be written safely are refused, each by its name."""

from __future__ import annotations

import math

import pytest
import xlsxwriter

from sheetcrm.adapters.excel import ExcelSource, write_cells
from sheetcrm.errors import SourceRefusedError
from tests.adapters.excel.excel_books import kitchen_sink, sheet_workbook, with_part

OFFICE = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PIVOT = (
    b'<pivotTableDefinition xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    b'name="P" cacheId="1"><location ref="P3:Q8" firstHeaderRow="1" firstDataRow="1" '
    b'firstDataCol="1"/></pivotTableDefinition>'
)


def refused(path, code, act):
    before = path.read_bytes()
    with pytest.raises(SourceRefusedError) as caught:
        act()
    assert (caught.value.code, bool(caught.value.hint)) == (code, True)
    assert path.read_bytes() == before
    assert not list(path.parent.glob(".~sheetcrm*"))


def table_book(path, **options):
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Leads")
        columns = [{"header": "Name"}, {"header": "Budget", "total_function": "sum"}]
        data = [["Sari", 1], ["Budi", 2]]
        sheet.add_table(0, 0, 3, 1, {"name": "People", "columns": columns, "data": data, **options})
    return path


def test_totals_row_and_header_of_a_table(tmp_path):
    path = table_book(tmp_path / "leads.xlsx", total_row=True)
    refused(path, "totals-row", lambda: write_cells(path, "", {"B4": 9}))
    refused(path, "table-header", lambda: write_cells(path, "", {"B1": "Money"}))


def test_a_table_without_a_header(tmp_path):
    path = table_book(tmp_path / "leads.xlsx", header_row=False)
    refused(path, "table-without-header", lambda: ExcelSource("x", path, "People").read())


def test_a_table_that_a_query_fills(tmp_path):
    path = table_book(tmp_path / "leads.xlsx")
    with_part(path, "xl/tables/table1.xml", lambda data: data.replace(
        b"<table ", b'<table tableType="queryTable" ', 1))  # fmt: skip
    source = ExcelSource("x", path)
    refused(path, "linked-table", lambda: source.write(source.read(), [], append=["Score"]))


def test_a_pivot_table(tmp_path):
    path = kitchen_sink(tmp_path / "leads.xlsx")
    relation = b'<Relationship Id="rId77" Type="%b/pivotTable" Target="../pivotTables/p1.xml"/>'
    with_part(path, "xl/pivotTables/p1.xml", lambda _: PIVOT)
    with_part(path, "xl/worksheets/_rels/sheet1.xml.rels", lambda data: data.replace(
        b"</Relationships>", relation % OFFICE + b"</Relationships>"))  # fmt: skip
    refused(path, "pivot", lambda: write_cells(path, "", {"P5": 1}))
    assert write_cells(path, "", {"R5": 1}) == 1


def test_rows_out_of_order(tmp_path):
    rows = b"".join(
        b'<row r="%d"><c r="A%d"><v>%d</v></c></row>' % (row, row, row) for row in (1, 3, 2)
    )
    path = sheet_workbook(tmp_path / "leads.xlsx", rows)
    refused(path, "row-order", lambda: write_cells(path, "", {"B2": 1}))


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
def test_numbers_that_no_cell_holds(tmp_path, value):
    path = kitchen_sink(tmp_path / "leads.xlsx")
    refused(path, "not-a-number", lambda: write_cells(path, "", {"P5": value}))
