"""Workbooks whose own formulas read our columns, from the command line."""

from __future__ import annotations

import json

import openpyxl
import pytest
import xlsxwriter

LEADS = [
    ["Sari Wulandari", "sari@example.com", "Jakarta", 90_000_000, "owner"],
    ["Budi Santoso", "budi@example.com", "Bandung", 20_000_000, "staff"],
]


@pytest.fixture
def workspace(sample, run):
    """The sample's rules over a workbook that counts its own stages."""
    path = sample / "leads.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet, count = book.add_worksheet("Leads"), book.add_worksheet("Count")
        sheet.write_row(0, 0, ["Name", "Email", "City", "Budget", "Role", "Score", "Stage"])
        for row, lead in enumerate(LEADS, 1):
            sheet.write_row(row, 0, lead)
        count.write_formula("A1", '=COUNTIF(Leads!G2:G9,"?*")', None, 0)
        count.write_formula("A2", "=SUM(Leads!F2:F9)", None, 0)
        cities = book.add_worksheet("Cities")
        cities.write_row(0, 0, ["City", "Points"])
        cities.write_row(1, 0, ["Jakarta", 20])
    return sample


def counted(root):
    sheet = openpyxl.load_workbook(root / "leads.xlsx", data_only=True)
    scores = [row[5] for row in list(sheet["Leads"].values)[1:]]
    return [row[0] for row in sheet["Count"].values], [len(LEADS), sum(scores)]


def test_plan_offers_it_and_sync_does_it(workspace, run):
    said = run("--workspace", workspace, "plan", "--all").out
    assert "formulas read what was written" in said
    assert "recalculate = true" in said.replace("\n", " ")
    config = workspace / "config" / "sheetcrm.toml"
    text = config.read_text(encoding="utf-8")
    place = 'excel = "leads.xlsx" '
    config.write_text(text.replace(place, f"recalculate = true\n{place}", 1), encoding="utf-8")
    said = run("--workspace", workspace, "sync", "--json")
    assert said.code == 0, said.err
    (source,) = json.loads(said.out)["sources"]
    assert (source["recalculated"], source["notes"]) == (2, [])
    found, right = counted(workspace)
    assert found == right
    assert run("--workspace", workspace, "sync", "--json").code == 0


def test_without_it_sync_says_that_they_are_old(workspace, run):
    said = run("--workspace", workspace, "sync", "-v")
    assert said.code == 0, said.err
    assert "formulas read what was written" in said.out
    assert counted(workspace)[0] == [0, 0]
    assert run("--workspace", workspace, "sync").out == "", "in cron it says nothing"
