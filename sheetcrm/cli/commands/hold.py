"""`sheetcrm hold` and `sheetcrm unhold`: a person to whom nothing goes for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sheetcrm.bootstrap import find_root, open_workspace
from sheetcrm.cli import output
from sheetcrm.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime


@click.command(short_help="Let nothing go to a person for a while, or list who waits.")
@click.argument("lead", required=False, default="")
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    default=None,
    help="The first day on which something may go again (else: until unhold).",
)
@click.option("--reason", default="", help="For people, as “is on leave”.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def hold(workspace: str, *, lead: str, until: datetime | None, reason: str, as_json: bool) -> int:
    """Let nothing go to LEAD, whatever it is for; without LEAD, list everybody who is on hold.

    LEAD is an id, an e-mail address, a row number of the sheet, or part of a name. What falls due
    meanwhile is not made up for: afterwards comes the one next step.
    """
    from sheetcrm.engine.holds import held
    from sheetcrm.engine.holds import hold as hold_person

    if not lead and (until or reason):
        raise UsageError("who is to be on hold?", hint="sheetcrm hold LEAD --until 2027-01-15")
    with open_workspace(find_root(workspace), first="" if lead else None) as opened:
        day = until.date() if until else None
        found = hold_person(opened, lead, until=day, reason=reason) if lead else held(opened)
    if as_json:
        output.json_out(found)
        return 0
    if not found:
        output.say("nobody is on hold")
        return 0
    rows = [
        (one.name, one.address, f"{one.until:%Y-%m-%d}" if one.until else "", one.reason, one.by)
        for one in found
    ]
    output.table("on hold", ["who", "address", "until", "why", "by"], rows)
    output.next_step(f"take it back: sheetcrm unhold {found[0].address}")
    return 0


@click.command(short_help="Let things go to a person again.")
@click.argument("lead")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def unhold(workspace: str, *, lead: str, as_json: bool) -> int:
    """Take back the hold on LEAD, one by an automatic reply as well."""
    from sheetcrm.engine.holds import let_go

    with open_workspace(find_root(workspace), first="") as opened:
        found = let_go(opened, lead)
    if as_json:
        output.json_out(found)
        return 0
    for one in found:
        output.say(f"{one.name or one.address} is no longer on hold")
    output.next_step("see what comes next: sheetcrm explain " + found[0].address)
    return 0
