"""Whole runs of `sync` while Google, the line or the account fails: nothing lost, nothing doubled."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import pytest
from google.oauth2.service_account import Credentials as Robot

from sheetcrm.adapters.google.client import SheetsClient
from sheetcrm.engine.sync import plan, sync
from sheetcrm.errors import SourceError, TransientError
from tests.adapters.google.racing import (
    Team,
    check_all_right,
    check_ours,
    check_theirs,
    few_new,
    first_run,
    later_run,
    ours_by_lead,
    sort,
)
from tests.support.sheets_api import SheetsServer, faults

DEADLINE = 120
READ, GUARD, WRITE = "spreadsheets.get", "getByDataFilter", "spreadsheets.batchUpdate"


@dataclass
class Time:
    """A clock that runs on when somebody sleeps."""

    slept: float = 0.0
    start: float = field(default_factory=time.monotonic)

    def sleep(self, seconds: float) -> None:
        self.slept += seconds

    def clock(self) -> float:
        return time.monotonic() - self.start + self.slept


@pytest.fixture(scope="module")
def google():
    with SheetsServer() as server:
        yield server


def robot_of(google: SheetsServer, team: Team) -> Robot:
    """A service account that the spreadsheet is shared with, without google-auth's look-ups."""
    info = google.accounts.service_account()
    team.book.share(info["client_email"])
    scopes = ["https://www.googleapis.com/auth/spreadsheets"]
    robot = Robot.from_service_account_info(info, scopes=scopes)
    robot._is_regional_access_boundary_lookup_required = lambda: False
    return robot


def on_its_way(team: Team, **more) -> Time:
    """The team's source over a new client, and that client's time."""
    clock = Time()
    credentials = robot_of(team.google, team)
    team.source._client = SheetsClient(
        credentials,
        endpoint=team.google.url,
        deadline=DEADLINE,
        sleep=clock.sleep,
        clock=clock.clock,
        **more,
    )
    return clock


def nothing_is_lost(team: Team, earlier: dict, *, before: bool = True) -> None:
    """As it stands now (`before` the next run), and after a run without faults."""
    team.google.script.forget()
    check_theirs(team)
    if before:
        check_ours(team, earlier, ids=True)
    on_its_way(team)
    report = sync(team.workspace)
    assert report.exit_code == 0, report.results[0].error
    check_theirs(team)
    check_all_right(team)
    assert not report.results[0].plan.overrides
    headers = team.tab.values()[0]
    assert len(set(headers)) == len(headers)
    assert plan(team.workspace).results[0].plan.edits == []


PASSING = [
    pytest.param(READ, faults.too_many_requests("Read"), 3, id="429-reading"),
    pytest.param(GUARD, faults.too_many_requests("Read", 2), 3, id="429-guard"),
    pytest.param(WRITE, faults.too_many_requests(), 2, id="429-write"),
    pytest.param(WRITE, faults.too_many_requests(retry_after=30), 2, id="429-write-says-when"),
    pytest.param(READ, faults.unavailable(), 3, id="503-reading"),
    pytest.param(WRITE, faults.unavailable(), 1, id="503-before-write"),
    pytest.param(WRITE, faults.unavailable(), 3, id="503-before-three-writes"),
    pytest.param(WRITE, faults.unavailable(after=True), 1, id="503-after-write"),
    pytest.param(WRITE, faults.unavailable(after=True), 99, id="503-after-every-write"),
    pytest.param(READ, faults.html_500(), 2, id="html-reading"),
    pytest.param(WRITE, faults.html_500(), 1, id="html-before-write"),
    pytest.param(WRITE, faults.html_500(after=True), 1, id="html-after-write"),
    pytest.param(READ, faults.cut(), 2, id="cut-reading"),
    pytest.param(WRITE, faults.cut(), 1, id="cut-before-write"),
    pytest.param(WRITE, faults.cut(after=True), 1, id="cut-after-write"),
    pytest.param(WRITE, faults.expired_token(), 1, id="401-write"),
    pytest.param(GUARD, faults.Fault(status=404), 99, id="404-no-such-read"),
]


