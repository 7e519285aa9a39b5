"""What starts a workspace's runs on this computer; each by the system's own command."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from sheetcrm.errors import UsageError
from sheetcrm.ports import Scheduler

KINDS = ("cron", "systemd", "launchd", "windows")


def scheduler(kind: str) -> Scheduler:
    """The one of a kind, whether this computer has it or not."""
    if kind == "cron":
        from sheetcrm.adapters.schedulers.cron import Cron  # noqa: PLC0415

        return Cron()
    if kind == "systemd":
        from sheetcrm.adapters.schedulers.systemd import Systemd  # noqa: PLC0415

        return Systemd()
    if kind == "launchd":
        from sheetcrm.adapters.schedulers.launchd import Launchd  # noqa: PLC0415

        return Launchd()
    from sheetcrm.adapters.schedulers.windows import Windows  # noqa: PLC0415

    return Windows()


def kinds_here() -> tuple[str, ...]:
    """What this computer starts programs by, as far as we know; what we would choose first."""
    if sys.platform == "win32":
        return ("windows",)
    there = {
        "launchd": sys.platform == "darwin",
        "cron": shutil.which("crontab") is not None,
        "systemd": Path("/run/systemd/system").is_dir(),
    }
    return tuple(kind for kind, is_there in there.items() if is_there)


def kind_here() -> str:
    """What we would choose on this computer.

    Raises:
        UsageError: it has nothing that we know.
    """
    for kind in kinds_here():
        return kind
    raise UsageError(
        "this computer has neither cron nor systemd",
        hint="install cron (Debian, Ubuntu: sudo apt install cron), or say for which system "
        f"you want to see it: --kind {', '.join(KINDS)}",
    )
