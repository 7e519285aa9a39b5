"""One broken workbook is read and written; what came of it."""

from __future__ import annotations

import random
import signal
import traceback
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from sheetcrm.adapters.excel import ExcelSource
from sheetcrm.adapters.excel.source import Revision
from sheetcrm.core.table.addresses import column_number
from sheetcrm.core.table.values import CellValue, Edit, Tab
from sheetcrm.errors import SourceError, SourceRefusedError, TransientError
from tests.fuzz.mutations import Mutant, mutant
from tests.fuzz.oracle import Written, WrongError, check_reading, check_write
from tests.fuzz.seeds import KNOWN, packed, seeds

MOST_MEMORY = 1 << 30  # bytes
MOST_SECONDS = 10  # of computing
_BY_OPENPYXL = 0.4  # of what was written: it takes its time
_TABS = ("",) * 6 + ("Leads", "Leads", "People", "Leads!B4:H", "Leads!A1:H20", "Leads!B4:D6")
_VALUES: tuple[CellValue, ...] = (
    12.5, 40, 0, -7, 1e-9, "SQL", "=1+1", "<b> & more", "two\nlines", "  padded  ", None, True,
    date(2026, 11, 24), datetime(2026, 3, 1, 14, 30), "☀ ñandú", "Bandung", "x" * 500, "a\tb", 2**53,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What came of one case; `kind` is ``refused``, ``written``, ``unchanged`` or ``FAULT``."""

    number: int
    kind: str
    said: str
    seed: str = ""
    changes: tuple[str, ...] = ()
    trace: str = ""


def run(number: int, folder: Path) -> Outcome:
    """Make the workbook of that number in an empty folder, read it, and write into it."""
    made = mutant(number)
    path = folder / "leads.xlsx"
    path.write_bytes(made.data)
    blank = Outcome(number=number, kind="", said="", seed=made.seed, changes=made.changes)
    try:
        return replace(blank, **_tried(path, made, random.Random(number + 1)))
    except WrongError as wrong:
        return replace(blank, kind="FAULT", said=str(wrong))
    except BaseException as fault:  # noqa: BLE001 - that is what is looked for
        said = f"{type(fault).__name__}: {fault}"[:300]
        return replace(blank, kind="FAULT", said=said, trace=traceback.format_exc()[-3000:])


def rehearse(folder: Path) -> None:
    """A workbook that is not broken, so that all is loaded that the forks will need."""
    made = Mutant(data=packed(seeds()["table"]), seed="table", changes=())
    path = folder / "leads.xlsx"
    path.write_bytes(made.data)
    assert _tried(path, made, random.Random(0)) == {"kind": "written", "said": ""}


def _tried(path: Path, made: Mutant, dice: random.Random) -> dict[str, str]:
    source = ExcelSource("fuzz", path, dice.choice(_TABS))
    signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS)
    try:
        tab = source.read(KNOWN)
    except SourceError as error:
        return _refused("read", error, path, made)
    _check_untouched(path, made)
    edits, append = _plan(dice, tab)
    try:
        receipt = source.write(tab, edits, append=append, run="r")
    except SourceError as error:
        return _refused("write", error, path, made)
    again = ExcelSource("fuzz", path, source._tab).read((*KNOWN, *append)) if receipt.cells else tab
    signal.setitimer(signal.ITIMER_PROF, 0)
    _check_memory()
    if not receipt.cells:
        _check_untouched(path, made)
        return {"kind": "unchanged", "said": ""}
    _check_alone(path)
    revision = tab.revision
    assert isinstance(revision, Revision)
    check_reading(made.data, tab, revision.sheet.part)
    cells = _places(edits, append, tab, revision.region.area.last_column + 1)
    written = Written(title=tab.title, part=revision.sheet.part, cells=cells)
    openpyxl_too = dice.random() < _BY_OPENPYXL
    check_write(made.data, path.read_bytes(), written, path.parent, openpyxl_too=openpyxl_too)
    known = set(again.headers).issuperset(edit.header for edit in edits)
    if known and again.header_row == tab.header_row and source.write(again, edits).cells:
        raise WrongError("a second write changes something again")
    return {"kind": "written", "said": ""}


def _plan(dice: random.Random, tab: Tab) -> tuple[list[Edit], list[str]]:
    """A few edits: mostly a new column, and a cell of one that there is."""
    append = dice.choice((["Rank"], ["Rank"], ["Rank", "Next <step>"], []))
    rows = sorted(dice.sample(list(tab.rows), min(len(tab.rows), dice.choice((1, 3, 6)))))
    headers = list(append)
    if tab.columns and (not append or dice.random() < 0.6):
        likely = [header for header in tab.headers if header in {"Score", "City", "Budget"}]
        headers.append(dice.choice(likely or tab.headers))
    edits = [
        Edit(lead=str(row), row=row, header=header, before=None, after=dice.choice(_VALUES))
        for header in headers
        for row in rows
        if header in append or dice.random() < 0.5
    ]
    return edits, append


def _places(
    edits: list[Edit], append: list[str], tab: Tab, first_new: int
) -> dict[tuple[int, int], CellValue]:
    numbers = {column.header: column_number(column.letter) for column in tab.columns}
    numbers |= {header: first_new + index for index, header in enumerate(append)}
    cells: dict[tuple[int, int], CellValue] = {
        (tab.header_row, numbers[header]): header for header in append
    }
    return cells | {(edit.row, numbers[edit.header]): edit.after for edit in edits}


def _refused(when: str, error: SourceError, path: Path, made: Mutant) -> dict[str, str]:
    signal.setitimer(signal.ITIMER_PROF, 0)
    _check_memory()
    _check_untouched(path, made)
    code = error.code if isinstance(error, SourceRefusedError) else type(error).__name__
    clear = error.message and error.hint and not isinstance(error, TransientError)
    ours = code in {"not-verified", "system"}
    if not clear or ours:
        raise WrongError(f"an error that helps nobody: {code}: {error.message} ({error.hint})")
    return {"kind": "refused", "said": f"{when}: {code}"}


def _check_untouched(path: Path, made: Mutant) -> None:
    if path.read_bytes() != made.data:
        raise WrongError("the workbook was changed, though it was refused")
    _check_alone(path)


def _check_alone(path: Path) -> None:
    left = [entry.name for entry in path.parent.iterdir() if entry != path]
    if left:
        raise WrongError(f"files were left behind: {left}")


def _check_memory() -> None:
    """The peak of this process alone; getrusage would count that of the one that started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    most = int(status.partition("VmHWM:")[2].split(maxsplit=1)[0]) << 10
    if most > MOST_MEMORY:
        raise WrongError(f"it took {most >> 20} MB of memory")
