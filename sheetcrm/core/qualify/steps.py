"""What qualification computes, step by step: each may read the columns of the others.

``Fit`` (a group) · ``Score`` (the total) · ``Grade`` · ``BANT Budget`` (a criterion) · ``BANT``
(how many are yes) and ``BANT met`` · ``Stage``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from sheetcrm.core.qualify.rules import Criterion, Framework, Qualification, Score, Stage
from sheetcrm.core.table.names import fold

TOTAL = "Score"
STAGE = "Stage"
GRADE = "Grade"

_Item = TypeVar("_Item")


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """Columns that are computed together, from formulas and from other steps."""

    columns: tuple[str, ...]  #: the first one names the step
    key: str  #: where it is decided: ``score[1]``, ``framework[2].criteria.Budget``
    formulas: Mapping[str, str] = field(default_factory=dict)  #: key path → formula
    parts: tuple[str, ...] = ()  #: columns that it is put together from, beside its formulas

    @property
    def name(self) -> str:
        """What people call it."""
        return self.columns[0]


def steps(rules: Qualification) -> list[Step]:
    """Every step, in the order of the config."""
    found = [score_step(key, score) for key, score in numbered("score", rules.scores)]
    if not total_is_group(rules):
        groups = tuple(score.name for score in rules.scores)
        found.append(Step(columns=(TOTAL,), key="score", parts=groups))
    if rules.grade:
        parts = (rules.grade.fit, rules.grade.engagement)
        found.append(Step(columns=(GRADE,), key="grade", parts=parts))
    for key, framework in numbered("framework", rules.frameworks):
        found += framework_steps(key, framework)
    if rules.stages:
        found.append(Step(columns=(STAGE,), key="stage", formulas=stage_formulas(rules.stages)))
    return found


def total_is_group(rules: Qualification) -> bool:
    """Whether the only group is called Score, so that it is the total as well."""
    return [fold(score.name) for score in rules.scores] == [fold(TOTAL)]


def score_step(key: str, score: Score) -> Step:
    """One group of rules."""
    formulas: dict[str, str] = {}
    for rule_key, rule in numbered(f"{key}.rule", score.rules):
        if rule.when:
            formulas[f"{rule_key}.when"] = rule.when
        if isinstance(rule.points, str):
            formulas[f"{rule_key}.points"] = rule.points
        if rule.times:
            formulas[f"{rule_key}.times"] = rule.times
    if score.decay:
        formulas[f"{key}.decay.since"] = score.decay.since
    return Step(columns=(score.name,), key=key, formulas=formulas)


def framework_steps(key: str, framework: Framework) -> list[Step]:
    """A framework's criteria, and what they come to."""
    criteria = []
    for criterion in framework.criteria:
        where = f"{key}.criteria.{criterion.name}"
        formulas = {where: criterion.formula} if criterion.formula else {}
        column = criterion_column(framework, criterion)
        criteria.append(Step(columns=(column,), key=where, formulas=formulas))
    columns = (framework.name, f"{framework.name} met")
    parts = tuple(step.name for step in criteria)
    return [*criteria, Step(columns=columns, key=key, parts=parts)]


def criterion_column(framework: Framework, criterion: Criterion) -> str:
    """``BANT Budget``."""
    return f"{framework.name} {criterion.name}"


def stage_formulas(stages: Sequence[Stage]) -> dict[str, str]:
    """Key path → rule, of each stage that has one, and until when it holds."""
    found: dict[str, str] = {}
    for key, stage in numbered("stage", stages):
        formulas = {f"{key}.when": stage.when, f"{key}.until": stage.until}
        found |= {path: text for path, text in formulas.items() if text}
    return found


def answered_formulas(stages: Sequence[Stage]) -> dict[str, str]:
    """Key path → formula of when a lead last heard from us, where a stage asks for an answer.

    They are read when all stages are known, so they may name ``[@Stage]``.
    """
    return {
        f"{key}.answered": stage.answered
        for key, stage in numbered("stage", stages)
        if stage.answer_within_hours is not None
    }


def reason_formulas(stages: Sequence[Stage]) -> dict[str, str]:
    """Key path → formula of the reason for standing beside the ladder.

    They are read when all stages are known, so they may name ``[@Stage]``.
    """
    return {
        f"{key}.reason": stage.reason
        for key, stage in numbered("stage", stages)
        if stage.off_ladder and stage.reason
    }


def numbered(key: str, items: Sequence[_Item]) -> Iterator[tuple[str, _Item]]:
    """Each item with its key path, counted from 1."""
    for place, item in enumerate(items, start=1):
        yield f"{key}[{place}]", item
