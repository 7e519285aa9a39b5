"""Once more, as a person wants it: a message that was sent, written for the same lead again."""

from __future__ import annotations

from dataclasses import replace

from sheetcrm.core.followup.history import TAKEN, UNHEARD, stop_reason, wanted_anyway
from sheetcrm.core.followup.lead import LeadView
from sheetcrm.core.followup.lookout import Case, Lookout
from sheetcrm.core.followup.rows import task_for
from sheetcrm.core.followup.rules import Sequence
from sheetcrm.core.followup.writing import Writer
from sheetcrm.core.memory import AGAIN, MessageDraft, MessageRecord
from sheetcrm.core.table.spoken import Spoken, said
from sheetcrm.errors import LeadError


def once_more(
    lookout: Lookout, writer: Writer, lead: LeadView, message: MessageRecord, *, segment: str
) -> MessageDraft:
    """The same step for the same lead, as it is written today: a draft with a key of its own.

    Its generation is the message's own and how often it was wanted again: ``1+1``, ``2026+2``.
    Thus it neither begins the sequence anew nor takes the place of another year's message.

    Args:
        lookout: over the leads of the source.
        writer: of its messages.
        lead: to whom it went.
        message: that was sent.
        segment: of the lead.

    Raises:
        LeadError: it must not go, or it waits already, or it cannot be written.
        TemplateError: a value is missing, with the template and its line.
    """
    case = lookout.case(lead)
    sequence = lookout.named(message.sequence)
    if sequence is None or message.step > len(sequence.steps):
        raise LeadError(
            f"the config has no step {message.step} of {message.sequence} any more",
            hint="put it back into config/followups.toml, or write to them yourself",
        )
    if lead.email != message.person:
        raise LeadError(
            f"their row has another address now: {lead.email or 'none'}",
            hint="whoever stands in the row now has never had it; what is due: sheetcrm explain",
        )
    if reason := _objection(lookout, case, sequence, message):
        raise LeadError(reason)
    number = 1 + sum(_is_same(one, message) and one.is_repetition for one in case.person.messages)
    generation = f"{message.time}{AGAIN}{number}"
    task = task_for(case, sequence, message.step, generation=generation, segment=segment)
    draft = writer.draft(task, refusal=case.person.refusal)
    why = Spoken("once more, as a person wants it · {}", draft.why)
    return replace(draft, why=said(why, writer.locale.language))


def _objection(lookout: Lookout, case: Case, sequence: Sequence, message: MessageRecord) -> str:
    """Why it must not go again, or "": whatever holds for the person, and nothing of the rule."""
    for one in case.person.messages:
        if _is_same(one, message) and one.state in {*UNHEARD, *_GOING} - _OVER:
            return f"it waits already to go once more: it is {one.state}"
    stopped = stop_reason(
        wanted_anyway(sequence),
        case.person,
        case.person.of(sequence, message.time if sequence.yearly_on else ""),
        stage=case.moment.stage,
        since=case.moment.since,
        asks_stage=False,
    )
    off = lookout.off_ladder
    return stopped or off.own(case.lead, sequence.when) or off.other(case.lead, sequence.when)


def _is_same(one: MessageRecord, message: MessageRecord) -> bool:
    """Whether it is the same step at the same time through the sequence."""
    mine = (one.sequence, one.step, one.time)
    return mine == (message.sequence, message.step, message.time)


_OVER = {"skipped", "cancelled", "expired", "failed"}
_GOING = {TAKEN, "approved", "queued", "claimed", "sending", "unknown"}
