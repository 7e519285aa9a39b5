"""Shares of a whole, with the range in which the true share probably lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

Z = 1.959963984540054  #: of a normal distribution, 95 % lies within ± this


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """How many of some leads were won."""

    leads: int
    won: int

    @property
    def rate(self) -> float:
        """From 0 to 1; 0 of no leads."""
        return self.won / self.leads if self.leads else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Where the rate lies with 95 % certainty (Wilson 1927, the score interval).

        Of no leads nothing is known: from 0 to 1.
        """
        return wilson(self.won, self.leads)


def share_of(won: Sequence[bool], among: Sequence[bool | None], *, being: bool | None) -> Share:
    """The share of the won among those leads for whom `among` is `being`."""
    chosen = [w for w, here in zip(won, among, strict=True) if here is being]
    return Share(leads=len(chosen), won=sum(chosen))


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Wilson's score interval of `hits` among `of`, for 95 % certainty."""
    if not of:
        return 0.0, 1.0
    rate, spread = hits / of, Z * Z / of
    middle = (rate + spread / 2) / (1 + spread)
    half = Z * sqrt(rate * (1 - rate) / of + spread / (4 * of)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)
