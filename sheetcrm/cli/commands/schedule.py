"""`sheetcrm schedule`: let this computer start the runs."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sheetcrm.bootstrap import find_root
from sheetcrm.bootstrap.schedules import (
    KINDS,
    installed_kinds,
    open_scheduler,
    prove_job,
    scheduled_job,
)
from sheetcrm.cli import output
from sheetcrm.cli.durations import Duration
from sheetcrm.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sheetcrm.core.schedule.job import Change, Scheduled
    from sheetcrm.ports import Scheduler

EVERY = "1h"


@click.command(short_help="Let cron, systemd, launchd or Windows start `sheetcrm run`.")
@click.option("--every", metavar="TIME", default="", help=f"15m, 30m, 2h, 1d …; else {EVERY}.")
@click.option("--cron", metavar="EXPRESSION", default="", help='Such as "*/15 8-18 * * 1-5".')
@click.option("--kind", type=click.Choice(KINDS), help="Else what this computer has.")
@click.option(
    "--deadline",
    metavar="TIME",
    type=Duration(),
    default="10m",
    show_default=True,
    help="How long a run may go on beginning something.",
)
@click.option("--install", is_flag=True, help="Do it; else only show what would be written.")
@click.option("--remove", is_flag=True, help="Take it back.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def schedule(
    workspace: str,
    *,
    every: str,
    cron: str,
    kind: str | None,
    deadline: timedelta,
    install: bool,
    remove: bool,
    as_json: bool,
) -> int:
    """Start `sheetcrm run` for this workspace regularly, by what the computer has for that.

    Shows what would be written, and with --install writes it: lines in your crontab, a timer of
    your systemd, a launch agent, or a task of Windows. Times of --cron are those of the
    workspace's time zone. Nothing needs an administrator.
    """
    if install and remove:
        raise UsageError("--install and --remove exclude each other", hint="give one of them")
    if every and cron:
        raise UsageError("--every and --cron exclude each other", hint="give one of them")
    if remove:
        root = Path(workspace).expanduser().resolve() if workspace else find_root()
        kinds = (kind,) if kind else installed_kinds(root)
        show_change(
            together([open_scheduler(one).remove(str(root)) for one in kinds]), as_json=as_json
        )
        return 0
    scheduler = open_scheduler(kind or "")
    root = find_root(workspace)
    found = scheduled_job(root, every=every or EVERY, cron=cron, deadline=deadline)
    if install:
        prove_job(found.job)
        change = scheduler.install(found.job)
        notes = (
            coming(found),
            *unknown(found.variables),
            *scheduler.notes(found.job),
            *doubled(installed_kinds(root)),
        )
        show_change(change, notes, as_json=as_json)
        return 0
    show(scheduler, found, as_json=as_json)
    return 0


def show(scheduler: Scheduler, found: Scheduled, *, as_json: bool) -> None:
    """What would be written, alone on stdout, so that it can go into a file."""
    text, there = scheduler.text(found.job), scheduler.installed(found.job.workspace)
    notes = (*unknown(found.variables), *scheduler.notes(found.job))
    if as_json:
        starts = list(islice(found.job.starts(found.now), 3))
        output.json_out({"text": text, "installed": there, "next": starts, "notes": notes})
        return
    output.raw(text)
    for note in (coming(found), *notes, standing(text, there)):
        output.advise(note)


def coming(found: Scheduled) -> str:
    """The next starts, by which a person sees whether this is what was meant."""
    return f"next: {' · '.join(islice(found.job.starts(found.now), 3))}"


def together(changes: Sequence[Change]) -> Change:
    """Several changes as one."""
    from sheetcrm.core.schedule.job import Change

    return Change(
        done=tuple(line for change in changes for line in change.done),
        look=tuple(line for change in changes for line in change.look),
    )


def doubled(kinds: Sequence[str]) -> tuple[str, ...]:
    """What is to be said where several things start the runs."""
    if len(kinds) < 2:
        return ()
    both = " and ".join(kinds)
    return (f"{both} start this workspace; one is enough: sheetcrm schedule --remove --kind …",)


def show_change(change: Change, notes: Sequence[str] = (), *, as_json: bool) -> None:
    """What was done, what a person has to know, and how to look at it."""
    if as_json:
        output.json_out({"done": change.done, "look": change.look, "notes": notes})
        return
    for line in change.done or ("nothing to do: it is as it should be",):
        output.say(line)
    for note in notes:
        output.advise(note)
    for command in change.look:
        output.next_step(f"look: {command}")


def standing(text: str, there: str) -> str:
    """Whether this is what is installed."""
    if not there:
        return "nothing was changed; to do it: add --install"
    if there == text:
        return "this is installed; to take it out: --remove"
    return "what is installed for this workspace reads otherwise; to put this there: add --install"


def unknown(names: Sequence[str]) -> tuple[str, ...]:
    """What is to be said of environment variables, which a scheduler does not know."""
    return tuple(
        f"the config reads ${{{name}}}, which a scheduled run does not have: "
        f"put it into a file, and write ${{file:secrets/…}}"
        for name in names
    )
