"""`sheetcrm runs`: what was done when, and how it ended."""

from __future__ import annotations

from datetime import tzinfo
from typing import TYPE_CHECKING

import click

from sheetcrm.bootstrap import at_work, find_root, open_workspace
from sheetcrm.cli import output
from sheetcrm.cli.clocks import second
from sheetcrm.cli.runs import counted, how_it_ended, lasted, phase_line
from sheetcrm.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sheetcrm.core.memory import RunRecord

FEW = 20
MOST = 10_000  #: runs that are searched for an id
PARTS = 3  #: a run with its phases that are runs themselves


@click.command(short_help="Show the last runs, or one with its phases.")
@click.argument("which", metavar="[NUMBER|ID]", default=str(FEW))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def runs(workspace: str, *, which: str, as_json: bool) -> int:
    """Show the last NUMBER runs, the newest first, or all about the one whose id begins with ID.

    `last` is the newest. A run that was cut off (killed, or the computer went down) says so.
    """
    root = find_root(workspace)
    one = not (which.isdecimal() and 0 < int(which) < MOST)
    with open_workspace(root, lasting=False) as opened:
        zone = opened.clock.now().tzinfo
        found = opened.ledger.runs(MOST if one else int(which) * PARTS)
    ends = endings(found, at_work=at_work(root) is not None)
    found = [the_one(found, which)] if one else whole(found)[: int(which)]
    if as_json:
        output.json_out([{**output.plain(run), "outcome": ends[run.id]} for run in found])
    elif one:
        show(found[0], ends[found[0].id], zone)
    else:
        listed(found, ends, zone)
    return 0


def whole(runs: Sequence[RunRecord]) -> list[RunRecord]:
    """The runs without those that were phases of another one."""
    parts = {phase["run"] for run in runs for phase in run.details.get("phases", ())}
    return [run for run in runs if run.id not in parts]


def endings(runs: Sequence[RunRecord], *, at_work: bool) -> dict[str, str]:
    """How each ended; what was begun last and not finished may still be at work."""
    found = {}
    for run in runs:
        at_work = at_work and run.finished is None
        found[run.id] = how_it_ended(run, at_work=at_work)
    return found


def the_one(runs: Sequence[RunRecord], which: str) -> RunRecord:
    """The run whose id begins so; of several the one that is no phase of another one."""
    if which == "last":
        fitting = whole(runs)[:1]
    else:
        fitting = [run for run in runs if run.id.startswith(which)]
    found = fitting if len(fitting) == 1 else [run for run in whole(runs) if run in fitting]
    if len(found) == 1:
        return found[0]
    hint = "sheetcrm runs lists them"
    if not runs or which == "last":
        raise UsageError("there was no run yet", hint="begin with: sheetcrm sync")
    if not fitting:
        raise UsageError(f"no run has an id that begins with {which!r}", hint=hint)
    raise UsageError(f"{len(found)} runs have ids that begin with {which!r}", hint=hint)


def listed(runs: Sequence[RunRecord], ends: dict[str, str], zone: tzinfo | None) -> None:
    """The runs in a table."""
    if not runs:
        output.say("no run yet")
        return
    rows = [
        (run.id, second(run.started, zone), run.kind, took(run), ends[run.id], counted(run.counts))
        for run in runs
    ]
    output.table("", ["run", "began", "what", "took", "outcome", "counts"], rows)
    output.next_step(f"one of them: sheetcrm runs {runs[0].id}")


def show(run: RunRecord, outcome: str, zone: tzinfo | None) -> None:
    """All about one run."""
    output.say(f"{run.id} · {run.kind} · {outcome}", style="bold")
    output.say(
        f"  began {second(run.started, zone)}" + (f", took {took(run)}" if took(run) else "")
    )
    if counts := counted(run.counts):
        output.say(f"  {counts}")
    show_errors(run.details.get("warnings", ()))
    for phase in run.details.get("phases", ()):
        line = phase_line(phase["name"], phase["outcome"], phase["seconds"], phase["counts"])
        output.say(f"  {line}" + (f" · run {phase['run']}" if phase["run"] else ""))
        show_errors(phase["errors"])
    show_errors(run.details.get("errors", ()))
    versions = run.details.get("versions", {})
    if versions:
        output.say("  " + " · ".join(f"{name} {number}" for name, number in versions.items()))


def show_errors(errors: Iterable[Mapping[str, str]]) -> None:
    """What went wrong, and what to do."""
    for error in errors:
        output.say(f"    {error['message']}", style="red")
        if error["hint"]:
            output.say(f"    → {error['hint']}", style="cyan")


def took(run: RunRecord) -> str:
    """How long it took; "" where nobody knows."""
    if run.finished is None:
        return ""
    return lasted(max((run.finished - run.started).total_seconds(), 0.0))
