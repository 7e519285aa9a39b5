"""`sheetcrm health`."""

from __future__ import annotations

import json
import re
import shutil

import openpyxl
import pytest


@pytest.fixture
def english(sample):
    config = sample / "config" / "sheetcrm.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace('language = "id"', 'language = "en"'), encoding="utf-8")
    return sample


def findings(said) -> dict[tuple[str, str], dict]:
    [source] = json.loads(said.out)["sources"]
    return {(one["kind"], one["column"]): one for one in source["findings"]}


def test_the_sample_has_its_faults_told(english, run):
    said = run("--workspace", english, "health")
    assert (said.code, said.err) == (0, "")
    assert "58 of 60 reachable by e-mail" in said.out
    assert "budi@@example" in said.out
    assert "Email: D8" in said.out
    assert "mend first" in said.out
    assert "good to know: " in said.out
    assert "text" not in said.out.partition("good to know")[2]
    everything = run("--workspace", english, "health", "--all").out
    assert re.search(r"\b\d+ \w+ (\d{4}) → \1-\d\d-\d\d\b", everything)  # 12 Mei 2026


def test_it_speaks_the_workspaces_language(sample, run):
    assert "perbaiki dulu" in run("--workspace", sample, "health").out
    config = sample / "config" / "sheetcrm.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace('language = "id"', 'language = "es-MX"'), encoding="utf-8")
    said = run("--workspace", sample, "health", "--all")
    assert "corregir primero" in said.out
    assert "fechas que son texto" in said.out


def test_json_has_every_place_and_the_sentences(english, run):
    found = findings(run("--workspace", english, "health", "--json"))
    twice = found["duplicates", "Email"]
    assert (twice["count"], twice["places"]) == (2, ["D5", "D43"])
    assert twice["examples"] == [
        {"cell": "D5, D43", "shown": "siti@toko-maju.example", "meant": ""}
    ]
    assert twice["fix"].startswith("Look at them (sheetcrm duplicates)")
    assert found["hidden-columns", ""]["places"] == ["V"]
    assert found["empty-field", "Timeline"]["count"] == 27
    assert ("missing-column", "") not in found


def test_nothing_is_changed_nor_remembered(english, run):
    book = english / "leads.xlsx"
    before = book.read_bytes()
    for options in ((), ("--all",), ("--json",)):
        assert run("--workspace", english, "health", *options).code == 0
    assert book.read_bytes() == before
    assert not any((english / "var").iterdir())


def test_our_own_columns_are_not_its_business(english, run):
    before = findings(run("--workspace", english, "health", "--json"))
    assert run("--workspace", english, "sync").code == 0
    assert findings(run("--workspace", english, "health", "--json")) == before


def test_the_page_goes_where_it_is_wanted(english, run, tmp_path):
    said = run("--workspace", english, "health", "--html")
    page = english / "var" / "health" / "index.html"
    assert str(page) in said.out
    assert "budi@@example" in page.read_text(encoding="utf-8")
    other = tmp_path / "pages" / "now.html"
    said = run("--workspace", english, "health", "--html", other, "--json")
    assert json.loads(said.out)["page"] == str(other)
    assert other.exists()
    said = run("--workspace", english, "health", "--html", english / "leads.xlsx" / "page.html")
    assert said.code == 2
    assert "cannot be written" in said.err


def test_a_source_that_cannot_be_read_leaves_the_others(english, run):
    config = english / "config" / "sheetcrm.toml"
    with config.open("a", encoding="utf-8") as file:
        file.write('\n[[source]]\nname = "expo"\nexcel = "expo.xlsx"\ntab = "Leads"\n')
    said = run("--workspace", english, "health")
    assert said.code == 1
    assert "expo.xlsx" in said.err
    assert "mend first" in said.out
    assert run("--workspace", english, "health", "--source", "leads").code == 0
    assert run("--workspace", english, "health", "--source", "nobody").code == 2
    said = run("--workspace", english, "health", "--html", "--json")
    assert [bool(one["error"]) for one in json.loads(said.out)["sources"]] == [False, True]


def test_csv_and_old_formats_are_looked_at_too(english, run):
    book = openpyxl.load_workbook(english / "leads.xlsx", data_only=True)
    rows = [list(row) for row in book["Leads"].iter_rows(min_row=4, values_only=True)]
    lines = [",".join(f'"{"" if cell is None else cell}"' for cell in row) for row in rows]
    (english / "leads.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    config = english / "config" / "sheetcrm.toml"
    text = config.read_text(encoding="utf-8")
    text = text.replace('excel = "leads.xlsx"            #', 'csv = "leads.csv" #', 1)
    text = text.replace('tab = "Leads"                   #', "#", 1)
    config.write_text(text, encoding="utf-8")
    found = findings(run("--workspace", english, "health", "--json"))
    assert found["unreadable-email", "Email"]["places"] == ["D5"]
    assert ("text-date", "Last contact") not in found


def test_a_well_kept_sheet_is_said_to_be_well(english, run):
    shutil.rmtree(english / "templates")
    (english / "templates").mkdir()
    for name in ("scoring", "followups"):
        (english / "config" / f"{name}.toml").write_text("", encoding="utf-8")
    (english / "config" / "stages.toml").write_text('[[stage]]\nname = "Lead"\n', encoding="utf-8")
    config = english / "config" / "sheetcrm.toml"
    config.write_text(
        '[workspace]\nlanguage = "en"\n[[source]]\nname = "a"\nexcel = "a.xlsx"\n'
        '[write]\nstage = "Stage"\n',
        encoding="utf-8",
    )
    book = openpyxl.Workbook()
    book.active.append(["Name", "Email", "Size"])
    book.active.append(["Ana", "ana@example.com", 40])
    book.active.append(["Budi", "budi@example.com", 55.5])
    book.save(english / "a.xlsx")
    said = run("--workspace", english, "health", "--all")
    assert said.code == 0, said.err
    assert "Nothing to mend" in said.out
