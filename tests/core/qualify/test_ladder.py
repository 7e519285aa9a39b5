from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from sheetcrm.core.memory import StageMove, Standing
from sheetcrm.core.qualify import LeadContext
from sheetcrm.core.qualify.rules import Back, Moves, Score, ScoreRule, Stage
from sheetcrm.core.table.values import CellError, Severity

LADDER = [
    Stage(name="Contact"),
    Stage(name="Lead", when="=[@Seen]>0"),
    Stage(name="MQL", when="=[@Points]>=40"),
    Stage(name="SQL", when="=[@Points]>=60", stalled_after_days=2),
    Stage(name="Customer", when="=[@Purchases]>=1"),
    Stage(name="Disqualified", off_ladder=True, when='=[@Status]="no"', reason="=[@[Lost reason]]"),
    Stage(name="Not now", off_ladder=True, when='=[@Status]="later"', reason='="asked to wait"'),
]
NA = CellError("#N/A")
LONG_AGO = timedelta(days=10)


@pytest.fixture
def lead(run, now):
    """Qualify one lead: its cells, where it stands, what a person wrote."""

    def _lead(standing="", override=None, back=Back.REPORT, language="en", keep=True, **cells):
        given = {
            "Seen": None,
            "Points": None,
            "Purchases": None,
            "Status": None,
            "Lost reason": None,
        }
        given |= {key.replace("_", " "): value for key, value in cells.items()}
        context = LeadContext(
            lead="A",
            standing=Standing(stage=standing, since=now - LONG_AGO) if standing else None,
            override=override,
        )
        rules = {"stages": LADDER, "moves": Moves(back=back, keep_override=keep)}
        return run(rules, {k: [v] for k, v in given.items()}, [context], language=language)

    return _lead


@pytest.mark.parametrize(
    ("cells", "stage"),
    [
        ({}, "Contact"),
        ({"Seen": 1}, "Lead"),
        ({"Points": 40}, "MQL"),  # whether or not the rule of Lead holds
        ({"Seen": 1, "Points": 75}, "SQL"),
        ({"Purchases": 1}, "Customer"),
        ({"Purchases": 1, "Status": "no"}, "Disqualified"),
        ({"Status": "later"}, "Not now"),
        ({"Points": NA}, "Contact"),
        ({"Points": NA, "Seen": 1}, "Lead"),
    ],
)
def test_a_new_lead_is_in_the_highest_stage_whose_rule_holds(lead, now, cells, stage):
    qualified = lead(**cells)
    assert qualified.stages == qualified.computed == [stage]
    assert qualified.since == [now]
    (move,) = qualified.moves
    assert (move.lead, move.before, move.after, move.by) == ("A", "", stage, "rule")
    assert not move.refused
    assert move.why


# standing, cells, back → the stage after, and whether a move is listed as made or as refused
MOVES = [
    ("Contact", {"Points": 70}, Back.REPORT, "SQL", "made"),
    ("SQL", {"Points": 70}, Back.REPORT, "SQL", None),
    ("SQL", {"Points": 45}, Back.REPORT, "SQL", "refused"),
    ("SQL", {"Points": 45}, Back.ASK, "SQL", "refused"),
    ("SQL", {"Points": 45}, Back.ALLOW, "MQL", "made"),
    ("SQL", {}, Back.ALLOW, "Contact", "made"),
    ("SQL", {"Points": NA}, Back.ALLOW, "SQL", "refused"),  # an error never demotes
    ("SQL", {"Points": 45, "Purchases": NA}, Back.ALLOW, "SQL", "refused"),
    ("MQL", {"Points": 70, "Purchases": NA}, Back.ALLOW, "SQL", "made"),  # up is another matter
    ("SQL", {"Status": "no"}, Back.REPORT, "Disqualified", "made"),
    ("Customer", {"Purchases": 1, "Status": "later"}, Back.REPORT, "Not now", "made"),
    ("Disqualified", {"Points": 45}, Back.REPORT, "MQL", "made"),
    ("Disqualified", {}, Back.ASK, "Contact", "made"),
    ("Disqualified", {"Status": "no"}, Back.REPORT, "Disqualified", None),
    ("Disqualified", {"Status": "later"}, Back.REPORT, "Not now", "made"),
    ("Disqualified", {"Status": NA}, Back.ALLOW, "Disqualified", "refused"),
    ("Disqualified", {"Points": NA}, Back.REPORT, "Contact", "made"),
    ("sql", {"Points": 70}, Back.REPORT, "SQL", None),
    ("Renamed since", {"Points": 45}, Back.REPORT, "MQL", "made"),
]


