"""Two scores as one grade: how well a lead fits (A to D) × how much it does (1 to 4)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import cache

from sheetcrm.core.qualify.rules import Grade

_LETTERS = "DCBA"
_NUMBERS = "4321"


def grades(grade: Grade, fit: Sequence[float], engagement: Sequence[float]) -> list[str]:
    """``A1`` for whoever fits best and does most, ``D4`` for the opposite.

    Args:
        grade: from how many points on each letter and number is given.
        fit: the score that gives the letter, for each lead.
        engagement: the score that gives the number.
    """
    letters, numbers = sorted(grade.letters), sorted(grade.numbers)

    @cache  # leads share their points
    def of(fits: float, does: float) -> str:
        return _LETTERS[bisect_right(letters, fits)] + _NUMBERS[bisect_right(numbers, does)]

    return list(map(of, fit, engagement))
