"""What the other sources of a run mean for the persons who stand in one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sheetcrm.core.followup import Beside, FollowUpPlan, records
from sheetcrm.core.memory import MessageRecord


@dataclass(frozen=True, kw_only=True, slots=True)
class News:
    """What one source must know of the others; equal news lead to the same plan."""

    messages: Sequence[MessageRecord] = ()  #: that this run writes
    withdrawn: Mapping[str, str] = field(default_factory=dict)  #: key → reason
    off_ladder: Mapping[str, Sequence[Beside]] = field(default_factory=dict)  #: by address

    def of(self, known: Sequence[MessageRecord]) -> list[MessageRecord]:
        """The messages that the ledger knows, as they are after this run, and the new ones."""
        return [
            *(
                replace(message, state="cancelled", note=self.withdrawn[message.key])
                if message.key in self.withdrawn
                else message
                for message in known
            ),
            *self.messages,
        ]


def news(
    others: Collection[FollowUpPlan],
    persons: Collection[str],
    known: Collection[MessageRecord],
    now: datetime,
) -> News:
    """What these plans mean for these persons.

    Args:
        others: the plans of all other sources of the run.
        persons: the addresses in the source.
        known: the messages that the ledger knows of them.
        now: the moment of the run.
    """
    here = frozenset(persons)
    drafts = [draft for plan in others for draft in plan.drafts if draft.person in here]
    beside: dict[str, list[Beside]] = {}
    for plan in others:
        for person in plan.off_ladder.keys() & here:
            beside.setdefault(person, []).extend(plan.off_ladder[person])
    reasons = {one.key: one.reason for plan in others for one in plan.withdrawn}
    keys = reasons.keys() & {message.key for message in known} if reasons else ()
    return News(
        messages=records(drafts, now),
        withdrawn={key: reasons[key] for key in keys},
        off_ladder=beside,
    )
