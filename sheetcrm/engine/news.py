"""What the other sources of a run mean for the persons who stand in one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sheetcrm.core.followup import Beside, FollowUpPlan, records
from sheetcrm.core.memory import MessageRecord


@dataclass(frozen=True, kw_only=True, slots=True)
class News:
    """What one source must know of the others; equal news lead to the same plan."""

    messages: Sequence[MessageRecord] = ()  #: that this run writes
    off_ladder: Mapping[str, Sequence[Beside]] = field(default_factory=dict)  #: by address


def news(others: Collection[FollowUpPlan], persons: Collection[str], now: datetime) -> News:
    """What these plans mean for these persons.

    Args:
        others: the plans of all other sources of the run.
        persons: the addresses in the source.
        now: the moment of the run.
    """
    here = frozenset(persons)
    drafts = [draft for plan in others for draft in plan.drafts if draft.person in here]
    beside: dict[str, list[Beside]] = {}
    for plan in others:
        for person in plan.off_ladder.keys() & here:
            beside.setdefault(person, []).extend(plan.off_ladder[person])
    return News(messages=records(drafts, now), off_ladder=beside)
