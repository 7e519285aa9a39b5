"""`sheetcrm overrides`, `release` and `duplicates`, on a workbook."""

from __future__ import annotations

import json
import shutil

import openpyxl
import pytest

from sheetcrm.adapters.excel import write_cells
from sheetcrm.cli.main import main


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    """The sample, synced, and a score, a stage and a reason typed over."""
    root = tmp_path_factory.mktemp("people") / "demo"
    assert main(["init", "--sample", str(root)]) == 0
    assert main(["--workspace", str(root), "sync"]) == 0
    book = openpyxl.load_workbook(root / "leads.xlsx", read_only=True)
    letter = {cell.value: cell.column_letter for cell in book["Leads"][4] if cell.value}
    book.close()
    cells = {f"{letter['Score']}6": 99, f"{letter['Stage']}6": "Customer", f"{letter['Why']}8": "!"}
    write_cells(root / "leads.xlsx", "", cells)
    return root


@pytest.fixture
def synced(once, tmp_path):
    return shutil.copytree(once, tmp_path / "demo")


def cell(path, address):
    return openpyxl.load_workbook(path, data_only=True)["Leads"][address].value


def listed(run, root) -> dict[str, object]:
    said = run("--workspace", root, "overrides", "--json")
    assert said.code == 0, said.err
    return {one["cell"]: one["value"] for one in json.loads(said.out)}


def test_they_are_listed_given_back_and_had_back(synced, run):
    found = listed(run, synced)
    [score, stage, why] = found
    assert found == {score: 99, stage: "Customer", why: "!"}
    said = run("--workspace", synced, "overrides")
    assert "3 cells set by people" in said.out
    assert "not synced yet" in said.out
    plan = run("--workspace", synced, "plan").out
    assert "Score of Lucía Fernández = 99 (the rules say 59)" in plan
    assert "Score: 99 was set by a person" in run("--workspace", synced, "explain", "6").out
    before = (synced / "leads.xlsx").read_bytes()
    said = run("--workspace", synced, "release", score, "--dry-run")
    assert "1 cell would be given back" in said.out
    assert "--dry-run" in said.out
    assert listed(run, synced) == found
    said = run("--workspace", synced, "release", score, why, "--json")
    assert said.code == 0, said.err
    report = json.loads(said.out)
    assert [one["cell"]["cell"] for one in report["cells"]] == [score, why]
    assert (synced / "leads.xlsx").read_bytes() == before
    assert listed(run, synced) == {stage: "Customer"}
    assert run("--workspace", synced, "sync").code == 0
    assert cell(synced / "leads.xlsx", score) == report["cells"][0]["next"] == 59
    assert run("--workspace", synced, "undo", report["run"]).code == 0
    assert listed(run, synced) == found
    assert cell(synced / "leads.xlsx", score) == 99


def test_by_lead_by_column_and_all_of_a_source(synced, run):
    said = run("--workspace", synced, "release", "6", "--dry-run", "--json")
    assert len(json.loads(said.out)["cells"]) == 2
    said = run("--workspace", synced, "release", "--column", "why", "--dry-run")
    assert "1 cell would" in said.out
    said = run("--workspace", synced, "release", "--all-of", "leads")
    assert "3 cells given back to the rules" in said.out
    assert "sheetcrm undo 20" in said.out
    assert listed(run, synced) == {}
    said = run("--workspace", synced, "overrides")
    assert said.out.splitlines() == ["leads · leads.xlsx › Leads · 0 cells set by people"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "say which cells"),
        (("A5", "--all-of", "leads"), "--all-of takes all cells"),
        (("Nobody",), "no person has set a cell of 'Nobody'"),
        (("--column", "Scoer"), "sheetcrm writes no column"),
        (("--all-of", "expo"), "there is no source 'expo'"),
        (("--column", "BANT"), "no person has set a cell in the column BANT"),
    ],
)
def test_what_is_not_clear_is_refused(synced, run, words, message):
    said = run("--workspace", synced, "release", *words)
    assert said.code == 2
    assert message in said.err
    assert len(listed(run, synced)) == 3


def test_who_stands_there_twice(synced, run):
    before = (synced / "leads.xlsx").read_bytes()
    said = run("--workspace", synced, "duplicates")
    assert (said.code, said.err) == (0, "")
    assert "1 person in several rows, of 60 leads" in said.out
    assert "email siti@toko-maju.example (D43)" in said.out
    found = json.loads(run("--workspace", synced, "duplicates", "--json").out)
    [person] = found["persons"]
    assert [row["row"] for row in person["rows"]] == [5, 43]
    assert {one["field"] for one in person["shared"]} == {"email", "phone"}
    assert (synced / "leads.xlsx").read_bytes() == before


def test_sources_that_cannot_be_read_leave_the_others(synced, run):
    config = synced / "config" / "sheetcrm.toml"
    with config.open("a", encoding="utf-8") as file:
        file.write('\n[[source]]\nname = "expo"\nexcel = "expo.xlsx"\ntab = "Leads"\n')
    for command, told in (("overrides", "3 cells set by people"), ("duplicates", "1 person")):
        said = run("--workspace", synced, command)
        assert said.code == 1
        assert "expo.xlsx" in said.err
        assert told in said.out
    said = run("--workspace", synced, "release", "--column", "Score")
    assert said.code == 1
    assert "1 cell given back" in said.out
