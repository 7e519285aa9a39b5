"""What a person has had from us, over all rows, and whether anything may follow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from sheetcrm.core.followup.rules import Sequence as Series
from sheetcrm.core.followup.rules import Stop
from sheetcrm.core.memory import (
    AGAIN,
    Hold,
    MessageDraft,
    MessageRecord,
)
from sheetcrm.core.table.names import fold

ON_ITS_WAY = frozenset({"approved", "queued", "claimed", "sending", "unknown"})
"""States of a message of which nobody knows yet whether it will arrive: the next step waits."""

OPEN = ON_ITS_WAY | {"draft"}
"""States of a message that may yet go out."""

TAKEN = "taken"
"""The state here of a draft that lies no longer where it was put: most likely sent by hand."""

DROPPED = frozenset({"skipped", "expired"})
"""States of a message that never went; its sequence goes on without it."""

_NEVER_WENT = DROPPED | {"cancelled"}  # of a repetition: the one before it did go

UNHEARD = DROPPED | {"draft", "cancelled", "failed", "held"}
"""States of a message of which the person has heard nothing."""

STATUS = {
    "draft": "DRAFT",
    TAKEN: "DRAFT",
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
    """Everything known of somebody, whichever rows and addresses the person has."""

    messages: tuple[MessageRecord, ...] = ()  #: oldest first
    replied: bool = False
    unsubscribed: bool = False
    suppressed: bool = False  #: is never to be written to, whatever the sheet says
    refusal: str = ""  #: why it may not be written to, where the sheet asks for consent
    hold: Hold | None = None  #: the last one, which may be over

    @property
    def answered_at(self) -> datetime | None:
        """When the person answered last, whatever the message was about."""
        heard = (message.replied_at for message in self.messages)
        return max((at for at in heard if at), default=None)

    @property
    def last(self) -> MessageRecord | None:
        """The newest message."""
        return self.messages[-1] if self.messages else None

    def of(self, sequence: Series, generation: str = "") -> list[MessageRecord]:
        """The messages of one time that the person goes through a sequence, by step.

        The newest time, where no generation is given. A step that was written again counts once.
        """
        time = generation.partition(AGAIN)[0]
        mine = [
            message
            for message in self.messages
            if message.sequence == sequence.name
            and (not time or message.time == time)
            and not (message.state in _NEVER_WENT and message.is_repetition)
        ]
        if sequence.again_days and len(mine) > 1:
            mine = mine[_last_beginning(sequence, mine) :]
        by_step = {message.step: message for message in mine}
        return [by_step[step] for step in sorted(by_step)]

    def newest_generation(self, sequence: Series) -> int:
        """The highest number of a time that the sequence was written for; 0 before the first."""
        numbers = [_number(m.time) for m in self.messages if m.sequence == sequence.name]
        return max(numbers, default=0)


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
            to_name=draft.to_name,
            to_address=draft.to_address,
            phone=draft.phone,
        )
        for draft in drafts
    ]


def stop_reason(
    sequence: Series,
    person: Person,
    begun: Sequence[MessageRecord],
    *,
    stage: str,
    since: datetime,
    asks_stage: bool,
    holds_since: datetime | None = None,
) -> str:
    """Why nothing of this sequence may go to this person any more, or "".

    Whoever has unsubscribed, or whose address has bounced, hears nothing, whatever the sequence
    says. A reply or a purchase ends what has begun; it keeps a sequence from beginning as well,
    unless the sequence begins on a date (which a reply may have asked for), its rule is known to
    have turned true only after the reply, or, for a purchase, looks at the stage itself.

    Args:
        sequence: the sequence.
        person: who is written to.
        begun: the person's messages of this sequence.
        stage: where the lead stands now.
        since: since when.
        asks_stage: whether the sequence's `when` looks at the stage.
        holds_since: since when the sequence's rule holds, where that is known.
    """
    if never := silence_reason(person):
        return never
    dated = bool(sequence.start_on or sequence.yearly_on)
    if Stop.REPLY in sequence.stop and (
        any(message.state == "replied" for message in begun)
        or (person.replied and (bool(begun) or not dated))
        or _answered_since(person, begun, dated=dated, holds_since=holds_since)
    ):
        return "replied"
    if Stop.CUSTOMER in sequence.stop and fold(stage) in CUSTOMERS:
        bought_since = bool(begun) and since > begun[0].created_at
        if bought_since or not (begun or dated or asks_stage):
            return "is a customer"
    if Stop.STAGE in sequence.stop and begun and since > begun[0].created_at:
        return f"now in stage {stage}"
    return ""


def wanted_anyway(sequence: Series) -> Series:
    """The sequence as it counts for what a person wants: wherever the lead stands by now."""
    return replace(sequence, stop=tuple({*sequence.stop} & {Stop.REPLY}))


def silence_reason(person: Person) -> str:
    """Why nothing at all may go to this person any more, or ""."""
    states = {message.state for message in person.messages}
    if person.unsubscribed or states & {"unsubscribed", "complained"}:
        return "unsubscribed"
    if "bounced" in states:
        return "the address bounced"
    return "suppressed: sheetcrm suppress --list says why" if person.suppressed else ""


def status_word(state: str) -> str:
    """What stands in the sheet for a message's state, YAMM's words where it has one."""
    return STATUS.get(state, state.upper())


def _answered_since(
    person: Person,
    begun: Sequence[MessageRecord],
    *,
    dated: bool,
    holds_since: datetime | None,
) -> bool:
    """Whether the person answered anything of ours, and no sequence could begin only then."""
    answered = person.answered_at
    if answered is None or (dated and not begun):
        return False
    start = begun[0].created_at if begun else holds_since
    return start is None or answered >= start


def _number(generation: str) -> int:
    return int(generation) if generation.isdigit() else 1


def _last_beginning(sequence: Series, messages: Sequence[MessageRecord]) -> int:
    """Where the sequence began for the last time; a repetition by hand begins nothing."""
    # It may have been drafted on the evening before its day, and that be a day after a weekend.
    least = timedelta(days=max(sequence.again_days - 2, 0))
    begun, newest = 0, _number(messages[0].time)
    for index, (before, message) in enumerate(pairwise(messages), 1):
        number = _number(message.time)
        if number > newest and message.created_at - before.heard_at >= least:
            begun = index
        newest = max(newest, number)
    return begun
