"""Days in a stage, leads that stand still, and first answers that are due."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sheetcrm.core.memory import Standing
from sheetcrm.core.qualify import LeadContext
from sheetcrm.core.qualify.rules import Stage

STAGES = [
    Stage(name="New"),
    Stage(
        name="SQL",
        when="=[@Hot]",
        stalled_after_days=2,
        answer_within_hours=4,
        answered="=[@Last]",
    ),
]


@pytest.fixture
def stands(run, now):
    """One lead that came into a stage a while ago and heard from us at `last`."""

    def _stands(stage="SQL", ago=timedelta(), last=None, at=now, hot=True):
        since = at - ago
        lead = LeadContext(lead="A", standing=Standing(stage, since.astimezone(UTC)))
        return run({"stages": STAGES}, {"Hot": [hot], "Last": [last]}, [lead], at=at)

    return _stands


def test_days_are_counted_in_the_workspaces_zone(stands):
    early = datetime(2026, 11, 22, 1, 0, tzinfo=ZoneInfo("Asia/Jakarta"))  # still the 21st in UTC
    qualified = stands(at=early, ago=timedelta(minutes=30))
    assert qualified.since[0].date() == date(2026, 11, 22)
    assert qualified.waits.days == [0]
    assert stands(at=early, ago=timedelta(hours=2)).waits.days == [1]


@pytest.mark.parametrize(
    ("stage", "hours", "stalled"), [("SQL", 48, False), ("SQL", 49, True), ("New", 999, False)]
)
def test_since_when_it_is_too_long(stands, now, stage, hours, stalled):
    qualified = stands(stage, timedelta(hours=hours), hot=stage == "SQL")
    expected = now - timedelta(hours=hours) + timedelta(days=2)
    assert qualified.waits.stalled == [expected if stalled else None]


def test_a_new_lead_should_be_answered_in_time(run, now):
    qualified = run({"stages": STAGES}, {"Hot": [True, False], "Last": [None, None]})
    assert qualified.waits.answer_by == [now + timedelta(hours=4), None]
    assert qualified.waits.days == [0, 0]


# It became SQL at 08:30 on the 22nd; NOW is 09:30.
ANSWERS = [
    (None, False),
    (date(2026, 11, 21), False),
    (date(2026, 11, 22), True),  # a mere day may be any time of it
    (date(2026, 11, 23), True),
    (datetime(2026, 11, 22, 8, 29), False),
    (datetime(2026, 11, 22, 8, 30), True),
    (datetime(2026, 11, 22, 9, 15), True),
    ("called him", False),
]


@pytest.mark.parametrize(("last", "answered"), ANSWERS)
def test_whether_it_has_heard_from_us_since(stands, now, last, answered):
    due = stands(ago=timedelta(hours=1), last=last).waits.answer_by
    assert due == [None if answered else now + timedelta(hours=3)]


def test_a_deadline_stays_when_it_has_passed(stands, now):
    due = stands(ago=timedelta(hours=9)).waits.answer_by
    assert due == [now - timedelta(hours=5)]
