"""One run at a time for each workspace and each source: kernel locks that die with their process.

Beside a lock's file lies another that says who holds it. It is only for people: one that a dead
process left behind means nothing, and is written over by the next holder.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import blake2b
from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout

from sheetcrm.errors import LedgerError, LedgerLockedError, SourceBusyError


@dataclass(frozen=True, kw_only=True, slots=True)
class Holder:
    """Who holds a lock."""

    command: str  #: ``sheetcrm sync``
    pid: int
    since: str  #: ``2026-11-22 09:30 UTC``, as the machine's clock shows it
    workspace: str  #: its folder

    def __str__(self) -> str:
        return f"{self.command}, process {self.pid}, since {self.since}"


def this_process(command: str, workspace: Path, now: datetime) -> Holder:
    """Us, as a holder."""
    since = f"{now:%Y-%m-%d %H:%M %Z}".rstrip()
    return Holder(command=command, pid=os.getpid(), since=since, workspace=str(workspace))


@contextmanager
def workspace_lock(path: Path, holder: Holder) -> Iterator[None]:
    """Hold the lock at `path` inside the block; this process may hold it already.

    Raises:
        LedgerLockedError: another run holds it.
        LedgerError: the lock's folder cannot be written.
    """
    try:
        lock = _take(path, holder)
    except OSError as error:
        raise LedgerError(
            f"{path.parent} cannot be written: {error.strerror}",
            hint="make the workspace's folder writable",
        ) from error
    if lock is None:
        raise LedgerLockedError(
            f"another run of sheetcrm is at work in this workspace{_told(holder_of(path))}",
            hint="wait until it has finished and try again",
        )
    try:
        yield
    finally:
        _release(lock, path)


def holder_of(path: Path) -> Holder | None:
    """Who holds the lock at `path`, or held it when it was cut off; None where nobody says."""
    try:
        return Holder(**json.loads(_beside(path).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def is_held(path: Path) -> bool:
    """Whether somebody holds the lock at `path` just now."""
    if not path.exists():
        return False
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    except OSError:
        return False
    lock.release()
    return False


class SourceClaims:
    """The sources that this run has, so that no run of another workspace works on them."""

    def __init__(self, folder: Path, instead: Path, holder: Holder) -> None:
        """Take nothing yet.

        Args:
            folder: where the locks of all workspaces of this user lie.
            instead: where they lie if nothing can be written there, only for this workspace.
            holder: us.
        """
        self._folders = folder, instead
        self._holder = holder
        self._taken: set[str] = set()
        self._held = ExitStack()

    def take(self, thing: str, locator: str) -> None:
        """Hold a source until `close`; one that we hold already stays ours.

        Args:
            thing: what is the same for every workspace: the file's real path, or an id.
            locator: where it is, for people.

        Raises:
            SourceBusyError: another workspace's run has it.
        """
        if thing in self._taken:
            return
        name = f"{blake2b(thing.encode(), digest_size=16).hexdigest()}.lock"
        path = next((path for path in self._places(name)), None)
        lock = _take(path, self._holder) if path else None
        if path and lock is None:
            other = holder_of(path)
            raise SourceBusyError(
                f"{locator}: a run in another workspace is at work on it{_told(other)}",
                holder=str(other or ""),
                hint="wait until it has finished and try again"
                + (f"; that workspace is {other.workspace}" if other else ""),
            )
        if path and lock:
            self._held.callback(_release, lock, path)
        self._taken.add(thing)

    def close(self) -> None:
        """Let go of all of them."""
        self._held.close()
        self._taken.clear()

    def _places(self, name: str) -> Iterator[Path]:
        for folder in self._folders:
            with suppress(OSError):
                folder.mkdir(parents=True, exist_ok=True)
                if os.access(folder, os.W_OK):
                    yield folder / name


def _take(path: Path, holder: Holder) -> BaseFileLock | None:
    """The lock at `path`, None where another process holds it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = FileLock(path, is_singleton=True)  # taken again by this process, it only counts
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return None
    if lock.lock_counter == 1:
        with suppress(OSError):
            _beside(path).write_text(json.dumps(asdict(holder)), encoding="utf-8")
    return lock


def _release(lock: BaseFileLock, path: Path) -> None:
    if lock.lock_counter == 1:
        with suppress(OSError):
            _beside(path).unlink(missing_ok=True)
    lock.release()


def _beside(path: Path) -> Path:
    return path.with_suffix(".json")


def _told(holder: Holder | None) -> str:
    return f" ({holder})" if holder else ""
