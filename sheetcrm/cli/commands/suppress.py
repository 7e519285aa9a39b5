"""`sheetcrm suppress`: addresses and domains that are never written to again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sheetcrm.bootstrap import find_root, open_workspace, read_text, write_text
from sheetcrm.cli import output
from sheetcrm.cli.clocks import day
from sheetcrm.errors import UsageError

if TYPE_CHECKING:
    from sheetcrm.engine.suppress import Suppressed
    from sheetcrm.engine.workspace import Workspace


@click.command(short_help="Never write to these again; list, import and export them.")
@click.argument("who", nargs=-1, metavar="[ADDRESS|@DOMAIN]...")
@click.option("--reason", metavar="TEXT", default="", help="Why; shown wherever it matters.")
@click.option("--list", "listing", is_flag=True, help="List them.")
@click.option("--import", "source", metavar="FILE", default="", help="Add those of a CSV file.")
@click.option("--export", "target", metavar="FILE", default="", help="Write them to a CSV file.")
@click.option("--remove", is_flag=True, help="Write to these again; needs --reason.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def suppress(
    workspace: str,
    *,
    who: tuple[str, ...],
    reason: str,
    listing: bool,
    source: str,
    target: str,
    remove: bool,
    as_json: bool,
) -> int:
    """Keep addresses and whole domains from ever being written to.

    It holds for every sheet and wins over all of them, also when the same person is imported
    again. What waits in the outbox for them does not go out.
    """
    ways = [bool(who), listing, bool(source), bool(target)]
    if sum(ways) != 1 or (remove and not who):
        raise UsageError(
            "say one thing: addresses, --list, --import FILE or --export FILE",
            hint="sheetcrm suppress budi@example.com --reason 'asked by phone'",
        )
    with open_workspace(find_root(workspace)) as opened:
        if listing:
            return show_list(opened, as_json=as_json)
        if target:
            return export(opened, target, as_json=as_json)
        if remove:
            return write_again(opened, who, reason, as_json=as_json)
        from sheetcrm.engine.suppress import import_list
        from sheetcrm.engine.suppress import suppress as leave_alone

        now = opened.clock.now()
        if source:
            found = import_list(opened, read_text(source), reason=reason, now=now)
        else:
            found = leave_alone(opened, who, reason=reason, now=now)
    show_suppressed(found, as_json=as_json)
    return 1 if found.wrong else 0


def show_suppressed(found: Suppressed, *, as_json: bool) -> None:
    """How many are new, what waits for them, and the lines without an address."""
    if as_json:
        output.json_out(found)
        return
    known = len(found.patterns) - found.new
    output.say(f"{found.new} suppressed" + (f", {known} already were" if known else ""))
    if found.waiting:
        output.say(f"  {found.waiting} messages that wait for them will not go out")
    from sheetcrm.engine.suppress import SHOWN

    for line, text in found.wrong[:SHOWN]:
        output.complain(f"line {line}: no address in {text!r}")
    if len(found.wrong) > SHOWN:
        output.complain(f"… and {len(found.wrong) - SHOWN} more lines without an address")


def show_list(opened: Workspace, *, as_json: bool) -> int:
    """All of them."""
    from sheetcrm.engine.suppress import listed

    shown, forgotten = listed(opened)
    if as_json:
        output.json_out(shown)
        return 0
    zone = opened.clock.now().tzinfo
    rows = [(one.pattern, one.reason, day(one.at, zone)) for one in shown]
    if rows:
        output.table("", ["never written to", "why", "since"], rows)
    else:
        output.say("nobody is suppressed")
    if forgotten:
        output.say(f"and {forgotten} digests of people who asked to be forgotten")
    return 0


def export(opened: Workspace, target: str, *, as_json: bool) -> int:
    """All of them, into a file."""
    from sheetcrm.engine.suppress import export_list, listed

    path = write_text(target, export_list(opened))
    count = len(listed(opened)[0])
    if as_json:
        output.json_out({"file": str(path), "suppressions": count})
    else:
        output.say(f"{count} written to {path}")
    return 0


def write_again(opened: Workspace, who: tuple[str, ...], reason: str, *, as_json: bool) -> int:
    """Take suppressions back."""
    from sheetcrm.engine.suppress import unsuppress

    known, reopened = unsuppress(opened, who, reason=reason, now=opened.clock.now())
    if as_json:
        output.json_out({"removed": known, "reopened": reopened})
        return 0
    output.say(f"{known} may be written to again")
    if reopened:
        output.say(f"  {reopened} messages no longer count as bounced or unsubscribed")
    if not known and not reopened:
        output.next_step("who is suppressed: sheetcrm suppress --list")
    return 0
