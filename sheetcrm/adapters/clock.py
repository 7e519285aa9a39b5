"""The only place that asks for the time."""

from __future__ import annotations

from datetime import datetime, timedelta
from time import sleep
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sheetcrm.errors import UsageError


def local_time() -> datetime:
    """Now, as the machine's own clock shows it."""
    return datetime.now().astimezone()  # noqa: TID251


class SystemClock:
    """A `Clock` that shows the machine's time in a time zone."""

    def __init__(self, timezone: str) -> None:
        """Set the zone.

        Args:
            timezone: an IANA name such as ``Asia/Jakarta``.

        Raises:
            UsageError: there is no such zone.
        """
        try:
            self._zone = ZoneInfo(timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise UsageError(
                f"there is no time zone {timezone!r}",
                hint="give an IANA name such as Asia/Jakarta, Europe/Madrid or America/Mexico_City",
            ) from error

    def now(self) -> datetime:
        """Now, in the zone; never naive."""
        return datetime.now(self._zone)  # noqa: TID251

    def wait(self, time: timedelta) -> None:
        """Let so much time pass."""
        sleep(max(0.0, time.total_seconds()))
