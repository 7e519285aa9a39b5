"""The whole backtest: scores, stages, answers and rules of leads whose end is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Protocol, TypeVar

from sheetcrm.core.backtest.bands import Band, bands
from sheetcrm.core.backtest.ranking import Placements, Ranking
from sheetcrm.core.backtest.rungs import Answered, Rung, answered, rungs
from sheetcrm.core.backtest.shares import Share
from sheetcrm.core.backtest.worth import Points, RuleWorth, worth
from sheetcrm.core.formula import Frame
from sheetcrm.core.qualify.evaluation import Evaluation
from sheetcrm.core.qualify.ladder import Ladder
from sheetcrm.core.qualify.order import own_references
from sheetcrm.core.qualify.rules import Qualification
from sheetcrm.core.qualify.scoring import RuleResult, ScoreResult
from sheetcrm.core.qualify.steps import STAGE, steps
from sheetcrm.core.table.names import fold

T = TypeVar("T")

FEWEST = 30  #: won, and lost: of fewer the figures would say nothing


class Among(Protocol):
    """Picks the values of the leads whose end is known."""

    def __call__(self, values: Sequence[T], /) -> list[T]:
        """One value for each of them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Backtest:
    """How well the rules told who would be won."""

    all: Share
    total: Ranking  #: of the whole score
    groups: Mapping[str, Ranking]  #: of each group of it alone
    bands: Sequence[Band]  #: the highest scores first
    rungs: Sequence[Rung]
    answers: Sequence[Answered]
    rules: Sequence[RuleWorth]


def backtest(
    rules: Qualification,
    frame: Frame,
    outcomes: Sequence[bool | None],
    *,
    tables: Mapping[str, Frame],
    now: datetime,
    done: Callable[[int, int], None],
) -> Backtest:
    """Score the leads by the rules alone, and hold that against what became of them.

    Stages are those that the rules give; where a lead stands, and what people say, is left out.

    Args:
        rules: what the team decided, checked by `check_qualification`; with at least one score.
        frame: all leads, as formulas may read whole columns.
        outcomes: how each of them ended, None where that is not known or shall not count; at
            least `FEWEST` of either.
        tables: the reference tables.
        now: the moment at which they are scored, zoned.
        done: is told how many rules were left out for a try, and how many there are.

    Raises:
        FormulaError: the rules were not checked, or a formula took too long.
    """
    known = [place for place, outcome in enumerate(outcomes) if outcome is not None]
    won = [bool(outcomes[place]) for place in known]

    def among(values: Sequence[T]) -> list[T]:
        return [values[place] for place in known]

    evaluated = partial(_evaluated, frame=frame, tables=tables, now=now)
    work = evaluated(rules)
    groups = [work.scores[score.name] for score in rules.scores]
    given = [[_points(group, result, among) for result in group.rules] for group in groups]
    alone = _only_scores(rules, tables)
    judged = worth(alone, given, won, score=lambda other: among(evaluated(other).total))
    total = among(work.total)
    return Backtest(
        all=Share(leads=len(won), won=sum(won)),
        total=Placements.of(total, won).ranking,
        groups={g.score.name: Placements.of(among(g.values), won).ranking for g in groups},
        bands=bands(total, won),
        rungs=_rungs(rules, work, among, won),
        answers=_answers(work, among, won),
        rules=list(_told(judged, sum(map(len, given)), done)),
    )


def _evaluated(
    rules: Qualification, *, frame: Frame, tables: Mapping[str, Frame], now: datetime
) -> Evaluation:
    """Everything that the rules compute, the stages by themselves among it."""
    work = Evaluation(rules, frame, tables=tables, now=now)
    ladder = Ladder(rules)
    work.run(lambda holds: ladder.ruled(holds, frame.height))
    return work


def _told(
    judged: Iterator[RuleWorth], count: int, done: Callable[[int, int], None]
) -> Iterator[RuleWorth]:
    for number, one in enumerate(judged, start=1):
        yield one
        done(number, count)


def _points(group: ScoreResult, result: RuleResult, among: Among) -> Points:
    return Points(score=group.score.name, rule=result.rule.name, points=among(result.points))


def _rungs(
    rules: Qualification, work: Evaluation, among: Among, won: Sequence[bool]
) -> Sequence[Rung]:
    if not rules.stages:
        return ()
    return rungs(rules.stages, [str(stage) for stage in among(work.frame.values(STAGE))], won)


def _answers(work: Evaluation, among: Among, won: Sequence[bool]) -> list[Answered]:
    found: list[Answered] = []
    for name, result in work.frameworks.items():
        columns = {"": result.met, **result.answers}
        found += answered(name, {key: among(column) for key, column in columns.items()}, won)
    return found


def _only_scores(rules: Qualification, tables: Mapping[str, Frame]) -> Qualification:
    """The rules without what no score needs, so that they are computed sooner."""
    scores = replace(rules, frameworks=(), stages=())
    made = {fold(c) for step in steps(rules) for c in step.columns}
    made -= {fold(c) for step in steps(scores) for c in step.columns}
    read = {
        fold(reference.column)
        for step in steps(scores)
        for text in step.formulas.values()
        for reference in own_references(text, tables)
    }
    return rules if read & made else scores
