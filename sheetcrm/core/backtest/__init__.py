"""Rules held against what became of the leads: how well they told who would buy.

`backtest` is the whole of it; `ranking` and `shares` are the statistics that it rests on.
"""

from __future__ import annotations

from sheetcrm.core.backtest.backtest import FEWEST, Backtest, backtest
from sheetcrm.core.backtest.bands import Band
from sheetcrm.core.backtest.ranking import Difference, Ranking
from sheetcrm.core.backtest.rungs import Answered, Rung
from sheetcrm.core.backtest.shares import Share
from sheetcrm.core.backtest.worth import RuleWorth, Worth

__all__ = [
    "FEWEST",
    "Answered",
    "Backtest",
    "Band",
    "Difference",
    "Ranking",
    "RuleWorth",
    "Rung",
    "Share",
    "Worth",
    "backtest",
]
