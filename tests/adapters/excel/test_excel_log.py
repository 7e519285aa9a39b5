"""The log of stage moves in a workbook: what is made for it, and what keeps its bytes."""

from __future__ import annotations

import csv
import shutil
import subprocess

import pytest
import xlsxwriter
from openpyxl import load_workbook

from sheetcrm.adapters.excel import ExcelSource
from sheetcrm.adapters.excel.package import Package
from sheetcrm.core.table.values import Edit
from sheetcrm.errors import SourceRefusedError
from tests.adapters.excel.excel_books import kitchen_sink, parts, with_part
from tests.adapters.stage_log_contract import AT, HEADERS, IVAN, NEXT, SARI, SARI_ROW, TITLE, log

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported")
KNOWN = ("Name", "City", "Score")
TOUCHED = {"[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"}


def write(path, *moves, score=None, **parts):
    source = ExcelSource("leads", path, "Leads")
    tab = source.read(KNOWN)
    edits = []
    if score is not None:
        edits = [Edit(lead="", row=tab.rows[0], header="Score", before=None, after=score)]
    return source.write(tab, edits, log=log(*moves, **parts))


def refusal(path, *moves) -> SourceRefusedError:
    before = path.read_bytes()
    with pytest.raises(SourceRefusedError) as told:
        write(path, *moves, score=9)
    assert path.read_bytes() == before
    assert told.value.hint
    return told.value


def logged(path) -> list[list]:
    return [[cell.value for cell in row] for row in load_workbook(path)[TITLE].iter_rows()]


def with_log(path, *, table: dict | None = None, below: tuple = (), formula: str = ""):
    """Leads, and a log that somebody has made already."""
    with xlsxwriter.Workbook(path) as book:
        leads = book.add_worksheet("Leads")
        leads.write_row("A1", ["Name", "City", "Score"])
        leads.write_row("A2", ["Sari", "Bandung", 5])
        if formula:
            leads.write_formula("F1", formula, None, 3)
        sheet = book.add_worksheet(TITLE)
        sheet.write_row("A1", HEADERS)
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm", "italic": True})
        sheet.write_datetime("A2", AT, moment)
        sheet.write_row("B2", SARI_ROW[1:])
        for address, value in below:
            sheet.write(address, value)
        if table is not None:
            columns = [{"header": header} for header in HEADERS]
            last = 2 if table.get("total_row") else 1
            sheet.add_table(0, 0, last, 7, {"name": "Moves", "columns": columns, **table})
    return path


@pytest.mark.parametrize("table", [True, False], ids=["table", "range"])
def test_a_new_tab_changes_what_must_know_of_it_and_nothing_else(tmp_path, table):
    path = kitchen_sink(tmp_path / "leads.xlsx", table=table)
    before = parts(path)
    write(path, SARI, IVAN)
    after = parts(path)
    (new,) = after.keys() - before.keys()
    assert list(after)[-1] == new == "xl/worksheets/sheet3.xml"
    changed = {name for name in before if before[name] != after[name]}
    assert changed == TOUCHED | {"xl/sharedStrings.xml"}
    assert load_workbook(path).sheetnames == ["Leads", "Rates & more", TITLE]
    with Package(path) as package:
        assert [sheet.index for sheet in package.sheets] == [0, 1, 2]


def test_appending_changes_the_logs_own_sheet_and_texts(tmp_path):
    path = with_log(tmp_path / "leads.xlsx")
    before = parts(path)
    assert write(path, NEXT).logged == 1
    after = parts(path)
    assert list(after) == list(before)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"xl/worksheets/sheet2.xml", "xl/sharedStrings.xml"}
    sheet = load_workbook(path)[TITLE]
    assert sheet["A3"].number_format == sheet["A2"].number_format == "yyyy-mm-dd hh:mm"
    assert sheet["A3"].font.italic


def test_a_new_tab_is_frozen_and_looks_like_the_leads(tmp_path):
    path = kitchen_sink(tmp_path / "leads.xlsx")
    write(path, SARI, score=3)
    sheet = load_workbook(path)[TITLE]
    assert sheet.freeze_panes == "A2"
    assert sheet["A1"].font.bold
    assert sheet["A1"].fill.fgColor.rgb == "FFDDEEFF"
    assert sheet["A2"].value == AT
    assert sheet["A2"].is_date
    assert sheet.column_dimensions["F"].width == 50


