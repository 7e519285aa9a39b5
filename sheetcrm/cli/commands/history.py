"""`sheetcrm history`: everything that happened with one person."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from sheetcrm.bootstrap import find_root, open_workspace
from sheetcrm.cli import output

if TYPE_CHECKING:
    from sheetcrm.engine.history import History, Moment


@click.command(short_help="Show all visits, calls, moves and messages of one person.")
@click.argument("lead")
@click.option("--source", "sources", multiple=True, metavar="NAME", help="Only this source.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def history(workspace: str, *, lead: str, sources: tuple[str, ...], as_json: bool) -> int:
    """Show what happened with LEAD in the order of time, whichever row or source it is in.

    LEAD is an id, an e-mail address, a row number of the sheet, or part of a name. Visits and
    calls come from the tabs that the config names as [[activities]].
    """
    first = sources[0] if sources else ""
    with open_workspace(find_root(workspace), first=first, lasting=False) as opened:
        from sheetcrm.engine.history import history as history_of

        found = history_of(opened, lead, only=sources)
    if as_json:
        output.json_out(found)
        return 0
    for one in found:
        show(one)
    return 0


def show(person: History) -> None:
    """One person's story."""
    reach = " · ".join(filter(None, (person.email, person.phone)))
    output.say(f"{person.name or reach}", style="bold")
    if person.name and reach:
        output.say(f"  {reach}")
    for row in person.rows:
        stage = f" · {row.stage}" if row.stage else " · not synced yet"
        output.say(f"  {row.source} row {row.row}{stage}")
        if row.notes:
            output.say(f"    {row.notes}")
    rows = [(when(m), m.what, m.text, m.by, m.place) for m in person.moments]
    if rows:
        output.table("", ["when", "what", "", "by", "where"], rows)
    else:
        output.say("  nothing has happened yet")


def when(moment: Moment) -> str:
    """``2026-11-22 09:30``, without a time where none is known."""
    at = moment.at
    timed = isinstance(at, datetime) and (at.hour or at.minute)
    return f"{at:%Y-%m-%d %H:%M}" if timed else f"{at:%Y-%m-%d}"
