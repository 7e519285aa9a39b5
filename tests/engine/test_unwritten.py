"""Sources that are read and never written: everything else goes on as ever."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sheetcrm.adapters.excel.beside import UnwrittenSource
from sheetcrm.adapters.memory import FixedClock, MemoryLedger, MemoryTabSource
from sheetcrm.engine.check import check
from sheetcrm.engine.sync import plan, sync
from sheetcrm.engine.undo import undo
from sheetcrm.errors import UsageError
from sheetcrm.ports import WriteReceipt
from tests.engine.team import GRID, NOW, by_name


class Reported(UnwrittenSource):
    """One that keeps in memory what it is to report."""

    said = None

    @property
    def aside(self):
        return "leads.scores.xlsx"

    def put_aside(self, tab, columns, *, run=""):
        new = {header: list(values) for header, values in columns.items()}
        changed, self.said = new != self.said, new
        return WriteReceipt(cells=len(tab.rows) if changed else 0)


def test_it_is_scored_and_drafted_and_remembered_but_not_written(make):
    sheet, ledger = MemoryTabSource(GRID), MemoryLedger()
    workspace = make(UnwrittenSource(sheet), ledger=ledger)
    shown = plan(workspace).results[0].plan
    assert (list(shown.edits), list(shown.append), shown.aside.place) == ([], [], "")
    report = sync(workspace)
    assert (report.exit_code, report.counts["cells"], report.counts["drafts"]) == (0, 0, 1)
    assert sheet.grid == GRID
    memory = ledger.remember("leads")
    assert sorted(standing.stage for standing in memory.standings.values()) == [
        "Contact",
        "MQL",
        "SQL",
    ]
    assert memory.written == {}
    again = sync(workspace)
    assert (again.counts["moves"], again.counts["drafts"]) == (0, 0)


def test_leads_are_known_again_by_who_they_are(make):
    ledger = MemoryLedger()
    sync(make(UnwrittenSource(MemoryTabSource(GRID)), ledger=ledger))
    known = set(ledger.remember("leads").leads)
    moved = [GRID[0], GRID[3], GRID[1], [*GRID[2][:5], "another note"]]
    later = make(
        UnwrittenSource(MemoryTabSource(moved)), ledger=ledger, now=NOW + timedelta(days=1)
    )
    report = sync(later)
    assert set(ledger.remember("leads").leads) == known
    assert report.counts["moves"] == report.counts["drafts"] == 0


def test_equal_rows_are_told_apart_by_their_order(make):
    ledger = MemoryLedger()
    twice = [*GRID, list(GRID[1])]
    workspace = make(UnwrittenSource(MemoryTabSource(twice)), ledger=ledger)
    sync(workspace)
    known = dict(ledger.remember("leads").leads)
    assert len(known) == 4
    assert sync(workspace).counts["problems"] == 1, "the duplicate is told, nothing else"
    assert set(ledger.remember("leads").leads) == set(known)


def test_the_report_shows_who_they_are_and_what_people_have_set(make):
    grid = [[*GRID[0], "Stage"], [*GRID[1], "Won by Ana"], [*GRID[2], None], [*GRID[3], None]]
    source = Reported(MemoryTabSource(grid))
    report = sync(make(source))
    assert list(source.said) == [
        *["Row", "Name", "Email"],
        *["Lead ID", "Score", "Stage", "Why", "Email status"],
    ]
    assert source.said["Row"] == [2, 3, 4]
    assert source.said["Name"] == ["Ana Putri", "Budi", "Citra"]
    assert source.said["Stage"] == ["Won by Ana", "MQL", "Contact"]
    assert all(source.said["Lead ID"])
    assert len(report.results[0].plan.overrides) == 1


def test_what_was_written_before_is_still_known_as_ours_when_it_is_written_again(make):
    sheet, ledger = MemoryTabSource(GRID), MemoryLedger()
    sync(make(sheet, ledger=ledger))
    scores = by_name(sheet, "Score")
    changed = [list(row) for row in sheet.grid]
    changed[1][3] = 10  # a smaller budget: another score
    sheet = MemoryTabSource(changed)
    sync(make(UnwrittenSource(sheet), ledger=ledger))
    assert by_name(sheet, "Score") == scores
    report = sync(make(sheet, ledger=ledger))
    assert report.counts["overrides"] == 0
    assert by_name(sheet, "Score")["Ana Putri"] != scores["Ana Putri"]


def test_an_undo_of_an_earlier_run_says_that_it_is_not_written(make):
    sheet, ledger = MemoryTabSource(GRID), MemoryLedger()
    run = sync(make(sheet, ledger=ledger)).run
    before = sheet.grid
    workspace = make(UnwrittenSource(sheet), ledger=ledger)
    report = undo(workspace, run)
    assert "write = false" in str(report.results[0].error)
    assert sheet.grid == before
    with pytest.raises(UsageError):
        undo(workspace, sync(workspace).run)


def test_check_says_so(make):
    workspace = make(UnwrittenSource(MemoryTabSource(GRID)))
    checked = check(workspace).sources[0]
    assert (checked.aside, list(checked.new_columns)) == ("", [])
    assert isinstance(workspace.clock, FixedClock)
