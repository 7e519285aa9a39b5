"""A launch agent for macOS: launchd.plist(5). It goes by the computer's clock."""

from __future__ import annotations

import plistlib
from collections.abc import Iterator
from itertools import product

from sheetcrm.core.schedule.job import Job
from sheetcrm.core.schedule.log import LOG
from sheetcrm.core.schedule.times import Field, Times
from sheetcrm.core.schedule.zones import moved
from sheetcrm.errors import UsageError

_MOST = 1500  # entries; each is a few lines of text


def agent(job: Job) -> str:
    """The text of ``~/Library/LaunchAgents/<name>.plist``.

    Raises:
        UsageError: launchd cannot say these times.
    """
    times = moved(job.times, job.here) if job.zone else (job.times,)
    starts = [start for one in times for start in intervals(one)]
    log = f"{job.workspace.rstrip('/')}/{LOG}"
    settings = {
        "Label": job.name,
        "ProgramArguments": list(job.command),
        "EnvironmentVariables": dict(job.environment),
        "StartCalendarInterval": starts,
        "StandardOutPath": log,
        "StandardErrorPath": log,
        "ProcessType": "Background",
    }
    return plistlib.dumps(settings, sort_keys=False).decode()


def intervals(times: Times) -> list[dict[str, int]]:
    """StartCalendarInterval: any of them starts it, and what one does not name may be anything."""
    found = [
        {key: value for key, value in zip(_KEYS, chosen, strict=True) if value is not None}
        for days in _days(times)
        for chosen in product(
            _values(times.month, 12), *days, _values(times.hour, 24), _values(times.minute, 60)
        )
    ]
    if len(found) > _MOST:
        raise UsageError(
            f'launchd would need {len(found)} entries for "{times.expression}"',
            hint="choose fewer minutes, such as --every 15m",
        )
    return found


_KEYS = ("Month", "Day", "Weekday", "Hour", "Minute")


def _days(times: Times) -> Iterator[tuple[list[int | None], list[int | None]]]:
    """Days of the month and weekdays; apart where either will do."""
    dated, named = _values(times.day, 31), _values(times.weekday, 7)
    if times.either:
        yield dated, [None]
        yield [None], named
    elif dated != [None] and named != [None]:
        raise UsageError(
            f'launchd cannot say "{times.expression}": both days of the month and weekdays',
            hint="give one of them",
        )
    else:
        yield dated, named


def _values(field: Field, whole: int) -> list[int | None]:
    return [None] if len(field.values) == whole else list(field.values)
