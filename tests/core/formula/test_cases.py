"""Every case of cases/*.txt, alone and as a column among other leads."""

from __future__ import annotations

import pytest

from sheetcrm.core.formula import Frame, evaluate, parse
from sheetcrm.core.formula.registry import names

WORDS = {"words": ["solar", "wind"]}


@pytest.fixture(scope="module")
def answers(cases, lead, fruit, moment):
    texts = [formula for formula, _, _ in cases]
    found = evaluate(
        [parse(text) for text in texts], lead, tables=fruit, parameters=WORDS, now=moment
    )
    return {text: values[0] for text, values in zip(texts, found, strict=True)}


def test_a_case_gives_excels_answer(formula, expected, answers, agree):
    answer = answers[formula]
    assert agree(answer, expected), f"{answer!r} instead of {expected!r}"


def test_all_cases_at_once_give_the_same_in_columns_of_mixed_kinds(
    cases, lead, fruit, moment, agree
):
    """Thousands of leads: every column now holds all kinds, and the case's lead stands between."""
    column = [value for name in sorted(lead.names) for value in lead.values(name)]
    height = 40
    columns = {}
    for shift, name in enumerate(sorted(lead.names)):
        others = [column[(i + shift) % len(column)] for i in range(height)]
        others[17] = lead.values(name)[0]
        columns[name] = others
    formulas = [parse(formula) for formula, _, _ in cases]
    answers = evaluate(formulas, Frame(columns), tables=fruit, parameters=WORDS, now=moment)
    wrong = [
        (place, formula, rows[17], expected)
        for (formula, expected, place), rows in zip(cases, answers, strict=True)
        if not agree(rows[17], expected)
    ]
    assert wrong == []


def test_every_function_has_a_case(cases):
    used = set().union(*(parse(formula).functions for formula, _, _ in cases))
    without = set(names()) - used
    same = {"QUARTILE.INC", "VAR.S"}  # the same entries as QUARTILE and VAR
    assert without == same | {"ACTIVITIES", "LASTACTIVITY"}  # in test_happening
