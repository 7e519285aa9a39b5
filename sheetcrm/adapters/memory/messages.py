"""A message in memory, with all that is remembered of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sheetcrm.adapters.memory.people import Person
from sheetcrm.core.memory import MessageDraft, MessageEvent, MessageRecord


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
