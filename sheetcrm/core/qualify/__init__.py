"""Scores, frameworks, stages and their reasons.

`check_qualification` finds every fault of a team's rules; `qualify` applies them to its leads.
Rules are values (`rules`); frameworks that come with sheetcrm are in `presets`.
"""

from __future__ import annotations

from sheetcrm.core.qualify.check import check_qualification
from sheetcrm.core.qualify.frameworks import FrameworkResult, Outcome
from sheetcrm.core.qualify.ladder import Ladder
from sheetcrm.core.qualify.qualification import qualify
from sheetcrm.core.qualify.results import LeadContext, Qualified
from sheetcrm.core.qualify.scoring import Contribution, Share
from sheetcrm.core.qualify.waiting import Waits, stalled_since

__all__ = [
    "Contribution",
    "FrameworkResult",
    "Ladder",
    "LeadContext",
    "Outcome",
    "Qualified",
    "Share",
    "Waits",
    "check_qualification",
    "qualify",
    "stalled_since",
]
