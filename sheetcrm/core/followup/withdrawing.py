"""Whether a draft that waits for a person may still go to its lead."""

from __future__ import annotations

from dataclasses import replace

from sheetcrm.core.followup.history import Person, silence_reason, stop_reason
from sheetcrm.core.followup.rules import Sequence
from sheetcrm.core.followup.schedule import NOT_MEANT, Moment
from sheetcrm.core.followup.signals import Signal
from sheetcrm.core.memory import MessageRecord


def withdrawal_reason(
    message: MessageRecord,
    person: Person,
    sequence: Sequence | None,
    signal: Signal,
    moment: Moment,
    *,
    asks_stage: bool,
) -> str:
    """Why a waiting draft must not go out any more, or "".

    What kept nothing from being written takes nothing back: the same lead asked again gives the
    same answer. A rule that cannot be decided, or a template that changed, withdraws nothing.

    Args:
        message: the draft.
        person: to whom.
        sequence: whose step it is; None where the config has it no longer.
        signal: what the sequence's formulas say of the lead now.
        moment: the lead in time.
        asks_stage: whether the sequence's `when` looks at the stage.
    """
    if person.refuses:
        return "the sheet says that the lead does not consent"
    if sequence is None:
        return silence_reason(person)
    begun = person.of(sequence.name, message.generation if sequence.yearly_on else "")
    if (sequence.start_on or sequence.yearly_on) and begun[0].key == message.key:
        person = replace(person, replied=False)  # that did not keep it from beginning, either
    stopped = stop_reason(
        sequence, person, begun, stage=moment.stage, since=moment.since, asks_stage=asks_stage
    )
    holds = signal.applies is True or signal.fault
    return stopped or ("" if holds else NOT_MEANT)
