"""`sheetcrm outbox`: what is on its way, and what nobody knows of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sheetcrm.bootstrap import find_root, open_workspace
from sheetcrm.cli import output

if TYPE_CHECKING:
    from sheetcrm.core.memory import MessageRecord


@click.group(
    invoke_without_command=True, short_help="Show what is on its way; settle what is unknown."
)
@click.option("--state", "states", metavar="STATE", multiple=True, help="Only such messages.")
@click.option("--limit", type=click.IntRange(min=1), default=50, help="At most this many.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def outbox(ctx: click.Context, *, states: tuple[str, ...], limit: int, as_json: bool) -> int:
    """Show messages that wait to be sent, are being sent, or need a person."""
    if ctx.invoked_subcommand:
        return 0
    from sheetcrm.engine.approval import short_id
    from sheetcrm.engine.outbox import standing, words_of

    with open_workspace(find_root(ctx.obj), lasting=False) as opened:
        found = standing(opened, states=states)
    if as_json:
        output.json_out(found)
        return 0
    for pause in found.pauses:
        output.say(words_of(pause), style="yellow")
    output.say(", ".join(f"{n} {state}" for state, n in found.counts.items()) or "no messages")
    rows = [
        (short_id(r.key), r.to_address, r.subject, step_of(r), r.state, r.note)
        for r in found.messages[:limit]
    ]
    if rows:
        output.table("", ["id", "to", "subject", "step", "state", "note"], rows)
    if len(found.messages) > limit:
        output.say(f"{len(found.messages) - limit} more: --limit")
    if any(record.state == "unknown" for record in found.messages):
        output.next_step(
            "look whether it is in your Sent folder: sheetcrm outbox resolve ID --sent, or --resend"
        )
    return 0


@outbox.command(short_help="Say what became of a message that nobody knows of.")
@click.argument("name", metavar="ID")
@click.option("--sent", is_flag=True, help="It has arrived, or may have: never send it again.")
@click.option("--resend", is_flag=True, help="It certainly has not: send it again.")
@click.pass_obj
def resolve(workspace: str, *, name: str, sent: bool, resend: bool) -> int:
    """Settle an unknown message: all of it was handed over, and no answer came.

    ID is what sheetcrm outbox shows, a lead's id or an address.
    """
    from sheetcrm.engine.outbox import resolve as settle
    from sheetcrm.errors import UsageError

    if sent == resend:
        raise UsageError("say what became of it", hint="--sent or --resend")
    with open_workspace(find_root(workspace)) as opened:
        record = settle(opened, name, sent=sent)
    output.say(f"{record.to_address}: {'it counts as sent' if sent else 'it will be sent again'}")
    return 0


@outbox.command(short_help="Write a message that was sent once more, for your approval.")
@click.argument("name", metavar="ID")
@click.pass_obj
def resend(workspace: str, *, name: str) -> int:
    """Write a message that was sent once more, as the lead says that it never arrived.

    It is a draft, which goes to the same lead as it reads today, and not before you approve it.
    ID is what sheetcrm outbox --state sent shows, a lead's id or an address.
    """
    from sheetcrm.engine.approval import short_id
    from sheetcrm.engine.resend import resend as write_again

    with open_workspace(find_root(workspace), exclusive=True, say=output.waiting) as opened:
        draft = write_again(opened, name)
        sends = opened.mailer is not None
    output.say(f"{draft.to_address}: {draft.subject}")
    where = draft.place or short_id(draft.key)
    output.say(f"  it waits as a draft: {where}")
    if sends:
        output.next_step(f"look at it: sheetcrm preview; let it go: sheetcrm approve {where}")
    else:
        output.next_step("open it in your mail program and send it")
    return 0


@outbox.command(short_help="Learn from sent.log what went out, after an old ledger was put back.")
@click.pass_obj
def reconcile(workspace: str) -> int:
    """Let the ledger learn of messages that only sent.log knows; they never go again."""
    from sheetcrm.engine.reconciling import reconcile as learn

    with open_workspace(find_root(workspace), exclusive=True) as opened:
        count = learn(opened)
    output.say(f"{count} messages that the ledger did not know will never be sent again")
    return 0


def step_of(message: MessageRecord) -> str:
    """``welcome 1``, and whether a person wanted it once more."""
    return f"{message.sequence} {message.step}{' again' * message.is_repetition}"
