"""What is copied from a hostile cell into a column of ours stays text."""

from __future__ import annotations

import openpyxl
import pytest

ATTACKS = ['=HYPERLINK("https://evil.example";"x")', "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "=1+1"]


@pytest.fixture
def attacked(sample):
    path = sample / "leads.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["Leads"]
    headers = {cell.value: cell.column for row in sheet["1:6"] for cell in row if cell.value}
    first = next(c.row + 1 for r in sheet["1:6"] for c in r if c.value == "City")
    for row, attack in enumerate(ATTACKS, first):
        cell = sheet.cell(row, headers["City"])
        cell.value = attack
        cell.data_type = "s"
    book.save(path)
    return sample, first


def test_no_formula_reaches_the_sheet(attacked, run):
    root, first = attacked
    assert run("--workspace", root, "sync").code in {0, 1}
    sheet = openpyxl.load_workbook(root / "leads.xlsx")["Leads"]
    cells = [cell for row in sheet.iter_rows(min_row=first) for cell in row if cell.value]
    headers = {cell.value: cell.column for cell in sheet[first - 1]}
    ours = {headers[name] for name in ("Segment", "Why", "Problems", "WhatsApp link")}
    copied = [c.value for c in cells if c.column == headers["Segment"] and "evil" in str(c.value)]
    assert copied
    assert all(cell.data_type != "f" for cell in cells if cell.column in ours)
