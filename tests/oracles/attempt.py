"""One workbook, written to in every way that sheetcrm has, and judged after each."""

from __future__ import annotations

import shutil
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from openpyxl.utils import column_index_from_string, get_column_letter

from sheetcrm.adapters.excel import ExcelSource, write_cells
from sheetcrm.core.table.values import CellValue, Edit, Tab
from sheetcrm.errors import HeaderError, SourceError, SourceRefusedError
from tests.oracles import packages, sheets
from tests.oracles.judge import Place, faults, misread

_MOST_TABS = 3
_NEW = ("Skor", "Etapa", "Visto", "Por qué", "Nota")
_TEXTS = ("Panas & siap", "=1+1", "+62 812", " padded  twice ", "two\nlines <b>", "_x0041_ 🙂", "")

Watch = Callable[[], AbstractContextManager[None]]


class FaultError(Exception):
    """Something is not as it must be."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a workbook: written, refused or failed, and why."""

    kind: str
    why: str = ""
    tabs: int = 0  #: into how many of its tabs was written
    cells: int = 0
    refusals: tuple[str, ...] = ()  #: codes of what was refused besides


def attempt(path: Path, folder: Path, watch: Watch = nullcontext) -> Outcome:
    """Write to copies of a workbook in `folder`; `watch` is around all that sheetcrm does."""
    try:
        return _attempt(path, folder, watch)
    except FaultError as fault:
        return Outcome("failed", str(fault))
    except Exception as fault:  # noqa: BLE001 - that is what is looked for
        place = traceback.extract_tb(fault.__traceback__)[-1]
        return Outcome(
            "failed",
            f"{type(fault).__name__}: {fault} ({Path(place.filename).name}:{place.lineno})",
        )


def _attempt(path: Path, folder: Path, watch: Watch) -> Outcome:
    trial = _Trial(path, folder, watch)
    found: list[str] = []
    tabs = cells = 0
    for title in trial.titles():
        codes, written = trial.run(title)
        found += codes
        tabs += bool(written)
        cells += written
    if not tabs:
        return Outcome("refused", found[0], refusals=tuple(found))
    return Outcome("written", tabs=tabs, cells=cells, refusals=tuple(found))


