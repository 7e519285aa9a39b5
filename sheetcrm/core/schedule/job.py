"""What is to be started, and when: one value from which each system's text is made."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b

from sheetcrm.core.schedule.times import (
    MINUTES_OF_DAY,
    Times,
    every_so_often,
    parse_times,
    upcoming,
)
from sheetcrm.core.schedule.zones import Here
from sheetcrm.errors import UsageError

_BREAKS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """`sheetcrm run` for one workspace, again and again."""

    workspace: str  #: absolute path
    program: tuple[str, ...]  #: the interpreter that runs now, and what makes it sheetcrm
    times: Times
    zone: str  #: IANA name, in which the times are meant; "" where it does not matter
    here: Here
    deadline: timedelta = timedelta(minutes=10)
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What the job is called on this computer."""
        return name_of(self.workspace)

    @property
    def command(self) -> tuple[str, ...]:
        """The command line as its words."""
        run = ("--workspace", self.workspace, "run", "--deadline", _said(self.deadline))
        return (*self.program, *run)

    @property
    def patience(self) -> int:
        """After how many seconds a run that ignores its own deadline is ended from outside."""
        return round(self.deadline.total_seconds()) + 300

    @property
    def elsewhere(self) -> bool:
        """Whether the computer's clock shows another time than the one that is meant."""
        return bool(self.zone) and (self.here.ahead != 0 or self.here.changes is not None)

    def starts(self, now: datetime) -> Iterator[str]:
        """The next starts after `now`, in the workspace's zone, as a person reads them."""
        if self.zone:
            return (f"{at:%a %Y-%m-%d %H:%M} {self.zone}" for at in upcoming((self.times,), now))
        local = now - timedelta(minutes=self.here.ahead)
        zone = f" {self.here.zone}" if self.here.zone else ""
        return (f"{at:%a %Y-%m-%d %H:%M}{zone}" for at in upcoming((self.times,), local))

    def said_here(self) -> tuple[str, ...]:
        """What a person has to know where only the computer's own clock counts."""
        if not self.elsewhere:
            return ()
        clock = f"this computer's clock ({self.here.zone or 'another time zone'})"
        meant = f"“{self.times.expression}” in {self.zone} is written as it is on {clock}"
        if not self.here.changes:
            return (meant,)
        until = f"{self.here.changes:%Y-%m-%d}"
        return (meant, f"from {until} on that is another hour: install it again then")


@dataclass(frozen=True, kw_only=True, slots=True)
class Scheduled:
    """A workspace's job, and what there is to say of it."""

    job: Job
    now: datetime  #: in the workspace's time zone
    variables: tuple[str, ...]  #: of the environment that the config reads


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """What an installation or a removal did; nothing where nothing had to be done."""

    done: tuple[str, ...] = ()
    look: tuple[str, ...] = ()  #: commands with which a person sees that it works


def job_times(workspace: str, *, every: str, cron: str) -> tuple[Times, bool]:
    """When a workspace is run, and whether it matters in which zone that is meant.

    Args:
        workspace: its path, from which comes the minute that a distance begins at.
        every: a distance such as ``15m``.
        cron: in its stead a crontab expression.

    Raises:
        UsageError: neither can be understood.
    """
    times = parse_times(cron) if cron else every_so_often(every, _offset(workspace))
    often = len(times.hour.values) > 1 and not cron
    whole = len(times.hour.values) == 24 and times.daily
    return times, not (often or whole)


def name_of(workspace: str) -> str:
    """A name for the workspace's job that no other workspace on the computer has."""
    folder = re.split(r"[/\\]", workspace.rstrip("/\\"))[-1]
    plain = re.sub(r"[^a-z0-9]+", "-", folder.lower()).strip("-")[:30]
    return "-".join(part for part in ("sheetcrm", plain, _digest(workspace)) if part)


def one_line(workspace: str) -> str:
    """The path, if a line of text can hold it.

    Raises:
        UsageError: it has line breaks, other control characters, or bytes that are no text.
    """
    if _BREAKS.search(workspace):
        raise UsageError(
            f"no schedule can name the folder {workspace!r}", hint="give the folder another name"
        )
    return workspace


def _said(duration: timedelta) -> str:
    """``10m``, or ``90s`` where it is no whole minutes."""
    minutes, rest = divmod(round(duration.total_seconds()), 60)
    return f"{60 * minutes + rest}s" if rest else f"{minutes}m"


def _offset(workspace: str) -> int:
    """A minute of the day that is always the same for a workspace, and rarely for two."""
    return int(_digest(workspace), 16) % MINUTES_OF_DAY


def _digest(workspace: str) -> str:
    return blake2b(workspace.encode(errors="surrogateescape"), digest_size=3).hexdigest()
