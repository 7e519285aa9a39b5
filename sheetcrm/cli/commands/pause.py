"""`sheetcrm pause` and `sheetcrm resume`: the switch that stops all sending."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sheetcrm.bootstrap import find_root, open_workspace
from sheetcrm.cli import output
from sheetcrm.cli.durations import Duration
from sheetcrm.errors import UsageError

if TYPE_CHECKING:
    from datetime import timedelta

DOMAIN = click.option("--domain", metavar="DOMAIN", default="", help="Only mails to this domain.")
PERSON = click.option("--person", metavar="ADDRESS", default="", help="Only mails to this person.")


@click.command(short_help="Stop all sending, at once, until you say otherwise.")
@click.argument("reason", nargs=-1)
@DOMAIN
@PERSON
@click.option("--for", "lasting", metavar="TIME", type=Duration(), help="Only so long: 2d, 4h.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def pause(
    workspace: str,
    *,
    reason: tuple[str, ...],
    domain: str,
    person: str,
    lasting: timedelta | None,
    as_json: bool,
) -> int:
    """Let nothing out from now on; a send that is at work stops after the mail it is at."""
    from sheetcrm.engine.outbox import pause as stop
    from sheetcrm.engine.outbox import way_on, words_of

    with open_workspace(find_root(workspace)) as opened:
        made = stop(opened, scope_of(domain, person), " ".join(reason), lasting=lasting)
    if as_json:
        output.json_out(made)
        return 0
    output.say(words_of(made))
    output.next_step(f"go on: {way_on(made)}")
    return 0


@click.command(short_help="Go on sending after a pause.")
@DOMAIN
@PERSON
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def resume(workspace: str, *, domain: str, person: str, as_json: bool) -> int:
    """Take back a pause: your own, or one that sheetcrm made where too much went wrong."""
    from sheetcrm.engine.outbox import resume as go_on
    from sheetcrm.engine.outbox import words_of

    with open_workspace(find_root(workspace)) as opened:
        ended = go_on(opened, scope_of(domain, person))
    if as_json:
        output.json_out(ended)
        return 0
    for one in ended:
        output.say(f"no longer: {words_of(one)}")
    if not ended:
        output.say("nothing was paused")
    return 0


def scope_of(domain: str, person: str) -> str:
    """What the options name, as the ledger calls it."""
    if domain and person:
        raise UsageError("--domain and --person exclude each other", hint="pause one, then another")
    if domain:
        return f"domain|{domain.removeprefix('@').casefold()}"
    return f"person|{person.casefold()}" if person else ""
