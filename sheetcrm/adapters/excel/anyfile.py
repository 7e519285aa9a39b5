"""A file with leads, whatever its format: its content decides, not its name.

Only CSV cannot be told from any other text, so that the name or the config must say it, too.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from sheetcrm.adapters.excel.backup import Backups
from sheetcrm.adapters.excel.early import EarlyReading
from sheetcrm.adapters.excel.source import ExcelSource
from sheetcrm.core.table.layout import Layout
from sheetcrm.core.table.values import Edit, Problem, Tab
from sheetcrm.errors import SourceRefusedError
from sheetcrm.ports import Backup, Rehearsing, WithLayout, WriteReceipt

if TYPE_CHECKING:
    from sheetcrm.adapters.excel.csvsource import CsvSource
    from sheetcrm.adapters.excel.readonly import ReadOnlySource
    from sheetcrm.core.table.stagelog import StageLog

_READ_ONLY = {"xls", "xlsb", "ods"}
_NOWHERE = {"disk-full", "no-permission", "system", "no-backup", "text-too-long", "not-a-number"}
_TEXTS = {".csv", ".tsv", ".txt"}


class FileSource:
    """Leads in a workbook (.xlsx and its siblings) or a CSV file; .xls, .xlsb, .ods to be read.

    Args:
        name: the source's name in the config.
        path: the file; a symbolic link is followed.
        tab: where in a workbook the leads are; see `ExcelSource`.
        csv: the config says that it is CSV.
        write_protected: write into a protected sheet too.
        recalculate: see `ExcelSource`.
        to_write: it is read to be written, so that a reading says where it cannot be.
        backups: where the file is copied before its first write of a day; None for no copies.
    """

    def __init__(
        self,
        name: str,
        path: str | PathLike[str],
        tab: str = "",
        *,
        csv: bool = False,
        write_protected: bool = False,
        recalculate: bool = False,
        to_write: bool = False,
        backups: Backups | None = None,
    ) -> None:
        self.name = name
        self._path = Path(path)
        self._tab = tab
        self._csv = csv or self._path.suffix.lower() in _TEXTS
        self._to_write = to_write
        self._backups = backups
        self._workbook = ExcelSource(
            name,
            path,
            tab,
            write_protected=write_protected,
            recalculate=recalculate,
            backups=backups,
        )
        self._found: ExcelSource | CsvSource | ReadOnlySource = self._workbook

    @property
    def locator(self) -> str:
        """``leads.xlsx › Leads``."""
        return self._found.locator

    def begun(self, early: EarlyReading) -> None:
        """A reading has begun already; see `ExcelSource.begun`."""
        self._workbook.begun(early)

    def read(self, known_headers: Collection[str] = ()) -> Tab:
        """Read the tab as it stands now; see `ports.TabSource`."""
        try:
            tab = self._workbook.read(known_headers)
        except SourceRefusedError as refusal:
            other = self._other(refusal.code)
            if other is None:
                raise
            self._found = other
            return other.read(known_headers)
        self._found = self._workbook
        return tab

    def write(
        self,
        tab: Tab,
        edits: Sequence[Edit],
        *,
        append: Sequence[str] = (),
        log: StageLog | None = None,
        run: str = "",
    ) -> WriteReceipt:
        """Change the edits' cells and nothing else; see `ports.TabSource`."""
        try:
            return self._found.write(tab, edits, append=append, log=log, run=run)
        except SourceRefusedError as refusal:
            refusal.hint = self._offered(refusal)
            raise

    def rehearse(self, tab: Tab, headers: Collection[str]) -> None:
        """Whether it could be written; what is only read has said so. See `ports.Rehearsing`."""
        found = self._found
        try:
            if isinstance(found, Rehearsing):
                found.rehearse(tab, headers)
        except SourceRefusedError as refusal:
            refusal.hint = self._offered(refusal)
            raise

    def layout(self, tab: Tab) -> Layout:
        """How the tab looked when it was read; see `ports.WithLayout`."""
        found = self._found
        return found.layout(tab) if isinstance(found, WithLayout) else Layout()

    def foresee(
        self, tab: Tab, edits: Sequence[Edit], *, append: Sequence[str] = ()
    ) -> list[Problem]:
        """What is to be known before it is written; see `ports.Foreseeing`."""
        found = self._found
        return found.foresee(tab, edits, append=append) if isinstance(found, ExcelSource) else []

    def rehearse_log(self, log: StageLog) -> None:
        """Whether the log could be appended to; see `ports.Logging`."""
        if isinstance(self._found, ExcelSource):
            self._found.rehearse_log(log)

    def backups(self) -> list[Backup]:
        """The copies of the file; see `ports.Restorable`."""
        return self._workbook.backups()

    def restore(self, backup: Backup, *, run: str) -> str:
        """Put a copy in the place of the file; see `ports.Restorable`."""
        return self._workbook.restore(backup, run=run)

    def _offered(self, refusal: SourceRefusedError) -> str:
        """The refusal's hint, and how to have the scores all the same, where there is a way."""
        if refusal.code in _NOWHERE or not os.access(self._path.parent, os.W_OK):
            return refusal.hint
        from sheetcrm.adapters.excel.beside import offer  # noqa: PLC0415

        return f"{refusal.hint}; or {offer(self._path)}"

    def _other(self, code: str) -> CsvSource | ReadOnlySource | None:
        """What reads a file that was refused for this reason."""
        if code in _READ_ONLY:
            from sheetcrm.adapters.excel.readonly import ReadOnlySource  # noqa: PLC0415

            return ReadOnlySource(self.name, self._path, self._tab, code, to_write=self._to_write)
        if self._csv and (code == "text" or self._path.stat().st_size == 0):
            from sheetcrm.adapters.excel.csvsource import CsvSource  # noqa: PLC0415

            return CsvSource(self.name, self._path, backups=self._backups)
        return None
