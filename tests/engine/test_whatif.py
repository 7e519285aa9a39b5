"""Other rules on the same leads."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sheetcrm.adapters.memory import MemoryTabSource
from sheetcrm.core.qualify.rules import Back, Moves, Score, ScoreRule, Stage
from sheetcrm.engine.sync import sync
from sheetcrm.engine.whatif import whatif
from sheetcrm.errors import ConfigError, UsageError
from tests.engine.team import GRID, QUALIFICATION, tab_of


def other(workspace, **changes):
    qualification = replace(workspace.rules.qualification, **changes)
    return replace(workspace.rules, qualification=qualification)


BANDUNG = Score(
    name="Fit", max=50, rules=(ScoreRule(name="City", when='=[@City]="Bandung"', points=20),)
)


def test_the_same_rules_change_nothing(make):
    workspace = make(MemoryTabSource(GRID))
    [found] = whatif(workspace, workspace.rules)
    assert (found.moved, found.rescored, found.more, found.fewer) == ([], 0, [], [])
    assert found.stages == found.new_stages == {"Contact": 1, "MQL": 1, "SQL": 1}


def test_who_would_move_and_who_would_be_written_to(make):
    workspace = make(MemoryTabSource(GRID))
    [found] = whatif(workspace, other(workspace, scores=(BANDUNG,)))
    assert found.new_stages == {"Contact": 2, "MQL": 1, "SQL": 0}
    ways = [
        (lead.name, lead.stage, lead.new_stage, lead.score, lead.new_score) for lead in found.moved
    ]
    assert ways == [
        ("Ana Putri", "SQL", "Contact", 50, 0),
        ("Budi", "MQL", "Contact", 20, 0),
        ("Citra", "Contact", "MQL", 12, 20),
    ]
    assert found.rescored == 3
    assert [draft.to_address for draft in found.more] == ["citra@example.com"]
    assert [draft.to_address for draft in found.fewer] == ["budi@example.com"]


def test_it_begins_where_the_leads_stand_now(make):
    source = MemoryTabSource(GRID)
    workspace = make(source)
    sync(workspace)
    before = tab_of(source)
    [found] = whatif(workspace, other(workspace, scores=(BANDUNG,)))
    assert found.new_stages == {"Contact": 0, "MQL": 2, "SQL": 1}  # none goes back by itself
    assert [(one.name, one.stage, one.new_stage) for one in found.refused] == [
        ("Ana Putri", "SQL", "Contact"),
        ("Budi", "MQL", "Contact"),
    ]
    assert [lead.name for lead in found.moved] == ["Citra"]
    back = Moves(back=Back.ALLOW)
    [free] = whatif(workspace, other(workspace, scores=(BANDUNG,), moves=back))
    assert (free.new_stages["Contact"], free.refused) == (2, [])
    assert tab_of(source) == before
    assert [run.kind for run in workspace.ledger.runs()] == ["sync"]


def test_stages_of_either_are_counted(make):
    workspace = make(MemoryTabSource(GRID))
    stages = (Stage(name="Contact"), Stage(name="Hot", when="=[@Score]>=20"))
    [found] = whatif(workspace, other(workspace, stages=stages))
    assert found.stages == {"Contact": 1, "MQL": 1, "SQL": 1}
    assert found.new_stages == {"Contact": 1, "Hot": 2}


def test_faults_of_the_other_rules_are_told(make):
    workspace = make(MemoryTabSource(GRID))
    broken = replace(QUALIFICATION.stages[1], when="=[@Scor]>1")
    with pytest.raises(ConfigError) as caught:
        whatif(workspace, other(workspace, stages=(QUALIFICATION.stages[0], broken)))
    assert "Scor" in caught.value.faults[0].message
    with pytest.raises(UsageError, match="no source"):
        whatif(workspace, workspace.rules, only=["nobody"])
