"""What starts the workspace's runs, and the job that is handed to it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import timedelta

    from sheetcrm.core.schedule.job import Job, Scheduled
    from sheetcrm.ports import Scheduler

KINDS = ("cron", "systemd", "launchd", "windows")


def open_scheduler(kind: str) -> Scheduler:
    """The scheduler of a kind; for "" the one that this computer has.

    Raises:
        UsageError: it has none.
    """
    from sheetcrm.adapters.schedulers import kind_here, scheduler

    return scheduler(kind or kind_here())


def installed_kinds(root: Path) -> tuple[str, ...]:
    """By what this computer starts the runs of a workspace; usually by one, or by nothing."""
    from sheetcrm.adapters.schedulers import kinds_here, scheduler

    return tuple(kind for kind in kinds_here() if scheduler(kind).installed(str(root)))


def scheduled_job(root: Path, *, every: str, cron: str, deadline: timedelta) -> Scheduled:
    """The job that runs a workspace.

    Args:
        root: the workspace's folder.
        every: a distance such as ``15m``.
        cron: in its stead a crontab expression, in the workspace's time zone.
        deadline: how long a run may take.

    Raises:
        ConfigError: the config has problems.
        UsageError: `every` or `cron` cannot be understood.
    """
    from sheetcrm.adapters.clock import SystemClock
    from sheetcrm.adapters.schedulers.here import environment, here, program
    from sheetcrm.config import load
    from sheetcrm.core.schedule.job import Job, Scheduled, job_times

    seen = _Seen(os.environ)
    zone = load(root, environ=seen).locale.timezone
    times, zoned = job_times(str(root), every=every, cron=cron)
    now = SystemClock(zone).now()
    job = Job(
        workspace=str(root),
        program=program(),
        times=times,
        zone=zone if zoned else "",
        here=here(now),
        deadline=deadline,
        environment=environment(),
    )
    return Scheduled(job=job, now=now, variables=seen.names)


def prove_job(job: Job) -> None:
    """Find out whether the job's program answers in the job's environment.

    Raises:
        UsageError: it does not.
    """
    from sheetcrm.adapters.schedulers.here import prove

    prove(job)


class _Seen(dict[str, str]):
    """An environment that remembers which of its variables were taken."""

    names: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> str:
        self.names = tuple(sorted({*self.names, name}))
        return super().__getitem__(name)
