"""Replacing a file: wholly or not at all, and only if nobody has changed it meanwhile."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from sheetcrm.adapters.excel.archive import Archive
from sheetcrm.adapters.excel.faults import Refusal
from sheetcrm.adapters.excel.lock import check_free
from sheetcrm.errors import SourceBusyError, SourceChangedError

_MARK = ".~sheetcrm-"


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """What tells a file apart from a later state of it."""

    size: int
    modified_ns: int
    inode: int
    directory: str  #: digest of the zip's central directory, which holds each part's CRC

    @staticmethod
    def take(path: Path, archive: Archive | None = None) -> Snapshot:
        """The state of a workbook as it is now, or as `archive` has opened it."""
        found = path.stat()
        if archive is None:
            with Archive(path) as opened:
                directory = opened.directory
        else:
            directory = archive.directory
        return Snapshot(
            size=found.st_size,
            modified_ns=found.st_mtime_ns,
            inode=found.st_ino,
            directory=sha256(directory).hexdigest(),
        )


def check_unchanged(path: Path, snapshot: Snapshot) -> None:
    """Raise if the file is no longer what it was.

    Raises:
        SourceChangedError: somebody saved it, or put another file in its place.
    """
    try:
        now = Snapshot.take(path)
    except (FileNotFoundError, Refusal):
        now = None
    if now != snapshot:
        raise SourceChangedError(
            f"{path.name} was changed by somebody while it was being read",
            hint="run again; nothing was written",
        )


def check_writable(path: Path) -> None:
    """Refuse a file that is marked read-only.

    Raises:
        Refusal: it is; replacing it would go behind the owner's back.
    """
    if not path.stat().st_mode & 0o222 or not os.access(path, os.W_OK):
        raise Refusal(
            "read-only",
            "the file is marked read-only",
            "clear that mark (file properties, or chmod u+w), then run again",
        )


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
    _sweep(path.parent)
    with _temporary(path) as (temporary, file):
        with file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        _take_over(like, temporary)
        check(temporary)
        check_free(path)
        if snapshot:
            check_unchanged(path, snapshot)
        _rename(temporary, path)
    _sync_folder(path.parent)


@contextmanager
def _temporary(path: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """A new file beside `path`, that is gone afterwards unless it was renamed."""
    name = f"{_MARK}{os.getpid()}-{secrets.token_hex(4)}.tmp"
    temporary = path.with_name(name)
    descriptor = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        yield temporary, os.fdopen(descriptor, "w+b")
    finally:
        temporary.unlink(missing_ok=True)


def _rename(temporary: Path, path: Path) -> None:
    try:
        temporary.replace(path)
    except PermissionError as fault:
        if os.name != "nt":
            raise
        raise SourceBusyError(  # Windows lets nobody replace a file that is open
            f"{path.name} is open in another program", hint="close it there and run again"
        ) from fault


def _take_over(path: Path, temporary: Path) -> None:
    """Give the new file the mode, owner and attributes of the old one, but not its times."""
    found = path.stat()
    if hasattr(os, "chown"):
        with suppress(PermissionError):
            os.chown(temporary, found.st_uid, found.st_gid)
    shutil.copystat(path, temporary)
    os.utime(temporary)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network drives cannot
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
