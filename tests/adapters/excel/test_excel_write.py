"""After a write, all but the owned cells is what it was."""

from __future__ import annotations

import re
import warnings
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from sheetcrm.adapters.excel import ExcelSource, write_cells
from sheetcrm.core.table.values import Edit
from sheetcrm.errors import SourceRefusedError
from tests.adapters.excel.excel_books import (
    PEOPLE,
    kitchen_sink,
    parts,
    sheet_workbook,
    with_part,
)

KNOWN = ("Name", "E-mail", "City", "Budget", "Score")
SHEET = "xl/worksheets/sheet1.xml"
VALUES = {"Score": [12.5, 40, 7, 0], "Stage": ["SQL", "MQL", "=Lead", "Lead"],
          "Next follow-up": [date(2026, 11, 24), None, date(2026, 12, 1), None]}  # fmt: skip


def opened(path, **options):
    """The workbook as openpyxl reads it; what it drops is its own affair."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(path, **options)


def fill(source, values=VALUES):
    """Write columns, appending those that are missing."""
    tab = source.read(KNOWN)
    edits = [
        Edit(lead=str(row), row=row, header=header, before=None, after=value)
        for header, column in values.items()
        for row, value in zip(tab.rows, column, strict=False)
    ]
    append = [header for header in values if header not in tab.headers]
    return source.write(tab, edits, append=append)


def foreign(sheet: bytes, columns: str) -> bytes:
    """A sheet's XML without the cells of our columns and the hints that grow with them."""
    sheet = re.sub(rb'<c r="[%b]\d+"[^>]*?(?:/>|>.*?</c>)' % columns.encode(), b"", sheet)
    sheet = re.sub(rb'<col min="(9|10)" max="\1" width="[\d.]+" customWidth="1"/>', b"", sheet)
    return re.sub(rb'<dimension [^>]*>| spans="[^"]*"|<autoFilter [^>]*>', b"", sheet)


@pytest.mark.parametrize("table", [True, False], ids=["table", "range"])
def test_everything_else_stays(tmp_path, table):
    path = kitchen_sink(tmp_path / "leads.xlsx", table=table)
    before, members = parts(path), zipfile.ZipFile(path).infolist()
    receipt = fill(ExcelSource("x", path))
    after = parts(path)
    assert receipt.appended == ("Stage", "Next follow-up")
    named = {SHEET, "xl/styles.xml", "xl/sharedStrings.xml"}
    named |= {"xl/tables/table1.xml"} if table else {"xl/workbook.xml"}
    assert {name for name in before if before[name] != after[name]} == named
    assert list(before) == list(after)
    assert foreign(before[SHEET], "HIJ") == foreign(after[SHEET], "HIJ")
    times = [(member.filename, member.date_time) for member in members]
    assert times == [(m.filename, m.date_time) for m in zipfile.ZipFile(path).infolist()]


@pytest.mark.parametrize("table", [True, False], ids=["table", "range"])
def test_other_programs_read_the_values(tmp_path, table):
    path = kitchen_sink(tmp_path / "leads.xlsx", table=table)
    fill(ExcelSource("x", path))
    sheet = opened(path)["Leads"]
    assert [sheet[f"H{row}"].value for row in range(4, 9)] == ["Score", 12.5, 40, 7, 0]
    assert [sheet[f"I{row}"].value for row in range(4, 9)] == [
        "Stage",
        "SQL",
        "MQL",
        "=Lead",
        "Lead",
    ]
    assert sheet["I7"].data_type == "s"
    assert sheet["J5"].value == datetime(2026, 11, 24)
    assert sheet["J5"].is_date
    assert not sheet["H5"].is_date
    assert sheet["I4"].font.b == sheet["H4"].font.b
    grid = (
        CalamineWorkbook.from_path(path).get_sheet_by_name("Leads").to_python(skip_empty_area=False)
    )
    assert [row[7] for row in grid[4:8]] == [12.5, 40, 7, 0]
    assert grid[4][9] == date(2026, 11, 24)


def test_second_write_leaves_the_file_alone(tmp_path):
    path = kitchen_sink(tmp_path / "leads.xlsx")
    source = ExcelSource("x", path)
    fill(source)
    before, moment = path.read_bytes(), path.stat().st_mtime_ns
    assert fill(source).cells == 0
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (before, moment)


