"""Workspaces whose files are not to be written, or cannot be."""

from __future__ import annotations

import json

import openpyxl
import pytest

from tests.adapters.excel.old_books import save_xlsb

LEADS = [
    ["Name", "Email", "City", "Budget", "Role"],
    ["Sari Wulandari", "sari@example.com", "Jakarta", 90_000_000, "owner"],
    ["Budi Santoso", "budi@example.com", "Bandung", 20_000_000, "staff"],
]


@pytest.fixture
def configured(sample):
    """Puts other sources into the sample's config."""

    def change(*sources: str):
        path = sample / "config" / "sheetcrm.toml"
        head, _, rest = path.read_text(encoding="utf-8").partition("[[source]]")
        rest = rest[rest.index("[[table]]") :]
        wanted = "".join(f"[[source]]\n{source}\n\n" for source in sources)
        path.write_text(head + wanted + rest, encoding="utf-8")
        return sample

    return change


def test_an_old_file_is_refused_with_the_way_out_and_scored_beside(configured, run):
    root = configured("name = 'old'\nexcel = 'old.xlsb'")
    save_xlsb(root / "old.xlsb", LEADS)
    assert 'set write = "beside"' in run("--workspace", root, "plan", "--all").out
    said = run("--workspace", root, "sync")
    assert said.code == 1
    assert "old.scores.xlsx" in said.err
    configured("name = 'old'\nexcel = 'old.xlsb'\nwrite = 'beside'")
    before = (root / "old.xlsb").read_bytes()
    assert "would go into old.scores.xlsx" in run("--workspace", root, "plan").out
    said = run("--workspace", root, "sync", "--json")
    assert said.code == 0, said.err
    (source,) = json.loads(said.out)["sources"]
    assert (source["aside"], source["plan"]["edits"]) == ("old.scores.xlsx", [])
    rows = list(openpyxl.load_workbook(root / "old.scores.xlsx").active.values)
    assert rows[0][:4] == ("Baris", "Name", "Email", "Lead ID")
    assert [row[:3] for row in rows[1:]] == [
        (2, "Sari Wulandari", "sari@example.com"),
        (3, "Budi Santoso", "budi@example.com"),
    ]
    assert (root / "old.xlsb").read_bytes() == before
    assert "stand already in" in run("--workspace", root, "sync", "-v").out
    lead = rows[1][3]
    assert json.loads(run("--workspace", root, "explain", lead, "--json").out)[0]["row"] == 2
    assert run("--workspace", root, "undo", "last").code == 2


def test_two_sources_beside_one_file_have_a_report_each(configured, run):
    place = "excel = 'leads.xlsx'\nwrite = 'beside'"
    root = configured(f"name = 'a'\n{place}", f"name = 'b'\ntab = 'Leads!A4:F20'\n{place}")
    assert run("--workspace", root, "sync").code == 0
    assert sorted(path.name for path in root.glob("*.scores.xlsx")) == [
        "leads.a.scores.xlsx",
        "leads.b.scores.xlsx",
    ]


def test_write_false_leaves_the_folder_as_it_is(configured, run):
    root = configured("name = 'leads'\nexcel = 'leads.xlsx'\nwrite = false")
    before = {path.name: path.read_bytes() for path in root.iterdir() if path.is_file()}
    said = run("--workspace", root, "sync", "-v")
    assert (said.code, "the scores are kept in the ledger" in said.out) == (0, True)
    assert {path.name: path.read_bytes() for path in root.iterdir() if path.is_file()} == before
    assert list((root / "var" / "outbox").glob("*.eml"))
    stages = json.loads(run("--workspace", root, "status", "--json").out)["stages"]
    assert sum(sum(counts.values()) for counts in stages.values()) == 60


def test_a_backup_from_before_can_still_be_restored(configured, run):
    place = "name = 'leads'\nexcel = 'leads.xlsx'"
    root = configured(place)
    before = (root / "leads.xlsx").read_bytes()
    assert run("--workspace", root, "sync").code == 0
    assert (root / "leads.xlsx").read_bytes() != before
    configured(f"{place}\nwrite = false")
    said = run("--workspace", root, "restore", "leads", "--yes")
    assert said.code == 0, said.err
    assert (root / "leads.xlsx").read_bytes() == before