@pytest.mark.parametrize("case", MOVES)
def test_moves(lead, now, case):
    standing, cells, back, after, listed = case
    qualified = lead(standing, back=back, **cells)
    assert qualified.stages == qualified.computed == [after]
    assert [move.refused for move in qualified.moves] == (
        [] if listed is None else [listed == "refused"]
    )
    assert qualified.since == [now if listed == "made" else now - LONG_AGO]


def test_a_refused_move_says_where_it_would_have_gone(lead):
    assert lead("SQL", Points=45).moves == [
        StageMove(lead="A", before="SQL", after="MQL", why="points 45", refused=True)
    ]


@pytest.mark.parametrize(
    "case",
    [
        ("", "Customer", {}, "Customer", True),
        ("Lead", "sql", {}, "SQL", True),
        ("Customer", " contact ", {"Purchases": 3}, "Contact", True),  # people may move down
        ("SQL", "SQL", {"Points": 45}, "SQL", False),
        ("Lead", "MQL", {"Status": "no"}, "MQL", True),
        ("Disqualified", "Lead", {"Status": "no"}, "Lead", True),
        ("SQL", "MQL", {"Points": NA}, "MQL", True),
        ("SQL", "Waiting for the roof", {"Points": 70}, "Waiting for the roof", True),
    ],
)
def test_a_persons_word_wins(lead, now, case):
    standing, override, cells, stage, moved = case
    for back in Back:
        qualified = lead(standing, override, back=back, **cells)
        assert qualified.stages == [stage]
        assert [(m.before, m.after, m.by, m.refused) for m in qualified.moves] == (
            [(standing, stage, "person", False)] if moved else []
        )
        assert qualified.since == [now if moved else now - LONG_AGO]


def test_computed_is_what_the_rules_say_beneath_a_persons_word(lead):
    assert lead("SQL", "Customer", Points=45).computed == ["MQL"]


def test_a_blank_word_is_none_and_words_can_be_ignored(lead):
    assert lead("", "  ", Points=45).stages == ["MQL"]
    assert lead("", "Customer", Points=45, keep=False).stages == ["MQL"]


def test_a_stage_that_nobody_knows_is_kept_and_told(lead):
    ((index, problem),) = lead("", "Costumer!").problems
    assert (index, problem.severity) == (0, Severity.WARNING)
    assert "'Costumer!'" in problem.message
    assert problem.hint == (
        "did you mean Customer? the stages are: "
        "Contact, Lead, MQL, SQL, Customer, Disqualified, Not now"
    )


@pytest.mark.parametrize(
    ("cells", "override", "problem"),
    [
        ({"Status": "no", "Lost reason": "too expensive"}, None, False),
        ({"Status": "no"}, None, True),
        ({"Status": "no", "Lost reason": "  "}, None, True),
        ({"Status": "no", "Lost reason": NA}, None, True),
        ({"Status": "later"}, None, False),
        ({}, "disqualified", True),
        ({"Lost reason": "moved away"}, "Disqualified", False),
    ],
)
def test_off_the_ladder_needs_a_reason(lead, cells, override, problem):
    found = [p for _, p in lead("", override, **cells).problems]
    assert [p.message for p in found] == (["disqualified without a reason"] if problem else [])
    assert all(p.hint and p.severity is Severity.WARNING for p in found)


def test_a_stage_off_the_ladder_without_a_reason_formula(run):
    stages = [Stage(name="New"), Stage(name="Lost", off_ladder=True, when="=[@X]")]
    ((_, problem),) = run({"stages": stages}, {"X": [True]}).problems
    assert problem.hint == "give the stage Lost a reason formula in the config"


