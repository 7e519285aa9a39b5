"""A message in memory, with all that is remembered of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sheetcrm.adapters.memory.people import Person
from sheetcrm.core.memory import GONE, MessageDraft, MessageEvent, MessageRecord, Renewal
from sheetcrm.core.outbox import OPEN, Candidate, Claim, Neighbour, Tries
from sheetcrm.core.plan import Plan

_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """A message with all that is remembered of it."""

    draft: MessageDraft
    person: Person | None
    created_at: datetime
    account: str = ""
    claimed_by: str = ""
    lease_until: datetime | None = None
    attempts: int = 0
    tried_at: datetime | None = None
    sent_at: datetime | None = None
    events: tuple[MessageEvent, ...] = ()

    @property
    def state(self) -> str:
        """Its state."""
        return self.draft.state

    def with_state(self, state: str, event: MessageEvent | None = None) -> Kept:
        """The message in another state, and why."""
        events = (*self.events, event) if event else self.events
        return replace(self, draft=replace(self.draft, state=state), events=events)

    @property
    def record(self) -> MessageRecord:
        """Without its bytes."""
        draft = self.draft
        return MessageRecord(
            key=draft.key,
            lead=draft.lead,
            person=draft.person,
            sequence=draft.sequence,
            step=draft.step,
            state=draft.state,
            message_id=draft.message_id,
            subject=draft.subject,
            created_at=self.created_at,
            source=draft.source,
            to_name=draft.to_name,
            to_address=draft.to_address,
            phone=self.person.phone if self.person else "",
            place=draft.place,
            note=self.events[-1].evidence if self.events else "",
            sent_at=self.sent_at,
            not_before=draft.not_before,
            digest=draft.digest,
            events=self.events,
        )

    @property
    def candidate(self) -> Candidate:
        """As one that wants to go out."""
        draft = self.draft
        return Candidate(
            key=draft.key,
            person=draft.person,
            sequence=draft.sequence,
            to_address=draft.to_address,
            created_at=self.created_at,
            country=draft.country,
            zone=draft.zone,
        )

    @property
    def neighbour(self) -> Neighbour:
        """As another message to the same person."""
        draft = self.draft
        return Neighbour(
            key=draft.key,
            person=draft.person,
            sequence=draft.sequence,
            state=draft.state,
            tried_at=self.tried_at,
            replied_at=self.record.replied_at,
        )

    @property
    def claim(self) -> Claim:
        """As a sender gets it."""
        draft = self.draft
        return Claim(
            key=draft.key,
            to_address=draft.to_address,
            message_id=draft.message_id,
            raw=draft.raw,
            subject=draft.subject,
            attempts=self.attempts,
        )


def tries(messages: Iterable[Kept], account: str, now: datetime) -> Tries:
    """What an account has sent of late; what is claimed counts as sent now."""
    mine = [one for one in messages if one.account == account]
    claimed = [one for one in mine if one.state == "claimed"]
    tried = [(one.tried_at, one) for one in mine if one.tried_at]
    day = [at for at, _ in tried if at > now - _DAY]
    return Tries(
        day=len(day) + len(claimed),
        oldest=min(day, default=None),
        minute=[
            *((at, one.candidate.domain) for at, one in tried if at > now - _MINUTE),
            *((now, one.candidate.domain) for one in claimed),
        ],
        first=min((at for at, _ in tried), default=None),
    )


def keep(
    messages: dict[str, Kept], plan: Plan, people: Mapping[str, Person | None], at: datetime
) -> None:
    """What a plan makes of messages: new ones, and what becomes of those that wait."""
    for draft in plan.drafts:
        created = draft.created_at or at
        kept = Kept(
            draft=replace(draft, source=plan.source, created_at=created),
            person=people[draft.lead],
            created_at=created,
        )
        messages.setdefault(draft.key, kept)
    for renewal in plan.renewed:
        one = messages.get(renewal.key)
        if one and one.state in {*OPEN, "held"}:
            messages[renewal.key] = _renewed(one, renewal, at)
    for wish in plan.wishes:
        one = messages.get(wish.key)
        if one and one.state == "draft":
            event = MessageEvent(wish.state, at, f"“{wish.word}” in the sheet")
            messages[wish.key] = one.with_state(wish.state, event)
    for withdrawal in plan.withdrawn:
        one = messages.get(withdrawal.key)
        if one and one.state in OPEN:
            event = MessageEvent(withdrawal.state, at, withdrawal.reason)
            messages[withdrawal.key] = one.with_state(withdrawal.state, event)
    for key in plan.gone:
        one = messages.get(key)
        if one and one.state == "draft" and all(event.kind != GONE for event in one.events):
            event = MessageEvent(GONE, at, "sent by hand, or deleted")
            messages[key] = replace(one, events=(*one.events, event))


def _renewed(one: Kept, renewal: Renewal, at: datetime) -> Kept:
    if renewal.draft is None:
        return one.with_state("held", MessageEvent("held", at, renewal.reason))
    draft = replace(renewal.draft, source=one.draft.source, created_at=one.created_at)
    new = replace(one, draft=draft)
    return new.with_state(draft.state, MessageEvent("renewed", at, renewal.reason))
