"""Activities in scores, in a person's story, and by sales person."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from sheetcrm.adapters.memory import MemoryTabSource
from sheetcrm.core.qualify.rules import Score, ScoreRule
from sheetcrm.engine.check import check
from sheetcrm.engine.history import activity_report, history
from sheetcrm.engine.sync import plan, sync
from sheetcrm.engine.workspace import ActivitySource
from sheetcrm.errors import HeaderError, UsageError
from tests.engine.team import GRID, NOW, QUALIFICATION, by_name

TODAY = NOW.date()
VISITS = [
    ["Date", "Type", "Email", "Sales", "Note"],
    [TODAY - timedelta(days=2), "Kunjungan", "ana@example.com", "Dewi", "asked for a price"],
    [datetime(2026, 11, 20, 16, 0), "demo", "ANA@example.com", "dewi", None],
    [TODAY - timedelta(days=50), "call", "budi@example.com", "Agus", None],
    [TODAY - timedelta(days=1), "call", "nobody@example.com", None, None],
    ["soon", "call", "budi@example.com", "Agus", None],
]
RULES = replace(
    QUALIFICATION,
    scores=(
        Score(
            name="Fit",
            rules=(
                ScoreRule(name="Visited", points='=10*ACTIVITIES("visit", 30)'),
                ScoreRule(name="Talked", when="=LASTACTIVITY()>TODAY()-60", points=3),
            ),
        ),
    ),
)


@pytest.fixture
def team(make):
    def workspace(visits=VISITS, **options):
        made = make(MemoryTabSource(GRID), qualification=RULES)
        source = MemoryTabSource(visits, name="Visits")
        return replace(made, activities=[ActivitySource(source=source, **options)])

    return workspace


def test_scores_count_what_happened(team):
    workspace = team()
    sync(workspace)
    assert by_name(workspace.sources[0], "Score") == {"Ana Putri": 13, "Budi": 3, "Citra": 0}
    [again] = plan(workspace).results
    assert again.plan.edits == []


def test_one_story_in_the_order_of_time(team):
    workspace = team()
    sync(workspace)
    [ana] = history(workspace, "ana@example.com")
    assert [(m.at.isoformat()[:10], m.what, m.by) for m in ana.moments if m.what != "first seen"][
        :2
    ] == [("2026-11-20", "demo", "dewi"), ("2026-11-22", "visit", "Dewi")]
    assert ana.moments[1].text == "asked for a price"
    assert ana.moments[1].place == "Visits row 2"
    assert {"stage", "first seen"} <= {moment.what for moment in ana.moments}
    [row] = ana.rows
    assert (row.source, row.row, row.stage) == ("leads", 2, "Contact")


def test_a_person_of_two_rows_and_two_sources_has_one_story(make):
    first = MemoryTabSource([*GRID, ["Ana P.", "ANA@example.com", "Bogor", 1, "en", "twice"]])
    second = MemoryTabSource(GRID[:2], name="fair")
    made = make(first, second, qualification=RULES)
    visits = MemoryTabSource(VISITS, name="Visits")
    workspace = replace(made, activities=[ActivitySource(source=visits)])
    sync(workspace)
    [ana] = history(workspace, "Ana")
    assert [(row.source, row.row) for row in ana.rows] == [("leads", 2), ("leads", 5), ("fair", 2)]
    assert [moment.what for moment in ana.moments].count("visit") == 1


def test_before_the_first_sync_there_are_only_activities(team):
    [ana] = history(team(), "Ana Putri")
    assert [moment.what for moment in ana.moments] == ["demo", "visit"]
    assert ana.rows[0].stage == ""
    with pytest.raises(UsageError, match="nobody"):
        history(team(), "nobody at all")


def test_a_person_of_two_rows_is_told_once_before_the_first_sync_too(make):
    rows = [*GRID, ["Ana P.", "ANA@example.com", "Bogor", 1, "en", "twice"]]
    [ana] = history(make(MemoryTabSource(rows), qualification=QUALIFICATION), "Ana")
    assert [(row.row, row.lead) for row in ana.rows] == [(2, ""), (5, "")]


def test_what_each_sales_person_did(team):
    report = activity_report(team(), days=30)
    assert [(one.by, one.counts, one.last) for one in report.people] == [
        ("Dewi", {"visit": 1, "demo": 1}, TODAY - timedelta(days=2)),
        ("", {"call": 1}, TODAY - timedelta(days=1)),
    ]
    assert report.total == 4
    assert [one.email for one in report.nobody] == ["nobody@example.com"]
    assert [problem.cell for problem in report.problems] == ["A6"]
    assert activity_report(team(), days=60).people[1].by == ""
    assert [one.by for one in activity_report(team(), days=60).people] == ["Dewi", "", "Agus"]


def test_a_tab_that_cannot_be_used_stops_the_source_and_says_why(team):
    workspace = team([["Type", "Email"], ["call", "ana@example.com"]])
    [result] = plan(workspace).results
    assert isinstance(result.error, HeaderError)
    assert "no column of dates" in result.error.message
    assert check(team([["Type"], ["call"]])).exit_code == 1
    assert check(team()).exit_code == 0


def test_check_tells_of_rows_that_count_for_nothing_or_nobody(team):
    rows = [[TODAY, "training", f"nobody{number}@example.com", None, None] for number in range(7)]
    typo = [
        [TODAY, "kunjngan", "ana@example.com"],
        [None, "call", "ana@example.com"],
        [TODAY, None, "ana@example.com"],
    ]
    report = check(team([*VISITS, *typo, *rows]))
    assert report.exit_code == 0
    [visits] = report.activities
    assert (visits.name, visits.activities) == ("Visits", 13)
    assert [(problem.cell, problem.message) for problem in visits.problems] == [
        ("A6", "“soon” cannot be read as a date"),
        ("A8", "an activity without a date counts for nothing"),
        ("B7", "“kunjngan” is no known kind of activity"),
        ("B9", "nothing says what it was"),
        ("B10", "“training” is no known kind of activity: 7 activities, B10, B11, B12, B13, B14 …"),
        ("C5", "belongs to none of the leads: 8 activities, C5, C10, C11, C12, C13 …"),
    ]
    assert visits.problems[-1].place == "Visits · Leads!C5"


def test_check_takes_a_kind_that_a_rule_asks_for_as_meant(make):
    points = '=10*ACTIVITIES("Training")'
    score = replace(QUALIFICATION.scores[0], rules=(ScoreRule(name="Trained", points=points),))
    made = make(MemoryTabSource(GRID), qualification=replace(QUALIFICATION, scores=(score,)))
    grid = [VISITS[0], [TODAY, "training", "ana@example.com", None, None]]
    source = ActivitySource(source=MemoryTabSource(grid, name="Visits"))
    [visits] = check(replace(made, activities=[source])).activities
    assert visits.problems == []


def test_check_calls_no_activity_nobodys_while_a_source_cannot_be_read(make):
    broken = MemoryTabSource([[None]], name="broken")
    made = make(MemoryTabSource(GRID), broken, qualification=RULES)
    source = ActivitySource(source=MemoryTabSource(VISITS, name="Visits"))
    report = check(replace(made, activities=[source]))
    assert report.sources[1].error
    [visits] = report.activities
    assert [problem.cell for problem in visits.problems] == ["A6"]


def test_a_tab_of_one_kind_and_with_its_own_headers(team):
    grid = [["Jadwal", "Email"], [date(2026, 11, 1), "citra@example.com"]]
    workspace = team(grid, kind="visita", headers={"date": ("Jadwal",)})
    sync(workspace)
    assert by_name(workspace.sources[0], "Score")["Citra"] == 13


def test_a_team_without_activities_is_told_so(make):
    workspace = make(MemoryTabSource(GRID), qualification=RULES)
    with pytest.raises(UsageError, match="no tab of activities"):
        activity_report(workspace, days=30)
    report = check(workspace)
    assert report.exit_code == 2
    assert "there are no activities" in report.faults[0].message