def test_the_first_of_two_stages_off_the_ladder_wins(run):
    beside = [
        Stage(name=name, off_ladder=True, when="=[@X]", reason='="so"') for name in ("Lost", "Spam")
    ]
    assert run({"stages": [Stage(name="New"), *beside]}, {"X": [True]}).stages == ["Lost"]


def test_a_reason_may_read_the_stage(run):
    stages = [
        Stage(name="New"),
        Stage(name="Lost", off_ladder=True, when="=[@X]", reason='="was "&[@Stage]&", "&[@Y]'),
    ]
    qualified = run({"stages": stages}, {"X": [True], "Y": ["price"]})
    assert qualified.why == ["reason: was Lost, price"]


@pytest.mark.parametrize(
    ("standing", "days", "overdue"),
    [("SQL", 2, False), ("SQL", 2.01, True), ("MQL", 100, False), ("", 0, False)],
)
def test_overdue(run, now, standing, days, overdue):
    since = Standing(stage=standing, since=now - timedelta(days=days)) if standing else None
    columns = {"Seen": [1], "Points": [0], "Purchases": [0], "Status": [""], "Lost reason": [""]}
    qualified = run({"stages": LADDER}, columns, [LeadContext(lead="A", standing=since)])
    assert [stalled is not None for stalled in qualified.waits.stalled] == [overdue]
    assert qualified.waits.days == [int(days)]


@pytest.mark.parametrize(
    ("language", "cells", "why"),
    [
        ("en", {"Points": 62}, "points 62"),
        ("en", {}, "no rule of a higher stage holds"),
        ("id", {}, "belum memenuhi aturan tahap yang lebih tinggi"),
        ("es", {}, "no cumple la regla de una etapa superior"),
        ("en", {"Status": "no", "Lost reason": "too expensive"}, "too expensive"),
        ("en", {"Status": "no"}, "status: no"),
    ],
)
def test_why_a_lead_moved(lead, language, cells, why):
    assert [move.why for move in lead(language=language, **cells).moves] == [why]


@pytest.mark.parametrize(
    ("language", "why"), [("en", "set by hand"), ("id", "diisi sendiri"), ("es", "puesto a mano")]
)
def test_a_persons_move_says_so(lead, language, why):
    assert [move.why for move in lead("", "SQL", language=language).moves] == [why]


@pytest.mark.parametrize(
    ("language", "why"),
    [
        ("en", "score 62, purchases 12,500.5, interest: solar and demo yes"),
        ("id", "skor 62, purchases 12.500,5, interest: solar dan demo ya"),
        ("es-MX", "puntaje 62, purchases 12,500.5, interest: solar y demo sí"),
    ],
)
def test_a_rule_is_told_by_the_values_it_saw(run, language, why):
    when = '=AND([@Score]>60,[@Purchases]>1,[@Interest]<>"",[@Demo],[@Score]<99,[@Empty]="")'
    rules = {
        "scores": [Score(name="Fit", rules=(ScoreRule(name="All", points=62),))],
        "stages": [Stage(name="New"), Stage(name="Hot", when=when)],
    }
    columns = {
        "Purchases": [12500.5],
        "Interest": ["solar"],
        "Demo": [True],
        "Empty": [None],
    }
    (move,) = run(rules, columns, language=language).moves
    assert (move.after, move.why) == ("Hot", why)


def test_a_rule_without_values_is_told_by_its_stage(run):
    stages = [Stage(name="New"), Stage(name="Hot", when="=MAX([X])>1")]
    (move, _) = run({"stages": stages}, {"X": [2, 3]}).moves
    assert move.why == "the rule of Hot holds"


def test_a_stage_in_a_score_rule(run):
    rules = {
        "scores": [
            Score(name="Extra", rules=(ScoreRule(name="Hot", points=5, when='=[@Stage]="Hot"'),))
        ],
        "stages": [Stage(name="New"), Stage(name="Hot", when="=[@X]>1")],
    }
    assert run(rules, {"X": [2, 0]}).total == [5, 0]


def test_times_are_those_given(lead, now):
    assert lead().since[0] is now
    assert isinstance(now, datetime)
