from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from sheetcrm.core.qualify import Contribution, Share
from sheetcrm.core.qualify.rules import Decay, Score, ScoreRule
from sheetcrm.core.table.values import CellError, Severity


def score(*rules, name="Fit", **limits):
    return Score(name=name, rules=tuple(rules), **limits)


def rule(points, when="", name="Rule"):
    return ScoreRule(name=name, points=points, when=when)


def values(run, group, columns, **more):
    return list(run({"scores": [group], **more}, columns).scores[group.name])


def test_points_where_a_rule_holds(run):
    group = score(rule(20, '=[@City]="Jakarta"'), rule(7.5, "=[@Budget]>10"), rule(1))
    columns = {"City": ["jakarta", "Bogor", None], "Budget": [11, 11, 5]}
    assert values(run, group, columns) == [28.5, 8.5, 1]


def test_a_number_counts_as_yes_unless_it_is_zero(run):
    assert values(run, score(rule(5, "=[@N]")), {"N": [3, 0, -1, None]}) == [5, 0, 5, 0]


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({}, [0, 10, 40]),  # a score is never below 0 unless `min` says so
        ({"max": 25}, [0, 10, 25]),
        ({"min": None}, [-30, 10, 40]),
        ({"min": -10, "max": 30}, [-10, 10, 30]),
        ({"min": 15, "max": 30}, [15, 15, 30]),
    ],
)
def test_limits(run, limits, expected):
    group = score(rule("=[@P]"), **limits)
    assert values(run, group, {"P": [-30, 10, 40]}) == expected


def test_points_by_formula_with_parameters_and_tables(run):
    from sheetcrm.core.formula import Frame

    group = score(
        rule("=MIN(30,30*[@Budget]/min_budget)"),
        rule("=XLOOKUP([@City],Cities[City],Cities[Points],0)"),
        max=100,
    )
    qualified = run(
        {"scores": [group], "parameters": {"min_budget": 50}},
        {"Budget": [10, 100, None], "City": ["Bogor", "Solo", "Bogor"]},
        tables={"Cities": Frame({"City": ["Bogor"], "Points": [4]})},
    )
    assert qualified.scores["Fit"] == [10, 30, 4]
    assert [part.state for part in qualified.explain(2)] == [Share.UNKNOWN, Share.YES]


def test_scores_are_rounded_to_two_decimals(run):
    assert values(run, score(rule("=10/[@N]")), {"N": [3, 7, 2]}) == [3.33, 1.43, 5]


def test_unknown_gives_no_points_and_says_so(run):
    group = score(
        rule(5, "=[@X]<=90", "Soon"),
        rule("=[@X]*2", "", "Twice"),
        rule("=1/[@Y]", "=[@X]>1", "Both"),
    )
    qualified = run({"scores": [group]}, {"X": [None, 3, CellError("#N/A")], "Y": [1, 0, 1]})
    assert qualified.total == [0, 11, 0]
    assert [[part.state.value for part in qualified.explain(i)] for i in range(3)] == [
        ["unknown"] * 3,
        ["yes", "yes", "unknown"],
        ["unknown"] * 3,
    ]


def test_a_rule_that_asks_for_blank_cells_counts(run):
    group = score(rule(-10, "=ISBLANK([@Phone])", "No phone"), rule(30))
    assert values(run, group, {"Phone": [None, "0812"]}) == [20, 30]


def test_errors_and_unfit_text_are_problems_of_the_lead(run):
    group = score(rule("=[@X]*2", "", "Twice"), rule(1, "=[@Y]", "Told"), name="Fit")
    columns = {"X": ["many", 2, None], "Y": [True, "maybe", "UNKNOWN"]}
    problems = run({"scores": [group]}, columns).problems
    assert [(index, problem.message) for index, problem in problems] == [
        (0, "rules that cannot be read for this lead: Fit: Twice (#VALUE!)"),
        (1, "rules that cannot be read for this lead: Fit: Told (maybe)"),
    ]
    assert all(problem.severity is Severity.WARNING and problem.hint for _, problem in problems)


def test_one_problem_names_all_the_rules_of_a_lead(run):
    rules = [rule(1, "=[@X]", f"R{place}") for place in range(5)]
    problems = run({"scores": [score(*rules)]}, {"X": [CellError("#REF!")]}).problems
    ((_, problem),) = problems
    assert problem.message == (
        "rules that cannot be read for this lead: "
        "Fit: R0 (#REF!), Fit: R1 (#REF!), Fit: R2 (#REF!) and 2 more"
    )


def test_no_fault_where_the_rule_does_not_hold(run):
    qualified = run({"scores": [score(rule("=1/0", "=[@X]"))]}, {"X": [False, True]})
    assert [index for index, _ in qualified.problems] == [1]


HALF = Decay(since="=[@Last]", half_life_days=30)
STEP = Decay(since="=[@Last]", every_days=30, lose=10)


@pytest.mark.parametrize(
    ("decay", "days", "expected"),
    [
        (HALF, 0, 40),
        (HALF, 30, 20),
        (HALF, 60, 10),
        (HALF, 15, 28),
        (HALF, -5, 40),  # a date to come
        (STEP, 29, 40),
        (STEP, 30, 30),
        (STEP, 89, 20),
        (STEP, 90, 10),
        (STEP, 3000, 0),  # held by min
        (STEP, -400, 40),
    ],
)
def test_decay(run, now, decay, days, expected):
    group = score(rule(40), decay=decay)
    last = now.date() - timedelta(days=days)
    assert values(run, group, {"Last": [last]}) == [expected]


