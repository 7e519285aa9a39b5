"""A task of Windows' Task Scheduler, by way of ``schtasks``."""

from __future__ import annotations

import tempfile
from pathlib import Path

from sheetcrm.adapters.schedulers.logs import log_notes, make_log
from sheetcrm.adapters.schedulers.programs import call, done
from sheetcrm.core.schedule.job import Change, Job, name_of
from sheetcrm.core.schedule.windows import task
from sheetcrm.errors import UsageError


class Windows:
    """A `Scheduler`: a task in the folder ``sheetcrm`` of the Task Scheduler."""

    def text(self, job: Job) -> str:
        """The task as XML."""
        return task(job)

    def notes(self, job: Job) -> tuple[str, ...]:
        """Whose clock counts, and when it does not run."""
        return (*job.said_here(), *log_notes(job), "it runs only while you are logged in")

    def installed(self, workspace: str) -> str:
        """The task that is there, as Windows writes it."""
        try:
            result = call("schtasks", "/Query", "/TN", _task(workspace), "/XML")
        except UsageError:
            return ""  # this is no Windows
        return "" if result.returncode else result.stdout.decode(errors="replace")

    def install(self, job: Job) -> Change:
        """Register the task, in the place of the old one."""
        text = task(job)
        log = make_log(job)
        with tempfile.TemporaryDirectory(prefix="sheetcrm-") as folder:
            path = Path(folder) / "task.xml"
            path.write_text(text, encoding="utf-16")
            done("schtasks", "/Create", "/TN", _task(job.workspace), "/XML", str(path), "/F")
        return Change(
            done=(f"registered the task {_task(job.workspace)}",),
            look=(f"schtasks /Query /TN {_task(job.workspace)} /V /FO LIST", f'type "{log}"'),
        )

    def remove(self, workspace: str) -> Change:
        """Delete the task."""
        if not self.installed(workspace):
            return Change()
        done("schtasks", "/Delete", "/TN", _task(workspace), "/F")
        return Change(done=(f"deleted the task {_task(workspace)}",))


def _task(workspace: str) -> str:
    return rf"\sheetcrm\{name_of(workspace)}"
