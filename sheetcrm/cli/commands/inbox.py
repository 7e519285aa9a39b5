"""`sheetcrm inbox`: mails of which nobody but you can say what they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sheetcrm.bootstrap import find_root, open_workspace
from sheetcrm.cli import output
from sheetcrm.cli.clocks import minute
from sheetcrm.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from sheetcrm.core.hearing.unclear import Unclear

SEEMS = {
    "replied": "a reply",
    "unsubscribed": "wants no more",
    "gone": "a bounce: no such mailbox",
    "rejected": "a bounce: refused",
    "full": "a bounce: for now",
    "refused": "a bounce: because of us",
}


@click.command(short_help="List mails that you must look at, and say what they are.")
@click.argument("mail", required=False, metavar="[ID]")
@click.option(
    "--as",
    "verdict",
    type=click.Choice(["reply", "bounce", "unsubscribe", "ignore"]),
    help="What the mail is.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def inbox(workspace: str, *, mail: str | None, verdict: str | None, as_json: bool) -> int:
    """List the mails that seem to be about your messages while nothing proves it.

    Until you say what one is, nothing goes to the person it is from: sheetcrm inbox ID --as reply
    ends what is being sent to them, --as ignore lets it go on.
    """
    if bool(mail) != bool(verdict):
        raise UsageError("say both, the mail's ID and --as", hint="sheetcrm inbox lists the mails")
    with open_workspace(find_root(workspace)) as opened:
        if mail and verdict:
            from sheetcrm.engine.inbox import As, decide

            decided = decide(opened, mail, As(verdict), opened.clock.now())
        waiting = opened.ledger.outbox.unclear()
        zone = opened.clock.now().tzinfo
    if as_json:
        output.json_out(waiting)
    elif mail and verdict:
        output.say(f"{decided.id} from {decided.sender}: {verdict}")
        if waiting:
            output.next_step(f"{len(waiting)} more: sheetcrm inbox")
    else:
        show(waiting, zone)
    return 0


def show(waiting: Sequence[Unclear], zone: tzinfo | None) -> None:
    """The mails that wait, on a terminal."""
    if not waiting:
        output.say("no mail waits for you")
        return
    rows = [
        (
            one.id,
            minute(one.at, zone),
            one.sender,
            SEEMS.get(one.kind, one.kind),
            one.subject,
            one.said,
        )
        for one in waiting
    ]
    output.table("", ["id", "arrived", "from", "seems to be", "subject", "says"], rows)
    output.next_step(f"say what one is: sheetcrm inbox {waiting[0].id} --as reply")
