"""Send a message once more because a person wants it: a draft, which waits for a person's word."""

from __future__ import annotations

from dataclasses import replace

from sheetcrm.core.followup.repeating import once_more
from sheetcrm.core.followup.writing import reason_of
from sheetcrm.core.memory import MessageDraft, MessageRecord
from sheetcrm.engine.approval import is_called, short_id
from sheetcrm.engine.outbox import BY
from sheetcrm.engine.planning import Planner
from sheetcrm.engine.sync import chosen
from sheetcrm.engine.workspace import Workspace
from sheetcrm.errors import LeadError, TemplateError, UsageError

SENT = ("sent", "auto_reply", "replied", "bounced", "unsubscribed", "complained")


def resend(workspace: Workspace, name: str) -> MessageDraft:
    """Write a message that was sent for its lead once more; it goes nowhere by itself.

    Args:
        workspace: the rules and the ports.
        name: the message's id, its lead's id, or its address.

    Raises:
        UsageError: no message that was sent is called so, or several are; or it must not go
            again; or it waits already.
        SourceError: the lead's sheet cannot be read.
        MailerError: the draft cannot be laid where drafts lie.
        LedgerError: the ledger cannot be used.
    """
    message = _the_one(workspace, name)
    draft = _written(workspace, message)
    ledger, now = workspace.ledger, workspace.clock.now()
    run = ledger.start_run("resend", now)
    placed = replace(draft, place=workspace.drafts.put(draft))
    new = ledger.add(run, placed, reason=f"{BY} wants it once more", at=now)
    ledger.finish_run(run, at=workspace.clock.now(), outcome="ok", counts={"drafts": int(new)})
    if not new:
        raise _refused(message, "it waits already to go once more")
    return placed


def _the_one(workspace: Workspace, name: str) -> MessageRecord:
    """The message that is meant; of one step that went several times the newest."""
    outbox = workspace.ledger.outbox
    if workspace.ledger.remember("").forgotten.knows(name):
        raise UsageError(f"{name} asked to be forgotten", hint="nothing is written to them")
    every = outbox.find(states=(*SENT, "unknown"))
    called = [one for one in every if is_called(one, name) or one.key == name.casefold()]
    steps = {(one.person, one.sequence, one.step): one for one in called}
    if len(steps) > 1:
        ids = ", ".join(f"{short_id(m.key)} ({m.sequence} {m.step})" for m in steps.values())
        raise UsageError(f"{len(steps)} messages are called {name}", hint=f"give an id: {ids}")
    if not steps:
        raise UsageError(
            f"no message that was sent is called {name}",
            hint="sheetcrm outbox --state sent lists them with their ids",
        )
    [found] = steps.values()
    if found.state == "unknown":
        raise UsageError(
            f"nobody knows whether the message to {found.to_address} has arrived",
            hint=f"sheetcrm outbox resolve {short_id(found.key)} --sent, or --resend",
        )
    return found


def _written(workspace: Workspace, message: MessageRecord) -> MessageDraft:
    """The message as it is written today for the lead that it went to."""
    [source] = chosen(workspace, [message.source])
    plan = Planner(workspace, workspace.clock.now()).plan(source).followups
    lead = next((lead for lead in plan.leads if lead.id == message.lead), None)
    if lead is None:
        raise _refused(message, f"{message.lead} no longer stands in {source.locator}")
    segment = plan.segments.label(lead)
    try:
        return once_more(plan.lookout, plan.writer, lead, message, segment=segment)
    except (LeadError, TemplateError) as error:
        raise _refused(message, reason_of(error), error.hint) from error


def _refused(message: MessageRecord, reason: str, hint: str = "") -> UsageError:
    what = f"{message.sequence} step {message.step}"
    return UsageError(
        f"{what} does not go to {message.to_address} once more: {reason}",
        hint=hint or f"all about them: sheetcrm explain {message.to_address}",
    )
