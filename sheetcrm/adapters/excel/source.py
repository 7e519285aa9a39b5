"""One lead tab of an Excel workbook: the `TabSource` over everything else in this room."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from sheetcrm.adapters.excel.backup import Backups
from sheetcrm.adapters.excel.early import EarlyReading
from sheetcrm.adapters.excel.faults import guarded
from sheetcrm.adapters.excel.grid import read_sheet
from sheetcrm.adapters.excel.growth import NewColumns
from sheetcrm.adapters.excel.lock import check_free, holder
from sheetcrm.adapters.excel.package import Package, Sheet
from sheetcrm.adapters.excel.places import find_place
from sheetcrm.adapters.excel.reader import Region, read_place
from sheetcrm.adapters.excel.restoring import restore_file
from sheetcrm.adapters.excel.save import (
    Snapshot,
    check_unchanged,
    check_writable,
    other_names,
)
from sheetcrm.adapters.excel.scan import Scan
from sheetcrm.adapters.excel.update import Change, rehearse, stale
from sheetcrm.adapters.excel.values import same
from sheetcrm.adapters.excel.writing import write_changes
from sheetcrm.core.table.layout import Layout
from sheetcrm.core.table.values import CellValue, Edit, Problem, Tab
from sheetcrm.errors import SourceChangedError
from sheetcrm.ports import Backup, WriteReceipt

if TYPE_CHECKING:
    from sheetcrm.core.table.stagelog import StageLog

_TRIES = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Revision:
    """What a tab was read from: the file's state, and where its columns are."""

    snapshot: Snapshot
    sheet: Sheet
    scan: Scan
    region: Region
    numbers: Mapping[str, int]  #: header → column number
    header: Sequence[CellValue]  #: the header cells of the columns as they stand


