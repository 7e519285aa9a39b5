"""`sheetcrm export`: all that is known of a person."""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING

import click

from sheetcrm.bootstrap import find_root, open_workspace
from sheetcrm.cli import output
from sheetcrm.cli.clocks import minute
from sheetcrm.cli.commands.forget import called
from sheetcrm.core.table.reading import display

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sheetcrm.engine.export import Exported

TITLES = {
    "leads": "as a lead",
    "written": "what sheetcrm wrote beside their rows",
    "overrides": "what a person set instead",
    "scores": "scores",
    "stage_moves": "stages",
    "edits": "cells that were changed",
    "messages": "messages",
    "message_events": "what happened to the messages",
    "unclear": "mails that a person must look at",
    "suppressions": "never to be written to",
    "pauses": "paused",
    "enrolments": "rules of series that hold",
}
LENGTHY = ("text", "html", "raw")  # each on lines of its own; only the text where people read


@click.command(short_help="Show all that is known of a person, to hand it over.")
@click.argument("person")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with messages whole.")
@click.pass_obj
def export(workspace: str, *, person: str, as_json: bool) -> int:
    """Show everything that the ledger and the sheets hold of PERSON.

    PERSON is an e-mail address, a phone number, or the id of a lead.
    """
    from sheetcrm.engine.export import export as export_person

    with open_workspace(find_root(workspace), say=output.waiting) as opened:
        found = export_person(opened, person)
    if as_json:
        output.json_out(found)
    else:
        show(found)
    for why in found.unread:
        output.complain(f"could not be looked at: {why}")
    return 1 if found.unread else 0


def show(found: Exported) -> None:
    """The person's file for people."""
    output.say(called(found.person), style="bold")
    output.say(f"  as of {found.at:%Y-%m-%d %H:%M %Z}")
    if not (found.rows or found.activities or found.person.tables or found.unread):
        output.say("  nothing is known of this person")
    for row in found.rows:
        output.say(f"\n{row.locator}, row {row.row}", style="bold")
        for header, value in row.cells.items():
            output.say(f"  {header}: {display(value)}")
    for activity in found.activities:
        told = " · ".join(filter(None, (activity.kind, activity.by, activity.note)))
        output.say(f"\n{activity.tab}, row {activity.row}", style="bold")
        output.say(f"  {activity.day:%Y-%m-%d} {told}")
    for name, entries in found.person.tables.items():
        output.say(f"\n{TITLES.get(name, name)}", style="bold")
        for entry in entries:
            show_entry(entry, found.at.tzinfo)


def show_entry(entry: Mapping[str, object], zone: tzinfo | None) -> None:
    """One entry: what is short on one line, the text of a message below it."""
    short = {name: said(value, zone) for name, value in entry.items() if name not in LENGTHY}
    output.say("  " + " · ".join(f"{name}: {value}" for name, value in short.items() if value))
    for line in str(entry.get("text", "")).splitlines():
        output.say(f"      {line}")


def said(value: object, zone: tzinfo | None) -> str:
    """A value on one line; of cells, header and value in turn."""
    if isinstance(value, list):
        return "; ".join(said(one, zone) for one in value)
    if isinstance(value, dict):
        told = {name: said(one, zone) for name, one in value.items()}
        return ", ".join(f"{name} {text}" for name, text in told.items() if text)
    if isinstance(value, datetime):
        return minute(value, zone)
    return display(value) if isinstance(value, int | float | date) else str(value or "")
