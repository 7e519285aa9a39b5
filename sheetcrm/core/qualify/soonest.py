"""What would raise a lead's stage soonest: ``one more for SQL: timing``."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from sheetcrm.core.formula import parse
from sheetcrm.core.qualify.evaluation import Evaluation
from sheetcrm.core.qualify.lacking import Chosen, Lacking, Lacks
from sheetcrm.core.qualify.ladder import Verdict
from sheetcrm.core.qualify.why import clipped
from sheetcrm.core.qualify.words import Words, in_running_text

_MOST = 3  #: answers; more than that is no near thing
_LONGEST = 90
_NOTHING: Chosen = frozenset()


class Soonest:
    """Finds, for the leads of one evaluation, the fewest answers that lead to a higher stage."""

    def __init__(self, work: Evaluation, words: Words) -> None:
        self._words = words
        lacking = Lacking(work)
        ways: list[tuple[str, Lacks]] = []
        self._up: dict[str, list[tuple[str, Lacks]]] = {}
        for stage in reversed([stage for stage in work.rules.stages if not stage.off_ladder]):
            self._up[stage.name] = list(ways)
            lacks = lacking.of(parse(stage.when)) if stage.when else None
            if lacks:
                ways.insert(0, (stage.name, lacks))
        self._told = cache(self._tell)  # many leads lack the same

    def text(self, index: int, verdict: Verdict) -> str:
        """What to find out about one lead; "" where no few answers would raise it."""
        if verdict.by_person or verdict.refused or verdict.returned:
            return ""
        best: tuple[str, tuple[str, ...]] | None = None
        for stage, lacks in self._up.get(verdict.after, ()):
            names = lacks(index, _NOTHING)
            if names and len(names) <= _MOST and (best is None or len(names) < len(best[1])):
                best = stage, names
        return self._told(*best) if best else ""

    def _tell(self, stage: str, names: Sequence[str]) -> str:
        listed = self._words.enumerate([in_running_text(name) for name in names])
        if len(names) == 1:
            return clipped(self._words.one_more.format(stage, listed), _LONGEST)
        return clipped(self._words.some_more.format(len(names), stage, listed), _LONGEST)
