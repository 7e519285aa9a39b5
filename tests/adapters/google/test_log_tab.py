"""The log of stage moves in a spreadsheet: one write with the leads' cells, whatever happens to it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from google.oauth2.credentials import Credentials

from sheetcrm.adapters.google import logtab
from sheetcrm.adapters.google.client import SheetsClient
from sheetcrm.engine.sync import sync
from sheetcrm.errors import SourceRefusedError
from tests.adapters.google.racing import ACTIONS, Team, first_run, put_budgets
from tests.adapters.google.sheets import put, source_of, spreadsheet_of
from tests.adapters.google.test_races import GAPS, plan_gap
from tests.adapters.stage_log_contract import (
    HEADERS,
    IVAN,
    NEXT,
    NEXT_ROW,
    SARI,
    SARI_ROW,
    TITLE,
    log,
)
from tests.adapters.tab_source_contract import KNOWN, LEADS, edit
from tests.support.sheets_api import OWNER, SheetsServer, Spreadsheet, faults


@pytest.fixture(scope="module")
def google():
    with SheetsServer() as server:
        yield server


@pytest.fixture
def book(google) -> Spreadsheet:
    google.script.forget()
    google.log.clear()
    return spreadsheet_of(google, {"Leads": LEADS})


def write(google, book, *moves, edits=(), client=None, **parts):
    source = source_of(google, book, client=client)
    tab = source.read(KNOWN)
    google.log.clear()
    return source.write(tab, [edit(tab, *one) for one in edits], log=log(*moves, **parts))


def leads_of(book) -> list[str]:
    return [row[1] for row in book.tab(TITLE).values()[1:]]


def test_cells_and_log_are_one_write(google, book) -> None:
    write(google, book, SARI, edits=[(0, "Score", 5)])
    assert [call.kind for call in google.log] == ["read", "read", "write"]
    write(google, book, NEXT, edits=[(0, "Score", 6)])
    assert [call.kind for call in google.log] == ["read", "read", "read", "write"]
    assert leads_of(book) == ["sari", "sari"]


def test_a_new_tab_can_be_read_at_once(google, book) -> None:
    write(google, book, SARI)
    made = next(sheet for sheet in book.book.sheets if sheet.title == TITLE)
    assert made.grid["frozenRowCount"] == 1
    assert book.tab(TITLE).cell("A1").format["textFormat"]["bold"]
    assert book.tab(TITLE).cell("A2").format["numberFormat"]["type"] == "DATE_TIME"
    assert book.titles == ["Leads", TITLE], "behind all others"


def test_texts_stay_texts(google, book) -> None:
    write(google, book, SARI._replace(why="=1+1", name="+62 812"))
    assert book.tab(TITLE).entered()[1][2:6:3] == ["+62 812", "=1+1"]


def test_what_people_add_in_that_moment_stays(google, book) -> None:
    write(google, book, SARI)
    row = len(book.tab(TITLE).values()) + 1
    google.before("batchUpdate", lambda: book.tab(TITLE).set(f"B{row}", "typed"))
    write(google, book, NEXT)
    assert leads_of(book) == ["sari", "typed", "sari"]


def test_columns_that_move_in_that_moment_are_told(google, book) -> None:
    write(google, book, SARI)
    google.before("batchUpdate", lambda: book.tab(TITLE).insert_columns("B"))
    receipt = write(google, book, NEXT, edits=[(0, "Score", 8)])
    assert book.tab().cell("E2").value == 8
    (problem,) = receipt.problems
    assert "rearranged" in problem.message
    assert problem.hint


def test_a_tab_that_is_renamed_in_that_moment_is_made_anew(google, book) -> None:
    write(google, book, SARI)
    google.before("batchUpdate", lambda: book.tab(TITLE).rename("Old log"))
    write(google, book, NEXT, edits=[(0, "Score", 8)])
    assert book.titles == ["Leads", "Old log", TITLE]
    assert leads_of(book) == ["sari"]
    assert book.tab().cell("E2").value == 8


@pytest.mark.parametrize("edits", [[], [(0, "Score", 8)]], ids=["alone", "with-cells"])
@pytest.mark.parametrize("after", [True, False])
def test_a_write_without_an_answer_is_logged_once(google, book, after, edits) -> None:
    write(google, book, SARI)
    google.fail("batchUpdate", faults.unavailable(after=after))
    write(google, book, NEXT, IVAN, edits=edits, run="run-2")
    assert leads_of(book) == ["sari", "sari", "ivan"]


@pytest.mark.parametrize("after", [True, False])
def test_a_new_tab_without_an_answer_is_made_once(google, book, after) -> None:
    google.fail("batchUpdate", faults.cut(after=after))
    write(google, book, SARI, IVAN, edits=[(0, "Score", 8)])
    assert book.titles == ["Leads", TITLE]
    assert leads_of(book) == ["sari", "ivan"]


def test_more_than_fits_into_one_write_goes_in_several(google, book, monkeypatch) -> None:
    monkeypatch.setattr(logtab, "LARGEST", 2000)
    moves = [SARI._replace(lead=f"L{i}") for i in range(9)]
    receipt = write(google, book, *moves, edits=[(0, "Score", 8)])
    assert receipt.logged == 9
    assert leads_of(book) == [f"L{i}" for i in range(9)]
    assert len(google.log.writes) == 3


def test_a_protected_log_is_refused_and_nothing_written(google, book) -> None:
    robot = google.accounts.service_account()["client_email"]
    book.share(robot)
    put(book.add_tab(TITLE), [HEADERS])
    book.tab(TITLE).protect("A1:Z1000", [OWNER])
    token = Credentials(token=google.accounts.token(robot))
    client = SheetsClient(token, endpoint=google.url, sleep=lambda _: None)
    before = book.tab().entered()
    with pytest.raises(SourceRefusedError) as told:
        write(google, book, SARI, edits=[(0, "Score", 8)], client=client)
    assert told.value.code == "protected"
    assert book.tab().entered() == before


def test_dates_of_the_log_tell_what_is_newest(google, book) -> None:
    put(book.add_tab(TITLE), [HEADERS, NEXT_ROW, SARI_ROW])
    receipt = write(google, book, NEXT, run="run-3", cut_off=["run-2"])
    assert receipt.logged == 0


def moving(google: SheetsServer) -> Team:
    """Every lead is about to move further up."""
    team = first_run(google)
    assert sync(team.workspace).exit_code == 0
    put_budgets(team, [(row, f"D{row}") for row in range(2, 10)])
    for row in range(2, 10):
        team.tab.set(f"D{row}", 1000)
        team.tab.set(f"C{row}", "Jakarta")
    team.mirror()
    return team


CASES = [
    pytest.param(
        start,
        gap,
        action,
        marks=[] if index % 7 == 0 else pytest.mark.slow,
        id=f"{start.__name__}-{gap}-{action.__name__}",
    )
    for index, (start, gap, action) in enumerate(
        (start, gap, action) for start in (first_run, moving) for gap in GAPS for action in ACTIONS
    )
]


@pytest.mark.parametrize(("start", "gap", "action"), CASES)
def test_every_move_is_logged_once_whatever_people_do(google, start, gap, action) -> None:
    team: Team = start(google)
    rules = replace(team.workspace.rules, log_tab=TITLE)
    team.workspace = replace(team.workspace, rules=rules)
    plan_gap(team, gap, action)
    sync(team.workspace)
    google.script.forget()
    assert sync(team.workspace).exit_code == 0
    check_log(team)
    before = team.book.tab(TITLE).values()
    assert sync(team.workspace).exit_code == 0
    assert team.book.tab(TITLE).values() == before


def check_log(team: Team) -> None:
    """Each lead's moves are a chain, and end where the ledger says that it stands."""
    stands: dict[str, str] = {}
    for _, lead, _, before, after, *_ in team.book.tab(TITLE).values()[1:]:
        assert stands.setdefault(lead, before or "") == (before or "")
        stands[lead] = after
    known = team.workspace.ledger.remember("leads").standings
    now = {lead: stage for lead, stage in stands.items() if stage}
    assert now == {lead: known[lead].stage for lead in now}
