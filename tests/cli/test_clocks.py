"""What is shown is shown as the workspace's clocks show it, whatever day it is in UTC."""

from __future__ import annotations

import json
from datetime import UTC, datetime, tzinfo

import openpyxl
import pytest

from sheetcrm.adapters import clock
from sheetcrm.adapters.excel import write_cells

MORNING = datetime(2026, 12, 1, 18, 30, tzinfo=UTC)  #: 01:30 of the second in Jakarta


class OneMoment(datetime):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        return MORNING.astimezone(tz)


@pytest.fixture
def early(monkeypatch, sample, run):
    """The sample, synced while it is yesterday still in UTC."""
    monkeypatch.setattr(clock, "datetime", OneMoment)
    assert run("--workspace", sample, "sync").code == 0
    return sample


def test_the_day_of_a_score_a_stage_and_a_draft(early, run):
    told = run("--workspace", early, "explain", "6").out
    assert "2026-12-02 score " in told
    assert "2026-12-02 new → MQL" in told
    assert "2026-12-02 welcome step 1" in told
    assert "2026-12-01" not in told
    book = openpyxl.load_workbook(early / "leads.xlsx", data_only=True)
    heads = {cell.value: cell.column for cell in book["Leads"][4]}
    since = book["Leads"].cell(6, heads["Stage since"]).value
    assert (since.month, since.day) == (12, 2)
    drafts = json.loads(run("--workspace", early, "drafts", "--json").out)
    whys = {one["why"].partition(" · ")[0] for one in drafts if one["why"].startswith("MQL")}
    assert whys == {"MQL sejak 2 Des 2026"}


def test_since_when_a_cell_is_a_persons_and_an_address_is_suppressed(early, run):
    book = openpyxl.load_workbook(early / "leads.xlsx", read_only=True)
    letters = {cell.value: cell.column_letter for cell in book["Leads"][4] if cell.value}
    book.close()
    write_cells(early / "leads.xlsx", "", {f"{letters['Score']}6": 99})
    assert run("--workspace", early, "sync").code == 0
    assert "2026-12-02" in run("--workspace", early, "overrides").out
    assert run("--workspace", early, "suppress", "ana@example.com").code == 0
    assert "2026-12-02" in run("--workspace", early, "suppress", "--list").out
    assert "2026-12-02 01:30" in run("--workspace", early, "runs").out
