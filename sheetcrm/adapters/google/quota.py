"""How fast we may ask, and for how long we bear with a service that does not answer."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Mapping
from copy import copy
from typing import Final, Literal

from sheetcrm.errors import SourceError

Kind = Literal["read", "write"]

READS = WRITES = (
    60  #: requests a minute and user: developers.google.com/workspace/sheets/api/limits
)
LONGEST: Final = 64.0  #: seconds; the longest backoff, as Google's guide to the quota has it
RECOVERY: Final = 60.0  #: seconds after giving up before we try once more


class TokenBucket:
    """What one account may ask of Google: so many reads and so many writes in any minute.

    It never allows more than that in any span of `seconds`, so that a burst at the end of one
    minute and one at the beginning of the next are not refused.
    """

    def __init__(self, *, reads: int = READS, writes: int = WRITES, seconds: float = 60) -> None:
        self._limits: Mapping[Kind, int] = {"read": reads, "write": writes}
        self._taken: Mapping[Kind, deque[float]] = {"read": deque(), "write": deque()}
        self._seconds = seconds

    def delay(self, kind: Kind, now: float) -> float:
        """Seconds until one more request of this kind may be sent; 0 for at once."""
        taken = self._taken[kind]
        while taken and taken[0] <= now - self._seconds:
            taken.popleft()
        return taken[0] + self._seconds - now if len(taken) >= self._limits[kind] else 0.0

    def take(self, kind: Kind, now: float) -> None:
        """One is being sent now."""
        self._taken[kind].append(now)


class Patience:
    """The time that a run may lose to faults.

    It begins with the first request and ends `deadline` seconds later. After that nothing is
    tried again: what fails, fails at once, and for a minute all else does so with the same
    error. The first success after that begins a new span.

    Args:
        deadline: seconds.
        clock: gives seconds; only differences count.
    """

    def __init__(self, deadline: float, clock: Callable[[], float]) -> None:
        self._deadline = deadline
        self._clock = clock
        self._end: float | None = None
        self._failure: tuple[SourceError, float] | None = None

    @property
    def left(self) -> float:
        """Seconds that are left; negative where it is over."""
        if self._end is None:
            self._end = self._clock() + self._deadline
        return self._end - self._clock()

    def check(self) -> None:
        """A request is about to be sent.

        Raises:
            SourceError: as the last one, which failed less than a minute ago, time being up.
        """
        if self.left <= 0 and self._failure and self._clock() - self._failure[1] < RECOVERY:
            raise copy(self._failure[0])

    def extend(self, seconds: float) -> None:
        """This much was waited because we may not ask faster, which is nobody's fault."""
        if self._end is not None:
            self._end += seconds

    def failed(self, error: SourceError) -> None:
        """A request failed in a way that may pass."""
        self._failure = (copy(error), self._clock())  # what is raised gets its place told

    def succeeded(self) -> None:
        """A request was answered."""
        self._failure = None
        if self.left <= 0:
            self._end = None


def backoff(attempt: int) -> float:
    """Seconds before attempt number `attempt` + 1 (from 0): exponential, with full jitter."""
    return random.uniform(0, min(LONGEST, 2.0**attempt))  # noqa: S311  no secret depends on it
