"""This computer: its clock, and what sheetcrm is called on it."""

from __future__ import annotations

import os
import sys
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sheetcrm.adapters.schedulers.programs import call, said
from sheetcrm.core.schedule.job import Job
from sheetcrm.core.schedule.zones import Here
from sheetcrm.errors import UsageError

_ETC = Path("/etc")
_YEAR = 366  # days
_FOLDERS = ("XDG_STATE_HOME", "XDG_CONFIG_HOME")


def here(now: datetime, etc: Path = _ETC) -> Here:
    """This computer's clock against that of `now`.

    What a scheduler goes by is the computer's own zone, whatever TZ says in this process.
    """
    name, zone = _zone(etc)
    ahead = _ahead(now, zone)
    days = (now + timedelta(days=day) for day in range(1, _YEAR))
    changes = next((day.date() for day in days if _ahead(day, zone) != ahead), None)
    return Here(zone=name, ahead=ahead, changes=changes)


def program() -> tuple[str, ...]:
    """The interpreter that runs now, and what makes it sheetcrm."""
    return (str(Path(sys.executable).absolute()), "-m", "sheetcrm")


def environment() -> dict[str, str]:
    """What a run needs that a scheduler does not give it; never a secret."""
    if sys.platform == "win32":
        return {}
    folders = (str(Path(sys.executable).absolute().parent), "/usr/local/bin", "/usr/bin", "/bin")
    path = os.pathsep.join(dict.fromkeys(folders))
    # where locks and logins of this user lie has to be one place for people and schedulers
    kept = {name: os.environ[name] for name in _FOLDERS if name in os.environ}
    return {"PATH": path, "LANG": "C.UTF-8", "PYTHONUTF8": "1", **kept}


def prove(job: Job) -> None:
    """Find out whether sheetcrm answers where nothing but the job's environment is there.

    Raises:
        UsageError: it does not.
    """
    needed = {name: os.environ[name] for name in ("SYSTEMROOT", "HOME") if name in os.environ}
    result = call(*job.program, "--version", environment={**needed, **job.environment})
    if result.returncode:
        raise UsageError(
            f"a scheduler would not find sheetcrm: {said(result)}",
            hint="install it (pipx install sheetcrm), and call that one",
        )


def _zone(etc: Path) -> tuple[str, tzinfo | None]:
    """The zone with its name, so far as the computer tells; None for what Python's clock says."""
    if sys.platform == "win32":
        return "", None
    link = etc / "localtime"
    places = [os.readlink(link)] if link.is_symlink() else []  # noqa: PTH115  a mere text
    named = [place.partition("zoneinfo/")[2] for place in places]
    if (etc / "timezone").is_file():
        named.append((etc / "timezone").read_text(encoding="utf-8", errors="replace").strip())
    for name in named:
        try:
            return name, ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    if link.is_file():
        with link.open("rb") as file:
            return "", ZoneInfo.from_file(file)
    return "Etc/UTC", ZoneInfo("Etc/UTC")


def _ahead(moment: datetime, zone: tzinfo | None) -> int:
    """Minutes by which the clock of `moment` is ahead of the zone's."""
    ours, theirs = moment.utcoffset(), moment.astimezone(zone).utcoffset()
    assert ours is not None
    assert theirs is not None
    return round((ours - theirs).total_seconds() / 60)
