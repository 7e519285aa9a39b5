"""A timer of this user's own systemd, by way of ``systemctl --user``."""

from __future__ import annotations

import getpass
import os
from pathlib import Path

from sheetcrm.adapters.schedulers import written
from sheetcrm.adapters.schedulers.programs import call, done
from sheetcrm.core.schedule.job import Change, Job, name_of
from sheetcrm.core.schedule.systemd import units
from sheetcrm.errors import UsageError

_HINT = (
    "log in as this user itself, not by su or sudo, and try again; or: --kind cron; "
    "for the whole system see docs/deploy.md"
)


class Systemd:
    """A `Scheduler`: user units in ``~/.config/systemd/user``."""

    def text(self, job: Job) -> str:
        """Both units, each below its path."""
        return written.headed(_folder(), units(job))

    def notes(self, job: Job) -> tuple[str, ...]:
        """Whether it ends with the user's last session."""
        del job
        return _lingering()

    def installed(self, workspace: str) -> str:
        """The units that are there."""
        return written.headed(_folder(), written.read(_folder(), _names(workspace)))

    def install(self, job: Job) -> Change:
        """Write the units, and let the timer run from now on."""
        folder, texts = _folder(), units(job)
        before = written.read(folder, list(texts))
        timer = f"{job.name}.timer"
        written.write(folder, texts)
        try:
            done("systemctl", "--user", "daemon-reload", hint=_HINT)
            done("systemctl", "--user", "enable", "--now", timer, hint=_HINT)
            if before and before != texts:
                done("systemctl", "--user", "restart", timer, hint=_HINT)
        except UsageError:
            _back(folder, list(texts), before)
            raise
        look = (
            f"systemctl --user list-timers {timer}",
            f"journalctl --user --unit {job.name}",
        )
        did = () if before == texts else tuple(f"wrote {folder / name}" for name in texts)
        return Change(done=did, look=look)

    def remove(self, workspace: str) -> Change:
        """Stop the timer and delete both units."""
        folder, names = _folder(), _names(workspace)
        if not written.read(folder, names):
            return Change()
        call("systemctl", "--user", "disable", "--now", f"{name_of(workspace)}.timer")
        _back(folder, names, {})
        call("systemctl", "--user", "daemon-reload")
        return Change(
            done=tuple(f"deleted {folder / name}" for name in names),
            look=("systemctl --user list-timers",),
        )


def _folder() -> Path:
    """Where a user's own units lie: systemd.unit(5)."""
    settings = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(settings).expanduser() / "systemd" / "user"


def _names(workspace: str) -> list[str]:
    return [f"{name_of(workspace)}.service", f"{name_of(workspace)}.timer"]


def _back(folder: Path, names: list[str], before: dict[str, str]) -> None:
    """What was there before, and nothing else."""
    for name in names:
        (folder / name).unlink(missing_ok=True)
    if before:
        written.write(folder, before)


def _lingering() -> tuple[str, ...]:
    """What is to be said where the timer ends with the user's last session."""
    user = getpass.getuser()
    try:
        answer = call("loginctl", "show-user", user, "--property=Linger", "--value").stdout.strip()
    except UsageError:
        answer = b""
    if answer == b"yes":
        return ()
    return (f"it runs only while you are logged in; always: sudo loginctl enable-linger {user}",)
