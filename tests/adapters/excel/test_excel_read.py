"""What is read from a tab, and where it says that it stands."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

import openpyxl
import pytest
import xlsxwriter

from sheetcrm.adapters.excel import ExcelSource, write_cells
from sheetcrm.core.table.values import CellError
from sheetcrm.errors import HeaderError
from tests.adapters.excel.excel_books import (
    HEADERS,
    PEOPLE,
    kitchen_sink,
    sheet_workbook,
    with_part,
)

KNOWN = ("Name", "E-mail", "City", "Budget")


def read(path, tab="", known=KNOWN):
    return ExcelSource("expo", path, tab).read(known)


def column(tab, header):
    found = tab.column(header)
    assert found is not None
    return list(found.values)


@pytest.mark.parametrize("table", [True, False], ids=["table", "range"])
@pytest.mark.parametrize("where", ["", "Leads", "leads ", "Leads!B4:H8", "Leads!B4:H", "People"])
def test_the_same_leads_by_every_name_of_their_place(tmp_path, table, where):
    if where == "People" and not table:
        pytest.skip("there is no table")
    tab = read(kitchen_sink(tmp_path / "leads.xlsx", table=table), where)
    assert (tab.title, tab.header_row, list(tab.rows)) == ("Leads", 4, [5, 6, 7, 8])
    assert tab.headers == HEADERS
    assert column(tab, "Name") == [person[0] for person in PEOPLE]
    assert column(tab, "Since") == [person[4] for person in PEOPLE]
    assert tab.column("E-mail").letter == "C"


def test_defined_name_for_a_range(tmp_path):
    path = tmp_path / "leads.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("It's a tab")
        sheet.write_column("B3", ["Name", "Sari", "Budi", "not a lead"])
        sheet.write_column("C3", ["City", "Bandung", "Medan", ""])
        book.define_name("Fair", "='It''s a tab'!$B$3:$C$5")
    tab = read(path, "Fair")
    assert (column(tab, "Name"), tab.header_row) == (["Sari", "Budi"], 3)
    source = ExcelSource("x", path, "Fair")
    tab = source.read(KNOWN)
    source.write(tab, [], append=["Score"])
    assert source.read(KNOWN).headers == ["Name", "City", "Score"]


def test_first_visible_tab(tmp_path):
    path = tmp_path / "leads.xlsx"
    with xlsxwriter.Workbook(path) as book:
        hidden, shown = book.add_worksheet("Hidden"), book.add_worksheet("Shown")
        for sheet in (hidden, shown):
            sheet.write_row(0, 0, ["Name", "City"])
            sheet.write_row(1, 0, [sheet.name, "Bandung"])
        shown.activate()
        hidden.hide()
    assert read(path).title == "Shown"


def test_totals_row_is_no_lead_and_rows_typed_below_a_table_are(tmp_path):
    path = tmp_path / "leads.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, totals in (("Totals", True), ("Typed", False)):
            sheet = book.add_worksheet(name)
            columns = [{"header": "Name"}, {"header": "Budget", "total_function": "sum"}]
            options = {"columns": columns, "total_row": totals, "data": [["Sari", 1], ["Budi", 2]]}
            sheet.add_table(0, 0, 3 if totals else 2, 1, options)
            sheet.write_row(3 if not totals else 9, 0, ["Ann", 3])
    assert list(read(path, "Totals").rows) == [2, 3]
    assert "row" in str(read(path, "Totals").problems[0].message)
    typed = read(path, "Typed")
    assert list(typed.rows) == [2, 3, 4]
    assert "below the table" in typed.problems[0].message


def test_kinds_of_values(tmp_path):
    path = tmp_path / "leads.xlsx"
    with xlsxwriter.Workbook(path) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        hour = book.add_format({"num_format": "hh:mm"})
        span = book.add_format({"num_format": "[h]:mm"})
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["\ufeffName", " City ", "Since", "At", "For", "Sure", "Wrong"])
        for row in (1, 2):
            sheet.write_row(row, 0, [f"Sari {row}", " Bandung "])
            sheet.write_datetime(row, 2, datetime(2026, 3, row, 12 * (row - 1)), day)
            sheet.write_datetime(row, 3, time(6), hour)
            sheet.write_datetime(row, 4, timedelta(hours=36), span)
            sheet.write(row, 5, row == 1)
            sheet.write_formula(row, 6, "=1/0", None, "#DIV/0!")
    tab = read(path)
    assert tab.headers == ["Name", "City", "Since", "At", "For", "Sure", "Wrong"]
    assert column(tab, "City") == [" Bandung ", " Bandung "]
    assert column(tab, "Since") == [date(2026, 3, 1), datetime(2026, 3, 2, 12)]
    assert type(column(tab, "Since")[0]) is date
    assert column(tab, "At") == [0.25, 0.25]
    assert column(tab, "For") == [1.5, 1.5]
    assert column(tab, "Sure") == [True, False]
    assert column(tab, "Wrong") == [CellError("#DIV/0!")] * 2


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (b"$", b""),
        (b"<sheetData>", b"<sheetData><!-- from the careful way -->"),
        (rb'<row r="(\d)"', rb"<row r='\1'"),
        (rb' r="[A-D]?\d"', b""),
    ],
)
@pytest.mark.parametrize("kept", [True, False])
def test_numbers_below_zero_that_look_like_dates(tmp_path, monkeypatch, was, becomes, kept):
    path = tmp_path / "leads.xlsx"
    with xlsxwriter.Workbook(path) as book:
        day, hour = (book.add_format({"num_format": code}) for code in ("yyyy-mm-dd", "hh:mm"))
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Name", "Left", "Balance", "At"])
        for row, days in enumerate([-5, -0.25, 0.25, 46_082], 1):
            sheet.write_row(row, 0, [f"Sari {row}", days, -row], day)
            sheet.write_formula(row, 3, f"=-B{row + 1}/10", hour, -days / 10)
    with_part(path, "xl/worksheets/sheet1.xml", lambda data: re.sub(was, becomes, data))
    if not kept:
        monkeypatch.setattr("sheetcrm.adapters.excel.package._MOST_KEPT", 0)
    tab = read(path)
    assert column(tab, "Left") == [-5, -0.25, 0.25, date(2026, 3, 1)]
    assert column(tab, "Balance") == [-1, -2, -3, -4]
    assert column(tab, "At") == [0.5, 0.025, -0.025, -4608.2]


def test_dates_from_1904(tmp_path):
    path = tmp_path / "leads.xlsx"
    with xlsxwriter.Workbook(path, {"date_1904": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Name", "Since"])
        sheet.write_string(1, 0, "Sari")
        sheet.write_datetime(1, 1, datetime(2026, 3, 1), book.add_format({"num_format": 14}))
    assert column(read(path), "Since") == [date(2026, 3, 1)]
    write_cells(path, "", {"B2": date(2026, 11, 22)})
    assert column(read(path), "Since") == [date(2026, 11, 22)]


def test_formulas_that_were_never_calculated(tmp_path):
    path = tmp_path / "leads.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["Name", "Budget", "Twice"])
    for row in range(2, 5):
        book.active.append([f"Sari {row}", row, f"=B{row}*2"])
    for row in range(5, 90):
        book.active[f"C{row}"] = f"=B{row}*2"
    book.save(path)
    tab = read(path)
    assert list(tab.rows) == [2, 3, 4]
    assert column(tab, "Twice") == [CellError("#N/A")] * 3
    assert [(p.cell, p.column, p.source) for p in tab.problems] == [("C2", "Twice", "expo")]
    assert "save" in tab.problems[0].hint


def test_rows_of_formulas_alone_are_leads_only_if_they_say_something(tmp_path):
    path = tmp_path / "leads.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Name", "Budget"])
        for row, values in enumerate([("Sari", 4), ("Ann", 0), ("", 0), ("", 0)], 1):
            for at, value in enumerate(values):
                sheet.write_formula(row, at, "=Form!A1", None, value)
    assert column(read(path), "Name") == ["Sari", "Ann"]


def test_title_rows_styles_and_gaps_do_not_shift_rows(tmp_path):
    path = tmp_path / "leads.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_blank(0, 0, None, book.add_format({"bold": True}))
        sheet.write_row(7, 3, ["Name", "City"])
        sheet.write_row(9, 3, ["Sari", "Bandung"])
        sheet.write_row(20, 3, ["Budi", "Medan"])
        sheet.set_row(9, None, None, {"hidden": True})
        sheet.write_blank(4000, 200, None, book.add_format({"bold": True}))
    tab = read(path)
    assert (tab.header_row, list(tab.rows)) == (8, [10, 21])
    assert tab.address("Name", 1) == "D21"
    ExcelSource("x", path).write(tab, [], append=["Score"])
    assert openpyxl.load_workbook(path).active["F8"].value == "Score"


def test_no_header(tmp_path):
    path = tmp_path / "leads.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Numbers").write_column(0, 0, [1, 2, 3])
    with pytest.raises(HeaderError, match=r"“Numbers”.*Budget"):
        read(path)


def test_reference_table_on_the_second_tab(tmp_path):
    tab = read(kitchen_sink(tmp_path / "leads.xlsx"), "Rates & more", ("City", "Rate"))
    assert (column(tab, "City"), column(tab, "Rate")) == (["Bandung"], [0.5])


@pytest.mark.parametrize("prefix", [b"", b"x:"])
def test_cells_and_rows_without_addresses(tmp_path, prefix):
    rows = (
        b"<row><c t='inlineStr'><is><t>Name</t></is></c><c t=\"inlineStr\"><is><t>City</t></is></c></row>"
        b"<!-- <row r=\"9\"/> --><row/><row><c t='inlineStr'><is><r><t>Sa</t></r><r><t>ri</t></r></is></c>"
        b"<c t='str'><v>B&amp;B</v></c></row>"
    )
    for tag in (b"row", b"c", b"is", b"t", b"v", b"r"):
        rows = rows.replace(b"<" + tag + b">", b"<" + prefix + tag + b">")
        rows = rows.replace(b"<" + tag + b" ", b"<" + prefix + tag + b" ")
        rows = rows.replace(b"<" + tag + b"/", b"<" + prefix + tag + b"/")
        rows = rows.replace(b"</" + tag + b">", b"</" + prefix + tag + b">")
    path = sheet_workbook(tmp_path / "leads.xlsx", rows, prefix=prefix)
    source = ExcelSource("x", path)
    tab = source.read(KNOWN)
    assert (list(tab.rows), column(tab, "Name"), column(tab, "City")) == ([3], ["Sari"], ["B&B"])
    source.write(tab, [], append=["Score"])
    assert source.read(KNOWN).headers == ["Name", "City", "Score"]


def test_strict_workbooks_are_read_and_written(tmp_path):
    path = kitchen_sink(tmp_path / "leads.xlsx", table=False)
    loose, strict = b"http://schemas.openxmlformats.org/", b"http://purl.oclc.org/ooxml/"
    for part in ("_rels/.rels", "xl/_rels/workbook.xml.rels", "xl/workbook.xml",
                 "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"):  # fmt: skip
        with_part(path, part, lambda data: data.replace(
            loose + b"spreadsheetml/2006/main", strict + b"spreadsheetml/main"
        ).replace(loose + b"officeDocument/2006/rel", strict + b"officeDocument/rel"))  # fmt: skip
    source = ExcelSource("x", path)
    tab = source.read(KNOWN)
    assert column(tab, "Name") == [person[0] for person in PEOPLE]
    source.write(tab, [], append=["Stage"])
    assert source.read(KNOWN).headers[-1] == "Stage"
