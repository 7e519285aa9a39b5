"""From formulas to scores, answers and the rules' stages: level by level, a column at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial, reduce
from operator import and_
from typing import TypeVar

from sheetcrm.core.formula import Formula, Frame, evaluate, parse
from sheetcrm.core.qualify.frameworks import Answers, FrameworkResult, framework_result
from sheetcrm.core.qualify.grading import grades
from sheetcrm.core.qualify.order import levels, own_references
from sheetcrm.core.qualify.readings import Reading, blanks, truth
from sheetcrm.core.qualify.rules import Criterion, Framework, Grade, Qualification, Score, ScoreRule
from sheetcrm.core.qualify.scoring import (
    RuleResult,
    ScoreResult,
    added,
    days_since,
    rule_result,
    score_result,
)
from sheetcrm.core.qualify.steps import (
    GRADE,
    STAGE,
    TOTAL,
    criterion_column,
    numbered,
    steps,
)
from sheetcrm.core.table.names import fold
from sheetcrm.core.table.values import CellValue

_T = TypeVar("_T")

Columns = Mapping[str, Sequence[CellValue]]


class Evaluation:
    """The rules of a workspace at work on one frame.

    Attributes:
        frame: the columns that came in and those computed so far.
        scores: the groups, in the order of the config once all is computed.
        grades: ``A1`` to ``D4``, if the team grades at all.
        answers: column of a criterion (``BANT Budget``) → yes, no or unknown.
        frameworks: name → what its criteria come to.
        until: name of a stage → the day from which on it holds a lead no more, where it is known.
        faults: index of a lead → name of a rule → the error or unfit text that it gave.
    """

    def __init__(
        self,
        rules: Qualification,
        frame: Frame,
        *,
        tables: Mapping[str, Frame],
        now: datetime,
    ) -> None:
        self.rules = rules
        self.frame = frame
        self.scores: dict[str, ScoreResult] = {}
        self.answers: dict[str, Answers] = {}
        self.frameworks: dict[str, FrameworkResult] = {}
        self.grades: Sequence[str] = ()
        self.until: dict[str, Sequence[date | None]] = {}
        self.faults: dict[int, dict[str, str]] = {}
        self._tables = tables
        self._now = now
        self._readings: dict[str, Reading] = {}
        self._blanks: dict[str, list[bool]] = {}

    @property
    def height(self) -> int:
        """How many leads there are."""
        return self.frame.height

    @property
    def total(self) -> list[float]:
        """All groups together."""
        groups = [self.scores[score.name].values for score in self.rules.scores]
        return added(groups, self.height)

    def run(self, stages: Callable[[Mapping[str, Answers]], Sequence[str]]) -> None:
        """Compute everything.

        Args:
            stages: gives the stage of each lead, from which stage's rule holds for whom.

        Raises:
            FormulaError: the rules were not checked and cannot be evaluated.
        """
        makers = self._makers(stages)
        for level in levels(steps(self.rules), self._tables):
            self.read({key: text for step in level for key, text in step.formulas.items()})
            found: dict[str, Sequence[CellValue]] = {}
            for step in level:
                found |= makers[step.key]()
            self.frame = self.frame.extended(found)

    def read(self, formulas: Mapping[str, str]) -> dict[str, Reading]:
        """Evaluate formulas together: key path → what it gave for every lead."""
        if not formulas:
            return {}
        columns = self._columns([parse(text) for text in formulas.values()])
        found = {
            key: Reading(text=text, values=values, blind=self._blind(text))
            for (key, text), values in zip(formulas.items(), columns, strict=True)
        }
        self._readings |= found
        return found

    def truths(self, conditions: Sequence[Formula]) -> list[list[bool | None]]:
        """Whether conditions hold, for every lead, on all columns computed so far."""
        return [[truth(value) for value in column] for column in self._columns(conditions)]

    def _columns(self, formulas: Sequence[Formula]) -> list[list[CellValue]]:
        return evaluate(
            formulas,
            self.frame,
            parameters=self.rules.parameters,
            tables=self._tables,
            now=self._now.replace(tzinfo=None),
            budget_seconds=self.rules.formula_seconds,
        )

    def _makers(
        self, stages: Callable[[Mapping[str, Answers]], Sequence[str]]
    ) -> dict[str, Callable[[], Columns]]:
        """Key path of a step → what computes its columns, once its formulas are read."""
        makers: dict[str, Callable[[], Columns]] = {
            "score": lambda: {TOTAL: self.total},
            "stage": lambda: {STAGE: stages(self._stages_that_hold())},
        }
        if self.rules.grade:
            makers["grade"] = partial(self._grade, self.rules.grade)
        for key, score in numbered("score", self.rules.scores):
            makers[key] = partial(self._score, key, score)
        for key, framework in numbered("framework", self.rules.frameworks):
            makers[key] = partial(self._framework, framework)
            for criterion in framework.criteria:
                where = f"{key}.criteria.{criterion.name}"
                makers[where] = partial(self._criterion, where, framework, criterion)
        return makers

    def _score(self, key: str, score: Score) -> Columns:
        rules = [
            self._rule(rule_key, score, rule)
            for rule_key, rule in numbered(f"{key}.rule", score.rules)
        ]
        days = None
        if score.decay:
            reading = self._readings[f"{key}.decay.since"]
            since = self._judged(reading, f"{score.name}: since", Reading.dates)
            days = days_since(since, self._now.date())
        result = score_result(score, rules, height=self.height, days=days)
        self.scores[score.name] = result
        return {score.name: result.values}

    def _grade(self, grade: Grade) -> Columns:
        scores = {fold(name): result.values for name, result in self.scores.items()}
        self.grades = grades(grade, scores[fold(grade.fit)], scores[fold(grade.engagement)])
        return {GRADE: self.grades}

    def _rule(self, key: str, score: Score, rule: ScoreRule) -> RuleResult:
        name = f"{score.name}: {rule.name}"
        when: Answers = [True] * self.height
        if rule.when:
            when = self._judged(self._readings[f"{key}.when"], name, Reading.truths)
        points = times = None
        if isinstance(rule.points, str):
            reading = self._readings[f"{key}.points"]
            points = self._judged(reading, name, Reading.numbers, where=when)
        if rule.times:
            reading = self._readings[f"{key}.times"]
            times = self._judged(reading, name, Reading.numbers, where=when)
        return rule_result(rule, when, points, times)

    def _criterion(self, key: str, framework: Framework, criterion: Criterion) -> Columns:
        column = criterion_column(framework, criterion)
        answers: Answers = [None] * self.height
        if criterion.formula:
            name = f"{framework.name}: {criterion.name}"
            answers = self._judged(self._readings[key], name, Reading.truths)
        self.answers[column] = answers
        return {column: answers}

    def _framework(self, framework: Framework) -> Columns:
        answers = {
            criterion.name: self.answers[criterion_column(framework, criterion)]
            for criterion in framework.criteria
        }
        result = framework_result(framework, answers, height=self.height)
        self.frameworks[framework.name] = result
        return {framework.name: result.yes, f"{framework.name} met": result.met}

    def _stages_that_hold(self) -> dict[str, Answers]:
        """A stage's rule is taken as it is: of blank cells it says what Excel would say."""
        holds: dict[str, Answers] = {}
        for key, stage in numbered("stage", self.rules.stages):
            if stage.when:
                reading = replace(self._readings[f"{key}.when"], blind=None)
                holds[stage.name] = self._judged(reading, stage.name, Reading.truths)
            if stage.until:
                days = self._judged(
                    self._readings[f"{key}.until"], f"{stage.name}: until", Reading.dates
                )
                self.until[stage.name] = days
                holds[stage.name] = _waiting(holds.get(stage.name, ()), days, self._now.date())
        return holds

    def _judged(
        self,
        reading: Reading,
        name: str,
        judge: Callable[[Reading], list[_T]],
        *,
        where: Answers | None = None,
    ) -> list[_T]:
        """What `judge` makes of a reading; its faults are noted under `name`.

        Args:
            reading: what a formula gave.
            name: what people call the rule.
            judge: a method of `Reading`.
            where: faults count only for leads for whom this is true.
        """
        judged = judge(reading)
        for index, given in reading.faults(judged):
            if where is None or where[index]:
                self.faults.setdefault(index, {})[name] = given
        return judged

    def _blind(self, text: str) -> list[bool] | None:
        """For whom a formula reads blank cells only; None if it reads no cell of the lead."""
        columns = {
            fold(reference.column): reference.column
            for reference in own_references(text, self._tables)
            if reference.kind == "cell"
        }
        if not columns:
            return None
        masks = [self._blank(name, column) for name, column in columns.items()]
        return reduce(lambda one, other: list(map(and_, one, other)), masks)

    def _blank(self, name: str, column: str) -> list[bool]:
        """For whom a column is blank."""
        if name not in self._blanks:
            self._blanks[name] = blanks(self.frame.values(column))
        return self._blanks[name]


def _waiting(holds: Answers, until: Sequence[date | None], today: date) -> Answers:
    """Whom a stage still holds: those whose day has not come, or is not known."""
    return [held and (day is None or today < day) for held, day in zip(holds, until, strict=True)]