def test_decay_from_moments_serial_numbers_and_nothing(run):
    group = score(rule(40), decay=HALF)
    last = [datetime(2026, 10, 23, 23, 59), 46318, None, "soon", date(2026, 10, 23)]
    qualified = run({"scores": [group]}, {"Last": last})
    assert qualified.total == [20, 20, 40, 40, 20]
    assert [(index, problem.message) for index, problem in qualified.problems] == [
        (3, "rules that cannot be read for this lead: Fit: since (soon)")
    ]


def test_decay_comes_before_the_limits(run, now):
    last = now.date() - timedelta(days=30)
    assert values(run, score(rule(100), max=40, decay=HALF), {"Last": [last]}) == [40]
    assert values(run, score(rule(100), min=60, decay=HALF), {"Last": [last]}) == [60]


def test_the_parts_add_up_to_the_score(run, now):
    group = score(rule(30, "=TRUE", "Demo"), rule(-5, "=[@Free]", "Free mail"), max=10, decay=HALF)
    last = now.date() - timedelta(days=30)
    qualified = run({"scores": [group]}, {"Free": [True], "Last": [last]})
    assert qualified.explain(0) == [
        Contribution(score="Fit", rule="Demo", points=30, state=Share.YES),
        Contribution(score="Fit", rule="Free mail", points=-5, state=Share.YES),
        Contribution(score="Fit", rule="", points=-13, state=Share.FADED),
        Contribution(score="Fit", rule="", points=-2, state=Share.LIMITED),
    ]
    assert qualified.total == [10]
    assert [part.text for part in qualified.explain(0)] == [
        "+30",
        "−5",
        "faded −13",
        "limited −2",
    ]


def test_parts_of_rules_that_do_not_count(run):
    group = score(rule(5, "=[@X]>3"), rule("=[@X]"), rule(0))
    qualified = run({"scores": [group]}, {"X": [1, None]})
    assert [part.text for part in qualified.explain(0)] == ["no", "+1", "0"]
    assert [part.text for part in qualified.explain(1)] == ["unknown", "unknown", "0"]


def test_groups_read_each_other_and_add_up(run):
    groups = [
        score(rule("=[@Engagement]/2"), name="Fit"),
        score(rule("=[@N]"), name="Engagement"),
        score(rule(1, "=[@[ fit ]]>=5"), name="Bonus"),
    ]
    qualified = run({"scores": groups}, {"N": [10, 2]})
    assert dict(qualified.scores) == {"Fit": [5, 1], "Engagement": [10, 2], "Bonus": [1, 0]}
    assert qualified.total == [16, 3]
    assert list(qualified.frame.values("Score")) == [16, 3]


def test_a_single_group_may_be_called_score(run):
    qualified = run({"scores": [score(rule("=[@N]"), name="score")]}, {"N": [3]})
    assert qualified.total == [3]
    assert list(qualified.frame.values("Score")) == [3]


def test_what_is_computed_wins_over_a_column_of_the_sheet(run):
    groups = [score(rule("=[@N]"), name="Fit"), score(rule("=[@Fit]*2"), name="Twice")]
    assert run({"scores": groups}, {"N": [3], "Fit": [99]}).scores["Twice"] == [6]


def test_whole_columns_of_scores(run):
    groups = [
        score(rule("=[@N]"), name="Fit"),
        score(rule(10, "=[@Fit]=MAX([Fit])"), name="Best"),
    ]
    assert run({"scores": groups}, {"N": [3, 8]}).scores["Best"] == [0, 10]


def test_no_leads_and_no_rules(run):
    empty = run({"scores": [score(rule(1, "=[@N]>1"))]}, {"N": []})
    assert (empty.total, empty.moves, empty.why) == ([], [], [])
    bare = run({}, {"N": [1, 2]})
    assert (bare.total, bare.stages, bare.moves, bare.why) == ([0, 0], ["", ""], [], ["", ""])


def often(points, times="=[@N]", at_most=None, when=""):
    return ScoreRule(name="Visited", points=points, times=times, at_most=at_most, when=when)


@pytest.mark.parametrize(
    ("repeated", "expected"),
    [
        (often(5), [0, 5, 15, 50, 0, 0]),
        (often(5, at_most=3), [0, 5, 15, 15, 0, 0]),
        (often("=[@P]", at_most=2), [0, 2, 4, 4, 0, 0]),
        (often(5, when="=[@N]<5"), [0, 5, 15, 0, 0, 0]),
    ],
)
def test_points_count_as_often_as_something_happened(run, repeated, expected):
    columns = {"N": [0, 1, 3.9, 10, -2, None], "P": [2] * 6}
    assert values(run, score(repeated), columns) == expected


def test_negative_points_count_again_too(run):
    assert values(run, score(often(-5), min=None), {"N": [3]}) == [-15]


def test_how_often_a_rule_counts_is_told(run):
    qualified = run({"scores": [score(often(5, at_most=3))]}, {"N": [0, 1, 9, None]})
    parts = [qualified.explain(index)[0] for index in range(4)]
    assert [part.text for part in parts] == ["no", "+5", "+15 (3 times)", "unknown"]
    assert [part.times for part in parts] == [0, 1, 3, 0]


def test_how_often_must_be_a_number(run):
    problems = run({"scores": [score(often(5))]}, {"N": ["twice"]}).problems
    assert [problem.message for _, problem in problems] == [
        "rules that cannot be read for this lead: Fit: Visited (twice)"
    ]


STEPS = Decay(since="=[@Last]", steps=((30, 10), (60, 20), (61, 0.5)))


@pytest.mark.parametrize(
    ("days", "expected"), [(0, 40), (29, 40), (30, 30), (59, 30), (60, 10), (61, 9.5), (900, 9.5)]
)
def test_decay_in_steps_of_ones_own(run, now, days, expected):
    last = now.date() - timedelta(days=days)
    assert values(run, score(rule(40), decay=STEPS), {"Last": [last]}) == [expected]
