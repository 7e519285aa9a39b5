"""What would raise a lead's stage soonest: every promise is held against the rules themselves."""

from __future__ import annotations

from datetime import timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetcrm.core.formula import Frame
from sheetcrm.core.memory import Standing
from sheetcrm.core.qualify import LeadContext, qualify
from sheetcrm.core.qualify.rules import (
    Criterion,
    Decay,
    Framework,
    Qualification,
    Score,
    ScoreRule,
    Stage,
)
from tests.core.qualify.conftest import NOW

ASKED = ("Budget", "Authority", "Need", "Timing")


def bant(needs=3, required=()):
    criteria = tuple(Criterion(name=name, formula=f"=[@{name}]") for name in ASKED)
    return Framework(name="BANT", criteria=criteria, needs=needs, required=required)


def fit(**limits):
    rules = tuple(
        ScoreRule(name=name, points=points, when=f"=[@{name}]")
        for name, points in (("City", 20), ("Timing", 15), ("Roof", 10), ("Rival", -30))
    )
    return Score(name="Fit", rules=rules, **limits)


ALL = ["City", "Timing", "Roof", "Rival", "Budget", "Authority", "Need", "Bought", "Last"]


@pytest.fixture
def soonest(run):
    def _soonest(when, language="en", standing="", override=None, framework=None, **cells):
        stages = [Stage(name="Contact"), Stage(name="SQL", when=when)]
        score = fit(**cells.pop("limits", {}))
        lead = LeadContext(
            lead="A",
            standing=Standing(stage=standing, since=NOW) if standing else None,
            override=override,
        )
        rules = {"scores": [score], "frameworks": [framework or bant()], "stages": stages}
        rules |= {"parameters": {"enough": 35, "city": "Jakarta"}}
        columns = {name: [cells.get(name)] for name in ALL}
        why = run(rules, columns, [lead], language=language).why[0]
        told = why.split(" · ")[-1]
        return told if any(mark in told for mark in (" for ", " untuk ", " para ")) else ""

    return _soonest


MET = "=[@[BANT met]]"
YES = {"Budget": True, "Authority": True}
CASES = [
    (MET, {**YES, "Need": False}, "one more for SQL: timing"),
    (MET, {**YES}, "one more for SQL: need"),  # the first that is unknown, as it is asked next
    (MET, {"Budget": True}, "2 more for SQL: authority and need"),
    (MET, {}, "3 more for SQL: budget, authority and need"),
    (MET, {"Budget": False, "Need": False}, ""),
    ("=[@BANT]>=4", {**YES, "Need": True}, "one more for SQL: timing"),
    ("=[@BANT]>3", {**YES}, "2 more for SQL: need and timing"),
    ("=3<=[@BANT]", {**YES}, "one more for SQL: need"),
    ("=[@Score]>=35", {"City": True}, "one more for SQL: timing"),
    ("=[@Fit]>=enough", {}, "2 more for SQL: city and timing"),
    ("=[@Fit]>35", {}, "3 more for SQL: city, timing and roof"),
    ("=[@Fit]>46", {}, ""),
    ("=[@Score]>=35", {"City": True, "Timing": False}, ""),
    ("=AND([@Score]>=35,[@[BANT met]])", {**YES, "City": True}, "2 more for SQL: need and timing"),
    (
        # the same answer serves both
        "=AND([@Score]>=35,[@[BANT met]])",
        {**YES, "City": True, "Need": False},
        "one more for SQL: timing",
    ),
    ("=OR([@Score]>=35,[@[BANT met]])", {"Budget": True, "City": True}, "one more for SQL: timing"),
    ("=AND([@Bought]>0,[@[BANT met]])", {**YES}, ""),
    ("=AND([@Bought]>0,[@[BANT met]])", {**YES, "Bought": 1}, "one more for SQL: need"),
    ("=OR([@Bought]>0,[@[BANT met]])", {**YES}, "one more for SQL: need"),
    ("=[@Bought]>0", {}, ""),
    ("=IF([@Score]>=35,TRUE)", {"City": True}, ""),  # not understood, so nothing is promised
    ("=[@Score]>=city", {"City": True}, ""),
    (
        "=AND(AND([@[BANT met]]),OR([@Bought]>0,[@Fit]>=20))",
        {**YES},
        "2 more for SQL: need and city",
    ),
]