class _Trial:
    """A workbook under trial."""

    def __init__(self, path: Path, folder: Path, watch: Watch) -> None:
        self._original = path
        self._path = folder / f"leads{path.suffix.lower()}"
        self._watch = watch
        self._reset()

    def titles(self) -> list[str]:
        """The tabs to be tried; "" where the package cannot be read, which sheetcrm must say."""
        try:
            return list(packages.open_book(self._original.read_bytes()).sheets)[:_MOST_TABS] or [""]
        except Exception:  # noqa: BLE001 - whatever the matter is
            return [""]

    def run(self, title: str) -> tuple[list[str], int]:
        """Everything with one tab: the codes of what was refused, and the cells written."""
        codes = []
        written = 0
        for step in (self._leads, self._overwritten):
            self._reset()
            try:
                written += step(title)
            except SourceError as refusal:
                codes.append(self._of_refusal(refusal))
        return codes, written

    def _reset(self) -> None:
        shutil.copyfile(self._original, self._path)
        self._remember()

    def _remember(self) -> None:
        self._state = self._path.read_bytes()
        found = self._path.stat()
        self._times = found.st_mtime_ns, found.st_ino

    def _leads(self, title: str) -> int:
        """New columns beside the leads, the same once more, and other values in them."""
        read = self._read(title)
        if read is None:
            return self._cells(title)
        source, tab = read
        first = tab
        headers = _new_headers(tab)
        edits = list(_edits(tab, headers))
        if not edits:
            return self._cells(title)
        written = self._write(source, tab, edits, headers)
        known = [*tab.headers, *headers]
        again, tab = self._read(title, source._tab, known) or (None, None)
        assert again is not None
        if tab.header_row != first.header_row and source._tab != title:
            return written  # nobody said where it is, and it looks otherwise now
        stands = [_now(tab, edit) for edit in edits]
        if any(edit.header not in tab.headers for edit in edits):
            raise FaultError("a column that was written is not there when it is read again")
        if again.write(tab, stands).cells or not self._untouched():
            raise FaultError("a second run writes again")
        changed = [_changed(edit, index) for index, edit in enumerate(stands)]
        return written + self._write(again, tab, changed, [])

    def _overwritten(self, title: str) -> int:
        """Other values in the last column that is there, and after that in the first."""
        written = 0
        for at in (-1, 0):
            source, tab = self._read(title) or (None, None)
            if source is None or not tab.columns or not tab.rows:
                return 0
            column = tab.columns[at]
            edits = [
                Edit(lead="", row=row, header=column.header, before=value, after=_other(row))
                for row, value in zip(tab.rows, column.values, strict=True)
            ]
            written += self._write(source, tab, edits, [])
        return written

    def _read(
        self, title: str, place: str | None = None, known: Sequence[str] = ()
    ) -> tuple[ExcelSource, Tab] | None:
        """The tab's leads; where no row looks like a header, the first one is taken for it."""
        quoted = title.replace("'", "''")
        for where in (place,) if place is not None else (title, f"'{quoted}'!A1:XFC1048576"):
            source = ExcelSource("corpus", self._path, where)
            try:
                with self._watch():
                    tab = source.read(known)
            except HeaderError as fault:
                self._check_refused(fault)
                continue
            if title and tab.title == title and (wrong := misread(self._state, tab)):
                raise FaultError("; ".join(wrong))
            return source, tab
        return None

    def _write(
        self, source: ExcelSource, tab: Tab, edits: Sequence[Edit], headers: Sequence[str]
    ) -> int:
        numbers = {column.header: column_index_from_string(column.letter) for column in tab.columns}
        first = tab.revision.region.area.last_column + 1
        numbers |= {header: number for number, header in enumerate(headers, first)}
        wanted: dict[Place, CellValue] = {
            (edit.row, numbers[edit.header]): edit.after
            for edit in edits
            if edit.after not in {None, ""} or edit.before is not None  # else it stays as it is
        }
        wanted |= {(tab.header_row, numbers[header]): header for header in headers}
        with self._watch():
            receipt = source.write(tab, edits, append=headers)
        return self._judged(tab.title, wanted, headers, receipt.cells)

    def _cells(self, title: str) -> int:
        """A sheet without leads: cells right of all that is there, by their addresses."""
        book = packages.open_book(self._state)
        title = title or next(iter(book.sheets))
        reading = sheets.Reading(book.parts[book.sheets[title]])
        rows = [
            (number, [c for c, _ in sheets.cells_of(row)]) for number, row in reading.numbered()
        ]
        column = min(max((c for _, columns in rows for c in columns), default=0) + 1, 16_000)
        numbers = [number for number, _ in rows[:20]] or [1, 2, 5]
        wanted = {(row, column): _new_value(row, row % 4) for row in numbers}
        values = {f"{get_column_letter(c)}{r}": value for (r, c), value in wanted.items()}
        with self._watch():
            count = write_cells(self._path, title, values)
        written = self._judged(title, wanted, (), count)
        with self._watch():
            again = write_cells(self._path, title, values)
        if again or not self._untouched():
            raise FaultError("a second run writes again")
        return written

    def _judged(
        self, title: str, wanted: dict[Place, CellValue], headers: Sequence[str], count: int
    ) -> int:
        if not count:
            if not self._untouched():
                raise FaultError("the file was replaced though nothing was written")
            return 0
        wrong = faults(self._state, self._path.read_bytes(), title, wanted, headers)
        if wrong:
            raise FaultError("; ".join(wrong[:4]))
        self._check_folder()
        self._remember()
        return count

    def _of_refusal(self, refusal: SourceError) -> str:
        self._check_refused(refusal)
        return getattr(refusal, "code", "") or type(refusal).__name__

    def _check_refused(self, refusal: SourceError) -> None:
        if not self._untouched():
            raise FaultError(f"refused ({refusal}), but not left as it was") from refusal
        self._check_folder()
        if not refusal.hint or self._path.name not in str(refusal):
            raise FaultError(f"refused without a hint or its name: {refusal}") from refusal
        if isinstance(refusal, SourceRefusedError) and not refusal.code:
            raise FaultError(f"refused without a code: {refusal}") from refusal

    def _untouched(self) -> bool:
        found = self._path.stat()
        same = (found.st_mtime_ns, found.st_ino) == self._times
        return same and self._path.read_bytes() == self._state

    def _check_folder(self) -> None:
        strays = [one.name for one in self._path.parent.iterdir() if one != self._path]
        if strays:
            raise FaultError(f"left behind: {strays}")


def _new_headers(tab: Tab) -> list[str]:
    taken = {header.casefold() for header in tab.headers}
    return [name if name.casefold() not in taken else f"{name} (sheetcrm)" for name in _NEW]


def _edits(tab: Tab, headers: Sequence[str]) -> Iterator[Edit]:
    for row in tab.rows:
        for number, header in enumerate(headers):
            value = _new_value(row, number)
            if value is not None:
                yield Edit(lead="", row=row, header=header, before=None, after=value)


def _new_value(row: int, kind: int) -> CellValue:
    """A value of each kind in turn: numbers, texts, dates, bools, blanks."""
    if kind == 0:
        return row % 101 + (0.25 if row % 3 else 0)
    if kind == 1:
        return _TEXTS[row % 6]
    if kind == 2:
        day = date(2026, 3, 1) + timedelta(days=row % 900)
        return day if row % 4 else datetime(day.year, day.month, day.day, 14, 30)
    if kind == 3:
        return bool(row % 2) if row % 5 == 0 else f"+20 kota · baris {row}"
    return None if row % 3 else f"Ñandú “{row}”"


def _other(row: int) -> CellValue:
    return (41.5, "terverifikasi", None, date(2026, 11, 22), True, 7)[row % 6]


def _now(tab: Tab, edit: Edit) -> Edit:
    """The edit as a second run would have it."""
    values = next((c.values for c in tab.columns if c.header == edit.header), ())
    stands = dict(zip(tab.rows, values, strict=True)).get(edit.row)
    return Edit(lead="", row=edit.row, header=edit.header, before=stands, after=edit.after)


def _changed(edit: Edit, index: int) -> Edit:
    """Every third value stays, the others become another one."""
    after = edit.after if index % 3 == 0 else _other(edit.row + index)
    return Edit(lead="", row=edit.row, header=edit.header, before=edit.after, after=after)
