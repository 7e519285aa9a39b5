"""Fresh cached values for the formulas that read what was written.

A child process finds them (`recalculating`); here they are put into their cells, and nothing
else of those cells, nor of any other, is touched. Whatever goes wrong there, the workbook is
written all the same, and its formulas keep their old values until Excel calculates them.
"""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from sheetcrm.adapters.excel.archive import Archive, ahead
from sheetcrm.adapters.excel.deflated import Deflated
from sheetcrm.adapters.excel.faults import Refusal
from sheetcrm.adapters.excel.formulacells import numbered, with_value
from sheetcrm.adapters.excel.freshvalues import OTHERWISE, Answer, FreshValues, Value
from sheetcrm.adapters.excel.package import Package
from sheetcrm.adapters.excel.rows import SheetStream
from sheetcrm.adapters.excel.update import Change, Update
from sheetcrm.core.table.areas import Area
from sheetcrm.core.table.values import Problem, Severity

_MOST_SECONDS = 300
_BATCH = 512  # rows
_CODE = "from sheetcrm.adapters.excel.recalculating import main; main()"
_LATER = "Excel calculates anew when it opens the workbook"
_BY_HAND = "this workbook calculates by hand only: press F9 in Excel"
_STALE = "open it in Excel and save it once: since an earlier sync nobody has calculated it"


def recalculated(
    package: Package,
    changes: Sequence[Change],
    update: Update,
    keep: Callable[[Deflated], Deflated],
) -> Update:
    """An update that brings the values of formulas up to date, too.

    Args:
        package: the workbook.
        changes: what is written.
        update: that, ready to be put into the archive.
        keep: is given all new contents, to be closed at the end.
    """
    try:
        with TemporaryDirectory(prefix="sheetcrm-") as folder:
            new = Path(folder) / "new.xlsx"
            with new.open("wb") as file:
                package.archive.copy(file, update.parts)
            answer = _ask(package.path, new, changes)
            if not answer.refused:
                update = _with_values(update, answer, new, keep)
    except (OSError, Refusal) as fault:
        answer = Answer(values={}, refused=str(fault))
    notes = _notes(answer, package, changes[0].sheet.title)
    return replace(update, problems=[*update.problems, *notes])


def _with_values(
    update: Update, answer: Answer, new: Path, keep: Callable[[Deflated], Deflated]
) -> Update:
    """The update with the values of the answer put into the sheets of the workbook `new`."""
    parts, fresh = dict(update.parts), dict[str, FreshValues]()
    with Archive(new) as archive:
        for part, values in answer.values.items():
            careful, swaps = part in answer.careful, dict[int, dict[bytes, bytes]]()
            stream = SheetStream(ahead(archive.chunks(part)), careful=careful)
            parts[part] = keep(Deflated(_sheet(stream, values, swaps)))
            fresh[part] = FreshValues(careful=careful, values=values, swaps=swaps)
    return replace(update, parts=parts, fresh=fresh)


def _ask(old: Path, new: Path, changes: Sequence[Change]) -> Answer:
    """What the other process says."""
    areas = {part: list(map(_corners, found)) for part, found in _areas(changes).items()}
    # -P: nothing is imported from the current folder, which others may write to
    command = [sys.executable, "-P", "-c", _CODE, str(old), str(new), json.dumps(areas)]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=_MOST_SECONDS)  # noqa: S603
    except subprocess.TimeoutExpired as fault:
        raise Refusal("slow", "it takes too long", "") from fault
    if done.returncode:
        raise Refusal("too-big", "it takes too much memory", "")
    answer: Answer = pickle.loads(done.stdout)  # noqa: S301 - our own child's
    return answer


def _areas(changes: Sequence[Change]) -> dict[str, list[Area]]:
    """The columns that were written in each sheet, from the first row to the last.

    Sheets that are new are left out, as no formula reads them yet.
    """
    return {change.sheet.part: list(_columns(change)) for change in changes if not change.like}


def _columns(change: Change) -> Iterator[Area]:
    rows: dict[int, list[int]] = {}
    for row, values in change.cells.items():
        for column in values:
            rows.setdefault(column, []).append(row)
    for column, numbers in rows.items():
        yield Area(column, min(numbers), column, max(numbers))


def _corners(area: Area) -> tuple[int, int, int, int]:
    return area.first_column, area.first_row, area.last_column, area.last_row


def _sheet(
    stream: SheetStream, values: Sequence[Value], swaps: dict[int, dict[bytes, bytes]]
) -> Iterator[bytes]:
    """The sheet's XML with these values; `swaps` is told what stands in the place of what."""
    by_row: dict[int, dict[int, Value]] = {}
    for value in values:
        by_row.setdefault(value.row, {})[value.column] = value
    yield stream.head
    rows = _rows(stream, by_row, swaps)
    while batch := list(islice(rows, _BATCH)):
        yield b"".join(batch)
    yield stream.tail


def _rows(
    stream: SheetStream,
    values: Mapping[int, Mapping[int, Value]],
    swaps: dict[int, dict[bytes, bytes]],
) -> Iterator[bytes]:
    for number, row, cells in numbered(stream):
        wanted = values.get(number, {})
        pieces, at = [], 0
        for cell in cells if wanted else ():
            value = wanted.get(cell.column)
            if value:
                before = row[cell.start : cell.end]
                after = with_value(before, value.kind, value.content)
                pieces += [row[at : cell.start], after]
                at = cell.end
                swaps.setdefault(number, {})[after] = before
        yield b"".join([*pieces, row[at:]])


def _notes(answer: Answer, package: Package, tab: str) -> Iterator[Problem]:
    """What keeps its old value, and why."""
    later = _BY_HAND if package.manual else _LATER

    def note(message: str, hint: str = later) -> Problem:
        return Problem(message=message, severity=Severity.NOTE, tab=tab, hint=hint)

    if answer.refused:
        said = answer.refused
        yield note(f"the formulas that read what was written keep their old values: {said}")
    for left in answer.left:
        hint = _STALE if package.stale and left.why == OTHERWISE else later
        if left.count == 1:
            yield note(f"the formula in {left.first} keeps its old value ({left.why})", hint)
        else:
            many = f"{left.count} formulas from {left.first} on"
            yield note(f"{many} keep their old values ({left.why})", hint)