class ExcelSource:
    """A lead tab in an Excel workbook.

    Args:
        name: the source's name in the config.
        path: the workbook; a symbolic link is followed.
        tab: a tab, an Excel table, a defined name, or ``Tab!B4:M``; "" for the first visible tab.
        write_protected: write into a protected sheet too.
        recalculate: bring the values of formulas that read what is written up to date.
        backups: where the workbook is copied before its first write of a day; None for no copies.
    """

    def __init__(
        self,
        name: str,
        path: str | PathLike[str],
        tab: str = "",
        *,
        write_protected: bool = False,
        recalculate: bool = False,
        backups: Backups | None = None,
    ) -> None:
        self.name = name
        self._shown = Path(path)
        self._path = self._shown.resolve()
        self._tab = tab
        self._title = ""
        self._early: EarlyReading | None = None
        self._write_protected = write_protected
        self._recalculate = recalculate
        self._backups = backups

    @property
    def locator(self) -> str:
        """``leads.xlsx › Leads``; of the first visible tab the name is known once it was read."""
        place = self._tab or self._title
        return f"{self._shown.name} › {place}" if place else self._shown.name

    def busy(self) -> str | None:
        """Who has the workbook open, or None. It can be read all the same, but not written."""
        return holder(self._path)

    def begun(self, early: EarlyReading) -> None:
        """A reading has begun already, perhaps of this tab; the next `read` may take it."""
        if early.of == (self._path, self._tab):
            self._early = early

    def read(self, known_headers: Collection[str] = ()) -> Tab:
        """Read the tab as it stands now; see `ports.TabSource`."""
        with guarded(self._path):
            for _ in range(_TRIES):
                tab, snapshot = self._read(known_headers)
                if Snapshot.take(self._path) == snapshot:
                    return tab
        raise SourceChangedError(
            f"{self._path.name} is being changed all the time", hint="run again later"
        )

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
        revision = _revision(tab)
        change = self._change(tab, revision, edits, append)
        if not change.cells and log is None:
            return WriteReceipt(cells=0)
        with guarded(self._path):
            check_free(self._path)
            check_unchanged(self._path, revision.snapshot)
            check_writable(self._path)
            return self._write(change, log, revision.snapshot, run)

    def foresee(
        self, tab: Tab, edits: Sequence[Edit], *, append: Sequence[str] = ()
    ) -> list[Problem]:
        """What is to be known before it is written; see `ports.Foreseeing`."""
        change = self._change(tab, _revision(tab), edits, append)
        if not change.cells:
            return []
        with guarded(self._path), Package(self._path) as package:
            return [replace(problem, source=self.name) for problem in stale(package, change)]

    def rehearse(self, tab: Tab, headers: Collection[str]) -> None:
        """Whether file and tab could be written; see `ports.Rehearsing`."""
        append = [header for header in headers if header not in tab.headers]
        change = self._change(tab, _revision(tab), [], append)
        with guarded(self._path), Package(self._path) as package:
            check_writable(self._path)
            rehearse(package, change)

    def rehearse_log(self, log: StageLog) -> None:
        """Find out whether the log could be appended to; see `ports.Logging`."""
        from sheetcrm.adapters.excel.logtab import check_log  # noqa: PLC0415 - few teams keep one

        with guarded(self._path), Package(self._path) as package:
            check_log(package, log)

    def layout(self, tab: Tab) -> Layout:
        """How the tab looked when it was read; see `ports.WithLayout`."""
        from sheetcrm.adapters.excel.layout import layout_of  # noqa: PLC0415 - no sync needs it

        revision = tab.revision
        if not isinstance(revision, Revision):
            raise TypeError("this tab was not read by an ExcelSource")
        with guarded(self._path):
            check_unchanged(self._path, revision.snapshot)
            with Package(self._path) as package:
                return layout_of(
                    package,
                    revision.sheet,
                    revision.scan,
                    revision.region,
                    header=revision.header,
                    tab=tab,
                )

    def backups(self) -> list[Backup]:
        """The copies of the workbook; see `ports.Restorable`."""
        return self._backups.of(self._path) if self._backups else []

    def restore(self, backup: Backup, *, run: str) -> str:
        """Put a copy in the place of the workbook; see `ports.Restorable`."""
        if self._backups is None:
            raise TypeError("this source keeps no backups")
        return restore_file(self._path, Path(backup.place), self._backups, run)

    def _read(self, known_headers: Collection[str]) -> tuple[Tab, Snapshot]:
        early, self._early = self._early, None
        with Package(self._path) as package:
            snapshot = Snapshot.take(self._path, package.archive)
            place = find_place(package, self._tab)
            seen = early.take(snapshot, place.sheet) if early else None
            seen = seen or read_sheet(package, place.sheet)
            reading = read_place(package, place, seen, known_headers)
        self._title = place.sheet.title
        revision = Revision(
            snapshot=snapshot,
            sheet=place.sheet,
            scan=reading.scan,
            region=reading.region,
            numbers=reading.numbers,
            header=reading.header,
        )
        tab = Tab(
            source=self.name,
            title=place.sheet.title,
            header_row=reading.region.header_row,
            rows=reading.rows,
            columns=reading.columns,
            problems=[replace(problem, source=self.name) for problem in reading.problems],
            revision=revision,
        )
        return tab, snapshot

    def _change(
        self, tab: Tab, revision: Revision, edits: Sequence[Edit], append: Sequence[str]
    ) -> Change:
        cells, headers = _changes(tab, revision, edits, append)
        return Change(
            sheet=revision.sheet,
            scan=revision.scan,
            cells=cells,
            area=revision.region.area,
            new=_new_columns(revision, append),
            occupied=revision.region.beyond,
            table=revision.region.table,
            header_row=revision.region.header_row,
            headers=headers,
            write_protected=self._write_protected,
            recalculate=self._recalculate,
        )

    def _write(
        self, change: Change, log: StageLog | None, snapshot: Snapshot, run: str
    ) -> WriteReceipt:
        with Package(self._path) as package:
            changes, logged = self._with_log(package, change, log)
            kept = ""
            linked = other_names(self._path)

            def before_saving() -> None:
                nonlocal kept
                if self._backups:
                    kept = self._backups.save(self._path, run)

            update = write_changes(package, changes, snapshot=snapshot, before=before_saving)
        if kept and self._backups:
            self._backups.prune(self._path)
        found = [*update.problems, *linked] if update.cells else []
        problems = tuple(replace(problem, source=self.name) for problem in found)
        appended = tuple(change.new.headers) if change.new else ()
        return WriteReceipt(
            cells=update.cells.get(change.sheet.part, 0),
            appended=appended,
            backup=kept,
            problems=problems,
            recalculated=sum(len(fresh.values) for fresh in update.fresh.values()),
            logged=logged,
        )

    def _with_log(
        self, package: Package, change: Change, log: StageLog | None
    ) -> tuple[list[Change], int]:
        """The changes of both tabs, and how many rows the log gets."""
        changes = [change] if change.cells else []
        if log is None:
            return changes, 0
        from sheetcrm.adapters.excel.logtab import log_change  # noqa: PLC0415 - few teams keep one

        further, rows = log_change(package, log, change)
        return ([*changes, further] if further else changes), rows


def _revision(tab: Tab) -> Revision:
    if not isinstance(tab.revision, Revision):
        raise TypeError("this tab was not read by an ExcelSource")
    return tab.revision


def _changes(
    tab: Tab, revision: Revision, edits: Sequence[Edit], append: Sequence[str]
) -> tuple[dict[int, dict[int, CellValue]], list[str]]:
    """Row → column → value for all that differs from what was read, and the headers concerned."""
    first = revision.region.area.last_column + 1
    numbers = {**revision.numbers, **{h: first + i for i, h in enumerate(append)}}
    index = {row: position for position, row in enumerate(tab.rows)}
    columns = {header: (number, tab.column(header)) for header, number in numbers.items()}
    cells: dict[int, dict[int, CellValue]] = {}
    headers = dict.fromkeys(append)
    if append:
        cells[tab.header_row] = {numbers[header]: header for header in append}
    for _, row, header, _, after, _ in edits:
        if header not in columns:
            raise ValueError(f"{header!r} is neither a header of the tab nor appended")
        number, column = columns[header]
        if column is None or row not in index:
            differs = after is not None and after != ""
        else:
            stands = column.values[index[row]]
            if stands.__class__ is after.__class__ and stands == after:
                continue
            differs = bool(stands is None and after) or not same(stands, after)
        if differs:
            if row in cells:
                cells[row][number] = after
            else:
                cells[row] = {number: after}
            headers[header] = None
    return cells, list(headers)


def _new_columns(revision: Revision, append: Sequence[str]) -> NewColumns | None:
    if not append:
        return None
    first = revision.region.area.last_column + 1
    return NewColumns(first=first, headers=append, header_row=revision.region.header_row)
