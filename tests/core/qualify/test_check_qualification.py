from __future__ import annotations

import pytest

from sheetcrm.core.formula import Names
from sheetcrm.core.qualify import check_qualification
from sheetcrm.core.qualify.presets import PRESETS
from sheetcrm.core.qualify.rules import (
    Criterion,
    Decay,
    Framework,
    Qualification,
    Score,
    ScoreRule,
    Stage,
)
from sheetcrm.errors import FormulaError


def group(name, *formulas, decay=None):
    rules = tuple(ScoreRule(name=f"R{i}", points=text) for i, text in enumerate(formulas))
    return Score(name=name, rules=rules, decay=decay)


def own(name, **formulas):
    criteria = tuple(Criterion(name=key, formula=text) for key, text in formulas.items())
    return Framework(name=name, criteria=criteria, needs=1)


@pytest.fixture
def faults():
    names = Names(
        columns=frozenset({"City", "Budget", "Last contact"}),
        tables={"Cities": frozenset({"City", "Points", "Fit"})},
        parameters=frozenset({"min_budget"}),
    )

    def _faults(**rules):
        found = check_qualification(Qualification(**rules), names)
        assert all(isinstance(error, FormulaError) and error.hint for _, error in found)
        return [(key, error.message) for key, error in found]

    return _faults


def test_good_rules_have_no_faults(faults):
    fit = Score(
        name="Fit",
        rules=(
            ScoreRule(name="City", points=20, when='=[@City]="Jakarta"'),
            ScoreRule(name="Budget", points="=30*[@Budget]/min_budget"),
            ScoreRule(name="Near", points="=XLOOKUP([@City],Cities[City],Cities[Fit],0)"),
        ),
        decay=Decay(since="=[@[last CONTACT]]", half_life_days=3),
    )
    bant = own("BANT", Budget="=[@Budget]>0", Need="=[@Fit]>3")
    stages = [
        Stage(name="New"),
        Stage(name="Hot", when="=AND([@Score]>3,[@[BANT met]],[@BANT]>1,[@[BANT Budget]])"),
        Stage(name="Lost", off_ladder=True, when='=[@City]=""', reason="=[@Stage]"),
    ]
    assert faults(scores=[fit], frameworks=[bant, PRESETS["ANUM"]], stages=stages) == []


def test_every_fault_at_once_with_its_key_path(faults):
    fit = Score(
        name="Fit",
        rules=(
            ScoreRule(name="A", points=1, when="=[@Citi]>1"),
            ScoreRule(name="B", points="=[@Nowhere]*2", when="=1+"),
        ),
        decay=Decay(since="=[@Gone]", half_life_days=3),
    )
    stages = [
        Stage(name="New"),
        Stage(name="Hot", when="=[@Scor]>1"),
        Stage(name="Lost", off_ladder=True, when="=B4>1", reason="=[@Becauze]"),
    ]
    found = faults(scores=[fit], frameworks=[own("BANT", Budget="=[@Purse]")], stages=stages)
    assert [key for key, _ in found] == [
        "score[1].rule[1].when",
        "score[1].rule[2].when",
        "score[1].rule[2].points",
        "score[1].decay.since",
        "framework[1].criteria.Budget",
        "stage[2].when",
        "stage[3].when",
        "stage[3].reason",
    ]
    assert "Citi" in found[0][1]


@pytest.mark.parametrize(
    ("rules", "key", "circle"),
    [
        (
            {"scores": [group("Fit", "=[@Engagement]"), group("Engagement", "=1+[@Fit]")]},
            "score[1].rule[1].points",
            "circle: Fit → Engagement → Fit",
        ),
        (
            {"scores": [group("Fit", "=[@Score]/2")]},
            "score[1].rule[1].points",
            "circle: Fit → Score → Fit",
        ),
        (
            {"scores": [group("City", '=IF([@City]="Bogor",1,0)')]},
            "score[1].rule[1].points",
            "circle: City → City",
        ),
        (
            {"scores": [group("Fit", "=SUM([fit])")]},
            "score[1].rule[1].points",
            "circle: Fit → Fit",
        ),
        (
            {"scores": [group("Fit", decay=Decay(since="=[@Fit]", half_life_days=1))]},
            "score[1].decay.since",
            "circle: Fit → Fit",
        ),
        (
            {
                "scores": [group("Fit", "=[@[BANT met]]*5")],
                "frameworks": [own("BANT", Budget="=[@Budget]>0", Need="=[@Fit]>1")],
            },
            "score[1].rule[1].points",
            "circle: Fit → BANT → BANT Need → Fit",
        ),
        (
            {
                "scores": [group("Fit", '=IF([@Stage]="Hot",5,0)')],
                "stages": [Stage(name="New"), Stage(name="Hot", when="=[@Score]>1")],
            },
            "score[1].rule[1].points",
            "circle: Fit → Stage → Score → Fit",
        ),
        (
            {"stages": [Stage(name="New"), Stage(name="Hot", when='=[@Stage]="New"')]},
            "stage[2].when",
            "circle: Stage → Stage",
        ),
    ],
)
def test_a_circle_is_printed_whole(faults, rules, key, circle):
    assert faults(**rules) == [(key, circle)]


def test_every_circle_is_found(faults):
    scores = [
        group("A", "=[@B]"),
        group("B", "=[@A]"),
        group("C", "=[@D]+[@A]"),
        group("D", "=[@C]"),
        group("E", "=[@E]"),
    ]
    assert [message for _, message in faults(scores=scores)] == [
        "circle: A → B → A",
        "circle: C → D → C",
        "circle: E → E",
    ]


def test_the_place_of_a_circle_is_the_reference(faults):
    names = Names(columns=frozenset({"Budget"}), tables={}, parameters=frozenset())
    rules = Qualification(scores=[group("Fit", "=[@Budget]+[@Fit]")])
    ((_, error),) = check_qualification(rules, names)
    assert error.text == "=[@Budget]+[@Fit]"
    assert error.offset == 11


def test_a_table_may_have_columns_called_like_a_score(faults):
    assert faults(scores=[group("Fit", "=SUM(Cities[Fit])")]) == []


def test_criteria_of_two_frameworks_may_read_each_other(faults):
    first = own("BANT", Budget="=[@Budget]>0", Authority="=[@[CHAMP Authority]]")
    second = own("CHAMP", Authority='=[@City]<>""', Money="=[@[BANT Budget]]")
    assert faults(frameworks=[first, second]) == []


@pytest.mark.parametrize(
    ("rules", "key", "column"),
    [
        ({"scores": [group("Fit", "=1"), group("fit ", "=1")]}, "score[2]", "fit "),
        ({"scores": [group("Fit", "=1"), group("Score", "=1")]}, "score", "Score"),
        (
            {"scores": [group("BANT", "=1")], "frameworks": [own("bant", A="=1")]},
            "framework[1]",
            "bant",
        ),
        ({"frameworks": [own("X", Met="=1")]}, "framework[1]", "X met"),
        ({"scores": [group("Stage", "=1")], "stages": [Stage(name="New")]}, "stage", "Stage"),
    ],
)
def test_two_things_of_one_name(faults, rules, key, column):
    ((found, message),) = faults(**rules)
    assert found == key
    assert f"[@{column}]" in message


def test_unchecked_circles_are_errors_and_never_hang(run):
    with pytest.raises(FormulaError, match="circle: A → B → A"):
        run({"scores": [group("A", "=[@B]"), group("B", "=[@A]")]}, {"X": [1]})