@pytest.mark.parametrize("start", [pytest.param(first_run, marks=pytest.mark.slow), few_new])
@pytest.mark.parametrize(("match", "fault", "times"), PASSING)
def test_what_passes_is_got_over(google, start, match, fault, times) -> None:
    team = start(google)
    earlier = ours_by_lead(team.tab)
    clock = on_its_way(team)
    google.fail(match, fault, times=times)
    report = sync(team.workspace)
    assert report.exit_code == 0, report.results[0].error
    assert clock.clock() < DEADLINE
    check_all_right(team)
    nothing_is_lost(team, earlier)


LASTING = [
    pytest.param(READ, faults.too_many_requests("Read"), id="429-reading"),
    pytest.param(GUARD, faults.unavailable(), id="503-guard"),
    pytest.param(WRITE, faults.too_many_requests(), id="429-write"),
    pytest.param(WRITE, faults.unavailable(), id="503-write"),
    pytest.param(WRITE, faults.html_500(), id="html-write"),
    pytest.param("*", faults.cut(), id="cut"),
    pytest.param(lambda call: call.kind != "oauth", faults.html_500(), id="html"),
]


@pytest.mark.parametrize(("match", "fault"), LASTING)
def test_what_lasts_ends_the_run_in_time(google, match, fault) -> None:
    team = few_new(google)
    earlier = ours_by_lead(team.tab)
    clock = on_its_way(team)
    google.fail(match, fault, times=10_000)
    report = sync(team.workspace)
    assert report.exit_code == 75
    assert isinstance(report.results[0].error, TransientError)
    assert report.results[0].error.hint
    assert clock.clock() < 2 * DEADLINE
    assert ours_by_lead(team.tab) == earlier
    nothing_is_lost(team, earlier)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("match", [READ, WRITE])
def test_an_answer_that_does_not_come_in_time(google, match, after) -> None:
    """A request that is slow takes place all the same, sooner or later."""
    team = few_new(google)
    earlier = ours_by_lead(team.tab)
    on_its_way(team, timeouts=(1.0, 0.3))
    google.fail(match, faults.stall(0.8, after=after))
    report = sync(team.workspace)
    assert report.exit_code == 0, report.results[0].error
    time.sleep(0.9)
    check_all_right(team)
    nothing_is_lost(team, earlier)


def test_a_token_that_runs_out_in_the_middle(google) -> None:
    team = few_new(google)
    earlier = ours_by_lead(team.tab)
    on_its_way(team)
    google.before(GUARD, google.accounts.expire)
    assert sync(team.workspace).exit_code == 0
    nothing_is_lost(team, earlier)


@pytest.mark.parametrize("match", [READ, GUARD, WRITE])
def test_an_account_that_is_revoked_in_the_middle(google, match) -> None:
    team = few_new(google)
    earlier = ours_by_lead(team.tab)
    on_its_way(team)
    google.before(match, google.accounts.revoke)
    report = sync(team.workspace)
    error = report.results[0].error
    assert report.exit_code == 1
    assert isinstance(error, SourceError)
    assert error.hint
    assert ours_by_lead(team.tab) == earlier
    nothing_is_lost(team, earlier)


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("start", [first_run, few_new, later_run])
@pytest.mark.parametrize("written", [False, True])
@pytest.mark.parametrize("sorted_since", [False, True])
def test_a_run_that_is_killed_is_recognised_by_the_next(
    google, start, written, sorted_since, monkeypatch
) -> None:
    team = start(google)
    earlier = ours_by_lead(team.tab)
    client = team.source._client
    change = client.change

    def killed(*args, **kwargs):
        if written:
            change(*args, **kwargs)
        raise Killed

    monkeypatch.setattr(client, "change", killed)
    with pytest.raises(Killed):
        sync(team.workspace)
    monkeypatch.undo()
    if sorted_since:
        team.act(sort)
    nothing_is_lost(team, earlier)


@pytest.mark.parametrize("fault", [faults.too_many_requests(), faults.unavailable()])
def test_what_cannot_be_taken_back_is_said_and_recognised(google, fault) -> None:
    """Somebody sorts, and then there is no way to Google any more."""
    team = later_run(google)
    earlier = ours_by_lead(team.tab)
    on_its_way(team)
    google.before(WRITE, lambda: team.act(sort))
    google.fail(WRITE, fault, nth=2, times=1000)
    report = sync(team.workspace)
    error = report.results[0].error
    assert report.exit_code == 75
    assert "belong to another row" in error.message
    assert error.hint
    nothing_is_lost(team, earlier, before=False)
