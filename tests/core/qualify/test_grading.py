from __future__ import annotations

import pytest

from sheetcrm.core.qualify.rules import Grade, Score, ScoreRule, Stage

GROUPS = (
    Score(name="Fit", rules=(ScoreRule(name="F", points="=[@F]"),)),
    Score(name="Engagement", min=None, rules=(ScoreRule(name="E", points="=[@E]"),)),
)
GRADE = Grade(fit="fit", engagement="ENGAGEMENT", letters=(40, 25, 10), numbers=(30, 20, 0))


@pytest.mark.parametrize(
    ("fit", "engagement", "grade"),
    [
        (40, 30, "A1"),
        (39.99, 29.99, "B2"),
        (25, 20, "B2"),
        (24, 19, "C3"),
        (10, 0, "C3"),
        (9, -1, "D4"),
        (0, 100, "D1"),
        (100, None, "A3"),  # nothing is known of what it did
    ],
)
def test_a_letter_and_a_number(run, fit, engagement, grade):
    rules = {"scores": GROUPS, "grade": GRADE}
    assert run(rules, {"F": [fit], "E": [engagement]}).grades == [grade]


def test_formulas_may_name_it(run):
    stages = [Stage(name="New"), Stage(name="Hot", when='=LEFT([@Grade])="A"')]
    rules = {"scores": GROUPS, "grade": GRADE, "stages": stages}
    assert run(rules, {"F": [50, 5], "E": [0, 50]}).stages == ["Hot", "New"]


def test_a_team_that_does_not_grade_may_have_a_column_of_that_name(run):
    stages = [Stage(name="New"), Stage(name="Hot", when='=[@Grade]="A"')]
    qualified = run({"stages": stages}, {"Grade": ["A", "b"]})
    assert (qualified.grades, qualified.stages) == ((), ["Hot", "New"])


def test_no_leads(run):
    assert run({"scores": GROUPS, "grade": GRADE}, {"F": [], "E": []}).grades == []
