"""Why a lead has its score and its stage, why it moved, and why it is out of the race."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sheetcrm.core.qualify.evaluation import Evaluation
from sheetcrm.core.qualify.ladder import Ladder, Verdict
from sheetcrm.core.qualify.soonest import Soonest
from sheetcrm.core.qualify.steps import numbered, reason_formulas
from sheetcrm.core.qualify.telling import Telling, Told
from sheetcrm.core.qualify.why import Why, clipped
from sheetcrm.core.qualify.words import Words
from sheetcrm.core.table.values import CellError

_LONGEST_REASON = 80


class Reasons:
    """Everything that is said about the leads of one evaluation."""

    def __init__(
        self, work: Evaluation, ladder: Ladder, words: Words, tables: Collection[str]
    ) -> None:
        self._ladder = ladder
        self._words = words
        self._until = work.until
        self._why = Why(
            [work.scores[score.name] for score in work.rules.scores],
            [
                (name, answers)
                for framework in work.rules.frameworks
                for name, answers in work.frameworks[framework.name].answers.items()
            ],
            words,
        )
        self._soonest = Soonest(work, words)
        self._off_ladder = self._given_reasons(work)
        telling = Telling(
            work.frame,
            work.scores,
            work.frameworks.values(),
            words,
        )
        self._told: dict[str, Told] = {
            stage.name: telling.of(stage.when, tables) for stage in work.rules.stages if stage.when
        }

    def why(self, index: int, verdict: Verdict) -> str:
        """The text of a lead's Why cell."""
        return self._why.text(index, self._endings(index, verdict))

    def of_move(self, index: int, verdict: Verdict) -> str:
        """Why a lead moves, or why the rules would move it."""
        if verdict.by_person:
            return self._words.by_hand
        if verdict.returned:
            return self._words.returned
        given = self.off_ladder(index, verdict.ruled)
        if given:
            return given
        if verdict.ruled == self._ladder.first or verdict.ruled not in self._told:
            return self._words.nothing_else
        told = self._told[verdict.ruled](index)
        return told or self._words.rule_holds.format(verdict.ruled)

    def off_ladder(self, index: int, stage: str) -> str:
        """The reason for standing in a stage beside the ladder, "" where none is given."""
        given = self._off_ladder.get(stage)
        return given[index] if given else ""

    def _endings(self, index: int, verdict: Verdict) -> list[str]:
        found = []
        given = self.off_ladder(index, verdict.after)
        if given:
            found.append(self._words.reason.format(clipped(given, _LONGEST_REASON)))
        until = self._until.get(verdict.after)
        if until and until[index]:
            found.append(self._words.until.format(self._words.value(until[index])))
        if verdict.by_person and verdict.ruled != verdict.after:
            found.append(self._words.by_hand)
            found.append(self._words.rule_says.format(verdict.ruled))
        if verdict.refused or verdict.returned:
            pattern = self._words.suggestion if verdict.asked else self._words.rule_says
            found.append(pattern.format(verdict.goal if verdict.refused else verdict.ruled))
        soonest = self._soonest.text(index, verdict)
        return [*found, soonest] if soonest else found

    def _given_reasons(self, work: Evaluation) -> dict[str, Sequence[str]]:
        """Stage beside the ladder → each lead's reason for it."""
        formulas = reason_formulas(work.rules.stages)
        readings = work.read(formulas)
        return {
            stage.name: [
                "" if isinstance(value, CellError) else self._words.value(value)
                for value in readings[f"{key}.reason"].told()
            ]
            for key, stage in numbered("stage", work.rules.stages)
            if f"{key}.reason" in formulas
        }
