"""What a person does with drafts: changes their words, sends some, takes leads off the ladder."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest


@pytest.fixture
def synced(sample, run):
    assert run("--workspace", sample, "sync").code == 0
    return sample


def drafts_of(root, run):
    return json.loads(run("--workspace", root, "drafts", "--json").out)


def test_changed_words_reach_the_drafts_that_were_not_sent(synced, run):
    before = drafts_of(synced, run)
    assert all(draft["in_outbox"] for draft in before)
    sent = before[0]
    Path(sent["place"]).unlink()
    for template in (synced / "templates").rglob("01-intro*.md"):
        text = template.read_text(encoding="utf-8")
        template.write_text(text.replace("Subject: ", "Subject: NEW "), encoding="utf-8")
    listed = run("--workspace", synced, "drafts").out
    assert "1 more: file gone: sent or deleted" in listed
    page = json.loads(run("--workspace", synced, "preview", "--json").out)
    assert (page["drafts"], page["left_out"]) == (len(before) - 1, 1)
    said = run("--workspace", synced, "drafts", "--renew")
    assert said.code == 0, said.err
    assert f"{len(before) - 1} drafts thrown away" in said.out
    assert "1 left" in said.out
    assert said.out.rstrip().endswith("write them anew: sheetcrm sync")
    assert not list((synced / "var" / "outbox").glob("*.eml"))
    assert run("--workspace", synced, "sync").code == 0
    after = {draft["key"]: draft for draft in drafts_of(synced, run)}
    assert after.keys() == {draft["key"] for draft in before}
    assert after.pop(sent["key"])["in_outbox"] is False
    assert all(draft["in_outbox"] for draft in after.values())
    assert all(d["subject"].startswith("NEW ") for d in after.values() if d["step"] == 1)
    assert "nothing to change" in run("--workspace", synced, "plan").out


def test_renew_takes_all(synced, run):
    said = run("--workspace", synced, "drafts", "--renew", "--limit", 3)
    assert said.code == 2
    assert "--limit" in said.err
    assert all(draft["in_outbox"] for draft in drafts_of(synced, run))


def test_a_lead_that_wants_nothing_loses_its_draft(synced, run):
    lead = drafts_of(synced, run)[0]
    path = synced / "leads.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["Leads"]
    headers = {cell.value: cell.column for cell in sheet[4]}
    place = next(
        cells[0].row
        for cells in sheet.iter_rows(min_row=5)
        if cells[headers["Lead ID"] - 1].value == lead["lead"]
    )
    sheet.cell(place, headers["Status"], "Not interested")
    book.save(path)
    assert "1 draft would be withdrawn: " in run("--workspace", synced, "plan").out
    said = run("--workspace", synced, "sync", "--verbose")
    assert "1 draft withdrawn: " in said.out
    assert "is Disqualified" in said.out
    assert not Path(lead["place"]).exists()
    assert lead["key"] not in {draft["key"] for draft in drafts_of(synced, run)}
    assert "cancelled: is Disqualified" in run("--workspace", synced, "explain", lead["lead"]).out