@pytest.mark.parametrize(("when", "cells", "told"), CASES)
def test_what_is_missing(soonest, when, cells, told):
    assert soonest(when, **cells) == told


@pytest.mark.parametrize(
    ("language", "one", "two"),
    [
        ("id", "satu lagi untuk SQL: need", "2 lagi untuk SQL: authority dan need"),
        ("es", "falta uno para SQL: need", "faltan 2 para SQL: authority y need"),
    ],
)
def test_in_other_languages(soonest, language, one, two):
    assert soonest(MET, language, **YES) == one
    assert soonest(MET, language, Budget=True) == two


def test_a_required_criterion_comes_first(soonest):
    first = bant(needs=2, required=("Timing",))
    assert soonest(MET, framework=first, Budget=True) == "one more for SQL: timing"
    assert soonest(MET, framework=first) == "2 more for SQL: budget and timing"
    assert soonest(MET, framework=first, Timing=False, Budget=True) == ""


def test_limits_and_fading_are_reckoned_with(run, now, soonest):
    assert soonest("=[@Score]>=35", limits={"max": 34}, City=True) == ""
    faded = {"decay": Decay(since="=[@Last]", half_life_days=30)}
    month_ago = now.date() - timedelta(days=30)
    assert soonest("=[@Score]>=15", limits=faded, Last=month_ago, Roof=False) == (
        "2 more for SQL: city and timing"
    )


def test_nothing_is_promised_where_no_answer_moves_it(soonest):
    assert soonest(MET, standing="SQL", **YES) == ""  # already there
    assert soonest(MET, override="Contact", **YES) == ""  # a person holds it


def test_the_fewest_answers_win_and_of_equal_ways_the_lowest_stage(run):
    stages = [
        Stage(name="Contact"),
        Stage(name="MQL", when="=[@BANT]>=3"),
        Stage(name="SQL", when="=[@Fit]>=20"),
        Stage(name="Top", when="=[@Fit]>=20"),
        Stage(name="Out", off_ladder=True, when="=[@Bought]>5", reason='="so"'),
    ]
    rules = {"scores": [fit()], "frameworks": [bant()], "stages": stages}
    columns = {name: [None, None] for name in ALL} | {"Bought": [None, 9]}
    unknown = "unknown: city, timing, roof, rival, …"
    assert run(rules, columns).why == [
        f"{unknown} · one more for SQL: city",
        f"{unknown} · reason: so",
    ]


@settings(max_examples=60, deadline=None)
@given(
    st.fixed_dictionaries({name: st.sampled_from([True, False, None]) for name in ALL[:7]}),
    st.sampled_from(
        [
            "=AND([@Score]>=30,[@[BANT met]])",
            "=OR([@Score]>=30,[@BANT]>=4)",
            "=[@Fit]>=25",
            MET,
        ]
    ),
)
def test_the_answers_named_raise_the_stage_and_no_fewer_do(cells, when):
    rules = Qualification(
        scores=[fit(max=40)],
        frameworks=[bant(required=("Authority",))],
        stages=[Stage(name="Contact"), Stage(name="SQL", when=when)],
    )

    def outcome(answers):
        columns = {name: [answers.get(name)] for name in ALL}
        return qualify(
            rules, Frame(columns), [LeadContext(lead="A")], tables={}, now=NOW, language="en"
        )

    first = outcome(cells)
    *_, told = first.why[0].split(" · ")
    open_ = [name for name, value in cells.items() if value is None]
    if " for SQL: " not in told:
        least = [] if first.stages == ["SQL"] else [*combinations(open_, 1)]
    else:
        _, _, names = told.partition(": ")
        named = [name.capitalize() for name in names.replace(" and ", ", ").split(", ")]
        assert first.stages == ["Contact"]
        assert outcome({**cells, **dict.fromkeys(named, True)}).stages == ["SQL"]
        least = combinations(open_, len(named) - 1)
    for fewer in least:
        others = [name for name in fewer if name != "Rival"]
        if len(others) <= 1:
            assert outcome({**cells, **dict.fromkeys(others, True)}).stages == first.stages
