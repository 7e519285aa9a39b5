"""Leads in a CSV file: read like a tab, and written field by field, all others as they are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from sheetcrm.adapters.excel import delimited
from sheetcrm.adapters.excel.backup import Backups
from sheetcrm.adapters.excel.delimited import Document, content
from sheetcrm.adapters.excel.faults import Refusal, guarded, missing
from sheetcrm.adapters.excel.fields import to_field, to_value
from sheetcrm.adapters.excel.lock import check_free
from sheetcrm.adapters.excel.plain import find_leads
from sheetcrm.adapters.excel.restoring import restore_file
from sheetcrm.adapters.excel.save import (
    Snapshot,
    check_unchanged,
    check_writable,
    other_names,
    replace_file,
)
from sheetcrm.adapters.excel.values import same
from sheetcrm.core.table.addresses import letters
from sheetcrm.core.table.layout import Layout
from sheetcrm.core.table.values import CellValue, Edit, Problem, Severity, Tab
from sheetcrm.ports import Backup, WriteReceipt

if TYPE_CHECKING:
    from sheetcrm.core.table.stagelog import StageLog

MOST_BYTES = 512 << 20

_Cells = dict[int, dict[int, CellValue]]  # row → column → value, from 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Revision:
    """What a tab was read from: the file's state, and where its columns are."""

    snapshot: Snapshot
    numbers: Mapping[str, int]  #: header → column number
    header: Sequence[CellValue]  #: the header cells of the columns as they stand


class CsvSource:
    """Leads in a CSV file.

    Args:
        name: the source's name in the config.
        path: the file; a symbolic link is followed.
        backups: where the file is copied before its first write of a day; None for no copies.
    """

    def __init__(
        self, name: str, path: str | PathLike[str], *, backups: Backups | None = None
    ) -> None:
        self.name = name
        self._shown = Path(path)
        self._path = self._shown.resolve()
        self._backups = backups

    @property
    def locator(self) -> str:
        """The file's name."""
        return self._shown.name

    def read(self, known_headers: Collection[str] = ()) -> Tab:
        """Read the file as it stands now; see `ports.TabSource`."""
        with guarded(self._path):
            snapshot, document = self._open()
        dialect = document.dialect
        grid = [[to_value(content(raw), dialect) for raw in row] for row in document.records]
        found = find_leads(grid, known_headers, name=self._path.name)
        return found.tab(
            self.name,
            self._path.stem,
            problems=self._notes(document),
            revision=Revision(snapshot=snapshot, numbers=found.numbers, header=found.header),
        )

    def rehearse(self, tab: Tab, headers: Collection[str]) -> None:  # noqa: ARG002 - all may be
        """Whether the file could be written; see `ports.Rehearsing`."""
        with guarded(self._path):
            check_writable(self._path)

    def write(
        self,
        tab: Tab,
        edits: Sequence[Edit],
        *,
        append: Sequence[str] = (),
        log: StageLog | None = None,  # noqa: ARG002 - there are no other tabs
        run: str = "",
    ) -> WriteReceipt:
        """Change the edits' fields and no others; see `ports.TabSource`."""
        revision = tab.revision
        if not isinstance(revision, Revision):
            raise TypeError("this tab was not read by a CsvSource")
        cells = _changes(tab, revision.numbers, edits, append)
        if not cells:
            return WriteReceipt(cells=0)
        with guarded(self._path):
            check_free(self._path)
            check_unchanged(self._path, revision.snapshot)
            check_writable(self._path)
            snapshot, old = self._open()
            new = _patched(old, cells, tab.header_row if append else 0)
            data = self._encoded(new)
            linked = other_names(self._path)
            kept = self._backups.save(self._path, run) if self._backups else ""

            def write(file: BinaryIO) -> None:
                file.write(data)

            def check(temporary: Path) -> None:
                _verify(delimited.parse(temporary.read_bytes()), old, cells)

            replace_file(self._path, snapshot, write, check, like=self._path)
            if kept and self._backups:
                self._backups.prune(self._path)
        count = sum(map(len, cells.values()))
        return WriteReceipt(
            cells=count, appended=tuple(append), backup=kept, problems=tuple(linked)
        )

    def layout(self, tab: Tab) -> Layout:
        """How the tab looked when it was read; see `ports.WithLayout`."""
        revision = tab.revision
        if not isinstance(revision, Revision):
            raise TypeError("this tab was not read by a CsvSource")
        return Layout(headers=revision.header, typed=False)

    def backups(self) -> list[Backup]:
        """The copies of the file; see `ports.Restorable`."""
        return self._backups.of(self._path) if self._backups else []

    def restore(self, backup: Backup, *, run: str) -> str:
        """Put a copy in the place of the file; see `ports.Restorable`."""
        if self._backups is None:
            raise TypeError("this source keeps no backups")
        return restore_file(self._path, Path(backup.place), self._backups, run)

    def _open(self) -> tuple[Snapshot, Document]:
        if not self._path.exists():
            raise missing(self._path)
        found = self._path.stat()
        if found.st_size > MOST_BYTES:
            raise Refusal("too-big", "it is bigger than 512 MB", "split it, or use a workbook")
        data = self._path.read_bytes()
        snapshot = Snapshot(
            size=found.st_size,
            modified_ns=found.st_mtime_ns,
            inode=found.st_ino,
            digest=sha256(data).hexdigest(),
        )
        return snapshot, delimited.parse(data)

    def _notes(self, document: Document) -> list[Problem]:
        if document.dialect.encoding != "cp1252":
            return []
        return [
            Problem(
                message=f"{self._path.name} is not UTF-8, and was read as Windows-1252",
                severity=Severity.NOTE,
                source=self.name,
                hint="if letters look wrong, save it as “CSV UTF-8”",
            )
        ]

    def _encoded(self, document: Document) -> bytes:
        try:
            return document.encode()
        except UnicodeEncodeError as fault:
            sign = fault.object[fault.start]
            raise Refusal(
                "encoding",
                f"it is written in Windows-1252, which has no “{sign}”",
                "open it and save it once as “CSV UTF-8”",
            ) from fault


