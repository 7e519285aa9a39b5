"""Whether messages that wait, approved or not, may still go to their leads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from sheetcrm.core.followup.history import Person, silence_reason, stop_reason, wanted_anyway
from sheetcrm.core.followup.lead import LeadView
from sheetcrm.core.followup.lookout import Lookout
from sheetcrm.core.followup.rules import Sequence
from sheetcrm.core.followup.schedule import NOT_MEANT, Moment, too_late
from sheetcrm.core.followup.signals import Signal
from sheetcrm.core.memory import MessageRecord, Withdrawal
from sheetcrm.core.outbox import OPEN


def withdraw(lookout: Lookout, leads: Iterable[LeadView], source: str) -> list[Withdrawal]:
    """Take back what waits and may no longer go out; all rows are looked at without it."""
    waiting: defaultdict[str, list[MessageRecord]] = defaultdict(list)
    for person in lookout.people.all():
        for message in person.messages:
            if message.state in OPEN and message.source == source:
                waiting[message.lead].append(message)
    found = []
    for lead in leads if waiting else ():
        for message in waiting.get(lead.id, ()):
            if one := _withdrawal(lookout, lead, message):
                found.append(one)
                lookout.people.know(replace(message, state=one.state, note=one.reason))
    return found


def withdrawal_reason(
    message: MessageRecord,
    person: Person,
    sequence: Sequence | None,
    signal: Signal,
    moment: Moment,
    *,
    asks_stage: bool,
) -> str:
    """Why a message that waits must not go out any more, or "".

    What kept nothing from being written takes nothing back: the same lead asked again gives the
    same answer. A rule that cannot be decided, or a template that changed, withdraws nothing.

    Args:
        message: a draft, or one that was approved.
        person: to whom.
        sequence: whose step it is; None where the config has it no longer.
        signal: what the sequence's formulas say of the lead now.
        moment: the lead in time.
        asks_stage: whether the sequence's `when` looks at the stage.
    """
    if person.refusal:
        return person.refusal
    if sequence is None:
        return silence_reason(person)
    if message.is_repetition:  # a person wants it, wherever the lead stands by now
        sequence = wanted_anyway(sequence)
        signal = Signal()
    begun = person.of(sequence, message.generation if sequence.yearly_on else "")
    if (sequence.start_on or sequence.yearly_on) and begun[0].key == message.key:
        person = replace(person, replied=False)  # that did not keep it from beginning, either
    stopped = stop_reason(
        sequence, person, begun, stage=moment.stage, since=moment.since, asks_stage=asks_stage
    )
    holds = signal.applies is True or signal.fault
    return stopped or ("" if holds else NOT_MEANT)


def _withdrawal(lookout: Lookout, lead: LeadView, message: MessageRecord) -> Withdrawal | None:
    sequence = lookout.named(message.sequence)
    when = sequence.when if sequence else ""
    case = lookout.case(lead)
    reason = lookout.off_ladder.own(lead, when) or lookout.off_ladder.other(lead, when)
    reason = reason or withdrawal_reason(
        message,
        lookout.people.of(message.person),
        sequence,
        lookout.signals.signal(sequence, lead.number) if sequence else Signal(),
        case.moment,
        asks_stage=lookout.signals.asks_stage(when),
    )
    if reason:
        return Withdrawal(key=message.key, lead=lead.id, reason=reason)
    day = case.moment.days.slot(message.created_at)
    if sequence and too_late(sequence, day, case.moment):
        reason = f"it was for {day}, and would come too late"
        return Withdrawal(key=message.key, lead=lead.id, reason=reason, state="expired")
    return None
