"""Copies of a file as it was before a run: before the first of each day, and before a restore.

They are called ``leads.3f9a1c.20261122-093000-k3f.bak.xlsx``: the file's name, a digest of where
it lies, the id of the run, so that they sort by file and time.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from sheetcrm.adapters.excel.faults import Refusal
from sheetcrm.ports import Backup

_RUN = re.compile(r"(\d{8}-\d{6})(?:-\w+)?")
_STAMP = "%Y%m%d-%H%M%S"


@dataclass(frozen=True, kw_only=True, slots=True)
class Backups:
    """The folder of the copies, and how many of them stay; the newest one always does."""

    folder: Path
    now: datetime  #: zoned; its day is the one of which the first state is kept
    keep: int = 30  #: of each file
    days: int = 365
    megabytes: int = 2000  #: of each file, all together

    def of(self, path: Path) -> list[Backup]:
        """The copies of a file, the newest first."""
        start, end = self._frame(path)
        found = []
        for entry in self.folder.iterdir() if self.folder.is_dir() else ():
            name = entry.name
            match = _RUN.fullmatch(name[len(start) : -len(end)])
            if match and name.startswith(start) and name.endswith(end):
                at = datetime.strptime(match[1], _STAMP).replace(tzinfo=UTC)
                size = entry.stat().st_size
                found.append(Backup(run=match[0], place=str(entry), size=size, at=at))
        return sorted(found, key=lambda backup: backup.run, reverse=True)

    def save(self, path: Path, run: str, *, always: bool = False) -> str:
        """Copy the file unless a state of today is kept already; say where, or "".

        Raises:
            Refusal: it cannot be copied.
        """
        zone, today = self.now.tzinfo, self.now.date()
        if not always and any(b.at.astimezone(zone).date() == today for b in self.of(path)):
            return ""
        start, end = self._frame(path)
        kept = self.folder / f"{start}{run or self.now.astimezone(UTC).strftime(_STAMP)}{end}"
        started = kept.with_name(kept.name + ".part")
        with self._explained():
            self.folder.mkdir(parents=True, exist_ok=True)
            for left in self.folder.glob("*.part"):  # of runs that were killed
                left.unlink()
            try:
                shutil.copy2(path, started)
                _sync(started)
                started.replace(kept)
            finally:
                with suppress(OSError):
                    started.unlink(missing_ok=True)
        return str(kept)

    def prune(self, path: Path) -> None:
        """Throw away the copies of a file that are too many, too old or too big."""
        total = 0
        with suppress(OSError):  # the next run tries again
            for index, backup in enumerate(self.of(path)):
                total += backup.size
                few = index < self.keep and total <= self.megabytes * 1_000_000
                if index and not (few and self.now - backup.at <= timedelta(days=self.days)):
                    Path(backup.place).unlink()

    def _frame(self, path: Path) -> tuple[str, str]:
        """How the names of a file's copies begin and end; the workspace may be moved."""
        try:
            place = os.path.relpath(path.parent, self.folder)
        except ValueError:  # on another drive
            place = str(path.parent)
        digest = sha256(Path(place).as_posix().encode()).hexdigest()[:6]
        return f"{path.stem}.{digest}.", f".bak{path.suffix}"

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as fault:
            raise Refusal(
                "no-backup",
                f"it could not be backed up in {self.folder} ({fault.strerror or fault}), "
                "so nothing was written",
                "make that folder writable, or make room there, then run again",
            ) from fault


def _sync(path: Path) -> None:
    """Make the copy last before the file itself is replaced."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
