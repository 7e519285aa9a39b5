"""Time in a stage, in the sheet and on the terminal."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from sheetcrm.adapters.ledger import open_ledger
from sheetcrm.adapters.memory import MemoryLedger, MemoryTabSource
from sheetcrm.cli.waiting import show_waiting
from sheetcrm.core.qualify.rules import Stage
from sheetcrm.engine.explain import explain
from sheetcrm.engine.status import status
from sheetcrm.engine.sync import plan, sync
from sheetcrm.engine.waiting import on_the_clock
from tests.engine.team import GRID, NOW, OUTPUTS, QUALIFICATION, by_name

RULES = replace(
    QUALIFICATION,
    stages=(
        Stage(name="Contact", stalled_after_days=1),
        Stage(name="MQL", when="=[@Score]>=20"),
        Stage(
            name="SQL", when="=[@Score]>=45", answer_within_hours=4, answered="=[@[Last contact]]"
        ),
    ),
)
TIMES = {"days_in_stage": "Days", "stalled": "Stalled", "answer_by": "Answer by"}
LATER = NOW + timedelta(days=2)


@pytest.fixture
def team(make):
    """A source, and a workspace over it at some moment."""
    grid = [[*row, "Last contact" if not place else None] for place, row in enumerate(GRID)]
    source, ledger = MemoryTabSource(grid), MemoryLedger()

    def at(now):
        outputs = {**OUTPUTS, "stage_since": "Since", **TIMES}
        return make(source, ledger=ledger, qualification=RULES, outputs=outputs, now=now)

    return source, at


def test_columns_of_time(team):
    source, at = team
    sync(at(NOW))
    assert by_name(source, "Days") == {"Ana Putri": 0, "Budi": 0, "Citra": 0}
    assert by_name(source, "Answer by")["Ana Putri"] == datetime(2026, 11, 24, 14, 0)
    assert set(by_name(source, "Stalled").values()) == {None}
    sync(at(LATER))
    assert by_name(source, "Days") == {"Ana Putri": 2, "Budi": 2, "Citra": 2}
    assert by_name(source, "Stalled")["Citra"] == date(2026, 11, 25)


def test_an_answer_ends_the_wait(team):
    source, at = team
    sync(at(NOW))
    source.set_cell("G2", date(2026, 11, 25))
    sync(at(LATER))
    assert by_name(source, "Answer by")["Ana Putri"] is None
    assert [one.lead for one in plan(at(LATER)).results[0].plan.waiting] == [
        explain(at(LATER), "citra")[0].lead
    ]


def test_plan_status_and_explain_tell_who_waits(team, capsys):
    _, at = team
    sync(at(NOW))
    decided = plan(at(LATER)).results[0].plan
    assert [(one.stage, one.days, one.late) for one in decided.waiting] == [
        ("SQL", 2, True),
        ("Contact", 2, False),
    ]
    show_waiting(decided)
    shown = capsys.readouterr().out
    assert "1 lead too long in one stage: Contact 1" in shown
    assert "1 lead without a first answer, 1 of them too late" in shown
    assert "Ana Putri" in shown
    assert "2026-11-24 14:00 (too late)" in shown
    assert status(at(LATER)).stalled == {"leads": {"Contact": 1}}
    assert status(at(NOW)).stalled == {"leads": {}}
    ana, citra = (explain(at(LATER), name)[0] for name in ("ana", "citra"))
    assert (ana.days_in_stage, ana.stalled, ana.answer_by) == (2, None, NOW + timedelta(hours=4))
    assert citra.stalled == NOW + timedelta(days=1)


def test_a_night_sync_says_the_same_day_ever_after(make, tmp_path):
    """At two in the morning of the 24th in Jakarta it is the 23rd in UTC."""
    night = NOW.replace(hour=2)
    source, ledger = MemoryTabSource(GRID), open_ledger(str(tmp_path / "ledger.db"))
    outputs = {**OUTPUTS, "stage_since": "Since"}
    for moment in (night, night + timedelta(minutes=5)):
        sync(make(source, ledger=ledger, outputs=outputs, now=moment))
        assert set(by_name(source, "Since").values()) == {date(2026, 11, 24)}
    ledger.close()


def test_a_deadline_is_never_shown_too_early():
    assert on_the_clock(NOW) == datetime(2026, 11, 24, 10, 0)
    assert on_the_clock(NOW + timedelta(seconds=1)) == datetime(2026, 11, 24, 10, 1)
    assert on_the_clock(None) is None
