"""A copy of a file takes the file's place again."""

from __future__ import annotations

import shutil
from hashlib import file_digest
from pathlib import Path
from typing import BinaryIO

from sheetcrm.adapters.excel.archive import Archive
from sheetcrm.adapters.excel.backup import Backups
from sheetcrm.adapters.excel.faults import Refusal, guarded
from sheetcrm.adapters.excel.lock import check_free
from sheetcrm.adapters.excel.save import Snapshot, check_writable, replace_file


def restore_file(path: Path, copy: Path, backups: Backups, run: str) -> str:
    """Put `copy` in the place of `path`, which is itself kept as the state before `run`.

    Returns:
        Where the replaced state is kept; "" where there was none, or it is the same.

    Raises:
        SourceError: the file is busy or read-only, the copy damaged or gone, or the replaced state
            cannot be kept; nothing was changed.
    """
    with guarded(path):
        check_free(path)
        _check_whole(copy)
        there = path.exists()
        wanted = _digest(copy)
        if there and _digest(path) == wanted:
            return ""
        snapshot = Snapshot.take(path) if there else None
        kept = ""
        if there:
            check_writable(path)
            kept = backups.save(path, run, always=True)

        def write(file: BinaryIO) -> None:
            with copy.open("rb") as source:
                shutil.copyfileobj(source, file, 1 << 20)

        def check(temporary: Path) -> None:
            if _digest(temporary) != wanted:
                raise _damaged(copy)

        replace_file(path, snapshot, write, check, like=path if there else copy)
        backups.prune(path)
        return kept


def _check_whole(copy: Path) -> None:
    """Raise where the copy is a package that is damaged."""
    if not copy.is_file():
        raise Refusal("no-backup", f"the backup {copy} is gone", "sheetcrm restore lists them")
    with copy.open("rb") as file:
        packed = file.read(2) == b"PK"
    if not packed:
        return
    try:
        with Archive(copy) as archive:
            archive.check()
    except Refusal as refusal:
        raise _damaged(copy) from refusal


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _damaged(copy: Path) -> Refusal:
    return Refusal(
        "no-backup", f"the backup {copy.name} is damaged", "take another: sheetcrm restore --list"
    )
