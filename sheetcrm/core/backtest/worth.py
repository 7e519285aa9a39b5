"""What each rule adds: the score with it against the score without it, all else as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from sheetcrm.core.backtest.ranking import Difference, Placements
from sheetcrm.core.backtest.shares import Share, share_of
from sheetcrm.core.qualify.rules import Qualification

NOTICED = 0.0005  #: of an area; less is nothing, however sure it is


class Worth(StrEnum):
    """What can be said of a rule."""

    EARNS = "earns its place"
    NOTHING = "adds nothing"  #: what it adds cannot be told from chance, or is too small to matter
    HARMS = "makes it worse"  #: the leads are in a better order without it
    NEVER = "never applies"
    ALWAYS = "same for all"  #: all leads get the same from it, so it orders nothing


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleWorth:
    """One rule of a score."""

    score: str
    rule: str
    held: Share  #: the leads that got points from it
    others: Share  #: those that got none
    gain: Difference  #: what it adds to the area under the curve
    worth: Worth


@dataclass(frozen=True, kw_only=True, slots=True)
class Points:
    """What one rule gave to each lead."""

    score: str
    rule: str
    points: Sequence[float]


def worth(
    rules: Qualification,
    given: Sequence[Sequence[Points]],
    won: Sequence[bool],
    *,
    score: Callable[[Qualification], Sequence[float]],
) -> Iterator[RuleWorth]:
    """Every rule, in the order of the config.

    Args:
        rules: what the team decided.
        given: what its rules gave, by score, in the same order.
        won: what became of each lead.
        score: the total of every lead under other rules.
    """
    whole = Placements.of(score(rules), won)
    for place, group in enumerate(given):
        for number, one in enumerate(group):
            without = whole
            if len(set(one.points)) > 1:
                without = Placements.of(score(_without(rules, place, number)), won)
            yield _worth(one, won, whole.over(without))


def _worth(one: Points, won: Sequence[bool], gain: Difference) -> RuleWorth:
    counted = [points != 0 for points in one.points]
    return RuleWorth(
        score=one.score,
        rule=one.rule,
        held=share_of(won, counted, being=True),
        others=share_of(won, counted, being=False),
        gain=gain,
        worth=_judged(one.points, gain),
    )


def _judged(points: Sequence[float], gain: Difference) -> Worth:
    if not any(points):
        return Worth.NEVER
    if len(set(points)) == 1:
        return Worth.ALWAYS
    if gain.low > 0 and gain.by >= NOTICED:
        return Worth.EARNS
    if gain.high < 0 and gain.by <= -NOTICED:
        return Worth.HARMS
    return Worth.NOTHING


def _without(rules: Qualification, place: int, number: int) -> Qualification:
    """The rules without rule `number` of score `place`."""
    group = rules.scores[place]
    fewer = replace(group, rules=(*group.rules[:number], *group.rules[number + 1 :]))
    return replace(rules, scores=(*rules.scores[:place], fewer, *rules.scores[place + 1 :]))
