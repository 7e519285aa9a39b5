"""How the faults of files, zip, XML and calamine become errors that people understand."""

from __future__ import annotations

import errno
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.parsers.expat import ExpatError

from python_calamine import CalamineError

from sheetcrm.core.table.names import nearest
from sheetcrm.errors import SourceNotFoundError, SourceRefusedError

REPAIR = "open it in Excel, let it repair the file, save it, and run again"


class Refusal(Exception):  # noqa: N818 - it is a decision, and becomes a SourceRefusedError
    """The workbook cannot be read or written safely.

    Attributes:
        code: a short stable word.
        what: a sentence about the workbook, without its name.
        hint: what to do next.
    """

    def __init__(self, code: str, what: str, hint: str) -> None:
        super().__init__(what)
        self.code = code
        self.what = what
        self.hint = hint


@contextmanager
def guarded(path: Path) -> Iterator[None]:
    """Turn what goes wrong inside into a `SourceError` that names the workbook.

    Raises:
        SourceNotFoundError: the file is not there or may not be read.
        SourceRefusedError: anything else that is not a fault of ours.
    """
    try:
        yield
    except Refusal as refusal:
        raise SourceRefusedError(
            f"{path.name}: {refusal.what}", code=refusal.code, hint=refusal.hint
        ) from refusal
    except (CalamineError, ExpatError, struct.error, zlib.error, UnicodeError, EOFError) as fault:
        code = "bad-xml" if isinstance(fault, ExpatError) else "damaged"
        raise SourceRefusedError(
            f"{path.name}: the file is damaged ({fault})", code=code, hint=REPAIR
        ) from fault
    except OSError as fault:
        raise _of_system(path, fault) from fault


def missing(path: Path) -> SourceNotFoundError:
    """There is no such workbook: an error that names the one that was probably meant."""
    if not path.parent.is_dir():
        return SourceNotFoundError(
            f"{path.name}: the folder {path.parent} does not exist",
            hint="correct the path in config/sheetcrm.toml",
        )
    books = sorted(
        entry.name
        for entry in path.parent.iterdir()
        if entry.suffix.lower() in {".xlsx", ".xlsm", ".xltx", ".xltm"}
        and not entry.name.startswith(("~$", "."))
    )
    return SourceNotFoundError(
        f"{path.name}: there is no such file in {path.parent}", hint=_meant(path.name, books)
    )


def _meant(name: str, books: list[str]) -> str:
    best = nearest(name, books)
    if best:
        return f"did you mean {best}?"
    if books:
        more = " …" if len(books) > 5 else ""
        return f"workbooks there: {', '.join(books[:5])}{more}"
    return "correct the path in config/sheetcrm.toml, or put the workbook there"


def _of_system(path: Path, fault: OSError) -> SourceNotFoundError | SourceRefusedError:
    if isinstance(fault, FileNotFoundError) and not path.exists():
        return missing(path)
    if isinstance(fault, PermissionError):
        return SourceRefusedError(
            f"{path.name}: no permission ({fault.strerror}: {fault.filename or path})",
            code="no-permission",
            hint="ask for the right to read and write the file and its folder",
        )
    if fault.errno in {errno.ENOSPC, errno.EDQUOT}:
        return SourceRefusedError(
            f"{path.name}: the disk is full, so the workbook was left as it is",
            code="disk-full",
            hint="make room on that disk and run again",
        )
    return SourceRefusedError(
        f"{path.name}: the system could not read or write it ({fault})",
        code="system",
        hint="check the disk or network drive and run again",
    )