def test_table_grows_with_its_new_columns(tmp_path):
    path = kitchen_sink(tmp_path / "leads.xlsx")
    fill(ExcelSource("x", path), {'A "quoted" & <odd> one': ["x"], "Stage": ["SQL"]})
    table = opened(path)["Leads"].tables["People"]
    assert (table.ref, table.autoFilter.ref) == ("B4:J8", "B4:J8")
    assert table.column_names[-2:] == ['A "quoted" & <odd> one', "Stage"]
    assert len({column.id for column in table.tableColumns}) == 9


def test_filter_and_its_hidden_name_grow_with_new_columns(tmp_path):
    path = kitchen_sink(tmp_path / "leads.xlsx", table=False)
    fill(ExcelSource("x", path))
    assert opened(path)["Leads"].auto_filter.ref == "B4:J8"
    assert b"Leads!$B$4:$J$8" in parts(path)["xl/workbook.xml"]


def test_recalculation_is_asked_for_only_where_a_formula_reads_what_was_written(tmp_path):
    path = kitchen_sink(tmp_path / "leads.xlsx", table=False)
    with_part(path, "xl/workbook.xml", lambda data: data.replace(b' fullCalcOnLoad="1"', b""))
    before = parts(path)["xl/workbook.xml"]
    write_cells(path, "Leads", {"N5": 1})
    assert parts(path)["xl/workbook.xml"] == before
    write_cells(path, "Leads", {"E5": 1})
    assert b'fullCalcOnLoad="1"' in parts(path)["xl/workbook.xml"]


def test_cached_values_of_formulas_survive(tmp_path):
    path = kitchen_sink(tmp_path / "leads.xlsx", table=False)
    fill(ExcelSource("x", path))
    sheet = opened(path, data_only=True)["Leads"]
    assert [sheet[f"G{row}"].value for row in range(5, 9)] == [p[3] * 2 for p in PEOPLE]


def test_score_beside_a_date_does_not_look_like_a_date(tmp_path):
    path = kitchen_sink(tmp_path / "leads.xlsx", table=False)
    write_cells(path, "Leads", {"F5": 88})
    cell = opened(path)["Leads"]["F5"]
    assert (cell.value, cell.is_date, cell.font.i) == (88, False, True)


def test_cells_without_a_header_and_beyond_the_last_row(tmp_path):
    path = kitchen_sink(tmp_path / "leads.xlsx")
    values = {"P2": 12.5, "Q2": "SQL", "A1": True, "Z99": "far", "C60": date(2026, 1, 2)}
    assert write_cells(path, "Leads", values) == 5
    assert write_cells(path, "Leads", values) == 0
    sheet = opened(path)["Leads"]
    found = {address: sheet[address].value for address in values}
    assert found == {**values, "C60": datetime(2026, 1, 2)}
    assert sheet.dimensions == "A1:Z99"


def test_written_to_another_file_the_workbook_itself_stays(tmp_path):
    path = kitchen_sink(tmp_path / "leads.xlsx")
    before, out = path.read_bytes(), tmp_path / "copy.xlsx"
    write_cells(path, "Leads", {"P2": 12.5}, out=out)
    assert path.read_bytes() == before
    assert opened(out)["Leads"]["P2"].value == 12.5
    write_cells(path, "Leads", {"B1": "Leads of the spring fair"}, out=out)
    assert out.read_bytes() == before


@pytest.mark.parametrize(
    ("cell", "code"),
    [("C2", "merged"), ("G5", "formula"), ("D4", "table-header"), ("M2", "array")],
)
def test_cells_that_are_not_ours_to_write(tmp_path, cell, code):
    path = kitchen_sink(tmp_path / "leads.xlsx")
    before = path.read_bytes()
    with pytest.raises(SourceRefusedError, match=cell) as caught:
        write_cells(path, "Leads", {"P5": 1, cell: 2})
    assert (caught.value.code, bool(caught.value.hint)) == (code, True)
    assert path.read_bytes() == before


def test_empty_sheet_gets_rows(tmp_path):
    path = sheet_workbook(tmp_path / "empty.xlsx", b"")
    write_cells(path, "Leads", {"B2": "x", "A1": 1})
    sheet = opened(path)["Leads"]
    assert (sheet["A1"].value, sheet["B2"].value) == (1, "x")


