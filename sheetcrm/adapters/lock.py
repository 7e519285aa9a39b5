"""One run at a time for each workspace: a kernel lock that dies with its process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from sheetcrm.errors import LedgerError, LedgerLockedError


@contextmanager
def workspace_lock(path: Path, *, held: bool) -> Iterator[None]:
    """Hold the lock at `path` inside the block; nothing at all where not `held`.

    Raises:
        LedgerLockedError: another run holds it.
        LedgerError: the lock's folder cannot be written.
    """
    if not held:
        yield
        return
    lock = FileLock(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise LedgerLockedError(
            "another run of sheetcrm is at work in this workspace",
            hint="wait until it has finished and try again",
        ) from error
    except OSError as error:
        raise LedgerError(
            f"{path.parent} cannot be written: {error.strerror}",
            hint="make the workspace's folder writable",
        ) from error
    try:
        yield
    finally:
        lock.release()
