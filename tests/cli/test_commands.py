"""The whole way, from an empty folder: what a new user does first."""

from __future__ import annotations

import json

import click
import openpyxl
import pytest

from sheetcrm.cli.main import cli

LADDER = [
    "Contact",
    "Lead",
    "MQL",
    "SQL",
    "Prospect",
    "Customer",
    "Repeat customer",
    "Disqualified",
]


def cells(path, tab="Leads"):
    """Header → values of the lead rows, as openpyxl reads them."""
    sheet = openpyxl.load_workbook(path, data_only=True)[tab]
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    header = next(i for i, row in enumerate(rows) if "Email" in row)
    body = [row for row in rows[header + 1 :] if any(value is not None for value in row)]
    return {name: [row[i] for row in body] for i, name in enumerate(rows[header]) if name}


@pytest.fixture
def synced(sample, run):
    said = run("--workspace", sample, "sync")
    assert said.code == 0, said.err
    return sample


def test_init_never_overwrites(sample, run):
    before = (sample / "config" / "sheetcrm.toml").read_bytes()
    said = run("init", sample)
    assert said.code == 2
    assert "is there already" in said.err
    assert (sample / "config" / "sheetcrm.toml").read_bytes() == before


def test_check_says_which_field_was_found_where(sample, run):
    said = run("--workspace", sample, "check")
    assert said.code == 0, said.err
    assert "60 leads below the header in row 4" in said.out
    assert "Last activity" in said.out
    assert "sheetcrm plan" in said.out


def test_plan_and_dry_run_change_nothing(sample, run):
    before = (sample / "leads.xlsx").read_bytes()
    for command in (("plan",), ("plan", "--all"), ("sync", "--dry-run"), ("plan", "--json")):
        assert run("--workspace", sample, *command).code == 0
    assert (sample / "leads.xlsx").read_bytes() == before
    assert not list((sample / "var").rglob("*.eml"))


def test_sync_fills_every_lead_and_is_silent_in_cron(sample, run):
    said = run("--workspace", sample, "sync")
    assert (said.code, said.out, said.err) == (0, "", "")
    found = cells(sample / "leads.xlsx")
    assert len(found["Name"]) == 60
    for header in ("Lead ID", "Score", "Stage", "Why"):
        assert all(value is not None for value in found[header]), header
    assert len(set(found["Lead ID"])) == 60
    assert set(found["Stage"]) <= set(LADDER)
    assert len(set(found["Stage"])) >= 6
    assert "=1+1" in found["Name"]


def test_a_second_sync_leaves_the_file_alone(synced, run):
    book = synced / "leads.xlsx"
    before = (book.read_bytes(), book.stat().st_mtime_ns)
    assert run("--workspace", synced, "sync").code == 0
    assert (book.read_bytes(), book.stat().st_mtime_ns) == before


def test_drafts_in_three_languages_lie_in_the_outbox(synced, run):
    drafts = json.loads(run("--workspace", synced, "drafts", "--json").out)
    assert len(drafts) >= 20
    assert {draft["language"] for draft in drafts} == {"id", "es", "en"}
    assert len(list((synced / "var" / "outbox").glob("*.eml"))) == len(drafts)
    assert len({draft["person"] for draft in drafts}) == len(drafts)
    shown = run("--workspace", synced, "drafts", "--limit", 3, "--show").out
    assert shown.count("Subject: ") == 3


def test_undo_puts_the_values_back(sample, run):
    before = cells(sample / "leads.xlsx")
    run("--workspace", sample, "sync")
    said = run("--workspace", sample, "undo", "last")
    assert said.code == 0, said.err
    after = cells(sample / "leads.xlsx")
    assert {header: after[header] for header in before} == before
    assert all(value is None for header in after.keys() - before.keys() for value in after[header])
    assert run("--workspace", sample, "undo", "last").code == 2


def test_explain_tells_every_rule_and_question(synced, run):
    found = cells(synced / "leads.xlsx")
    lead = found["Lead ID"][0]
    said = run("--workspace", synced, "explain", lead)
    assert said.code == 0
    assert found["Stage"][0] in said.out
    assert "BANT" in said.out
    assert json.loads(run("--workspace", synced, "explain", lead, "--json").out)[0]["lead"] == lead
    assert run("--workspace", synced, "explain", "zzzz-nobody").code == 2


def test_preview_is_one_page_with_every_draft(synced, run):
    said = run("--workspace", synced, "preview", "--json")
    made = json.loads(said.out)
    page = (synced / "var" / "preview" / "index.html").read_text(encoding="utf-8")
    assert page.count("<iframe") >= made["drafts"]
    assert "Content-Security-Policy" in page


def test_status_counts_the_stages(synced, run):
    said = run("--workspace", synced, "status", "--json")
    stages = json.loads(said.out)["stages"]
    assert sum(sum(counts.values()) for counts in stages.values()) == 60
    assert run("--workspace", synced, "status").code == 0


def test_schema_is_json(run):
    assert json.loads(run("schema").out)["$schema"].startswith("https://json-schema.org/")


LASTING = {"unsubscribe-server", "worker"}
"""They run until they are stopped, and say what they do line by line."""


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_has_help_and_stands_in_the_readme(name, run, request):
    said = run(name, "--help")
    assert said.code == 0
    assert "Usage:" in said.out
    assert "--json" in said.out or name in LASTING or isinstance(cli.commands[name], click.Group)
    readme = (request.config.rootpath / "README.md").read_text(encoding="utf-8")
    assert f"sheetcrm {name}" in readme


def test_outside_a_workspace_it_says_how_to_make_one(tmp_path, run, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = run("plan")
    assert said.code == 2
    assert "sheetcrm init" in said.err
