"""Every stage move that a run makes stands in the log once, and each way back too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from openpyxl import Workbook, load_workbook

from sheetcrm.adapters.excel import ExcelSource
from sheetcrm.adapters.memory import MemoryLedger, MemoryTabSource
from sheetcrm.core.table.fields import Locale
from sheetcrm.engine.sync import plan, sync
from sheetcrm.engine.undo import undo
from sheetcrm.engine.workspace import Workspace
from sheetcrm.errors import LedgerError
from tests.engine.team import GRID, NOW, by_name
from tests.engine.test_sync import Meddled

TITLE = "Stage log"
HEADERS = ["When", "Lead ID", "Name", "From", "To", "Why", "By", "Run"]


@pytest.fixture
def keep(make):
    """A workspace that keeps a log."""

    def workspace(*sources, title: str = TITLE, language: str = "en", **parts) -> Workspace:
        made = make(*sources, **parts)
        rules = replace(made.rules, log_tab=title, locale=Locale(language=language))
        return replace(made, rules=rules)

    return workspace


def rows(source: MemoryTabSource) -> list[list]:
    return [[*row, *[None] * (8 - len(row))] for row in source.tabs.get(TITLE, [])]


def moves(source: MemoryTabSource) -> list[tuple]:
    """Name, from, to and by of each row."""
    return [(row[2], row[3], row[4], row[6]) for row in rows(source)[1:]]


FIRST = [
    ("Ana Putri", None, "SQL", "rule"),
    ("Budi", None, "MQL", "rule"),
    ("Citra", None, "Contact", "rule"),
]


def test_each_move_stands_there_with_its_time_reason_and_run(keep):
    source = MemoryTabSource(GRID)
    run = sync(keep(source)).run
    assert rows(source)[0] == HEADERS
    assert moves(source) == FIRST
    when, lead, _, _, _, why, _, by = rows(source)[1]
    assert when == datetime(2026, 11, 24, 10, 0), "in the workspace's zone"
    assert lead == by_name(source, "Lead ID")["Ana Putri"]
    assert why == "score 50"
    assert by == run


def test_nothing_is_logged_unless_it_is_asked_for(make):
    source = MemoryTabSource(GRID)
    sync(make(source))
    assert source.tabs == {}


def test_a_sync_that_moves_nobody_logs_nothing(keep):
    source = MemoryTabSource(GRID)
    workspace = keep(source)
    assert plan(workspace).results[0].plan.logged == 3
    assert source.tabs == {}
    assert sync(workspace).results[0].receipt.logged == 3
    source.set_cell("F2", "a note")
    again = sync(workspace)
    assert again.results[0].plan.changes_nothing
    assert again.results[0].receipt.logged == 0
    assert moves(source) == FIRST


def test_moves_that_are_refused_are_not_logged(keep):
    source = MemoryTabSource(GRID)
    workspace = keep(source)
    sync(workspace)
    source.set_cell("C2", "Bandung")
    source.set_cell("D2", 0)
    report = sync(workspace)
    assert [move.refused for move in report.results[0].plan.moves] == [True]
    assert moves(source) == FIRST


def test_a_persons_own_stage_is_logged_though_no_cell_changes(keep):
    outputs = {"id": "Lead ID", "stage": "Stage"}
    source = MemoryTabSource(GRID)
    workspace = keep(source, outputs=outputs)
    sync(workspace)
    source.set_cell("H4", "SQL")
    planned = plan(workspace).results[0].plan
    assert planned.edits == []
    assert not planned.changes_nothing
    sync(workspace)
    assert moves(source) == [*FIRST, ("Citra", "Contact", "SQL", "person")]


def test_an_undo_logs_the_way_back_and_the_next_sync_the_way_there_again(keep):
    source = MemoryTabSource(GRID)
    workspace = keep(source)
    sync(workspace)
    source.set_cell("D4", 1000)
    source.set_cell("C4", "Jakarta")
    run = sync(workspace).run
    up = ("Citra", "Contact", "SQL", "rule")
    assert moves(source) == [*FIRST, up]
    done = undo(workspace, run).run
    assert moves(source) == [*FIRST, up, ("Citra", "SQL", "Contact", "undo")]
    assert rows(source)[-1][5:] == [f"run {run} was undone", "undo", done]
    sync(workspace)
    assert moves(source)[-1] == up


def test_what_an_undo_leaves_is_not_logged(keep):
    source = MemoryTabSource(GRID)
    workspace = keep(source)
    run = sync(workspace).run
    stage = next(i for i, header in enumerate(source.grid[0]) if header == "Stage")
    source.set_cell(f"{chr(65 + stage)}2", "MQL")
    undo(workspace, run)
    assert moves(source)[3:] == [
        ("Budi", "MQL", None, "undo"),
        ("Citra", "Contact", None, "undo"),
    ]


def test_words_are_the_workspaces(keep):
    source = MemoryTabSource(GRID)
    workspace = keep(source, language="id")
    undo(workspace, sync(workspace).run)
    assert rows(source)[0] == [
        "Kapan", "Lead ID", "Nama", "Dari", "Ke", "Alasan", "Oleh", "Proses",
    ]  # fmt: skip
    assert {row[6] for row in rows(source)[1:]} == {"aturan", "dibatalkan"}
    assert rows(source)[-1][5].endswith("dibatalkan")


def test_a_source_that_changed_meanwhile_logs_each_move_once(keep):
    source = Meddled(GRID, times=2)
    sync(keep(source))
    assert moves(source) == [*FIRST[:2], ("Citra", None, "MQL", "rule")]


class Dying(MemoryLedger):
    """Its process ends between writing the sheet and saying so."""

    deaths = 1

    def commit(self, run, plan, *, at):
        if self.deaths:
            self.deaths -= 1
            raise LedgerError("no more room on the disk")
        super().commit(run, plan, at=at)


OUTPUTS = [["id", "score", "stage", "why"], ["id", "stage"], ["id", "score"]]


@pytest.mark.parametrize("outputs", OUTPUTS, ids=" ".join)
@pytest.mark.parametrize("deaths", [1, 2])
def test_a_run_cut_off_after_the_write_is_not_logged_twice(keep, outputs: Sequence[str], deaths):
    ledger = Dying()
    ledger.deaths = deaths
    source = MemoryTabSource(GRID)
    workspace = keep(source, ledger=ledger, outputs={one: f"Our {one}" for one in outputs})
    for _ in range(deaths):
        with pytest.raises(LedgerError):
            sync(workspace)
        assert moves(source) == FIRST
    assert sync(workspace).exit_code == 0
    assert moves(source) == FIRST


def test_what_a_run_that_was_cut_off_wrongly_said_is_taken_back(keep):
    """The lead is deleted, or decided otherwise, before anybody knows of the move."""
    ledger = Dying()
    source = MemoryTabSource(GRID)
    workspace = keep(source, ledger=ledger)
    with pytest.raises(LedgerError):
        sync(workspace)
    source.delete_row(4)
    source.set_cell("D3", 1000)
    workspace.clock.move(timedelta(hours=1))
    sync(workspace)
    assert moves(source)[3:] == [
        ("Budi", "MQL", None, "undo"),
        ("Citra", "Contact", None, "undo"),
        ("Budi", None, "SQL", "rule"),
    ]
    assert "cut off" in rows(source)[4][5]
    assert rows(source)[4][0] == NOW.replace(tzinfo=None) + timedelta(hours=1)


def test_sources_of_one_workbook_share_the_log(keep, tmp_path):
    path = tmp_path / "leads.xlsx"
    book = Workbook()
    for title, rows in {"Expo": GRID[:3], "Web": [GRID[0], GRID[3]]}.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    del book["Sheet"]
    book.save(path)
    sources = [ExcelSource(title.lower(), path, title) for title in ("Expo", "Web")]
    workspace = keep(*sources)
    assert sync(workspace).exit_code == 0

    def logged() -> list[tuple]:
        rows = load_workbook(path)[TITLE].iter_rows(min_row=2, values_only=True)
        return [(row[2], row[3], row[4], row[6]) for row in rows]

    assert logged() == FIRST
    sync(workspace)
    assert logged() == FIRST