def _changes(
    tab: Tab, numbers: Mapping[str, int], edits: Sequence[Edit], append: Sequence[str]
) -> _Cells:
    """What differs from what was read."""
    first = max(numbers.values(), default=0) + 1
    places = {**numbers, **{header: first + i for i, header in enumerate(append)}}
    index = {row: position for position, row in enumerate(tab.rows)}
    cells: _Cells = {}
    if append:
        cells[tab.header_row] = {places[header]: header for header in append}
    for edit in edits:
        if edit.header not in places:
            raise ValueError(f"{edit.header!r} is neither a header of the tab nor appended")
        column = tab.column(edit.header)
        stands = column.values[index[edit.row]] if column and edit.row in index else None
        if not same(stands, edit.after):
            cells.setdefault(edit.row, {})[places[edit.header]] = edit.after
    return cells


def _patched(old: Document, cells: _Cells, header_row: int) -> Document:
    """The document with these fields replaced; below a header that grew, all rows get as wide."""
    dialect, records = old.dialect, list(old.records)
    width = max(cells[header_row]) if header_row else 0
    blank = '""' if dialect.quoted else ""
    for number, record in enumerate(records, 1):
        values = cells.get(number, {})
        wide = width if header_row and number >= header_row and record != [""] else 0
        missing_ = max([wide, *values]) - len(record) if values or wide else 0
        if not values and missing_ <= 0:
            continue
        changed = [*record, *[blank] * missing_]
        for column, value in values.items():
            changed[column - 1] = to_field(value, dialect)
        records[number - 1] = changed
    return Document(dialect=dialect, declared=old.declared, records=records, ends=old.ends)


def _verify(new: Document, old: Document, cells: _Cells) -> None:
    """The new file must be the old one but for these fields, and they must say what they should.

    Raises:
        Refusal: it is not.
    """
    alike = (new.declared, new.ends, len(new.records)) == (old.declared, old.ends, len(old.records))
    if not alike or new.dialect.separator != old.dialect.separator:
        raise _different("the file outside its fields")
    for number, (before, after) in enumerate(zip(old.records, new.records, strict=True), 1):
        values = cells.get(number, {})
        for column, raw in enumerate(after, 1):
            if column in values:
                said = to_value(content(raw), old.dialect)
                right = same(said, values[column])
            else:
                right = raw == before[column - 1] if column <= len(before) else content(raw) == ""
            if not right:
                raise _different(f"the field {letters(column)}{number}")
        if len(after) < len(before):
            raise _different(f"the end of row {number}")


def _different(what: str) -> Refusal:
    return Refusal(
        "not-verified",
        f"the new file was not what it should be ({what}), so the old one was left as it is",
        "this is a fault of sheetcrm: please report it with that sentence",
    )