def test_an_excel_table_grows_with_the_rows(tmp_path):
    path = with_log(tmp_path / "leads.xlsx", table={})
    write(path, NEXT, IVAN, score=7)
    table = load_workbook(path)[TITLE].tables["Moves"]
    assert table.ref == table.autoFilter.ref == "A1:H4"


def test_blank_rows_at_the_end_of_a_table_are_used_first(tmp_path):
    path = with_log(tmp_path / "leads.xlsx", table={})

    def longer(xml: bytes) -> bytes:
        return xml.replace(b'"A1:H2"', b'"A1:H9"')

    with_part(path, "xl/tables/table1.xml", longer)
    write(path, NEXT)
    assert load_workbook(path)[TITLE].tables["Moves"].ref == "A1:H9"
    assert logged(path)[2][4] == "SQL"


def test_a_totals_row_and_what_stands_below_a_table_are_in_the_way(tmp_path):
    total = with_log(tmp_path / "total.xlsx", table={"total_row": True})
    assert refusal(total, NEXT).code == "totals-row"
    below = with_log(tmp_path / "below.xlsx", table={}, below=[("A9", "counted by Budi")])
    fault = refusal(below, NEXT)
    assert fault.code == "occupied"
    assert "row 9" in fault.message


def test_without_a_table_rows_go_below_everything(tmp_path):
    path = with_log(tmp_path / "leads.xlsx", below=[("K9", "counted by Budi")])
    write(path, NEXT)
    assert logged(path)[9][:5] == [AT, *NEXT[:4]]


def test_a_protected_structure_is_respected(tmp_path):
    path = kitchen_sink(tmp_path / "leads.xlsx")
    lock = b'<workbookProtection lockStructure="1"/><bookViews>'
    with_part(path, "xl/workbook.xml", lambda xml: xml.replace(b"<bookViews>", lock))
    fault = refusal(path, SARI)
    assert fault.code == "protected"
    assert "empty tab" in fault.hint


def test_a_sheet_with_a_chart_alone_cannot_be_a_log(tmp_path):
    path = tmp_path / "leads.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Leads")
        sheet.write_row("A1", ["Name", "City", "Score"])
        sheet.write_row("A2", ["Sari", "Bandung", 5])
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=Leads!$C$2:$C$2"})
        book.add_chartsheet(TITLE.upper()).set_chart(chart)
    assert refusal(path, SARI).code == "occupied"


def test_formulas_that_read_the_log_are_told_of(tmp_path):
    path = with_log(tmp_path / "leads.xlsx", formula=f"=COUNTA('{TITLE}'!B:B)")
    receipt = write(path, NEXT)
    assert "formulas read what was written" in receipt.problems[0].message
    assert b"fullCalcOnLoad" in parts(path)["xl/workbook.xml"]


def test_a_second_write_finds_the_tab_that_the_first_has_made(tmp_path):
    path = kitchen_sink(tmp_path / "leads.xlsx")
    for number in range(3):
        write(path, SARI._replace(lead=f"L{number}"), score=number)
    assert [row[1] for row in logged(path)] == ["Lead ID", "L0", "L1", "L2"]
    assert len(load_workbook(path).sheetnames) == 3


@pytest.mark.oracle
@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("table", [True, False], ids=["table", "range"])
def test_libreoffice_shows_the_log_and_all_the_rest(tmp_path, table):
    path = kitchen_sink(tmp_path / "leads.xlsx", table=table)
    write(path, SARI, score=41)
    write(path, NEXT, IVAN, run="run-2")
    subprocess.run(
        [SOFFICE, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless",
         "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1",
         "--outdir", tmp_path, path],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    with (tmp_path / f"leads-{TITLE}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == HEADERS
    assert [row[1:5] for row in rows[1:]] == [list(SARI[:4]), list(NEXT[:4]), list(IVAN[:4])]
    assert all("26" in row[0] for row in rows[1:])
    assert (tmp_path / "leads-Rates & more.csv").exists()
