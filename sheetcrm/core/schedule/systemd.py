"""A service and a timer for systemd: systemd.service(5), systemd.timer(5), systemd.time(7)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from sheetcrm.core.schedule.job import Job
from sheetcrm.core.schedule.times import Times, listed

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def units(job: Job) -> Mapping[str, str]:
    """File name → text: the service, and the timer that starts it."""
    about = f"Description=sheetcrm: {_plain(job.workspace)}"
    environment = " ".join(_word(f"{name}={value}") for name, value in job.environment.items())
    program, *arguments = job.command
    service = (
        "[Unit]",
        about,
        "",
        "[Service]",
        "Type=oneshot",
        f"Environment={environment}",
        f"ExecStart={' '.join([_word(program), *map(_argument, arguments)])}",
        "# 75: try again later, which the next start does",
        "SuccessExitStatus=75",
        f"TimeoutStartSec={job.patience}",
        "UMask=0077",
        "NoNewPrivileges=true",
    )
    timer = (
        "[Unit]",
        about,
        "",
        "[Timer]",
        *(f"OnCalendar={when}" for when in calendar(job.times, job.zone)),
        "# once after the computer was off or asleep",
        "Persistent=true",
        "",
        "[Install]",
        "WantedBy=timers.target",
    )
    texts = {f"{job.name}.service": service, f"{job.name}.timer": timer}
    return MappingProxyType({name: "\n".join((*rows, "")) for name, rows in texts.items()})


def calendar(times: Times, zone: str) -> tuple[str, ...]:
    """OnCalendar expressions, any of which starts it."""
    clock = (
        f"{listed(times.hour.values, 0, 23, '..')}:{listed(times.minute.values, 0, 59, '..')}:00"
    )
    dates = f"*-{listed(times.month.values, 1, 12, '..')}-"
    dated = f"{dates}{listed(times.day.values, 1, 31, '..')}"
    week = _weekdays(times.weekday.values)
    ways = (dated, f"{week}{dates}*") if times.either else (f"{week}{dated}",)
    return tuple(" ".join(part for part in (way, clock, zone) if part) for way in ways)


def _weekdays(values: tuple[int, ...]) -> str:
    """``Mon,Tue,Wed `` from days that count from Sunday, 0; "" for all of them."""
    found = sorted((day - 1) % 7 for day in values)
    return "" if len(found) == 7 else f"{','.join(_DAYS[day] for day in found)} "


def _argument(text: str) -> str:
    """A word of a command line, in which systemd fills in ``$NAME``; in the program it does not."""
    return _word(text.replace("$", "$$"))


def _word(text: str) -> str:
    """A word of a setting: quotes, backslashes and systemd's specifiers mean themselves."""
    plain = text.replace("%", "%%").replace("\\", "\\\\").replace('"', '\\"')
    return plain if re.fullmatch(r"[\w@%+=:,./$-]+", plain, re.ASCII) else f'"{plain}"'


def _plain(text: str) -> str:
    """Text that goes on to the end of its line."""
    return text.replace("%", "%%").replace("\\", "\\\\")
