"""The workbook as it was before a run, and a ledger that agrees with it."""

from __future__ import annotations

import json

import pytest

from sheetcrm.adapters.excel import write_cells
from tests.cli.test_commands import cells


@pytest.fixture
def leads(sample, run):
    """The sample workspace after two syncs with an edit of a person between them."""
    book = sample / "leads.xlsx"
    first = book.read_bytes()
    assert run("--workspace", sample, "sync").code == 0
    assert run("--workspace", sample, "sync").code == 0
    write_cells(book, "Leads", {"B6": "Somebody new"})
    return sample, first


def backups(run, root):
    return json.loads(run("--workspace", root, "restore", "--json").out)


def test_backups_are_listed(leads, run):
    root, first = leads
    (found,) = backups(run, root)
    assert (found["source"], found["rows"]) == ("leads", 60)
    assert found["backup"]["size"] == len(first)
    said = run("--workspace", root, "restore", "leads", "--list")
    assert (said.code, found["backup"]["run"] in said.out) == (0, True)


def test_without_a_terminal_it_wants_a_yes(leads, run):
    root, _ = leads
    before = (root / "leads.xlsx").read_bytes()
    said = run("--workspace", root, "restore", "leads")
    assert (said.code, "--yes" in said.err) == (2, True)
    assert (root / "leads.xlsx").read_bytes() == before


def test_on_a_terminal_it_asks(leads, run, monkeypatch):
    root, first = leads
    monkeypatch.setattr("sheetcrm.cli.commands.restore.sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("sheetcrm.cli.output.on_terminal", lambda: True)
    answers = iter([False, True])
    monkeypatch.setattr("click.confirm", lambda _: next(answers))
    assert "nothing was changed" in run("--workspace", root, "restore", "leads").out
    assert (root / "leads.xlsx").read_bytes() != first
    assert run("--workspace", root, "restore", "leads").code == 0
    assert (root / "leads.xlsx").read_bytes() == first


def test_the_file_is_back_and_the_next_sync_takes_nothing_for_a_persons(leads, run):
    root, first = leads
    synced = cells(root / "leads.xlsx")
    replaced = (root / "leads.xlsx").read_bytes()
    said = run("--workspace", root, "restore", "leads", "--yes", "--json")
    assert said.code == 0, said.err
    assert (root / "leads.xlsx").read_bytes() == first
    report = json.loads(said.out)
    assert (root / "var" / "backups").joinpath(report["kept"]).read_bytes() == replaced

    (result,) = json.loads(run("--workspace", root, "plan", "--json").out)["sources"]
    assert result["plan"]["overrides"] == []
    assert run("--workspace", root, "sync").code == 0
    assert cells(root / "leads.xlsx")["Lead ID"] == synced["Lead ID"]

    assert run("--workspace", root, "restore", "leads", report["run"], "--yes").code == 0
    assert (root / "leads.xlsx").read_bytes() == replaced
    (result,) = json.loads(run("--workspace", root, "plan", "--json").out)["sources"]
    assert (result["plan"]["overrides"], result["plan"]["drafts"]) == ([], [])


def test_old_scores_are_ours_again_and_a_persons_stage_stays_theirs(leads, run):
    """Yesterday's file holds yesterday's scores, and a stage that somebody had typed."""
    root, _ = leads
    book = root / "leads.xlsx"
    headers = dict(zip(cells(book), "ABCDEFGHIJKLMNOPQRSTUVWXYZ", strict=False))
    write_cells(book, "Leads", {f"{headers['Stage']}5": "Customer"})
    assert run("--workspace", root, "sync").code == 0
    for backup in (root / "var" / "backups").iterdir():
        backup.unlink()  # as if it were tomorrow
    budget = headers.get("Budget", next(h for n, h in headers.items() if "udget" in n))
    write_cells(book, "Leads", {f"{budget}{row}": 900_000_000 + row for row in range(5, 30)})
    assert run("--workspace", root, "sync").code == 0
    said = run("--workspace", root, "restore", "leads", "--yes", "--json")
    assert json.loads(said.out)["cells"] > 5
    (result,) = json.loads(run("--workspace", root, "plan", "--json").out)["sources"]
    assert {one["header"] for one in result["plan"]["overrides"]} <= {"Stage"}
    assert len(result["plan"]["overrides"]) == 1


def test_cut_off_right_after_the_file_was_replaced(leads, run, monkeypatch):
    root, first = leads

    def killed(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("sheetcrm.adapters.ledger.store.SqlLedger.rewound", killed)
    run("--workspace", root, "restore", "leads", "--yes")
    assert (root / "leads.xlsx").read_bytes() == first
    monkeypatch.undo()
    (result,) = json.loads(run("--workspace", root, "plan", "--json").out)["sources"]
    assert result["plan"]["overrides"] == []


def test_open_in_excel_nothing_is_changed(leads, run):
    root, _ = leads
    before = (root / "leads.xlsx").read_bytes()
    (root / ".~lock.leads.xlsx#").write_text(",sari,laptop,22.11.2026 10:00,x;", encoding="utf-8")
    said = run("--workspace", root, "restore", "leads", "--yes")
    assert (said.code, "sari" in said.err) == (75, True)
    assert (root / "leads.xlsx").read_bytes() == before
    assert len(backups(run, root)) == 1


def test_a_workbook_that_was_deleted_or_damaged_comes_back(leads, run):
    root, first = leads
    book = root / "leads.xlsx"
    (kept,) = backups(run, root)  # runs of one second have no order
    chosen = kept["backup"]["run"]
    for spoil in (lambda: book.write_bytes(b"not a workbook"), book.unlink):
        spoil()
        assert run("--workspace", root, "restore", "leads", chosen, "--yes").code == 0
        assert book.read_bytes() == first


def test_a_damaged_backup_is_not_put_back(leads, run):
    root, _ = leads
    book = root / "leads.xlsx"
    before = book.read_bytes()
    (copy,) = (root / "var" / "backups").iterdir()
    data = bytearray(copy.read_bytes())
    data[len(data) // 3] ^= 0xFF
    copy.write_bytes(data)
    said = run("--workspace", root, "restore", "leads", "--yes")
    assert (said.code, "damaged" in said.err) == (1, True)
    assert book.read_bytes() == before


def test_what_is_not_there_is_said(leads, run):
    root, _ = leads
    assert "2019" in run("--workspace", root, "restore", "leads", "2019", "--yes").err
    assert "leads" in run("--workspace", root, "restore", "nobody").err
