"""What the formulas of the follow-ups gave, for every lead at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sheetcrm.core.followup.rules import FollowUps, Sequence
from sheetcrm.core.formula import Formula, Frame, evaluate, parse
from sheetcrm.core.formula.evaluate import ParameterValue
from sheetcrm.core.table.names import fold
from sheetcrm.core.table.spoken import Spoken
from sheetcrm.core.table.values import CellError, CellValue

_DAY_ZERO = date(1899, 12, 30)  # serial 0 of the 1900 date system, for days from March 1900 on
_LAST_SERIAL = 2_958_465  # 31 December 9999


@dataclass(frozen=True, kw_only=True, slots=True)
class Signal:
    """What one sequence's formulas say of one lead."""

    applies: CellValue = True  #: what `when` gave; TRUE where there is none
    date: date | None = None  #: of `start_on` or `yearly_on`
    fault: str = ""  #: why it cannot be decided
    skips: tuple[bool, ...] = ()  #: for each step


class Signals:
    """The answers of all formulas of the follow-ups."""

    def __init__(
        self, rules: FollowUps, answers: Mapping[str, list[CellValue]], formulas: list[Formula]
    ) -> None:
        self._answers = answers
        self._always = any(not sequence.when for sequence in rules.sequences)
        whens = [answers[sequence.when] for sequence in rules.sequences if sequence.when]
        self._meant = {
            index
            for when in whens
            for index, answer in enumerate(when)
            if answer is True or isinstance(answer, CellError)
        }
        self._asks_stage = {
            formula.text
            for formula in formulas
            if any(fold(reference.column) == "stage" for reference in formula.references)
        }

    @classmethod
    def evaluate(
        cls,
        rules: FollowUps,
        frame: Frame,
        *,
        parameters: Mapping[str, ParameterValue],
        tables: Mapping[str, Frame],
        now: datetime,
    ) -> Signals:
        """Evaluate every formula once, equal ones together.

        Args:
            rules: the follow-ups.
            frame: the leads' columns, with `Score`, `Stage` … among them.
            parameters: of the config.
            tables: for lookups.
            now: the workspace's time, without a zone.

        Raises:
            FormulaError: one of them cannot be understood.
        """
        texts = list(dict.fromkeys(_texts(rules)))
        formulas = [parse(text) for text in texts]
        answers = evaluate(
            formulas,
            frame,
            parameters=parameters,
            tables=tables,
            now=now,
            budget_seconds=rules.formula_seconds,
        )
        return cls(rules, dict(zip(texts, answers, strict=True)), formulas)

    def of(self, formula: str) -> list[CellValue]:
        """The answers of one formula, one for each lead."""
        return self._answers[formula]

    def asks_stage(self, formula: str) -> bool:
        """Whether the formula looks at the stage itself."""
        return formula in self._asks_stage

    def silent(self, index: int) -> bool:
        """Whether no sequence is meant for lead number `index`, and none is in doubt."""
        return not self._always and index not in self._meant

    def signal(self, sequence: Sequence, index: int) -> Signal:
        """What a sequence's formulas say of lead number `index`."""
        applies = self._answers[sequence.when][index] if sequence.when else True
        skips = tuple(
            [
                bool(step.skip_if) and self._answers[step.skip_if][index] is True
                for step in sequence.steps
            ]
        )
        if isinstance(applies, CellError):
            fault = Spoken("its rule gives {}", str(applies))
            return Signal(applies=False, fault=fault, skips=skips)
        dated = sequence.start_on or sequence.yearly_on
        if not dated:
            return Signal(applies=applies, skips=skips)
        value = self._answers[dated][index]
        day = as_date(value)
        unfit = "" if day or value in (None, "") else Spoken("“{}” is not a date", str(value))
        return Signal(applies=applies, date=day, fault=unfit, skips=skips)


def as_date(value: CellValue) -> date | None:
    """A date, or the serial number of one, as a date; None for anything else."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool) and 1 <= value < _LAST_SERIAL:
        return _DAY_ZERO + timedelta(days=int(value))
    return None


def _texts(rules: FollowUps) -> list[str]:
    texts = [segment.when for segment in rules.segments]
    for sequence in rules.sequences:
        texts += [sequence.when, sequence.start_on, sequence.yearly_on]
        texts += [step.skip_if for step in sequence.steps]
    return [text for text in texts if text]
