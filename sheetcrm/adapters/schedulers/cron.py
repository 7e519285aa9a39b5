"""A block of lines in this user's crontab, by way of ``crontab -l`` and ``crontab -``."""

from __future__ import annotations

import shlex
from pathlib import Path

from sheetcrm.adapters.schedulers.logs import log_notes, make_log
from sheetcrm.adapters.schedulers.programs import call, done, said
from sheetcrm.core.schedule import crontab
from sheetcrm.core.schedule.job import Change, Job
from sheetcrm.errors import UsageError

_DAEMONS = {"cron", "crond", "systemd-cron", "fcron", "dcron"}


class Cron:
    """A `Scheduler`: Debian's cron, cronie, and those that are like them."""

    def text(self, job: Job) -> str:
        """The block."""
        return "\n".join((*self._lines(job, self._read(needed=False)), ""))

    def notes(self, job: Job) -> tuple[str, ...]:
        """Whose clock counts, where this cron knows no zones, and whether a cron runs at all."""
        clock = () if _knows_zones() else job.said_here()
        runs = () if _daemon_runs() else ("no cron runs: sudo service cron start",)
        return (*clock, *log_notes(job), *runs)

    def installed(self, workspace: str) -> str:
        """The block that stands in the crontab."""
        return crontab.block_of(self._read(needed=False), workspace)

    def install(self, job: Job) -> Change:
        """Put the block where the old one was, or at the end."""
        before = self._read()
        after = crontab.put(before, job.workspace, self._lines(job, before))
        look = ("crontab -l", f"tail {shlex.quote(str(make_log(job)))}")
        if after == before:
            return Change(look=look)
        self._write(after)
        was = "changed" if crontab.block_of(before, job.workspace) else "added"
        return Change(done=(f"crontab: {was} the lines of {job.workspace}",), look=look)

    def remove(self, workspace: str) -> Change:
        """Take the block out; a crontab in which nothing else stood goes, too."""
        before = self._read()
        after = crontab.without(before, workspace)
        if after == before:
            return Change()
        if after:
            self._write(after)
        else:
            done("crontab", "-r")
        return Change(done=(f"crontab: took out the lines of {workspace}",), look=("crontab -l",))

    def _lines(self, job: Job, text: str) -> tuple[str, ...]:
        around = crontab.above(text, job.workspace)
        return crontab.lines(job, zones=_knows_zones(), around=around)

    def _read(self, *, needed: bool = True) -> str:
        try:
            result = call("crontab", "-l")
        except UsageError:
            if needed:
                raise
            return ""
        if result.returncode and b"no crontab" not in result.stderr.lower():
            if needed:
                raise UsageError(
                    f"the crontab cannot be read: {said(result)}", hint="try it: crontab -l"
                )
            return ""
        text = b"" if result.returncode else result.stdout
        return text.decode(errors="surrogateescape")

    def _write(self, text: str) -> None:
        hint = "the crontab is as it was; try it by hand: crontab -e"
        done("crontab", "-", given=text.encode(errors="surrogateescape"), hint=hint)


def _knows_zones() -> bool:
    """Whether this cron knows CRON_TZ: cronie does, and tells who it is."""
    try:
        result = call("crontab", "-V")
    except UsageError:
        return False
    return b"cronie" in (result.stdout + result.stderr).lower()


def _daemon_runs() -> bool:
    """Whether a cron runs, where the system lets us see that."""
    names = list(Path("/proc").glob("[0-9]*/comm"))
    return not names or any(_text(name) in _DAEMONS for name in names)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""  # it has ended meanwhile
