"""Sources whose own sheet is never written, and ``NAME.scores.xlsx``, the report beside them.

The report is ours: it is made anew whenever it should say something else. Still no workbook of
somebody else's is taken for it, and one that people have typed into is kept as a backup first.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from sheetcrm.adapters.excel.backup import Backups
from sheetcrm.adapters.excel.faults import Refusal, guarded
from sheetcrm.adapters.excel.lock import check_free
from sheetcrm.adapters.excel.reportbook import Row, as_seen, make, read_report
from sheetcrm.adapters.excel.save import check_writable, replace_file
from sheetcrm.core.table.layout import Layout
from sheetcrm.core.table.values import CellValue, Edit, Problem, Severity, Tab
from sheetcrm.errors import SourceRefusedError
from sheetcrm.ports import Backup, Restorable, TabSource, WithLayout, WriteReceipt

if TYPE_CHECKING:
    from sheetcrm.core.table.stagelog import StageLog


def report_of(path: Path, name: str = "") -> Path:
    """Where the report on a file lies: ``leads.scores.xlsx``, or ``leads.NAME.scores.xlsx``."""
    plain = "".join(sign if sign.isalnum() or sign in "-_ " else "-" for sign in name).strip()
    return path.with_name(".".join(filter(None, [path.stem, plain, "scores", "xlsx"])))


def offer(path: Path) -> str:
    """How to have scores all the same where a file cannot be written, as part of a hint."""
    return f'set write = "beside" in the source, and the scores go into {report_of(path).name}'


class UnwrittenSource:
    """A source that is read, and whose sheet is not written.

    Args:
        inner: the source.
        report: the workbook of ours that is written in its stead; None for none.
        like: the file whose mode and owner a new report gets; its folder's where None.
        backups: where a report that people have changed is copied before it is made anew.
        language: in which the report tells what it is.
    """

    def __init__(
        self,
        inner: TabSource,
        *,
        report: Path | None = None,
        like: Path | None = None,
        backups: Backups | None = None,
        language: str = "en",
    ) -> None:
        self._inner = inner
        self._report = report
        self._like = like
        self._backups = backups
        self._language = language
        self.name = inner.name

    @property
    def locator(self) -> str:
        """That of the source."""
        return self._inner.locator

    @property
    def aside(self) -> str:
        """The report's name, or ""."""
        return self._report.name if self._report else ""

    def read(self, known_headers: Collection[str] = ()) -> Tab:
        """Read the tab as it stands now; see `ports.TabSource`."""
        return self._inner.read(known_headers)

    def layout(self, tab: Tab) -> Layout:
        """How the tab looked when it was read; see `ports.WithLayout`."""
        inner = self._inner
        return inner.layout(tab) if isinstance(inner, WithLayout) else Layout()

    def write(
        self,
        tab: Tab,  # noqa: ARG002 - the port's signature
        edits: Sequence[Edit],
        *,
        append: Sequence[str] = (),
        log: StageLog | None = None,  # noqa: ARG002
        run: str = "",  # noqa: ARG002
    ) -> WriteReceipt:
        """Nothing, or a refusal.

        Raises:
            SourceRefusedError: there is something to write.
        """
        if edits or append:
            said = 'write = "beside"' if self._report else "write = false"
            raise SourceRefusedError(
                f"{self.locator}: it is not to be written, as the config says {said}",
                code="unwritten",
                hint=f"take that line out of the source {self.name}, then run again",
            )
        return WriteReceipt(cells=0)

    def backups(self) -> list[Backup]:
        """The copies from a time when it was written; see `ports.Restorable`."""
        return self._inner.backups() if isinstance(self._inner, Restorable) else []

    def restore(self, backup: Backup, *, run: str) -> str:
        """Put one of those back, as somebody has asked for that; see `ports.Restorable`."""
        if not isinstance(self._inner, Restorable):
            raise TypeError("this source keeps no backups")
        return self._inner.restore(backup, run=run)

    def put_aside(
        self, tab: Tab, columns: Mapping[str, Sequence[CellValue]], *, run: str = ""
    ) -> WriteReceipt:
        """Make the report say this; see `ports.Unwritten`."""
        if self._report is None:
            return WriteReceipt(cells=0)
        path = self._report.resolve()
        wanted: list[Row] = [tuple(columns), *zip(*columns.values(), strict=True)]
        with guarded(path):
            seen = as_seen(wanted)
            old = read_report(path) if path.exists() else None
            if old and old.says == seen:
                return WriteReceipt(cells=0)
            check_free(path)
            kept = ""
            if old:
                check_writable(path)
            if old and old.edited and self._backups:
                kept = self._backups.save(path, run, always=True)

            def write(file: BinaryIO) -> None:
                make(file, tab.title, wanted, language=self._language)

            def check(temporary: Path) -> None:
                new = read_report(temporary)
                if new.says != seen or new.edited:
                    raise _different()

            like = path if old else self._like or path.parent
            replace_file(path, old.snapshot if old else None, write, check, like=like)
            if kept and self._backups:
                self._backups.prune(path)
        noted = [_edited(path, self.name)] if kept else []
        return WriteReceipt(cells=sum(map(len, wanted[1:])), backup=kept, problems=tuple(noted))


def _edited(path: Path, source: str) -> Problem:
    return Problem(
        message=f"{path.name} had been changed by somebody, and was made anew",
        severity=Severity.NOTE,
        source=source,
        hint="what stood there is in the backup; type into the sheet itself, it is what is read",
    )


def _different() -> Refusal:
    return Refusal(
        "not-verified",
        "the new report was not what it should be, so nothing was written",
        "this is a fault of sheetcrm: please report it with that sentence",
    )
