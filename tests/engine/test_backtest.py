"""Rules held against history, in a workspace in memory."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest

from sheetcrm.adapters.memory import MemoryTabSource
from sheetcrm.core.backtest import Share, Worth
from sheetcrm.core.qualify.rules import Criterion, Framework, Score, ScoreRule, Stage
from sheetcrm.engine.backtest import backtest
from sheetcrm.errors import ConfigError, UsageError
from tests.engine.team import QUALIFICATION, tab_of

RULES = replace(
    QUALIFICATION,
    scores=(
        Score(
            name="Fit",
            max=100,
            rules=(
                ScoreRule(name="Jakarta", when='=[@City]="Jakarta"', points=20),
                ScoreRule(name="Coin", when='=[@Coin]="heads"', points=1),
                ScoreRule(name="Wrong way", when="=[@Budget]<50", points=5),
                ScoreRule(name="Mars", when='=[@City]="Mars"', points=20),
                ScoreRule(name="Everybody", points=1),
            ),
        ),
    ),
    frameworks=(
        Framework(
            name="BANT", needs=1, criteria=(Criterion(name="Budget", formula="=[@Budget]>=50"),)
        ),
    ),
    stages=(
        Stage(name="Contact"),
        Stage(name="MQL", when="=[@Score]>=20"),
        Stage(name="Gone", off_ladder=True, when='=[@Notes]="gone"', reason='="gone"'),
    ),
)


def history(leads=400):
    """Leads of whom those in Jakarta, and those with money, were won more often."""
    chance = random.Random(11)
    tosses = Counter()
    grid = [["Name", "Email", "City", "Budget", "Coin", "Notes", "Ended"]]
    for number in range(leads):
        jakarta, rich = chance.random() < 0.5, chance.random() < 0.5
        won = chance.random() < 0.1 + 0.5 * jakarta + 0.3 * rich
        kind = jakarta, rich, won, number % 3
        tosses[kind] += 1
        coin = "heads" if tosses[kind] % 2 else "tails"  # of each kind as many as may be
        budget = None if number % 10 == 0 else 90 if rich else 10
        notes = "gone" if number % 20 == 0 else None
        ended = "won" if won else "lost" if number % 3 else None
        city = "Jakarta" if jakarta else "Bandung"
        email = f"lead{number}@example.com"
        grid.append([f"Lead {number}", email, city, budget, coin, notes, ended])
    return grid


@pytest.fixture(scope="module")
def grid():
    return history()


@pytest.fixture
def workspace(make, grid):
    return make(MemoryTabSource(grid), qualification=RULES)


WON, LOST = '=[@Ended]="won"', '=[@Ended]="lost"'


def test_what_each_rule_is_worth(workspace):
    found = backtest(workspace, WON, lost=LOST)
    worths = {rule.rule: rule.worth for rule in found.result.rules}
    assert worths == {
        "Jakarta": Worth.EARNS,
        "Coin": Worth.NOTHING,
        "Wrong way": Worth.HARMS,
        "Mars": Worth.NEVER,
        "Everybody": Worth.ALWAYS,
    }
    jakarta = found.result.rules[0]
    assert jakarta.held.rate > jakarta.others.rate + 0.3
    assert jakarta.gain.low > 0
    assert 0.5 < found.result.total.low < found.result.total.auc < found.result.total.high < 0.9
    assert found.result.groups == {"Fit": found.result.total}


def test_open_leads_are_left_out(workspace, grid):
    ends = [row[-1] for row in grid[1:]]
    found = backtest(workspace, WON, lost=LOST)
    assert found.open == ends.count(None)
    assert found.result.all == Share(leads=400 - ends.count(None), won=ends.count("won"))


def test_blank_ends_are_open_without_a_word_for_lost(workspace, grid):
    ends = [row[-1] for row in grid[1:]]
    assert backtest(workspace, WON).open == ends.count(None)


def test_stages_are_those_of_the_rules_alone(workspace, grid):
    found = backtest(workspace, WON, lost=LOST)
    contact, mql, gone = found.result.rungs
    decided = [row for row in grid[1:] if row[-1]]
    high = [row for row in decided if row[2] == "Jakarta" and row[5] != "gone"]
    assert mql.share == Share(leads=len(high), won=sum(row[-1] == "won" for row in high))
    assert mql.or_higher == mql.share
    assert contact.share.rate < mql.share.rate
    assert gone.beside
    assert contact.share.leads + mql.share.leads + gone.share.leads == len(decided)


def test_answers_of_frameworks(workspace, grid):
    met, budget = backtest(workspace, WON, lost=LOST).result.answers
    decided = [row for row in grid[1:] if row[-1]]
    assert (met.framework, met.criterion, budget.criterion) == ("BANT", "", "Budget")
    assert budget.unknown.leads == sum(row[3] is None for row in decided)
    assert budget.yes == met.yes
    assert met.no.leads == budget.no.leads + budget.unknown.leads


def test_halves_are_all_of_it_and_stay_the_same_when_sorted(make, workspace, grid):
    first, second = (backtest(workspace, WON, half=half).result for half in ("first", "second"))
    whole = backtest(workspace, WON).result.all
    assert first.all.leads + second.all.leads == whole.leads
    assert abs(first.all.leads - second.all.leads) < 0.2 * whole.leads
    turned = make(MemoryTabSource([grid[0], *reversed(grid[1:])]), qualification=RULES)
    again = backtest(turned, WON, half="first").result
    assert (again.all, again.rungs, again.answers) == (first.all, first.rungs, first.answers)
    assert again.total.auc == pytest.approx(first.total.auc)


def test_rules_that_read_the_end_are_named(make, grid):
    stages = (*RULES.stages, Stage(name="Customer", when='=[@Ended]="won"'))
    rules = replace(RULES, stages=stages)
    found = backtest(make(MemoryTabSource(grid), qualification=rules), WON)
    assert found.knowing == {"stage[4].when": ["Ended"]}
    assert found.suspicious == []


def test_rules_that_are_nearly_always_right_are_doubted(make, grid):
    sometimes = [row for row in grid[1:] if row[-1] != "won" or int(row[0][5:]) % 2]
    ends = [[*row, "x" if row[-1] == "won" else "y"] for row in sometimes]
    peek = ScoreRule(name="Peek", when='=[@Tag]="x"', points=3)
    rules = replace(RULES, scores=(replace(RULES.scores[0], rules=(peek,)),))
    tab = MemoryTabSource([[*grid[0], "Tag"], *ends])
    found = backtest(make(tab, qualification=rules), WON)
    assert found.suspicious == ["Fit: Peek"]
    assert found.knowing == {}


def test_few_leads_are_refused(make, grid):
    for wanted in ("won", "lost"):
        of_one = [row for row in grid[1:] if row[-1] == wanted]
        others = [row for row in grid[1:] if row[-1] not in {wanted, None}]
        workspace = make(MemoryTabSource([grid[0], *of_one[:29], *others]), qualification=RULES)
        with pytest.raises(UsageError, match="fewer than 30 of either"):
            backtest(workspace, WON)
        enough = make(MemoryTabSource([grid[0], *of_one[:30], *others]), qualification=RULES)
        assert backtest(enough, WON).result.all.leads == 30 + len(others)


@pytest.mark.parametrize(
    ("won", "message"),
    [
        ("=[@Score]>10", "unknown field .*@Score"),
        ("=[@Endd]=1", "unknown field"),
        ("=IF(", ""),
    ],
)
def test_what_is_wrong_with_the_formula_is_told(workspace, won, message):
    with pytest.raises(ConfigError) as caught:
        backtest(workspace, won)
    [fault] = caught.value.faults
    assert fault.picture
    assert message.split(" .*")[0] in fault.message
    if "Score" in won:
        assert "cannot be read from what the rules compute" in fault.hint


def test_won_and_lost_at_once_are_refused(workspace):
    with pytest.raises(UsageError, match="won and lost at once"):
        backtest(workspace, WON, lost='=[@Name]<>""')


def test_scores_that_read_frameworks_are_computed_with_them(make, grid):
    rule = ScoreRule(name="BANT", points="=10*[@BANT]")
    rules = replace(RULES, scores=(replace(RULES.scores[0], rules=(rule, *RULES.scores[0].rules)),))
    found = backtest(make(MemoryTabSource(grid), qualification=rules), WON)
    assert found.result.rules[0].worth is Worth.EARNS


def test_nothing_is_written(workspace):
    source = workspace.sources[0]
    before = [dict(row) for row in tab_of(source)]
    backtest(workspace, WON)
    assert tab_of(source) == before
    assert workspace.ledger.runs() == []


def test_without_a_score_there_is_nothing_to_judge(make, grid):
    rules = replace(RULES, scores=(), stages=RULES.stages[:1])
    with pytest.raises(UsageError, match="no score"):
        backtest(make(MemoryTabSource(grid), qualification=rules), WON)
