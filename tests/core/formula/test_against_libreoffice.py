"""The cases, recalculated by LibreOffice. It is no judge either: `KNOWN` says where it differs.

Every lead's cell becomes a cell of a sheet, the table T a range, every case a formula cell.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from sheetcrm.core.formula import parse
from sheetcrm.core.formula.registry import find
from sheetcrm.core.table.values import ERROR_CODES, CellError

#: Cases that LibreOffice does not answer as Excel does, under what it does differently.
KNOWN = Path(__file__).parent / "libreoffice.txt"
#: Functions that this LibreOffice may not have, and those that ask for the clock.
LACKING = {"TEXTBEFORE", "TEXTAFTER", "REGEXTEST", "REGEXEXTRACT", "REGEXREPLACE", "REGEXMATCH"}
LACKING |= {"XLOOKUP", "XMATCH", "LET", "TODAY", "NOW"}

RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>"""


def as_cells(formula, rows, columns):
    """[@Name] → its cell, T[Name] → its range."""

    def span(first, last):
        return f"${columns[first]}$2:${columns[last]}$6"

    text = re.sub(r"T\[\[(\w+)\]:\[(\w+)\]\]", lambda m: span(m[1], m[2]), formula)
    text = re.sub(r"\bT\[(\w+)\]", lambda m: span(m[1], m[1]), text)
    text = re.sub(r"\bT\b(?=[,)])", span("Fruit", "Mixed"), text)
    return re.sub(r"\[@(\w+)\]", lambda m: f"$B${rows[m[1]]}", text)


@pytest.fixture(scope="module")
def recalculated(tmp_path_factory, cases, lead, fruit):
    """What LibreOffice answers to each case that it can be asked."""
    folder = tmp_path_factory.mktemp("libreoffice")
    asked = [case for case in cases if can_be_asked(case[0])]
    write_book(folder / "asked.xlsx", [formula for formula, _, _ in asked], lead, fruit["T"])
    profile = folder / "profile" / "user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(RECALCULATE, encoding="utf-8")
    command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless"]
    command += ["--convert-to", "xlsx", "--outdir", folder / "answered", folder / "asked.xlsx"]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    sheet = openpyxl.load_workbook(folder / "answered" / "asked.xlsx", data_only=True).active
    return [(*case, read(sheet.cell(row, 26))) for row, case in enumerate(asked, start=1)]


def can_be_asked(formula):
    used = parse(formula).functions
    if "Odd[" in formula:  # of the tables only T is written into the sheet
        return False
    return not (used & LACKING) and not any(find(name) and find(name).ours for name in used)


def write_book(path, formulas, lead, table):
    book = xlsxwriter.Workbook(path, {"use_future_functions": True, "strings_to_formulas": False})
    sheet = book.add_worksheet()
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    plain = book.add_format({"num_format": "0.0"})  # or a date would come back as a date
    names = sorted(lead.names)
    rows = {name: row for row, name in enumerate(names, start=1)}
    for name in names:
        write(sheet, rows[name] - 1, 1, lead.values(name)[0], day)
    columns = dict(zip(("Fruit", "Count", "Price", "Mixed"), "EFGH", strict=True))
    for name, letter in columns.items():
        for row, value in enumerate(table.values(name), start=1):
            write(sheet, row, ord(letter) - 65, value, day)
    for row, formula in enumerate(formulas):
        sheet.write_formula(row, 25, as_cells(formula, rows, columns), plain)
    book.close()


def write(sheet, row, column, value, day):
    if isinstance(value, CellError):
        sheet.write_formula(row, column, "=NA()" if value.code == "#N/A" else "=1/0")
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, str):
        sheet.write_formula(row, column, '=""') if not value else sheet.write_string(
            row, column, value
        )
    elif hasattr(value, "year"):
        sheet.write_datetime(row, column, value, day)
    elif value is not None:
        sheet.write_number(row, column, value)


def read(cell):
    if cell.data_type == "e" or cell.value in ERROR_CODES:
        return CellError(cell.value)
    if cell.value is None:
        return ""
    number = isinstance(cell.value, (int, float)) and not isinstance(cell.value, bool)
    return float(cell.value) if number else cell.value


@pytest.mark.oracle
@pytest.mark.skipif(not shutil.which("soffice"), reason="needs LibreOffice")
def test_libreoffice_agrees_on_every_case_but_the_known(recalculated, agree):
    known = set(KNOWN.read_text(encoding="utf-8").splitlines())
    differing = {
        formula: (place, answer, expected)
        for formula, expected, place, answer in recalculated
        if not same_but_for_kind(answer, expected, agree)
    }
    assert len(recalculated) > 400
    unexpected = {text: why for text, why in differing.items() if text not in known}
    assert unexpected == {}, "\n".join(f"{text}\t{why}" for text, why in unexpected.items())


def same_but_for_kind(answer, expected, agree):
    """Any error is as good as another, and a boolean in a number format comes back as 1 or 0."""
    if isinstance(answer, CellError) and isinstance(expected, CellError):
        return True
    return agree(answer, float(expected) if isinstance(expected, bool) else expected)
