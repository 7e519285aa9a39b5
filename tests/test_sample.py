"""The sample workbook is what its tool draws, and has what real sheets have."""

from __future__ import annotations

import io
import re
import shutil
import struct
import subprocess
import sys
import zlib
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from lxml import etree
from python_calamine import CalamineWorkbook

from sheetcrm import sample
from sheetcrm.adapters.excel.sample import write_sample
from sheetcrm.core.table.dates import date_reader
from sheetcrm.core.table.fields import Locale

TOOL = Path(__file__).parents[1] / "tools" / "make_sample.py"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RESERVED = re.compile(r"(@|\.)(example|example\.(com|net|org))$")


@pytest.fixture(scope="module")
def parts():
    with ZipFile(io.BytesIO(sample.path().read_bytes())) as package:
        return {name: package.read(name) for name in package.namelist()}


@pytest.fixture(scope="module")
def leads():
    rows = CalamineWorkbook.from_filelike(io.BytesIO(sample.path().read_bytes()))
    grid = rows.get_sheet_by_name("Leads").to_python(skip_empty_area=False)
    header = grid[3]
    return [dict(zip(header, row, strict=True)) for row in grid[4:]]


def column(leads, header):
    return [lead[header] for lead in leads]


@pytest.mark.skipif(not TOOL.exists(), reason="the tool is not part of the source package")
def test_the_committed_workbook_is_what_the_tool_draws(tmp_path, parts):
    drawn = tmp_path / "leads.xlsx"
    done = subprocess.run(
        [sys.executable, "-W", "error", TOOL, drawn], check=True, capture_output=True, text=True
    )
    assert "60 leads" in done.stdout
    with ZipFile(drawn) as package:  # part by part, as another zlib packs them differently
        assert {name: package.read(name) for name in package.namelist()} == parts


def test_sixty_leads_below_two_titles_and_a_blank_row(leads, parts):
    book = openpyxl.load_workbook(io.BytesIO(sample.path().read_bytes()))
    sheet = book["Leads"]
    assert book.sheetnames == ["Leads", "Cities", "Dashboard"]
    assert sheet["B1"].value
    assert sheet["B2"].value
    assert not any(cell.value for cell in sheet[3])
    assert len(leads) == 60
    assert sheet.freeze_panes == "B5"
    assert [cell.value for cell in sheet[4]] == list(leads[0])


@pytest.mark.parametrize("passed", [0, 1, 40, 254, 1136, 9000])
def test_its_dates_come_along_and_nothing_else_changes(tmp_path, leads, parts, passed):
    write_sample(tmp_path / "leads.xlsx", sample.DRAWN_FOR + timedelta(days=passed))
    with ZipFile(tmp_path / "leads.xlsx") as package:
        changed = [name for name in parts if package.read(name) != parts[name]]
    assert set(changed) <= {"xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"}
    assert bool(changed) == bool(passed)
    rows = CalamineWorkbook.from_path(str(tmp_path / "leads.xlsx")).get_sheet_by_name("Leads")
    header, *later = rows.to_python(skip_empty_area=False)[3:]
    assert header == list(leads[0])
    for place, name in enumerate(header):
        then, now = column(leads, name), [row[place] for row in later]
        if name not in sample.DATES:
            assert now == then
            continue
        days, moved = dates(then), dates(now)
        assert [day and day + timedelta(days=passed) for day in days] == moved
        assert list(map(type, then)) == list(map(type, now))


def dates(cells):
    read = date_reader(cells, Locale(country="ID"))
    return [day if isinstance(day := read(cell).value, date) else None for cell in cells]


def test_they_are_written_as_somebody_wrote_them(tmp_path):
    write_sample(tmp_path / "leads.xlsx", date(2031, 3, 9))
    book = CalamineWorkbook.from_path(str(tmp_path / "leads.xlsx")).get_sheet_by_name("Leads")
    rows = book.to_python(skip_empty_area=False)[3:]
    cells = {cell for row in rows for cell in row if isinstance(cell, str)}
    assert cells >= {
        "27 Agu 2030", "18/02/2031", "29/01/2031", "Feb 12, 2031", "05-03-2031", "1 April 2031",
        "12 de febrero de 2031", "2031-01-10", "17 Jan 2031", "kemarin",
    }  # fmt: skip


def test_it_has_no_column_that_sheetcrm_writes(leads):
    ours = {"Lead ID", "Score", "Stage", "Stage since", "Why", "Segment", "Next question"}
    assert not ours & set(leads[0])


def test_excel_tables_validation_colours_hidden_column_and_comment():
    book = openpyxl.load_workbook(io.BytesIO(sample.path().read_bytes()))
    sheet = book["Leads"]
    assert sheet.tables["Leads"].ref == "A4:V64"
    assert sheet.tables["Leads"].autoFilter.ref == "A4:V64"
    saving = sheet.tables["Leads"].tableColumns[20].calculatedColumnFormula.attr_text
    assert sheet["U5"].value == f"={saving}"
    assert "Leads[[#This Row],[Budget]]" in saving  # as Excel stores [@Budget]
    assert book["Cities"].tables["Cities"].ref == "A1:C21"
    (choice,) = sheet.data_validations.dataValidation
    assert str(choice.sqref) == "N5:N500"
    assert "Quote sent" in choice.formula1
    assert {str(block.sqref) for block in sheet.conditional_formatting} == {"N5:N500", "Q5:Q500"}
    assert sheet.column_dimensions["V"].hidden
    assert sheet["V4"].value == "Notes"
    assert sheet["J4"].comment is not None


