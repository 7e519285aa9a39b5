"""What starts a workspace's runs on this computer; each by the system's own command."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from sheetcrm.errors import UsageError
from sheetcrm.ports import Scheduler

KINDS = ("cron", "systemd", "launchd", "windows")


def scheduler(kind: str) -> Scheduler:
    """The one of a kind; for "" the one that this computer has.

    Raises:
        UsageError: it has none.
    """
    found = kind or kind_here()
    if found == "cron":
        from sheetcrm.adapters.schedulers.cron import Cron  # noqa: PLC0415

        return Cron()
    if found == "systemd":
        from sheetcrm.adapters.schedulers.systemd import Systemd  # noqa: PLC0415

        return Systemd()
    if found == "launchd":
        from sheetcrm.adapters.schedulers.launchd import Launchd  # noqa: PLC0415

        return Launchd()
    from sheetcrm.adapters.schedulers.windows import Windows  # noqa: PLC0415

    return Windows()


def kind_here() -> str:
    """What this computer starts programs by.

    Raises:
        UsageError: nothing that we know.
    """
    if sys.platform == "win32":
        return "windows"
    if sys.platform == "darwin":
        return "launchd"
    if shutil.which("crontab"):
        return "cron"
    if Path("/run/systemd/system").is_dir():
        return "systemd"
    raise UsageError(
        "this computer has neither cron nor systemd",
        hint="install cron (Debian, Ubuntu: sudo apt install cron), or say for which system "
        f"you want to see it: --kind {', '.join(KINDS)}",
    )
