"""Reasons in plain words: ``+20 target city · +15 budget · unknown: timing``."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial
from operator import or_

from sheetcrm.core.qualify.frameworks import Answers
from sheetcrm.core.qualify.scoring import ScoreResult, cents
from sheetcrm.core.qualify.words import Words, in_running_text
from sheetcrm.core.table.names import fold

LIMIT = 200  #: characters that a Why takes at most
SEPARATOR = " · "
_MORE = "…"
_UNKNOWN_SHOWN = 4
_UNKNOWN_LONGEST = 90


class Why:
    """Writes the reasons of every lead's score, the biggest shares first."""

    def __init__(
        self,
        scores: Sequence[ScoreResult],
        criteria: Sequence[tuple[str, Answers]],
        words: Words,
    ) -> None:
        """Lay out what may be said.

        Args:
            scores: the groups.
            criteria: name and answers of every criterion of every framework.
            words: the language to say it in.
        """
        self._words = words
        self._signed = cache(partial(words.number, signed=True))  # few different numbers come
        self._fading = [result for result in scores if any(result.faded)]
        self._limited = [result for result in scores if any(result.limited)]
        self._rules = [
            (in_running_text(result.rule.name), result.points) for s in scores for result in s.rules
        ]
        self._open = _open_questions(scores, criteria)
        self._alike = self._all_that_counts()
        self._texts: dict[tuple[object, ...], str] = {}

    def text(self, index: int, endings: Sequence[str] = ()) -> str:
        """The reasons of one lead in at most `LIMIT` characters.

        Args:
            index: which lead.
            endings: what must be said at the end; shares are left out for it, the smallest first.
        """
        key = (*self._alike[index], *endings) if self._alike else tuple(endings)
        text = self._texts.get(key)
        if text is None:
            rest = [*self._changes(index), *self._unknown(index), *endings]
            text = self._texts[key] = fitted(self._shares(index), rest)
        return text

    def _all_that_counts(self) -> list[tuple[object, ...]]:
        """For each lead what its text is made of: leads that agree in it share the text."""
        columns: list[Sequence[object]] = [points for _, points in self._rules]
        columns += [result.faded for result in self._fading]
        for result in self._limited:
            columns += (result.limited, result.values)
        columns += [unknown for _, unknown in self._open]
        return list(zip(*columns, strict=True))

    def _shares(self, index: int) -> list[str]:
        """``+20 target city``, the biggest first."""
        counted = [(points[index], name) for name, points in self._rules if points[index]]
        counted.sort(key=_by_size)
        return [f"{self._signed(points)} {name}" for points, name in counted]

    def _changes(self, index: int) -> list[str]:
        """What time and limits did to the sum."""
        found = []
        lost = cents(sum(result.faded[index] for result in self._fading))
        if lost:
            found.append(self._words.faded.format(self._signed(lost)))
        for result in self._limited:
            change = result.limited[index]
            if change:
                pattern = self._words.capped if change < 0 else self._words.raised
                limit = self._words.number(result.values[index])
                found.append(pattern.format(result.score.name, limit))
        return found

    def _unknown(self, index: int) -> list[str]:
        """``unknown: budget, timing``."""
        shown = [name for name, unknown in self._open if unknown[index]]
        if not shown:
            return []
        more = [_MORE] if len(shown) > _UNKNOWN_SHOWN else []
        text = self._words.unknown.format(", ".join(shown[:_UNKNOWN_SHOWN] + more))
        return [clipped(text, _UNKNOWN_LONGEST)]


def fitted(shares: Sequence[str], endings: Sequence[str]) -> str:
    """Shares and endings in one line that is not too long."""
    text = SEPARATOR.join([*shares, *endings])
    kept = len(shares)
    while len(text) > LIMIT and kept:
        kept -= 1
        text = SEPARATOR.join([*shares[:kept], _MORE, *endings])
    return clipped(text, LIMIT)


def clipped(text: str, length: int) -> str:
    """At most `length` characters."""
    return text if len(text) <= length else text[: length - 1].rstrip() + _MORE


def _by_size(share: tuple[float, str]) -> float:
    return -abs(share[0])


def _open_questions(
    scores: Sequence[ScoreResult], criteria: Sequence[tuple[str, Answers]]
) -> list[tuple[str, Sequence[bool]]]:
    """Each name of what can be unknown, once, and for which leads it is; without what never is."""
    rules = [(result.rule.name, result.holds) for score in scores for result in score.rules]
    spelling: dict[str, str] = {}
    found: dict[str, Sequence[bool]] = {}
    for name, answers in [*rules, *criteria]:
        key = fold(name)
        spelling.setdefault(key, in_running_text(name))
        if None in answers:
            unknown = [answer is None for answer in answers]
            found[key] = list(map(or_, found[key], unknown)) if key in found else unknown
    return [(spelling[key], unknown) for key, unknown in found.items()]
