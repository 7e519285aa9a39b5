"""`sheetcrm try`: a formula on the sample's leads, as a person types it."""

from __future__ import annotations

import io
import json
import shlex
import sys

import pytest


@pytest.fixture
def tried(sample, run):
    """Try a formula in the sample workspace."""
    return lambda *arguments: run("--workspace", sample, "try", *arguments)


def test_it_shows_leads_kinds_and_counts_and_writes_nothing(sample, tried):
    before = {path: path.read_bytes() for path in sample.rglob("*") if path.is_file()}
    said = tried("=[@Budget]>=min_budget", "--limit", 4)
    assert said.code == 0, said.err
    assert "min_budget: 60000000" in said.out
    assert "85000000 number" in said.out
    assert "“Rp 75.000.000”" in said.out
    assert "… and 56 more leads (--limit 60 shows all)" in said.out
    assert "60 leads: 42 TRUE · 17 FALSE · 1 #VALUE!" in said.out
    assert "#VALUE! in row 40" in said.out
    assert "“nanti dikabari”" in said.out
    assert "runs compiled" in said.out
    assert {path: path.read_bytes() for path in sample.rglob("*") if path.is_file()} == before


def test_json(tried):
    found = json.loads(tried("=[@Score]", "--limit", 1, "--json").out)
    assert found["leads"] == 60
    assert found["reads"] == [{"name": "Score", "header": "", "computed": True}]
    assert len(found["rows"]) == 1
    assert found["rows"][0]["result"]["kind"] == "number"
    assert found["tally"]["numbers"]["count"] == 60


def test_the_fallback_is_said_with_the_function(tried):
    assert "fallback, because of PMT" in tried("=PMT(0.01,12,-[@Budget])").out


def test_a_wrong_formula_is_told_with_carets_and_the_code_of_check(tried):
    said = tried('=IF([@Budjet]>1, [@Citi]="x", 0)')
    assert (said.code, said.out) == (2, "")
    assert said.err.splitlines() == [
        "unknown field [@Budjet]",
        '=IF([@Budjet]>1, [@Citi]="x", 0)',
        "    ^",
        "→ did you mean [@Budget]?",
        "unknown field [@Citi]",
        '=IF([@Budjet]>1, [@Citi]="x", 0)',
        "                 ^",
        "→ did you mean [@City]?",
    ]
    found = tried("=[@Budjet]", "--json")
    assert found.code == 2
    assert json.loads(found.out)["faults"][0]["message"] == "unknown field [@Budjet]"


def test_quotes_that_the_shell_has_taken_are_thought_of(tried):
    said = tried("=[@City]=Jakarta")
    assert said.code == 2
    assert "the shell has taken its quotes" in said.err
    assert "the shell" not in tried('=[@City]="x"&Jakarta').err


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        (["=IF([@Budget]>1,5;2;3)"], "=IF([@Budget]>1.5,2,3)"),
        (["=[@City]=“Jakarta”"], '=[@City]="Jakarta"'),
        (["[@City]"], "=[@City]"),
        (["'=[@City]&", "1'"], "=[@City]& 1"),
    ],
)
def test_other_ways_of_typing_are_understood_and_shown(tried, typed, shown):
    said = tried(*typed)
    assert said.code == 0, said.err
    assert said.out.splitlines()[0] == shown


def test_a_missing_equals_sign_and_curly_quotes_are_mentioned(tried):
    assert "a formula begins with =" in tried("[@City]").err
    assert "curly quotes are read as straight ones" in tried("=[@City]=“x”").out


def test_without_a_formula_it_reads_one_from_the_pipe(tried, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO('=[@City]="Jakarta"\n'))
    said = tried()
    assert said.code == 0, said.err
    assert "TRUE" in said.out
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    assert tried().code == 2


def test_with_two_sources_it_asks_which(sample, tried):
    config = sample / "config" / "sheetcrm.toml"
    text = config.read_text(encoding="utf-8")
    again = '[[source]]\nname = "cities"\nexcel = "leads.xlsx"\ntab = "Cities"\n\n[[table]]'
    config.write_text(text.replace("[[table]]", again, 1), encoding="utf-8")
    said = tried("=1")
    assert said.code == 2
    assert "--source leads or --source cities" in said.err
    assert tried("=[@City]", "--source", "leads", "--limit", 0).code == 0


@pytest.mark.parametrize("number", [0, 1])
def test_the_readme_shows_what_is_really_said(number, tried, request):
    readme = (request.config.rootpath / "README.md").read_text(encoding="utf-8")
    block = readme.split("```\n$ sheetcrm try ")[1 + number].partition("```")[0]
    command, _, shown = block.partition("\n")
    said = tried(*shlex.split(command))
    expected = [line.split() for line in shown.splitlines()]
    assert [line.split() for line in (said.out + said.err).splitlines()] == expected


def test_a_cell_that_was_never_calculated_is_told_from_an_error(tmp_path, run):
    import openpyxl

    root = tmp_path / "w"
    assert run("init", root).code == 0
    book = openpyxl.Workbook()
    book.active.title = "Leads"
    for row in (
        ["Name", "Email", "Rate"],
        ["A", "a@example.com", "=1+1"],
        ["B", "b@example.com", 5],
    ):
        book.active.append(row)
    book.create_sheet("Cities").append(["City", "Points"])
    book["Cities"].append(["Jakarta", 10])
    book.save(root / "leads.xlsx")
    said = run("--workspace", root, "try", "=[@Rate]*2")
    assert said.code == 0, said.err
    assert "not calculated" in said.out
    assert "2 leads: 1 number · 1 #N/A" in said.out
