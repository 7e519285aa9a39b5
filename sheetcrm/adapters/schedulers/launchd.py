"""A launch agent of this user, by way of ``launchctl``."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from sheetcrm.adapters.schedulers import written
from sheetcrm.adapters.schedulers.logs import log_notes, make_log
from sheetcrm.adapters.schedulers.programs import call, done
from sheetcrm.core.schedule.job import Change, Job, name_of
from sheetcrm.core.schedule.launchd import agent
from sheetcrm.errors import UsageError


class Launchd:
    """A `Scheduler`: a plist in ``~/Library/LaunchAgents``."""

    def text(self, job: Job) -> str:
        """The plist."""
        return agent(job)

    def notes(self, job: Job) -> tuple[str, ...]:
        """Whose clock counts, and when it does not run."""
        asleep = "it runs only while you are logged in, and once after the Mac was asleep"
        return (*job.said_here(), *log_notes(job), asleep)

    def installed(self, workspace: str) -> str:
        """The plist that is there."""
        path = _path(workspace)
        return path.read_text(encoding="utf-8") if path.is_file() else ""

    def install(self, job: Job) -> Change:
        """Write the plist and load it, in the place of the old one."""
        path, before, text = _path(job.workspace), self.installed(job.workspace), agent(job)
        log = shlex.quote(str(make_log(job)))
        look = (f"launchctl print {_domain()}/{job.name}", f"tail {log}")
        if before == text and not call("launchctl", "print", f"{_domain()}/{job.name}").returncode:
            return Change(look=look)
        call("launchctl", "bootout", f"{_domain()}/{job.name}")
        written.write(path.parent, {path.name: text})
        try:
            done("launchctl", "bootstrap", _domain(), str(path), hint="log in to the desktop first")
        except UsageError:
            path.unlink()
            if before:
                written.write(path.parent, {path.name: before})
                call("launchctl", "bootstrap", _domain(), str(path))
            raise
        return Change(done=(f"wrote and loaded {path}",), look=look)

    def remove(self, workspace: str) -> Change:
        """Unload the plist and delete it."""
        path = _path(workspace)
        if not path.is_file():
            return Change()
        call("launchctl", "bootout", f"{_domain()}/{name_of(workspace)}")
        path.unlink()
        return Change(done=(f"unloaded and deleted {path}",), look=("launchctl list",))


def _path(workspace: str) -> Path:
    return Path.home() / "Library" / "LaunchAgents" / f"{name_of(workspace)}.plist"


def _domain() -> str:
    """Whose agents: those of the user's own desktop."""
    return f"gui/{os.getuid()}"
