"""Points of rules, added up, faded with time and held within their limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache, lru_cache, partial

from sheetcrm.core.qualify.rules import Decay, Score, ScoreRule
from sheetcrm.core.qualify.words import words


class Share(StrEnum):
    """What a part of a score stands for."""

    YES = "yes"  #: the rule holds
    NO = "no"
    UNKNOWN = "unknown"  #: its cells are blank, or one of them is an error
    FADED = "faded"  #: lost with time
    LIMITED = "limited"  #: cut off above the group's max, or added up to its min


@dataclass(frozen=True, kw_only=True, slots=True)
class Contribution:
    """One part of a lead's score; those of a group add up to it."""

    score: str  #: name of the group
    rule: str  #: name of the rule, "" for what fades or is limited
    points: float
    state: Share
    times: int = 1  #: how often the rule counts

    @property
    def text(self) -> str:
        """``+20``, ``+15 (3 times)``, ``no``, ``unknown``, ``faded −8``, ``limited −5``."""
        if self.state in {Share.NO, Share.UNKNOWN}:
            return self.state.value
        points = words("en").number(self.points, signed=True)
        if self.state is Share.YES:
            return f"{points} ({self.times} times)" if self.times > 1 else points
        return f"{self.state.value} {points}"


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleResult:
    """One rule for every lead."""

    rule: ScoreRule
    holds: Sequence[bool | None]  #: None: unknown
    points: Sequence[float]  #: 0 where it does not hold or is unknown
    times: Sequence[int] | None = None  #: how often it counts; None for a rule that counts once


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreResult:
    """One group of rules for every lead."""

    score: Score
    rules: Sequence[RuleResult]
    earned: Sequence[float]  #: what the rules add up to
    faded: Sequence[float]  #: what time took, ≤ 0 for a positive score
    limited: Sequence[float]  #: what the limits added or took
    values: Sequence[float]
    days: Sequence[int | None] | None = None  #: since it began to fade; None: it never does

    def parts(self, index: int) -> list[Contribution]:
        """Everything that the score of one lead is made of."""
        name = self.score.name
        found = [
            Contribution(
                score=name,
                rule=result.rule.name,
                points=result.points[index],
                state=_STATES[result.holds[index]],
                times=result.times[index] if result.times else 1,
            )
            for result in self.rules
        ]
        for state, column in ((Share.FADED, self.faded), (Share.LIMITED, self.limited)):
            if column[index]:
                found.append(Contribution(score=name, rule="", points=column[index], state=state))
        return found


_MOST_TIMES = 1_000_000
_STATES = {True: Share.YES, False: Share.NO, None: Share.UNKNOWN}


def rule_result(
    rule: ScoreRule,
    when: Sequence[bool | None],
    numbers: Sequence[float | None] | None,
    times: Sequence[float | None] | None = None,
) -> RuleResult:
    """A rule's points where it holds.

    Args:
        rule: the rule.
        when: whether it holds, for each lead.
        numbers: what its points formula gave; None where points are a fixed number.
        times: what its formula for how often it happened gave; None for a rule without one.
    """
    if times is not None:
        return _repeated(rule_result(rule, when, numbers), times)
    if numbers is None:
        fixed = cents(float(rule.points))
        points = [fixed if holds else 0.0 for holds in when]
        return RuleResult(rule=rule, holds=when, points=points)
    holds = [
        None if held and value is None else held for held, value in zip(when, numbers, strict=True)
    ]
    points = [
        cents(value) if held and value is not None else 0.0
        for held, value in zip(when, numbers, strict=True)
    ]
    return RuleResult(rule=rule, holds=holds, points=points)


def _repeated(once: RuleResult, times: Sequence[float | None]) -> RuleResult:
    """A rule that counts as often as something happened; what never happened is no."""
    most = once.rule.at_most or _MOST_TIMES
    counts = [None if value is None else max(0, min(most, int(value))) for value in times]
    holds = [
        held and (None if count is None else count > 0)
        for held, count in zip(once.holds, counts, strict=True)
    ]
    shown = [count if held and count else 0 for held, count in zip(holds, counts, strict=True)]
    points = [cents(value * count) for value, count in zip(once.points, shown, strict=True)]
    return RuleResult(rule=once.rule, holds=holds, points=points, times=shown)


def score_result(
    score: Score, rules: Sequence[RuleResult], *, height: int, days: Sequence[int | None] | None
) -> ScoreResult:
    """A group's score.

    Args:
        score: the group with its limits.
        rules: its rules' points.
        height: how many leads there are.
        days: whole days since each lead's score began to fade; None where that is not known,
            so that it does not fade. None for a group that never fades.
    """
    columns = [result.points for result in rules]
    earned = added(columns, height)
    kept = earned
    if score.decay and days is not None:
        fade = cache(partial(faded, decay=score.decay))  # most leads share points and age
        kept = list(map(fade, earned, days))
    values = kept
    if score.min is not None or score.max is not None:
        low, high = bound(score.min, "-inf"), bound(score.max, "inf")
        values = [max(low, min(high, points)) for points in kept]
    return ScoreResult(
        score=score,
        rules=rules,
        earned=earned,
        faded=_differences(earned, kept),
        limited=_differences(kept, values),
        values=values,
        days=days if score.decay else None,
    )


def raised(result: ScoreResult, index: int, more: float) -> float:
    """What one lead's score would be with `more` points earned."""
    if not more:
        return result.values[index]
    score = result.score
    points = result.earned[index] + more
    if score.decay and result.days is not None:
        points = faded(points, result.days[index], score.decay)
    return max(bound(score.min, "-inf"), min(bound(score.max, "inf"), cents(points)))


def faded(points: float, days: int | None, decay: Decay) -> float:
    """What is left of `points` after `days`: half of it and half again, or some less each time.

    A half-life leaves whole points: 58.81 says no more than 59, and would change every day.
    """
    if days is None or days <= 0:
        return points
    if decay.half_life_days > 0:
        return float(round(points * 0.5 ** (days / decay.half_life_days)))
    if decay.every_days > 0:
        return cents(points - decay.lose * (days // decay.every_days))
    return cents(points - sum(lose for after, lose in decay.steps if days >= after))


def days_since(since: Sequence[date | None], today: date) -> list[int | None]:
    """Whole days up to today, so that a score changes once a day at most; a day to come is 0."""
    return [None if day is None else max(0, (today - day).days) for day in since]


def added(columns: Sequence[Sequence[float]], height: int) -> list[float]:
    """The sum of columns, for each lead."""
    if not columns:
        return [0.0] * height
    return list(map(cents, map(sum, zip(*columns, strict=True))))


@lru_cache(maxsize=65_536)  # rounding is slow, and few different numbers come
def cents(value: float) -> float:
    """Two decimals are as fine as a score gets; never a minus zero."""
    return round(value, 2) + 0.0


def bound(limit: float | None, otherwise: str) -> float:
    """A limit as a number, infinite where there is none."""
    return float(otherwise) if limit is None else cents(limit)


def _differences(before: Sequence[float], after: Sequence[float]) -> list[float]:
    if before == after:
        return [0.0] * len(before)
    return [cents(new - old) for old, new in zip(before, after, strict=True)]
