"""A workspace's lines in somebody's crontab, and how they come and go without touching the others.

The lines stand between two comments that name the workspace. Settings of a crontab such as PATH
hold for all lines below, so the command brings its own; only CRON_TZ has to be a setting, and is
put back below our lines. See crontab(5) of Debian (no CRON_TZ) and of cronie (CRON_TZ).
"""

from __future__ import annotations

import re
import shlex

from sheetcrm.core.schedule.job import Job, one_line
from sheetcrm.core.schedule.log import LOG
from sheetcrm.core.schedule.zones import moved
from sheetcrm.errors import UsageError

_LONGEST = 998  # characters that Vixie's cron takes for a command
_ZONE = re.compile(r"^[ \t]*CRON_TZ[ \t]*=[ \t]*(.*?)[ \t]*$", re.MULTILINE)


def lines(job: Job, *, zones: bool, around: str = "") -> tuple[str, ...]:
    """The workspace's lines.

    Args:
        job: what is to be started.
        zones: whether this cron knows CRON_TZ.
        around: the text above them, whose CRON_TZ holds again below them.

    Raises:
        UsageError: cron cannot say this.
    """
    begin, end = _marks(job.workspace)
    remove = ("--workspace", job.workspace, "schedule", "--remove")
    note = f"# Written by sheetcrm. To take it out: sheetcrm {shlex.join(remove)}"
    settings = _ZONE.findall(around)
    was = settings[-1] if settings else job.here.zone
    setting = zones and bool(job.zone) and (job.elsewhere or bool(settings)) and bool(was)
    times = moved(job.times, job.here) if job.zone and not setting else (job.times,)
    command = _command(job)
    body = [f"{one.expression} {command}" for one in times]
    if setting:
        body = [f"CRON_TZ={job.zone}", *body, f"CRON_TZ={was}"]
    return (begin, note, *body, end)


def put(text: str, workspace: str, block: tuple[str, ...]) -> str:
    """The crontab with the block in the place of the workspace's old one, or at its end."""
    rows, found = _rows(text), _blocks(text, workspace)
    if not found:
        return f"{_ended(text)}{_ended(chr(10).join(block))}"
    first, last = found[0]
    rows[first : last + 1] = block
    moved_by = len(block) - (last - first + 1)
    for begin, end in reversed(found[1:]):
        del rows[begin + moved_by : end + 1 + moved_by]
    return "\n".join(rows)


def without(text: str, workspace: str) -> str:
    """The crontab without the workspace's block; every other line as it is.

    Raises:
        UsageError: the block has no end.
    """
    rows = _rows(text)
    for begin, end in reversed(_blocks(text, workspace)):
        del rows[begin : end + 1]
    return "\n".join(rows)


def block_of(text: str, workspace: str) -> str:
    """The workspace's block in a crontab; "" where there is none."""
    rows = _rows(text)
    return "".join(
        f"{row}\n" for first, last in _blocks(text, workspace) for row in rows[first : last + 1]
    )


def above(text: str, workspace: str) -> str:
    """What stands above the workspace's block, or would."""
    found = _blocks(text, workspace)
    return "\n".join(_rows(text)[: found[0][0]]) if found else text


def _command(job: Job) -> str:
    """The command line for `/bin/sh`, in which cron takes ``%`` for a line break."""
    settings = (f"{name}={shlex.quote(value)}" for name, value in job.environment.items())
    log = shlex.quote(f"{job.workspace.rstrip('/')}/{LOG}")
    text = " ".join([*settings, shlex.join(job.command), f">>{log}", "2>&1"])
    text = text.replace("%", r"\%")
    if len(text) > _LONGEST:
        raise UsageError(
            f"cron takes {_LONGEST} characters for a command, and this one has {len(text)}",
            hint="move the workspace to a folder with a shorter path, or: --kind systemd",
        )
    return text


def _marks(workspace: str) -> tuple[str, str]:
    name = one_line(workspace)
    return f"# >>> sheetcrm {name}", f"# <<< sheetcrm {name}"


def _blocks(text: str, workspace: str) -> list[tuple[int, int]]:
    """First and last row of the workspace's blocks; somebody may have doubled one."""
    begin, end = _marks(workspace)
    rows = _rows(text)
    found: list[tuple[int, int]] = []
    for first in (at for at, row in enumerate(rows) if row == begin):
        if found and first <= found[-1][1]:
            continue
        last = next((at for at in range(first, len(rows)) if rows[at] == end), None)
        if last is None:
            raise UsageError(
                f"the crontab has the line “{begin}”, but not “{end}” below it",
                hint="mend it by hand: crontab -e",
            )
        found.append((first, last))
    return found


def _rows(text: str) -> list[str]:
    return text.split("\n")


def _ended(text: str) -> str:
    return f"{text}\n" if text and not text.endswith("\n") else text
