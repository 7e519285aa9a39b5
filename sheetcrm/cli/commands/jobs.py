"""`sheetcrm jobs`: what the workers have to do, are at, and failed at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from sheetcrm.cli import output
from sheetcrm.cli.clocks import second
from sheetcrm.cli.cluster import DATABASE, extra_installed
from sheetcrm.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from sheetcrm.cluster.jobs import Fault, JobLine

FEW = 20  #: lines of each table, unless somebody wants all


@click.command(short_help="Show what the workers have to do, are at, and failed at.")
@click.argument("pattern", default="*", metavar="[ID]")
@DATABASE
@click.option("--retry", is_flag=True, help="Let ID be due now.")
@click.option("--cancel", is_flag=True, help="Take ID out of the queue, until it is due again.")
@click.option("--all", "everything", is_flag=True, help="All of them, what is planned too.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def jobs(
    *, pattern: str, database: str, retry: bool, cancel: bool, everything: bool, as_json: bool
) -> int:
    """Show what waits, what is at work and where, and what failed.

    ID is a workspace and a source, such as acme/leads; `acme/*` are all sources of acme.
    """
    if retry and cancel:
        raise UsageError("--retry and --cancel exclude each other", hint="give one of them")
    if (retry or cancel) and pattern == "*":
        raise UsageError("of which jobs?", hint="name them: sheetcrm jobs acme/leads --retry")
    with extra_installed():
        from sheetcrm.cluster import jobs as found
        from sheetcrm.cluster.database import shared
        from sheetcrm.cluster.tables import prepare
    place = shared(database)
    with place.connected() as connection:
        prepare(place, connection)
        if retry or cancel:
            count = (
                found.retry(connection, pattern)
                if retry
                else found.cancel(place, connection, pattern)
            )
            if not count and not found.lines(connection, pattern):
                raise UsageError("no such job", hint="sheetcrm jobs --all lists them")
            return changed(count, "due now" if retry else "out of the queue", as_json=as_json)
        lines, faults = found.lines(connection, pattern), found.faults(connection)
    if as_json:
        output.json_out({"jobs": lines, "workspaces_with_faults": faults})
    else:
        show(lines, faults, everything=everything)
    return 0


def changed(count: int, what: str, *, as_json: bool) -> int:
    """Say how many jobs were changed; none is a failure."""
    if as_json:
        output.json_out({"jobs": count})
    elif count:
        output.say(f"{output.counted(count, 'job')} {what}")
    else:
        output.complain("it does not wait in the queue")
        output.advise("sheetcrm jobs --all says when it is due")
    return 0 if count else 1


def show(lines: Sequence[JobLine], faults: Sequence[Fault], *, everything: bool) -> None:
    """A table for each state."""
    counts = Counter(line.state.value for line in lines)
    states = ("running", "waiting", "failed", "planned")
    output.say(" · ".join(f"{counts[state]} {state}" for state in states))
    for state in states if everything else states[:3]:
        here = [line for line in lines if line.state.value == state]
        shown = here if everything else here[:FEW]
        if here:
            output.table(
                state,
                ["job", "what", *_HEADERS[state]],
                [(line.id, line.kind, *_cells(line, state)) for line in shown],
            )
        if len(shown) < len(here):
            output.say(f"  … and {len(here) - len(shown)} more (--all shows them)")
    for fault in faults:
        output.complain(f"{fault.workspace}: {fault.message}")
    if counts["failed"]:
        output.next_step("when it is mended: sheetcrm jobs ID --retry")


_HEADERS = {
    "running": ["worker", "since"],
    "waiting": ["the last time", "what came of it"],
    "failed": ["times", "next try", "why"],
    "planned": ["next", "schedule", "the last time", "what came of it"],
}


def _cells(line: JobLine, state: str) -> tuple[object, ...]:
    if state == "running":
        return line.holder, _when(line.since, line.zone)
    if state == "waiting":
        return _when(line.since, line.zone), line.said
    due = _when(line.due_at, line.zone)
    if state == "failed":
        return line.failures, due, line.said
    return due, line.schedule, _when(line.since, line.zone), line.said


def _when(moment: datetime | None, zone: str) -> str:
    """A moment as the workspace's clocks show it."""
    from zoneinfo import ZoneInfo

    return second(moment, ZoneInfo(zone)) if moment else ""
