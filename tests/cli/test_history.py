"""`history` and `activities` as they are typed."""

from __future__ import annotations

import json

import pytest

CSV = """\
Tanggal;Jenis;Email;HP;Sales;Catatan
20/11/2026;Kunjungan;Siti@Toko-Maju.example;;Dewi;Atap 120 m², minta penawaran
21/11/2026;Telepon;;0812-0000-1242;Dewi;tidak diangkat
kemarin;Demo;siti@toko-maju.example;;Agus;
19/11/2026;Demo;nobody@example.com;;Agus;
"""


@pytest.fixture
def visited(sample):
    (sample / "visits.csv").write_text(CSV, encoding="utf-8")
    config = sample / "config" / "sheetcrm.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(f'{text}\n[[activities]]\nname = "Visits"\ncsv = "visits.csv"\n', "utf-8")
    return sample


def test_a_persons_story(visited, run):
    said = run("--workspace", visited, "history", "siti")
    assert said.code == 0, said.err
    assert "Siti Rahmawati" in said.out
    assert "Atap 120 m², minta penawaran" in said.out
    assert "not synced yet" in said.out
    assert "Sepertinya sama dengan Bu Siti" in said.out  # a note in her other row
    assert not (visited / "var" / "ledger.db").exists()
    run("--workspace", visited, "sync")
    [siti] = json.loads(run("--workspace", visited, "history", "siti", "--json").out)
    assert siti["moments"][0]["what"] == "visit"
    assert "stage" in [moment["what"] for moment in siti["moments"]]
    nobody = run("--workspace", visited, "history", "nobody at all")
    assert (nobody.code, "no lead is called" in nobody.err) == (2, True)


def test_what_each_sales_person_did(visited, run):
    said = run("--workspace", visited, "activities", "--days", "36500")
    assert said.code == 0, said.err
    for part in ("Dewi", "visit 1, call 1", "nobody@example.com", "“kemarin” cannot be read"):
        assert part in said.out
    report = json.loads(run("--workspace", visited, "activities", "--json").out)
    assert report["total"] == 3


def test_formulas_see_what_happened(visited, run):
    formula = '=ACTIVITIES("kunjungan")+10*ACTIVITIES("call")'
    tried = json.loads(run("--workspace", visited, "try", formula, "--limit", 60, "--json").out)
    assert sum(row["result"]["value"] for row in tried["rows"]) == 12  # Siti stands there twice


def test_without_a_tab_of_activities(sample, run):
    said = run("--workspace", sample, "activities")
    assert (said.code, "[[activities]]" in said.err) == (2, True)
    said = run("--workspace", sample, "try", "=ACTIVITIES()")
    assert (said.code, "[[activities]]" in said.err) == (2, True)
    assert run("--workspace", sample, "history", "siti").code == 0
