from __future__ import annotations

from dataclasses import replace

import pytest

from sheetcrm.core.qualify import LeadContext
from sheetcrm.core.qualify.frameworks import question
from sheetcrm.core.qualify.presets import PRESETS
from sheetcrm.core.qualify.rules import Criterion, Framework, Stage
from sheetcrm.core.table.values import CellError


def framework(name="Own", needs=1, required=(), **formulas):
    criteria = tuple(
        Criterion(name=key.replace("_", " "), formula=text) for key, text in formulas.items()
    )
    return Framework(name=name, criteria=criteria, needs=needs, required=required)


def answers(run, formula, columns):
    result = run({"frameworks": [framework(A=formula)]}, columns).frameworks["Own"]
    return list(result.answers["A"])


@pytest.mark.parametrize(
    ("formula", "values", "expected"),
    [
        ("=[@X]>=5", [4, 5, None, CellError("#N/A")], [False, True, None, None]),
        ("=[@X]<=90", [30, None], [True, None]),  # a blank is 0 to Excel, and unknown to us
        ('=[@X]<>""', ["roof", None, "  "], [True, None, None]),
        ("=[@X]", [2, 0, -1, True, False, None], [True, False, True, True, False, None]),
        ("=[@X]", ["TRUE", "false", "UNKNOWN", "unknown "], [True, False, None, None]),
        ('=IF([@X]="?","UNKNOWN",[@X]="y")', ["y", "n", "?"], [True, False, None]),
        ("=ISBLANK([@X])", [None, 1], [True, False]),  # it asks for the blank cell itself
        ("=NOT(ISBLANK([@X]))", [None, 1], [None, True]),
        ('=[@X]=""', [None, "late"], [True, False]),
        ("=TRUE", [None, 1], [True, True]),
        ("=1/[@X]>0", [0, 1, None], [None, True, None]),
    ],
)
def test_yes_no_or_unknown(run, formula, values, expected):
    assert answers(run, formula, {"X": values}) == expected


def test_unknown_only_if_all_cells_are_blank(run):
    columns = {"X": [None, 1, None, 1], "Y": [None, None, 9, 9]}
    assert answers(run, "=AND([@X]>0,[@Y]>0)", columns) == [None, False, False, True]


def test_a_criterion_without_a_formula_is_unknown_and_asked_for(run):
    bant = PRESETS["BANT"]
    qualified = run({"frameworks": [bant]}, {"X": [1]})
    assert qualified.frameworks["BANT"].summary(0) == "0/4"
    assert qualified.next_question == [bant.criteria[0].questions["en"]]


def test_required_criteria_compare_by_folded_name(run):
    own = framework(needs=1, required=("target MARKET",), Target_market="=[@M]", Means="=[@N]")
    qualified = run({"frameworks": [own]}, {"M": [True, False], "N": [True, True]})
    assert qualified.frameworks["Own"].met == [True, False]


def test_the_question_comes_from_the_first_framework_that_is_not_met(run):
    first = framework("First", needs=1, Size="=[@S]", Roof="=[@R]")
    second = framework("Second", needs=2, Plan="=[@P]", Means="=[@M]")
    columns = {
        "S": [True, False, None, True, False],
        "R": [None, None, None, True, False],
        "P": [True, None, None, True, None],
        "M": [None, True, None, True, None],
    }
    qualified = run({"frameworks": [first, second]}, columns)
    assert qualified.next_question == ["Means?", "Roof?", "Size?", "", "Plan?"]


@pytest.mark.parametrize(
    ("lead", "workspace", "asked"),
    [
        ("es", "id", "¿Techo?"),
        ("es-MX", "id", "¿Techo?"),
        ("es_AR", "id", "¿Techo?"),
        ("pt-BR", "id", "Telhado?"),
        ("fr", "es-CO", "¿Techo?"),
        ("", "en", "Roof?"),
        ("fr", "de", "Roof?"),
    ],
)
def test_questions_fall_back_from_lead_to_workspace_to_english(run, lead, workspace, asked):
    questions = {"es": "¿Techo?", "pt-br": "Telhado?", "en": "Roof?"}
    own = Framework(
        name="Own", needs=1, criteria=(Criterion(name="R", formula="=[@R]", questions=questions),)
    )
    leads = [LeadContext(lead="L", language=lead)]
    qualified = run({"frameworks": [own]}, {"R": [None]}, leads, language=workspace)
    assert qualified.next_question == [asked]


def test_a_criterion_without_a_question_is_asked_for_by_its_name():
    assert question(Criterion(name="Roof size", formula=""), ("id", "en")) == "Roof size?"
    only = Criterion(name="Roof size", formula="", questions={"de": "Wie groß ist das Dach?"})
    assert question(only, ("id", "en")) == "Wie groß ist das Dach?"


def test_nothing_is_asked_of_a_disqualified_lead(run):
    stages = [
        Stage(name="Contact"),
        Stage(name="Lost", when='=[@S]="no"', off_ladder=True, reason="=[@S]"),
    ]
    rules = {"frameworks": [PRESETS["BANT"]], "stages": stages}
    qualified = run(rules, {"S": ["no", None]})
    assert qualified.next_question == ["", PRESETS["BANT"].criteria[0].questions["en"]]


def test_frameworks_are_columns_for_later_formulas(run):
    bant = replace(
        PRESETS["BANT"],
        criteria=tuple(
            replace(criterion, formula=f"=[@{criterion.name}]")
            for criterion in PRESETS["BANT"].criteria
        ),
    )
    later = framework(
        "Later",
        Many="=[@BANT]>=3",
        Met="=[@[BANT met]]",
        Money="=[@[BANT Budget]]",
    )
    columns = {
        "Budget": [True, None],
        "Authority": [True, True],
        "Need": [True, True],
        "Timing": [None, None],
    }
    qualified = run({"frameworks": [later, bant]}, columns)
    assert dict(qualified.frameworks["Later"].answers) == {
        "Many": [True, False],
        "Met": [True, False],
        "Money": [True, None],  # unknown stays unknown
    }
    assert list(qualified.frame.values("BANT")) == [3, 2]
    assert list(qualified.frame.values("BANT met")) == [True, False]
    assert list(qualified.frame.values("BANT Budget")) == [True, None]
