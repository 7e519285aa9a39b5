"""Replacing a file: wholly or not at all, and only if nobody has changed it meanwhile."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import BinaryIO

from sheetcrm.adapters.excel.archive import Archive
from sheetcrm.adapters.excel.faults import Refusal
from sheetcrm.adapters.excel.lock import check_free
from sheetcrm.core.table.values import Problem
from sheetcrm.errors import SourceBusyError, SourceChangedError

_MARK = ".~sheetcrm-"
_PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8)  # seconds, while a network drive says that it is busy
_PASSING = {errno.EBUSY, errno.EACCES, errno.EPERM, errno.ETXTBSY, errno.EAGAIN}


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """What tells a file apart from a later state of it."""

    size: int
    modified_ns: int
    inode: int
    digest: str  #: of the zip's central directory, which holds each part's CRC, or of everything

    @staticmethod
    def take(path: Path, archive: Archive | None = None) -> Snapshot:
        """The state of a file as it is now, or as `archive` has opened it."""
        found = path.stat()
        return Snapshot(
            size=found.st_size,
            modified_ns=found.st_mtime_ns,
            inode=found.st_ino,
            digest=_digest(path) if archive is None else sha256(archive.directory).hexdigest(),
        )


def check_unchanged(path: Path, snapshot: Snapshot) -> None:
    """Raise if the file is no longer what it was.

    Raises:
        SourceChangedError: somebody saved it, or put another file in its place.
    """
    try:
        now = Snapshot.take(path)
    except FileNotFoundError:
        now = None
    if now != snapshot:
        raise SourceChangedError(
            f"{path.name} was changed by somebody while it was being read",
            hint="run again; nothing was written",
        )


def check_writable(path: Path) -> None:
    """Refuse a file that is marked read-only, and one in a folder that is.

    Raises:
        Refusal: it is; replacing it would go behind the owner's back.
    """
    if not path.stat().st_mode & 0o222 or not os.access(path, os.W_OK):
        raise Refusal(
            "read-only",
            "the file is marked read-only",
            "clear that mark (file properties, or chmod u+w), then run again",
        )
    if not os.access(path.parent, os.W_OK):
        raise Refusal(
            "read-only",
            f"its folder {path.parent} is read-only, and a file is saved by way of a new one",
            "ask for the right to write into that folder, then run again",
        )


def other_names(path: Path) -> list[Problem]:
    """A word about a file that goes by further names (hard links), which a save leaves behind."""
    count = path.stat().st_nlink - 1
    if count < 1:
        return []
    what = "another name" if count == 1 else f"{count} other names"
    return [
        Problem(
            message=f"{path.name} goes by {what} (hard links), under which the old state stays",
            hint="name the file by a symbolic link instead, which is followed",
        )
    ]


def replace_file(
    path: Path,
    snapshot: Snapshot | None,
    write: Callable[[BinaryIO], None],
    check: Callable[[Path], None],
    *,
    like: Path,
) -> None:
    """Put new content in the place of a file, or leave everything as it was.

    Args:
        path: the file; not a symbolic link.
        snapshot: what it must still be just before it is replaced; None where it need not exist.
        write: writes the new content.
        check: raises if the new file, given as a path, is not what it should be.
        like: the file whose mode, owner and attributes it gets.

    Raises:
        SourceBusyError: somebody has opened it meanwhile.
        SourceChangedError: somebody has saved it meanwhile.
        OSError: the system refused.
    """

    def still_ours() -> None:
        check_free(path)
        if snapshot:
            check_unchanged(path, snapshot)

    _sweep(path.parent)
    with _temporary(path) as (temporary, file):
        with file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        _take_over(like, temporary)
        check(temporary)
        _rename(temporary, path, still_ours)
    _sync_folder(path.parent)


def _digest(path: Path) -> str:
    with suppress(Refusal, struct.error), Archive(path) as opened:
        return sha256(opened.directory).hexdigest()
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


@contextmanager
def _temporary(path: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """A new file beside `path`, to be renamed; it is gone where that does not come about."""
    name = f"{_MARK}{os.getpid()}-{secrets.token_hex(4)}.tmp"
    temporary = path.with_name(name)
    descriptor = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        yield temporary, os.fdopen(descriptor, "w+b")
    except BaseException:
        with suppress(OSError):  # what went wrong first is told
            temporary.unlink(missing_ok=True)
        raise


def _rename(temporary: Path, path: Path, ready: Callable[[], None]) -> None:
    """Put the new file in its place, in several attempts, each after `ready` has not raised.

    A server refuses to replace a file for as long as some program, often only a virus scanner
    or an indexer, has it open there; Windows does so for local files, too.
    """
    for pause in (*_PAUSES, None):
        ready()
        try:
            temporary.replace(path)
        except OSError as fault:
            if fault.errno not in _PASSING:
                raise
            if pause is None:
                if os.name != "nt" and fault.errno in {errno.EACCES, errno.EPERM}:
                    raise
                raise SourceBusyError(
                    f"{path.name} is open in another program",
                    hint="close it there and run again",
                ) from fault
            time.sleep(pause)
        else:
            return


def _take_over(path: Path, temporary: Path) -> None:
    """Give the new file the mode, owner and attributes of the old one, but not its times."""
    found = path.stat()
    if hasattr(os, "chown"):
        try:
            os.chown(temporary, found.st_uid, found.st_gid)
        except PermissionError:  # another person's file: the group at least may be ours, too
            with suppress(PermissionError):
                os.chown(temporary, -1, found.st_gid)
    shutil.copystat(path, temporary)
    os.utime(temporary)


def _sync_folder(folder: Path) -> None:
    """Make the renaming last; it has happened, whatever the system says to this."""
    if os.name == "nt":
        return
    with suppress(OSError):  # some network drives cannot
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _sweep(folder: Path) -> None:
    """Remove what runs that were killed have left behind."""
    for left in folder.glob(f"{_MARK}*.tmp"):
        owner = left.name.removeprefix(_MARK).partition("-")[0]
        if owner.isdigit() and int(owner) != os.getpid() and not _alive(int(owner)):
            left.unlink(missing_ok=True)


def _alive(process: int) -> bool:
    if os.name == "nt":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
