"""A clock that stands still until somebody moves it."""

from __future__ import annotations

from datetime import datetime, timedelta


class FixedClock:
    """A `Clock` that always shows `now`."""

    def __init__(self, now: datetime) -> None:
        if now.tzinfo is None:
            raise ValueError(f"a clock shows a time with its zone: {now}")
        self._now = now

    def now(self) -> datetime:
        """The time that it was set to."""
        return self._now

    def move(self, by: timedelta) -> None:
        """Move it on, or back."""
        self._now += by

    def wait(self, time: timedelta) -> None:
        """Let so much time pass: it is moved on."""
        self.move(time)
