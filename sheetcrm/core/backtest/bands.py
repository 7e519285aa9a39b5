"""Bands of scores, the highest first: how many leads of each were won, and how many so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sheetcrm.core.backtest.shares import Share

MOST = 10  #: bands


@dataclass(frozen=True, kw_only=True, slots=True)
class Band:
    """The leads whose scores lie from `low` to `high`, both included."""

    low: float
    high: float
    share: Share
    lift: float  #: how many times the rate of all leads
    leads_so_far: float  #: share of all leads that is in this band or a higher one
    won_so_far: float  #: share of all the won that is: what a team finds that works from the top


def bands(scores: Sequence[float], won: Sequence[bool], *, most: int = MOST) -> list[Band]:
    """Bands of about as many leads each; leads of one score are never parted."""
    leads = Counter(scores)
    hits = Counter(score for score, hit in zip(scores, won, strict=True) if hit)
    found: list[Band] = []
    seen = seen_hits = 0
    for group in _groups(leads, len(scores) / most):
        here, hit = sum(leads[score] for score in group), sum(hits[score] for score in group)
        seen, seen_hits = seen + here, seen_hits + hit
        share = Share(leads=here, won=hit)
        found.append(
            Band(
                low=group[-1],
                high=group[0],
                share=share,
                lift=share.rate / (sum(won) / len(won)),
                leads_so_far=seen / len(scores),
                won_so_far=seen_hits / sum(won),
            )
        )
    return found


def _groups(leads: Counter[float], size: float) -> list[list[float]]:
    """The distinct scores, the highest first, in groups of about `size` leads."""
    groups: list[list[float]] = [[]]
    filled = 0
    for score in sorted(leads, reverse=True):
        if groups[-1] and filled + leads[score] / 2 > size:
            groups.append([])
            filled = 0
        groups[-1].append(score)
        filled += leads[score]
    if len(groups) > 1 and filled < size / 2:
        last = groups.pop()
        groups[-1] += last
    return groups
