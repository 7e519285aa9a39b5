"""What a person has had from us, over all rows, and whether anything may follow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Sequence as Many
from dataclasses import dataclass, replace
from datetime import datetime

from sheetcrm.core.followup.lead import LeadView
from sheetcrm.core.followup.rules import Sequence, Stop
from sheetcrm.core.memory import MessageDraft, MessageRecord
from sheetcrm.core.table.fields import Locale
from sheetcrm.core.table.names import fold
from sheetcrm.core.table.values import CellValue
from sheetcrm.core.table.yesno import yesno_reader

ON_ITS_WAY = frozenset({"approved", "queued", "claimed", "sending", "unknown"})
"""States of a message of which nobody knows yet whether it will arrive: the next step waits."""

OPEN = ON_ITS_WAY | {"draft"}

STATUS = {
    "draft": "DRAFT",
    "approved": "APPROVED",
    "queued": "QUEUED",
    "claimed": "QUEUED",
    "sending": "QUEUED",
    "unknown": "UNKNOWN",
    "sent": "EMAIL_SENT",
    "auto_reply": "EMAIL_SENT",
    "replied": "RESPONDED",
    "bounced": "BOUNCED",
    "complained": "UNSUBSCRIBED",
    "unsubscribed": "UNSUBSCRIBED",
}
"""State of a message → the word in the sheet; any other state is written in capitals."""

CUSTOMERS = frozenset(
    fold(word)
    for word in (
        *("Customer", "Repeat customer", "Client", "Pelanggan", "Pelanggan tetap"),
        *("Cliente", "Cliente recurrente", "Cliente habitual"),
    )
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Everything known of the one who reads an address, whichever rows it stands in."""

    messages: tuple[MessageRecord, ...] = ()  #: oldest first
    replied: bool = False
    unsubscribed: bool = False
    refuses: bool = False  #: says no where the sheet asks for consent

    @property
    def last(self) -> MessageRecord | None:
        """The newest message."""
        return self.messages[-1] if self.messages else None

    @property
    def last_heard(self) -> MessageRecord | None:
        """The newest message that the person has had, or may yet get."""
        return next((m for m in reversed(self.messages) if m.state != "cancelled"), None)

    def of(self, sequence: str, generation: str = "") -> list[MessageRecord]:
        """The messages of one sequence, in the order of its steps."""
        end = f"|{generation}"
        mine = (m for m in self.messages if m.sequence == sequence)
        if generation:
            mine = (m for m in mine if m.key.endswith(end))
        return sorted(mine, key=lambda message: message.step)


def persons(
    leads: Iterable[LeadView], messages: Iterable[MessageRecord], locale: Locale
) -> dict[str, Person]:
    """Address → what is known of the person, where anything is.

    A word in any of its rows counts for all of them.
    """
    read = yesno_reader(locale)
    history: dict[str, list[MessageRecord]] = defaultdict(list)
    for message in messages:
        history[message.person].append(message)
    found = {
        person: Person(messages=tuple(sorted(own, key=lambda m: (m.created_at, m.step, m.key))))
        for person, own in history.items()
    }

    def says(lead: LeadView, field: str) -> CellValue:
        return read(lead.values.get(field)).value

    for lead in leads:
        if not lead.email:
            continue
        said = (
            says(lead, "replied") is True,
            says(lead, "unsubscribed") is True,
            says(lead, "consent") is False,
        )
        if any(said):
            replied, unsubscribed, refuses = said
            known = found.get(lead.email, _NOBODY)
            found[lead.email] = replace(
                known,
                replied=known.replied or replied,
                unsubscribed=known.unsubscribed or unsubscribed,
                refuses=known.refuses or refuses,
            )
    return found


def records(drafts: Iterable[MessageDraft], now: datetime) -> list[MessageRecord]:
    """Drafts of this run as the ledger will know them in the next one."""
    return [
        MessageRecord(
            key=draft.key,
            lead=draft.lead,
            person=draft.person,
            sequence=draft.sequence,
            step=draft.step,
            state=draft.state,
            message_id=draft.message_id,
            subject=draft.subject,
            created_at=draft.created_at or now,
            source=draft.source,
        )
        for draft in drafts
    ]


def stop_reason(
    sequence: Sequence,
    person: Person,
    begun: Many[MessageRecord],
    *,
    stage: str,
    since: datetime,
    asks_stage: bool,
) -> str:
    """Why nothing of this sequence may go to this person any more, or "".

    Whoever has unsubscribed, or whose address has bounced, hears nothing, whatever the sequence
    says. A reply or a purchase ends what has begun; it keeps a sequence from beginning as well,
    unless the sequence begins on a date (which a reply may have asked for), or its rule looks at
    the stage itself.

    Args:
        sequence: the sequence.
        person: who is written to.
        begun: the person's messages of this sequence.
        stage: where the lead stands now.
        since: since when.
        asks_stage: whether the sequence's `when` looks at the stage.
    """
    if never := silence_reason(person):
        return never
    dated = bool(sequence.start_on or sequence.yearly_on)
    if Stop.REPLY in sequence.stop and (
        any(message.state == "replied" for message in begun)
        or (person.replied and (bool(begun) or not dated))
    ):
        return "replied"
    if Stop.CUSTOMER in sequence.stop and fold(stage) in CUSTOMERS:
        bought_since = bool(begun) and since > begun[0].created_at
        if bought_since or not (begun or dated or asks_stage):
            return "is a customer"
    if Stop.STAGE in sequence.stop and begun and since > begun[0].created_at:
        return f"now in stage {stage}"
    return ""


def silence_reason(person: Person) -> str:
    """Why nothing at all may go to this person any more, or ""."""
    states = {message.state for message in person.messages}
    if person.unsubscribed or states & {"unsubscribed", "complained"}:
        return "unsubscribed"
    return "the address bounced" if "bounced" in states else ""


def status_word(state: str) -> str:
    """What stands in the sheet for a message's state, YAMM's words where it has one."""
    return STATUS.get(state, state.upper())


_NOBODY = Person()
