"""Follow-ups: who hears what, when, and never twice.

`TemplateSet.parse` reads the team's texts, `check_followups` tells everything that would keep
messages from being written, and `plan_followups` writes those that are due.
"""

from __future__ import annotations

from sheetcrm.core.followup.check import check_followups
from sheetcrm.core.followup.choosing import Candidate
from sheetcrm.core.followup.coverage import (
    Coverage,
    CoverageRow,
    Served,
    Spot,
    SurveyedSource,
    survey,
)
from sheetcrm.core.followup.forecast import Upcoming
from sheetcrm.core.followup.history import records
from sheetcrm.core.followup.lacking import lacking
from sheetcrm.core.followup.lead import LeadView
from sheetcrm.core.followup.off_ladder import Beside, OffLadder
from sheetcrm.core.followup.oneperson import mark
from sheetcrm.core.followup.people import Past
from sheetcrm.core.followup.planning import FollowUpPlan, plan_followups
from sheetcrm.core.followup.templates import TemplateSet

__all__ = [
    "Beside",
    "Candidate",
    "Coverage",
    "CoverageRow",
    "FollowUpPlan",
    "LeadView",
    "OffLadder",
    "Past",
    "Served",
    "Spot",
    "SurveyedSource",
    "TemplateSet",
    "Upcoming",
    "check_followups",
    "lacking",
    "mark",
    "plan_followups",
    "records",
    "survey",
]
