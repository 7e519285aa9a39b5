from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetcrm.core.formula import Frame
from sheetcrm.core.memory import Standing
from sheetcrm.core.qualify import LeadContext, qualify
from sheetcrm.core.qualify.rules import (
    Back,
    Criterion,
    Decay,
    Framework,
    Moves,
    Qualification,
    Score,
    ScoreRule,
    Stage,
)
from sheetcrm.core.table.names import fold
from sheetcrm.core.table.values import CellError

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=ZoneInfo("America/Bogota"))
RANK = {"Contact": 0, "Lead": 1, "MQL": 2, "SQL": 3}
STAGES = (
    Stage(name="Contact"),
    Stage(name="Lead", when="=[@B]"),
    Stage(name="MQL", when="=[@Score]>=20"),
    Stage(name="SQL", when="=AND([@Score]>=40,[@[Own met]])"),
    Stage(name="Out", off_ladder=True, when='=[@B]="out"', reason="=[@B]"),
)
OWN = Framework(
    name="Own",
    needs=1,
    criteria=(
        Criterion(name="First", formula="=[@A]>10"),
        Criterion(name="Second", formula="=[@B]"),
    ),
)
CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-100, 100),
    st.floats(-1e6, 1e6),
    st.sampled_from(["", "out", "ya", "sí", "UNKNOWN", CellError("#N/A"), CellError("#VALUE!")]),
    st.dates(min_value=NOW.date() - timedelta(days=900), max_value=NOW.date() + timedelta(days=90)),
)
STANDINGS = st.none() | st.sampled_from([*RANK, "Out", "Retired"])
OVERRIDES = st.none() | st.sampled_from([*RANK, "Out", " sql", "my own"])
LEADS = st.lists(st.tuples(CELLS, CELLS, CELLS, STANDINGS, OVERRIDES), max_size=8)


@st.composite
def groups(draw):
    limits = sorted(draw(st.tuples(st.integers(-50, 50), st.integers(-50, 50))))
    decay = draw(
        st.none()
        | st.builds(Decay, since=st.just("=[@C]"), half_life_days=st.floats(0.5, 400))
        | st.builds(
            Decay, since=st.just("=[@C]"), every_days=st.floats(0.5, 90), lose=st.integers(0, 30)
        )
    )
    rules = draw(
        st.lists(
            st.builds(
                ScoreRule,
                name=st.just("Rule"),
                points=st.integers(-40, 40) | st.sampled_from(["=[@A]", "=[@A]/[@B]", "=10*[@C]"]),
                when=st.sampled_from(["", "=[@A]>5", "=[@B]", "=ISBLANK([@C])"]),
            ),
            max_size=4,
        )
    )
    return Score(
        name="Fit",
        rules=tuple(rules),
        min=draw(st.sampled_from([None, limits[0]])),
        max=draw(st.sampled_from([None, limits[1]])),
        decay=decay,
    )


def outcome(group, rows, back=Back.REPORT, language="en"):
    frame = Frame({name: [row[i] for row in rows] for i, name in enumerate("ABC")})
    leads = [
        LeadContext(
            lead=str(index),
            standing=row[3] and Standing(stage=row[3], since=NOW - timedelta(days=9)),
            override=row[4],
        )
        for index, row in enumerate(rows)
    ]
    rules = Qualification(scores=(group,), frameworks=(OWN,), stages=STAGES, moves=Moves(back=back))
    return qualify(rules, frame, leads, tables={}, now=NOW, language=language)


@settings(max_examples=60, deadline=None)
@given(groups(), LEADS)
def test_a_score_stays_within_its_limits_and_is_the_sum_of_its_parts(group, rows):
    qualified = outcome(group, rows)
    for index, value in enumerate(qualified.scores["Fit"]):
        assert group.min is None or value >= group.min
        assert group.max is None or value <= group.max
        assert value == round(value, 2)
        parts = qualified.explain(index)
        assert sum(part.points for part in parts) == pytest.approx(value, abs=0.02, rel=1e-9)
    assert qualified.total == qualified.scores["Fit"]


@settings(max_examples=30, deadline=None)
@given(groups(), LEADS, st.sampled_from(list(Back)))
def test_stages_move_only_with_a_move_and_never_down_unless_allowed(group, rows, back):
    qualified = outcome(group, rows, back)
    made = {move.lead: move for move in qualified.moves if not move.refused}
    refused = {move.lead for move in qualified.moves if move.refused}
    assert not made.keys() & refused
    for index, (*cells, standing, override) in enumerate(rows):
        stage, move = qualified.stages[index], made.get(str(index))
        assert (move is not None) == (stage != (standing or ""))
        if move:
            assert (move.before, move.after) == (standing or "", stage)
            assert move.by == ("person" if override else "rule")
        assert qualified.since[index] == (NOW if move else NOW - timedelta(days=9))
        if override:
            known = {fold(name): name for name in [*RANK, "Out"]}
            assert stage == known.get(fold(override), override)
        elif standing in RANK and stage in RANK and RANK[stage] < RANK[standing]:
            assert back is Back.ALLOW
            assert not any(isinstance(cell, CellError) for cell in cells[:1])


@settings(max_examples=40, deadline=None)
@given(groups(), LEADS, st.sampled_from(["en", "id", "es-MX"]))
def test_a_second_run_changes_nothing(group, rows, language):
    first = outcome(group, rows, language=language)
    settled = [(*row[:3], stage, row[4]) for row, stage in zip(rows, first.stages, strict=True)]
    second = outcome(group, settled, language=language)
    assert second.stages == first.stages
    assert all(move.refused for move in second.moves)
    assert second.total == first.total
    assert all(len(text) <= 200 for text in first.why)
