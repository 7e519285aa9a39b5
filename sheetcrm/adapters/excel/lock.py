"""Who has a workbook open: the owner files that Excel and LibreOffice lay beside it.

Excel's ``~$name.xlsx``: one byte length, the name in 54 bytes of ANSI, at 55 its length again,
at 57 the name in UTF-16. LibreOffice's ``.~lock.name.xlsx#``: comma-separated, user and host
among the first fields.
"""

from __future__ import annotations

import struct
from pathlib import Path

from sheetcrm.errors import SourceBusyError

SOMEBODY = "somebody"


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
