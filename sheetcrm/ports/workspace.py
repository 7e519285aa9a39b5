"""What else a run needs: the team's texts, and the time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from sheetcrm.core.schedule.job import Change, Job


class TemplateStore(Protocol):
    """The team's templates."""

    def sources(self) -> Mapping[str, str]:
        """Path relative to `templates/` (with ``/``) → text, for every file in it."""

    def attachment(self, name: str) -> bytes:
        """The contents of a file that templates may send.

        Args:
            name: its path relative to `attachments/`, with ``/``.

        Raises:
            UsageError: there is none of that name inside the folder, or it is too large to send.
        """


class Scheduler(Protocol):
    """What starts a workspace's runs on this computer: cron, systemd, launchd, Windows."""

    def text(self, job: Job) -> str:
        """What `install` would put into the system's files.

        Raises:
            UsageError: the system cannot say this.
        """

    def notes(self, job: Job) -> Sequence[str]:
        """What a person has to know or do so that the job runs when it is meant to."""

    def installed(self, workspace: str) -> str:
        """What is there for a workspace now, in the form of `text`; "" for nothing."""

    def install(self, job: Job) -> Change:
        """Put it there, in the place of what the workspace had before; nothing else changes.

        Raises:
            UsageError: the system refuses; nothing was changed.
        """

    def remove(self, workspace: str) -> Change:
        """Take away exactly what `install` has put there.

        Raises:
            UsageError: the system refuses.
        """


class Clock(Protocol):
    """The time, asked once for each decision."""

    def now(self) -> datetime:
        """Now, in the workspace's time zone, zoned."""

    def wait(self, time: timedelta) -> None:
        """Let so much time pass."""
