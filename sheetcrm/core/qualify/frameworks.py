"""Frameworks for every lead: yes, no and unknown, whether they are met, and what to ask next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sheetcrm.core.qualify.rules import Criterion, Framework
from sheetcrm.core.qualify.words import base_language
from sheetcrm.core.table.names import fold

Answers = Sequence[bool | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class FrameworkResult:
    """One framework for every lead."""

    name: str
    of: int  #: how many criteria it has
    yes: Sequence[int]  #: how many of them are yes
    met: Sequence[bool]
    answers: Mapping[str, Answers]  #: criterion → yes, no, or None for unknown

    def summary(self, index: int) -> str:
        """``3/4``."""
        return f"{self.yes[index]}/{self.of}"


def framework_result(
    framework: Framework, answers: Mapping[str, Answers], *, height: int
) -> FrameworkResult:
    """Count the answers; met when enough are yes, every required one among them.

    Args:
        framework: its criteria and what it needs.
        answers: criterion → one answer for each lead.
        height: how many leads there are.
    """
    columns = list(answers.values())
    yes = [row.count(True) for row in zip(*columns, strict=True)] if columns else [0] * height
    met = [count >= framework.needs for count in yes]
    needed = {fold(name) for name in framework.required}
    for name, column in answers.items():
        if fold(name) in needed:
            met = [so_far and answer is True for so_far, answer in zip(met, column, strict=True)]
    return FrameworkResult(
        name=framework.name, of=len(framework.criteria), yes=yes, met=met, answers=answers
    )


class Questions:
    """What to ask a lead next: the first unknown criterion of the first framework not met.

    A framework that is not met though everything about it is known has nothing to ask, so the
    next one is looked at.
    """

    def __init__(
        self,
        frameworks: Sequence[Framework],
        results: Mapping[str, FrameworkResult],
        language: str,
    ) -> None:
        self._open = [
            (results[framework.name].met, self._criteria(framework, results[framework.name]))
            for framework in frameworks
        ]
        self._language = language
        self._asked: dict[tuple[str, str], str] = {}

    @staticmethod
    def _criteria(
        framework: Framework, result: FrameworkResult
    ) -> list[tuple[str, Criterion, Answers]]:
        return [
            (f"{framework.name} {criterion.name}", criterion, result.answers[criterion.name])
            for criterion in framework.criteria
        ]

    def next(self, index: int, language: str) -> str:
        """The question for one lead in its own language, "" where nothing is open."""
        for met, criteria in self._open:
            if met[index]:
                continue
            for key, criterion, answers in criteria:
                if answers[index] is None:
                    return self._question(key, criterion, language)
        return ""

    def _question(self, key: str, criterion: Criterion, language: str) -> str:
        """Asked for many leads, so looked up once for each language."""
        if (key, language) not in self._asked:
            self._asked[key, language] = question(criterion, (language, self._language, "en"))
        return self._asked[key, language]


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
