"""How well a score puts the leads in order: the area under the ROC curve, and how sure that is.

The area (AUC) is the chance that a lead that was won has a higher score than one that was not,
where equal scores count half: 0.5 is a coin, 1 is perfect. Its variance is DeLong's (DeLong,
DeLong and Clarke-Pearson 1988), by ranks (Sun and Xu 2014).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from typing import Self

import polars as pl

from sheetcrm.core.backtest.shares import Z, wilson


@dataclass(frozen=True, kw_only=True, slots=True)
class Ranking:
    """An area with the interval in which it lies with 95 % certainty."""

    auc: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """By how much one area is larger than another over the same leads, with its interval."""

    by: float
    low: float
    high: float


class Placements:
    """For each lead, the share of those of the other outcome that its score places rightly.

    Args:
        scores: one for each lead.
        won: what became of it; there is at least one of either.
    """

    def __init__(self, won: pl.Series, lost: pl.Series, auc: float) -> None:
        self.won, self.lost, self.auc = won, lost, auc

    @classmethod
    def of(cls, scores: Sequence[float], won: Sequence[bool]) -> Self:
        """The placements of these scores."""
        table = pl.DataFrame(
            {"score": scores, "won": won}, schema={"score": pl.Float64, "won": pl.Boolean}
        )
        table = table.with_columns(
            rank=pl.col("score").rank(),
            among=pl.col("score").rank().over("won"),
        )
        hits, misses = table.filter("won"), table.filter(~pl.col("won"))
        above = (hits["rank"] - hits["among"]) / misses.height
        below = 1 - (misses["rank"] - misses["among"]) / hits.height
        return cls(above, below, _mean(above))

    @property
    def ranking(self) -> Ranking:
        """The area; its interval is that of its logit, so that it stays between 0 and 1.

        Where the score parts the two without a mistake, DeLong's variance is 0, though that is
        no certainty: then the interval is that of a share of the smaller of the two groups.
        """
        deviation = sqrt(
            _variance(self.won) / len(self.won) + _variance(self.lost) / len(self.lost)
        )
        if not deviation or not 0 < self.auc < 1:
            fewer = min(len(self.won), len(self.lost))
            low, high = wilson(round(self.auc * fewer), fewer)
            return Ranking(auc=self.auc, low=min(low, self.auc), high=max(high, self.auc))
        middle, half = log(self.auc / (1 - self.auc)), Z * deviation / (self.auc * (1 - self.auc))
        return Ranking(auc=self.auc, low=_share(middle - half), high=_share(middle + half))

    def over(self, other: Placements) -> Difference:
        """How much larger this area is than another over the same leads."""
        by = self.auc - other.auc
        won, lost = self.won - other.won, self.lost - other.lost
        half = Z * sqrt(_variance(won) / len(won) + _variance(lost) / len(lost))
        return Difference(by=by, low=by - half, high=by + half)


def _mean(values: pl.Series) -> float:
    return float(values.sum()) / len(values)


def _variance(values: pl.Series) -> float:
    """Of a sample; 0 where one value says nothing of it."""
    found = values.var()
    return float(found) if isinstance(found, int | float) else 0.0


def _share(logit: float) -> float:
    return 1 / (1 + exp(-logit)) if logit > -700 else 0.0  # exp overflows beyond
