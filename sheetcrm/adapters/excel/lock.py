"""Who has a workbook open: owner files beside it, and locks of the system on it.

Excel's ``~$name.xlsx``: one byte length, the name in 54 bytes of ANSI, at 55 its length again,
at 57 the name in UTF-16. LibreOffice's ``.~lock.name.xlsx#``: comma-separated, user and host
among the first fields. A program that has locked the file itself (flock or fcntl, which network
drives pass on; on Windows a sharing violation) is taken as having it open, too.
"""

from __future__ import annotations

import errno
import os
import struct
from contextlib import suppress
from pathlib import Path

from sheetcrm.errors import SourceBusyError

SOMEBODY = "somebody"
_HELD = {errno.EACCES, errno.EAGAIN, errno.EWOULDBLOCK}


def holder(path: Path) -> str | None:
    """Who has the workbook open (`SOMEBODY` where no name is given), or None."""
    excel, office = path.with_name(f"~${path.name}"), path.with_name(f".~lock.{path.name}#")
    if excel.exists():
        return _excel_owner(excel)
    if office.exists():
        return _office_owner(office)
    return None


def check_free(path: Path) -> None:
    """Raise unless nobody has the workbook open.

    Raises:
        SourceBusyError: somebody has, who is named.
    """
    who = holder(path)
    if who is None:
        _check_unlocked(path)
        return
    excel = path.with_name(f"~${path.name}")
    program, mark = (
        ("Excel", excel.name) if excel.exists() else ("LibreOffice", f".~lock.{path.name}#")
    )
    raise SourceBusyError(
        f"{path.name} is open in {program} by {who}",
        holder=who,
        hint="close it there and run again (if nobody has it open, "
        f"delete the left-over file {mark})",
    )


def _check_unlocked(path: Path) -> None:
    """Raise where another process has locked the file against writing."""
    try:
        descriptor = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    except PermissionError as fault:
        if getattr(fault, "winerror", 0) in {32, 33}:  # sharing violation, lock violation
            raise _locked(path, SOMEBODY) from fault
        return  # whether it may be written is asked elsewhere
    except FileNotFoundError:
        return
    try:
        if _is_locked(descriptor):
            raise _locked(path, _locker(os.fstat(descriptor).st_ino))
    finally:
        os.close(descriptor)


def _is_locked(descriptor: int) -> bool:
    """Whether a shared lock, which readers may have together, is not to be had."""
    if os.name == "nt":
        return False
    import fcntl  # noqa: PLC0415 - Windows has none

    for lock in (fcntl.flock, fcntl.lockf):
        try:
            lock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
            lock(descriptor, fcntl.LOCK_UN)
        except OSError as fault:  # a drive that knows no locks has none
            if fault.errno in _HELD:
                return True
    return False


def _locker(inode: int) -> str:
    """The process that holds a lock on the file, as far as Linux tells."""
    with suppress(OSError):
        for line in Path("/proc/locks").read_text(encoding="ascii").splitlines():
            fields = line.split()
            if len(fields) > 5 and fields[5].rpartition(":")[2] == str(inode):
                name = Path(f"/proc/{fields[4]}/comm").read_text(encoding="utf-8").strip()
                return f"{name} (process {fields[4]})"
    return "another program"


def _locked(path: Path, who: str) -> SourceBusyError:
    return SourceBusyError(
        f"{path.name} is locked by {who}", holder=who, hint="close it there and run again"
    )


def _excel_owner(path: Path) -> str:
    data = _content(path)
    if len(data) < 59:
        return SOMEBODY
    (length,) = struct.unpack_from("<H", data, 55)
    name = data[57 : 57 + 2 * length].decode("utf-16-le", "replace")
    short = data[1 : 1 + data[0]].decode("cp1252", "replace")
    return _clean(name) or _clean(short) or SOMEBODY


def _office_owner(path: Path) -> str:
    fields = _content(path).decode("utf-8", "replace").split(",")
    names = [_clean(field) for field in fields[:3]]
    person = names[0] or (names[1] if len(names) > 1 else "")
    host = names[2] if len(names) > 2 else ""
    if not person:
        return SOMEBODY
    return f"{person} on {host}" if host else person


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(4096)
    except OSError:  # on Windows Excel keeps it to itself
        return b""


def _clean(text: str) -> str:
    return "".join(char for char in text if char.isprintable()).strip()
