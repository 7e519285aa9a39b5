"""A run's phases: each leaves the others alone, and what stops all of them stops at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sheetcrm.adapters.memory import MemoryTabSource
from sheetcrm.engine.phases import statuses_phase, sync_phase
from sheetcrm.engine.run import Done, Outcome, Phase
from sheetcrm.engine.run import run as run_phases
from sheetcrm.engine.sync import sync
from sheetcrm.errors import (
    ConfigError,
    ConfigFault,
    LedgerError,
    MailerError,
    SourceBusyError,
    SourceError,
    SourceLeftError,
)
from tests.engine.team import GRID, NOW, by_name


def run(workspace, phases, **options):
    return run_phases(workspace.ledger, workspace.clock, phases, **options)


class Clock:
    """A clock that goes on by a minute each time it is asked."""

    def __init__(self) -> None:
        self.moment = NOW

    def now(self):
        self.moment += timedelta(minutes=1)
        return self.moment


@pytest.fixture
def leads():
    return MemoryTabSource(GRID)


def said(name, *, counts=None, errors=(), **parts):
    return Phase(name=name, work=lambda _until: Done(counts=counts or {}, errors=errors, **parts))


def failing(name, error):
    def work(_until):
        raise error

    return Phase(name=name, work=work)


def test_a_sync_is_a_phase_with_a_run_of_its_own(make, leads):
    workspace = make(leads)
    ended = []
    report = run(workspace, [sync_phase(workspace), statuses_phase(workspace)], ended=ended.append)
    assert by_name(leads, "Stage")["Ana Putri"] == "SQL"
    assert [(phase.name, phase.outcome) for phase in report.phases] == [("sync", Outcome.OK)]
    assert list(report.phases) == ended
    assert (report.exit_code, report.counts["leads"], report.counts["drafts"]) == (0, 3, 1)
    newest, whole = workspace.ledger.runs()
    assert (newest.kind, whole.kind, whole.outcome) == ("sync", "run", "ok")
    (phase,) = whole.details["phases"]
    assert (phase["name"], phase["run"], phase["counts"]["leads"]) == ("sync", newest.id, 3)


def test_statuses_are_written_where_sending_changed_them(make, leads):
    workspace = make(leads)
    phases = [sync_phase(workspace), said("send", stale=True), statuses_phase(workspace)]
    report = run(workspace, phases)
    assert [phase.name for phase in report.phases] == ["sync", "send", "statuses"]
    assert report.counts["leads"] == 3  # not 6: they are the same
    assert report.phases[2].done.report.counts["cells"] == 0


@pytest.mark.parametrize(
    ("errors", "outcome", "code"),
    [
        ([], Outcome.OK, 0),
        ([MailerError("no")], Outcome.FAILED, 1),
        ([SourceBusyError("open")], Outcome.LATER, 75),
        ([SourceBusyError("open"), SourceError("gone")], Outcome.FAILED, 1),
    ],
)
def test_what_goes_wrong_in_one_phase_leaves_the_others_alone(make, leads, errors, outcome, code):
    workspace = make(leads)
    report = run(workspace, [said("intake", errors=errors), sync_phase(workspace)])
    assert [phase.outcome for phase in report.phases] == [outcome, Outcome.OK]
    assert (report.outcome, report.exit_code) == (outcome, code)
    assert workspace.ledger.runs()[-1].outcome == outcome
    assert by_name(leads, "Stage")["Ana Putri"] == "SQL"


def test_a_phase_that_raises_is_as_one_that_returns_its_error(make):
    workspace = make()
    error = MailerError("the server refuses us", hint="look at [smtp]")
    report = run(workspace, [failing("send", error), said("other", counts={"things": 2})])
    assert [phase.outcome for phase in report.phases] == [Outcome.FAILED, Outcome.OK]
    (kept,) = workspace.ledger.runs()
    assert kept.details["phases"][0]["errors"] == [
        {"message": "the server refuses us", "hint": "look at [smtp]"}
    ]
    assert kept.counts == {"things": 2}


@pytest.mark.parametrize("error", [ConfigError([ConfigFault(message="no")]), LedgerError("gone")])
def test_what_makes_the_whole_run_wrong_ends_it(make, error):
    workspace, begun = make(), []
    phases = [failing("sync", error), Phase(name="send", work=lambda _until: begun.append(1))]
    with pytest.raises(type(error)):
        run(workspace, phases)
    assert begun == []
    (kept,) = workspace.ledger.runs()
    assert (kept.outcome, len(kept.details["phases"])) == ("failed", 1)


def test_a_bug_leaves_a_run_that_was_cut_off(make):
    workspace = make()
    with pytest.raises(ZeroDivisionError):
        run(workspace, [failing("sync", ZeroDivisionError())])
    assert workspace.ledger.runs()[0].finished is None


def test_after_the_deadline_nothing_is_begun_and_what_is_begun_is_finished(make, leads):
    from dataclasses import replace

    others = MemoryTabSource(GRID, name="others")
    clock = Clock()
    workspace = replace(make(leads, others), clock=clock)
    # asked: the run, the phase, whether it is settled (twice), the sync, and before each source
    until = NOW + timedelta(minutes=7)
    report = run(workspace, [sync_phase(workspace), said("send")], until=until)
    assert [phase.outcome for phase in report.phases] == [Outcome.LATER, Outcome.LEFT]
    first, second = report.phases[0].done.report.results
    assert first.receipt.cells > 0
    assert isinstance(second.error, SourceLeftError)
    assert others.grid == GRID
    assert (report.outcome, report.exit_code) == (Outcome.LATER, 75)
    assert workspace.ledger.runs()[-1].details["phases"][1]["outcome"] == "left"


def test_a_source_for_which_there_was_no_time_comes_first(make, leads):
    from dataclasses import replace

    others = MemoryTabSource(GRID, name="others")
    workspace = make(leads, others)

    def left(minutes, **options):
        hasty = replace(workspace, clock=Clock())
        report = sync(hasty, until=NOW + timedelta(minutes=minutes), **options)
        assert options or [one.source for one in report.results] == ["leads", "others"]
        return [one.source for one in report.results if one.error]

    # asked: the sync, and before each source
    assert left(3) == ["others"]
    assert left(9, only=["leads"]) == []  # which leaves the others waiting
    assert left(3) == ["leads"]
    assert by_name(others, "Stage") == by_name(leads, "Stage")
    assert left(9) == []
    assert left(3) == ["others"]


def test_a_clock_that_was_set_back_is_said_and_stops_nothing(make, leads):
    workspace = make(leads)
    assert run(workspace, [sync_phase(workspace)]).warnings == ()
    workspace.clock.move(-timedelta(hours=1))
    report = run(workspace, [sync_phase(workspace)])
    assert (report.outcome, report.exit_code) == (Outcome.OK, 0)
    (warning,) = report.warnings
    assert warning.message == f"the clock was set back: the ledger knows of {NOW:%Y-%m-%d %H:%M %Z}"
    (told,) = (one.details["warnings"] for one in workspace.ledger.runs() if one.id == report.run)
    assert told == [{"message": warning.message, "hint": warning.hint}]
    workspace.clock.move(timedelta(hours=1))
    assert run(workspace, [sync_phase(workspace)]).warnings == ()