def test_occupied_column_beside_a_table_is_refused(tmp_path):
    path = kitchen_sink(tmp_path / "leads.xlsx")
    write_cells(path, "Leads", {"I6": "a note"})
    before = path.read_bytes()
    with pytest.raises(SourceRefusedError, match="I6") as caught:
        fill(ExcelSource("x", path))
    assert caught.value.code == "occupied"
    assert path.read_bytes() == before


def test_column_of_ordinary_cells_stays_ordinary_beside_coloured_ones(tmp_path):
    path = tmp_path / "leads.xlsx"
    with xlsxwriter.Workbook(path) as book:
        red = book.add_format({"bg_color": "#FF0000", "num_format": "0.00%"})
        sheet = book.add_worksheet("Leads")
        sheet.write_row(0, 0, ["Name", "Budget", "Score"])
        for row in (1, 2, 3):
            sheet.write(row, 0, f"Sari {row}")
            sheet.write(row, 1, row, red)
        sheet.write(1, 2, 5)
    fill(ExcelSource("x", path), {"Score": [1, 2, 3], "Stage": ["SQL"] * 3})
    sheet = opened(path).active
    assert [sheet[f"C{row}"].fill.fgColor.rgb for row in (2, 3, 4)] == ["00000000"] * 3
    assert (sheet["C3"].number_format, sheet["D3"].number_format) == ("General", "General")


def test_column_beside_coloured_cells_is_coloured_like_them_but_general(tmp_path):
    path = tmp_path / "leads.xlsx"
    with xlsxwriter.Workbook(path) as book:
        red = book.add_format({"bg_color": "#FF0000", "num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet("Leads")
        sheet.write_row(0, 0, ["Name", "Since"])
        for row in (1, 2, 3):
            sheet.write(row, 0, f"Sari {row}")
            sheet.write(row, 1, 46_000 + row, red)
    fill(ExcelSource("x", path), {"Score": [1, 2, 3]})
    cell = opened(path).active["C3"]
    assert (cell.value, cell.number_format, cell.fill.fgColor.rgb) == (2, "General", "FFFF0000")


def test_new_columns_in_hidden_ones_are_mentioned(tmp_path):
    path = tmp_path / "leads.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Leads")
        sheet.write_column(0, 0, ["Name", "Sari"])
        sheet.write_column(0, 1, ["City", "Bandung"])
        sheet.set_column(2, 16_383, None, None, {"hidden": True})
    receipt = fill(ExcelSource("x", path), {"Score": [1]})
    assert [problem.column for problem in receipt.problems] == ["Score"]


@pytest.mark.parametrize(
    ("formula", "asked"),
    [
        ("=SUM(H5:H8)", True),
        ("=SUM(People[Score])", True),
        ("=SUM(People[Budget])", False),
        ("=ROWS(People)", True),
        ('=INDIRECT("H5")', True),
        ("=SUM(5:5)", True),
        ("=SUM(A:G)", False),
        ("=Scores*2", True),
        ("=Budgets*2", False),
        ('="H5"&E5', False),
    ],
)
def test_which_formulas_read_the_scores(tmp_path, formula, asked):
    path = kitchen_sink(tmp_path / "leads.xlsx")
    name = b'</definedName><definedName name="Scores">Leads!$H$5:$H$8</definedName>'
    with_part(path, "xl/workbook.xml", lambda data: re.sub(rb"</definedName>(?=</)", name, data))
    text = formula.removeprefix("=").replace('"', "&quot;").replace("&E", "&amp;E").encode()
    for sheet in (1, 2):
        with_part(
            path,
            f"xl/worksheets/sheet{sheet}.xml",
            lambda data: re.sub(rb"<f>[^<]*</f>", b"<f>1</f>", data),
        )
    with_part(path, SHEET, lambda data: data.replace(b"<f>1</f>", b"<f>%b</f>" % text, 1))
    mark = b' fullCalcOnLoad="1"'  # which XlsxWriter always sets
    with_part(path, "xl/workbook.xml", lambda data: data.replace(mark, b""))
    fill(ExcelSource("x", path), {"Score": [1, 2, 3, 4]})
    assert (mark in parts(path)["xl/workbook.xml"]) is asked
