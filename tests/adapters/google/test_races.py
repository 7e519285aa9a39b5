"""Somebody does something to the tab exactly between our requests, in whole runs of `sync`.

Ten actions, each in every gap: between reading and guard, between guard and write, just before a
write whose answer is lost, and just after it.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sheetcrm.engine.sync import sync
from sheetcrm.errors import SourceError
from tests.adapters.google.racing import (
    ACTIONS,
    Team,
    check_all_right,
    check_ours,
    check_theirs,
    few_new,
    first_run,
    id_first,
    later_run,
    ours_by_lead,
    partial_sort,
    rename,
)
from tests.support.sheets_api import SheetsServer, Tab, faults

GAPS = ["read-guard", "guard-write", "before-lost-write", "after-lost-write", "cut-write"]
FIRST = {(start, gap) for start in ("first_run", "few_new") for gap in GAPS[:3]}


def plan_gap(team: Team, gap: str, action: Callable[[Tab], None]) -> None:
    google = team.google

    def act() -> None:
        team.act(action)

    if gap == "read-guard":
        google.before("getByDataFilter", act)
    elif gap == "guard-write":
        google.before("spreadsheets.batchUpdate", act)
    elif gap == "before-lost-write":
        google.before("spreadsheets.batchUpdate", act)
        google.fail("spreadsheets.batchUpdate", faults.unavailable(after=True))
    elif gap == "after-lost-write":
        google.after("spreadsheets.batchUpdate", act)
        google.fail("spreadsheets.batchUpdate", faults.unavailable(after=True))
    else:
        google.before("spreadsheets.batchUpdate", act)
        google.fail("spreadsheets.batchUpdate", faults.cut(after=True))


@pytest.fixture(scope="module")
def google():
    with SheetsServer() as server:
        yield server


CASES = [
    pytest.param(
        start,
        gap,
        marks=[] if (start.__name__, gap) in FIRST else pytest.mark.slow,
        id=f"{start.__name__}-{gap}",
    )
    for start in (first_run, few_new, later_run, id_first)
    for gap in GAPS
]


@pytest.mark.parametrize(("start", "gap"), CASES)
@pytest.mark.parametrize("action", ACTIONS)
def test_nothing_ends_up_wrong(google, start, gap, action) -> None:
    team = start(google)
    earlier = ours_by_lead(team.tab)
    plan_gap(team, gap, action)
    report = sync(team.workspace)
    google.script.forget()
    error = report.results[0].error
    assert error is None or isinstance(error, SourceError)
    assert len(google.log.of("spreadsheets.get")) <= 4
    check_theirs(team)
    check_ours(team, earlier, ids=action is not partial_sort)
    report = sync(team.workspace)
    assert report.exit_code == 0, report.results[0].error
    check_theirs(team)
    check_all_right(team)
    google.log.clear()
    assert sync(team.workspace).exit_code == 0
    assert google.log.writes == []
    assert len(google.log.reads) == (3 if action is rename else 1)
