"""What the other sources of a run mean for the persons who stand in one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sheetcrm.core.followup import Beside, FollowUpPlan, mark, records
from sheetcrm.core.memory import MessageRecord, Withdrawal


@dataclass(frozen=True, kw_only=True, slots=True)
class News:
    """What one source must know of the others; equal news lead to the same plan."""

    messages: Sequence[MessageRecord] = ()  #: that this run writes
    withdrawn: Mapping[str, Withdrawal] = field(default_factory=dict)  #: by key
    off_ladder: Mapping[str, Sequence[Beside]] = field(default_factory=dict)  #: by address

    def of(self, known: Sequence[MessageRecord]) -> list[MessageRecord]:
        """The messages that the ledger knows, as they are after this run, and the new ones."""
        return [*(self._as_it_is(message) for message in known), *self.messages]

    def _as_it_is(self, message: MessageRecord) -> MessageRecord:
        one = self.withdrawn.get(message.key)
        return replace(message, state=one.state, note=one.reason) if one else message


def persons_in(
    others: Collection[FollowUpPlan],
    emails: Sequence[str],
    phones: Sequence[str],
    names: Sequence[str],
) -> set[str]:
    """What the leads of a source go by: their addresses, and phone and name where that matters.

    It does where another source knows somebody by one of these phone numbers.
    """
    known = {mark(draft.phone, draft.to_name) for plan in others for draft in plan.drafts}
    known.update(name for plan in others for name in plan.off_ladder if "|" in name)
    wanted = {name.partition("|")[0] for name in known if name}
    found = set(emails)
    if wanted:
        pairs = zip(phones, names, strict=True)
        found.update(mark(phone, name) for phone, name in pairs if phone in wanted)
    return found - {""}


def news(
    others: Collection[FollowUpPlan],
    persons: Collection[str],
    known: Collection[MessageRecord],
    now: datetime,
) -> News:
    """What these plans mean for these persons.

    Args:
        others: the plans of all other sources of the run.
        persons: what the leads of the source go by, as `persons_in` says.
        known: the messages that the ledger knows of them.
        now: the moment of the run.
    """
    here = frozenset(persons)
    drafts = [
        draft
        for plan in others
        for draft in plan.drafts
        if draft.person in here or mark(draft.phone, draft.to_name) in here
    ]
    beside: dict[str, list[Beside]] = {}
    for plan in others:
        for person in plan.off_ladder.keys() & here:
            beside.setdefault(person, []).extend(plan.off_ladder[person])
    withdrawn = {one.key: one for plan in others for one in plan.withdrawn}
    keys = withdrawn.keys() & {message.key for message in known} if withdrawn else ()
    return News(
        messages=records(drafts, now),
        withdrawn={key: withdrawn[key] for key in keys},
        off_ladder=beside,
    )
