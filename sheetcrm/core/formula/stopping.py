"""Ends a thread that computes what nobody waits for any more, at its next step.

Every Polars expression of the engine begins with a `tick`, so that loops over distinct inputs
end too, wherever they are written.
"""

from __future__ import annotations

import threading


class StoppedError(Exception):
    """Nobody waits for this answer any more."""


_local = threading.local()


def watch(stopped: threading.Event) -> None:
    """From now on, `tick` ends this thread once `stopped` is set."""
    _local.stopped = stopped


def tick() -> None:
    """One step: raises `StoppedError` where this thread is no longer waited for."""
    stopped: threading.Event | None = getattr(_local, "stopped", None)
    if stopped is not None and stopped.is_set():
        raise StoppedError
