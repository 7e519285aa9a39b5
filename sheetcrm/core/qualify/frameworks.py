"""Frameworks for every lead: yes, no and unknown, whether they are met, and what to ask next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, partial
from typing import NamedTuple

from sheetcrm.core.qualify.rules import Criterion, Framework
from sheetcrm.core.table.language import base_language
from sheetcrm.core.table.names import fold

Answers = Sequence[bool | None]


class Outcome(StrEnum):
    """What a framework says of a lead."""

    MET = "met"
    OPEN = "open"  #: not met, but it will be if enough of what is unknown turns out to be yes
    NOT_MET = "not met"  #: whatever the unknown turns out to be


class Tally(NamedTuple):
    """What one lead's answers to a framework come to."""

    yes: int  #: how many criteria are yes
    outcome: Outcome
    ask: int  #: place of the first criterion that is unknown; -1 where none is
    unknown: tuple[str, ...]  #: the names of all that are


@dataclass(frozen=True, kw_only=True, slots=True)
class FrameworkResult:
    """One framework for every lead."""

    framework: Framework
    answers: Mapping[str, Answers]  #: criterion → yes, no, or None for unknown
    tallies: Sequence[Tally]
    yes: Sequence[int]  #: how many criteria are yes
    met: Sequence[bool]

    @property
    def name(self) -> str:
        """What it is called."""
        return self.framework.name

    def summary(self, index: int) -> str:
        """``3/4``."""
        return f"{self.yes[index]}/{len(self.framework.criteria)}"

    def outcome(self, index: int) -> Outcome:
        """Whether it is met, may still be, or cannot be."""
        return self.tallies[index].outcome

    def answered(self, index: int, answer: bool | None) -> list[str]:  # noqa: FBT001  an answer
        """The criteria with this answer, in their order."""
        return [name for name, answers in self.answers.items() if answers[index] is answer]


def framework_result(
    framework: Framework, answers: Mapping[str, Answers], *, height: int
) -> FrameworkResult:
    """Count the answers; met when enough are yes, every required one among them.

    Args:
        framework: its criteria and what it needs.
        answers: criterion → one answer for each lead.
        height: how many leads there are.
    """
    tally = cache(partial(_tally, framework, _required(framework)))  # leads share few patterns
    rows = zip(*answers.values(), strict=True) if answers else ((),) * height
    tallies = list(map(tally, rows))
    return FrameworkResult(
        framework=framework,
        answers=answers,
        tallies=tallies,
        yes=[tally.yes for tally in tallies],
        met=[tally.outcome is Outcome.MET for tally in tallies],
    )


def _required(framework: Framework) -> list[int]:
    """The places of the criteria that must be yes."""
    needed = {fold(name) for name in framework.required}
    return [i for i, one in enumerate(framework.criteria) if fold(one.name) in needed]


def _tally(framework: Framework, required: Sequence[int], row: tuple[bool | None, ...]) -> Tally:
    yes, unknown = row.count(True), row.count(None)
    must = [row[place] for place in required]
    outcome = Outcome.NOT_MET
    if yes >= framework.needs and all(must):
        outcome = Outcome.MET
    elif yes + unknown >= framework.needs and False not in must:
        outcome = Outcome.OPEN
    return Tally(
        yes=yes,
        outcome=outcome,
        ask=row.index(None) if unknown else -1,
        unknown=tuple(
            one.name for one, answer in zip(framework.criteria, row, strict=False) if answer is None
        ),
    )


class Questions:
    """What to ask a lead next: the first unknown criterion of the first framework that is open.

    Where none is open, the first that is not met and has something unknown is asked about, as a
    no of today may be a yes of tomorrow.
    """

    def __init__(
        self,
        frameworks: Sequence[Framework],
        results: Mapping[str, FrameworkResult],
        language: str,
    ) -> None:
        self._frameworks = frameworks
        self._rows = list(
            zip(*(results[framework.name].tallies for framework in frameworks), strict=True)
        )
        self._language = language
        self._asked: dict[tuple[str, str], str] = {}

    def next(self, index: int, language: str) -> str:
        """The question for one lead in its own language, "" where nothing is open."""
        row = self._rows[index] if self._rows else ()
        otherwise = None
        for framework, tally in zip(self._frameworks, row, strict=True):
            if tally.ask < 0 or tally.outcome is Outcome.MET:
                continue
            if tally.outcome is Outcome.OPEN:
                return self._question(framework, tally.ask, language)
            otherwise = otherwise or (framework, tally.ask)
        return self._question(*otherwise, language) if otherwise else ""

    def _question(self, framework: Framework, place: int, language: str) -> str:
        """Asked for many leads, so looked up once for each language."""
        criterion = framework.criteria[place]
        key = (f"{framework.name} {criterion.name}", language)
        if key not in self._asked:
            self._asked[key] = question(criterion, (language, self._language, "en"))
        return self._asked[key]


def question(criterion: Criterion, languages: Sequence[str]) -> str:
    """How to ask for a criterion, in the first of these languages that it can be asked in.

    ``es-MX`` is asked in ``es`` where there is nothing closer. A criterion without any question
    is asked for by its name: ``Roof size?``.
    """
    asked = {tag.replace("_", "-").casefold(): text for tag, text in criterion.questions.items()}
    for language in languages:
        for tag in (language.replace("_", "-").casefold(), base_language(language)):
            if asked.get(tag):
                return asked[tag]
    return next(filter(None, asked.values()), f"{criterion.name}?")
