"""What people do to our columns in a Google tab between two runs, and `undo`."""

from __future__ import annotations

import pytest

from sheetcrm.engine.sync import plan, sync
from sheetcrm.engine.undo import undo
from tests.adapters.google.racing import (
    check_all_right,
    check_theirs,
    few_new,
    first_run,
    ours_by_lead,
    sort,
)
from tests.support.sheets_api import SheetsServer


@pytest.fixture(scope="module")
def google():
    with SheetsServer() as server:
        yield server


def test_an_unchanged_tab_is_read_once_and_not_written(google):
    team = first_run(google)
    sync(team.workspace)
    google.log.clear()
    assert sync(team.workspace).exit_code == 0
    assert [call.operation for call in google.log] == ["spreadsheets.get"]


def test_a_plan_touches_nothing(google):
    team = first_run(google)
    before = team.book.revision
    assert plan(team.workspace).results[0].plan.edits
    assert team.book.revision == before


def test_a_person_wins_until_the_cell_is_cleared(google):
    team = few_new(google)
    sync(team.workspace)
    score = team.tab.column("Score")
    team.tab.set(f"{score}2", 77)
    found = sync(team.workspace).results[0].plan
    assert [(one.header, one.value) for one in found.overrides] == [("Score", 77)]
    assert team.tab.cell(f"{score}2").value == 77
    team.tab.clear(f"{score}2")
    assert sync(team.workspace).results[0].plan.overrides == []
    check_all_right(team)


def test_a_run_is_undone_wherever_the_rows_are_now(google):
    team = few_new(google)
    before = ours_by_lead(team.tab)
    run = sync(team.workspace).run
    assert ours_by_lead(team.tab) != before
    team.act(sort)
    report = undo(team.workspace, run)
    assert report.exit_code == 0
    assert ours_by_lead(team.tab) == before
    check_theirs(team)
    assert sync(team.workspace).exit_code == 0
    check_all_right(team)


def test_the_first_run_is_undone_but_for_its_headers(google):
    team = first_run(google)
    run = sync(team.workspace).run
    assert undo(team.workspace, run).exit_code == 0
    assert all(value is None for ours in ours_by_lead(team.tab).values() for value in ours.values())
    check_theirs(team)
    assert sync(team.workspace).exit_code == 0
    check_all_right(team)