def test_the_logo_is_an_image_that_decoders_accept(parts):
    image = parts["xl/media/image1.png"]
    assert image.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", image[16:24])
    length = struct.unpack(">I", image[33:37])[0]
    pixels = zlib.decompress(image[41 : 41 + length])
    assert len(pixels) == height * (1 + 3 * width)
    middle = pixels[(height * 2 // 5) * (1 + 3 * width) + 1 :]
    ground, sun = middle[:3], middle[3 * (width // 2) : 3 * (width // 2) + 3]
    assert ground[2] > ground[0]  # blue beside it
    assert sun[0] > sun[2]  # and yellow in the middle


def test_the_chart_shows_the_leads_per_status(leads, parts):
    chart = etree.fromstring(parts["xl/charts/chart1.xml"])
    space = {"c": "http://schemas.openxmlformats.org/drawingml/2006/chart"}
    names = chart.xpath("//c:cat//c:pt/c:v/text()", namespaces=space)
    counts = chart.xpath("//c:val//c:pt/c:v/text()", namespaces=space)
    shown = {name: int(count) for name, count in zip(names, counts, strict=True)}
    assert shown == Counter(column(leads, "Status"))


def test_every_formula_carries_its_value(parts):
    for part in ("xl/worksheets/sheet1.xml", "xl/worksheets/sheet3.xml"):
        cells = list(etree.fromstring(parts[part]).iter(f"{MAIN}c"))
        formulas = [cell for cell in cells if cell.find(f"{MAIN}f") is not None]
        assert formulas
        assert all(cell.findtext(f"{MAIN}v") for cell in formulas)


def test_the_saving_is_twelve_percent_of_a_budget_in_numbers(leads):
    for lead in leads:
        budget, saving = lead["Budget"], lead["Saving / year"]
        if isinstance(budget, float):
            assert saving == pytest.approx(budget * 0.12, abs=50_000)
        else:
            assert saving == "–"


def test_the_cells_are_as_untidy_as_real_ones(leads):
    kinds = {header: Counter(map(type, column(leads, header))) for header in leads[0]}
    assert kinds["Last contact"][date] > 20
    assert kinds["Last contact"][str] > 5
    assert kinds["Budget"][float] > 20
    assert {"Rp 75.000.000", "80 jt", "$12,000", "9.500 €"} <= set(column(leads, "Budget"))
    assert {"12 Mei 2026", "03/11/2026"} <= set(column(leads, "Last contact"))
    assert {"Jkt", "DKI Jakarta", "CDMX"} <= set(column(leads, "City"))
    assert kinds["Phone"][float] == 2
    assert {"=1+1", "  Rizky Pratama "} <= set(column(leads, "Name"))
    assert any(ord(char) > 0xFFFF for name in column(leads, "Name") for char in name)
    assert sum(";" in interest for interest in column(leads, "Interest")) > 3


def test_addresses_are_reserved_ones_one_unreadable_and_one_person_twice(leads):
    addresses = [text.strip().casefold() for text in column(leads, "Email") if text]
    assert "budi@@example" in addresses
    assert [address for address, n in Counter(addresses).items() if n > 1] == [
        "siti@toko-maju.example"
    ]
    assert all(RESERVED.search(address) for address in addresses)


def test_every_city_that_has_points_is_named_once():
    book = openpyxl.load_workbook(io.BytesIO(sample.path().read_bytes()))
    rows = list(book["Cities"].iter_rows(min_row=2, values_only=True))
    assert len(rows) == len({city for city, _, _ in rows}) == 20
    assert all(0 < points <= 20 for _, points, _ in rows)


@pytest.mark.oracle
@pytest.mark.skipif(not shutil.which("soffice"), reason="needs LibreOffice")
def test_libreoffice_calculates_the_values_that_the_formulas_carry(tmp_path, parts):
    (tmp_path / "carried.xlsx").write_bytes(sample.path().read_bytes())
    with ZipFile(tmp_path / "calculated.xlsx", "w") as package:
        for name, data in parts.items():
            package.writestr(name, re.sub(rb"</f><v(/>|>[^<]*</v>)", b"</f>", data))
    for tab in ("Leads", "Dashboard"):
        carried, calculated = (
            shown_by_libreoffice(tmp_path / f"{book}.xlsx", tab, tmp_path)
            for book in ("carried", "calculated")
        )
        assert carried == calculated
        assert len(carried.splitlines()) > 10


def shown_by_libreoffice(book, tab, folder):
    """The tab as LibreOffice shows it, as CSV."""
    comma_quotes_utf8_all_tabs = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,,,,-1"
    command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless"]
    command += ["--convert-to", comma_quotes_utf8_all_tabs, "--outdir", folder, book]
    subprocess.run(command, check=True, capture_output=True)
    return (folder / f"{book.stem}-{tab}.csv").read_text("utf-8")
