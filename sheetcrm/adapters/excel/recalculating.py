"""Which formulas have other values now: the child process in which formualizer calculates.

It calculates the workbook as it was, and as it is going to be. A formula is trusted where it
gives for the first what Excel had stored in it; and it stays as it is where it, or one that it
reads, is not trusted, may answer otherwise each time, or fills several cells. Run as a module it
is given the two files and the areas that were written, and prints what it found, pickled.
"""

from __future__ import annotations

import json
import os
import pickle
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import formualizer

from sheetcrm.adapters.excel import markup
from sheetcrm.adapters.excel.archive import Archive
from sheetcrm.adapters.excel.formulacells import FormulaCell, formula_cells
from sheetcrm.adapters.excel.freshvalues import OTHERWISE, Answer, Left, Value
from sheetcrm.adapters.excel.package import Package
from sheetcrm.adapters.excel.precedents import (
    VOLATILE,
    Formula,
    Precedents,
    Reads,
    Reference,
    readers,
)
from sheetcrm.adapters.excel.values import payload
from sheetcrm.core.table.addresses import letters
from sheetcrm.core.table.areas import Area, parse_area

MOST_FORMULAS: Final = 100_000  # formualizer takes no more
_MOST_MEMORY: Final = 2 << 30  # bytes
_FAILED: Final = re.compile(r"^(recalculate XLSX failed: )?(Unsupported feature: )?")
_ORDINARY: Final = frozenset((b"#DIV/0!", b"#N/A", b"#NULL!", b"#NUM!", b"#REF!", b"#VALUE!"))

Place = tuple[int, int, int]  # sheet, row, column


def answer(old: Path, new: Path, written: Mapping[str, Sequence[Area]]) -> Answer:
    """As `calculate`, with a reason where that cannot be done."""
    try:
        return calculate(old, new, written)
    except Exception as fault:  # noqa: BLE001 - the library's refusals, and its faults
        return Answer(values={}, refused=_FAILED.sub("", str(fault)))


def calculate(old: Path, new: Path, written: Mapping[str, Sequence[Area]]) -> Answer:
    """Find the new values.

    Args:
        old: the workbook as it was.
        new: the same with what was written, its formulas' values not yet touched; in a folder
            where another file may be put.
        written: part of a sheet → where in it was written.
    """
    with Package(new) as package:
        cells = _Cells(package)
        if len(cells.all) > MOST_FORMULAS:
            many = f"{len(cells.all):,} formulas are more than the {MOST_FORMULAS:,} that it takes"
            return Answer(values={}, refused=many)
        out = new.with_name("calculated.xlsx")
        distrusted, changes = (_recalculated(path, out, cells) for path in (old, new))
        start = [
            Reference(sheet, area)
            for sheet, part in enumerate(cells.parts)
            for area in written.get(part, ())
        ]
        return _decided(package, cells, distrusted, changes, start)


class _Cells:
    """All formulas of a workbook, in its order."""

    def __init__(self, package: Package) -> None:
        self.all: dict[Place, FormulaCell] = {}
        self.careful: set[str] = set()
        self.titles = [sheet.title for sheet in package.sheets]
        self.parts = [sheet.part for sheet in package.sheets]
        for sheet, part in enumerate(self.parts):
            found, careful = formula_cells(lambda part=part: package.archive.chunks(part))  # type: ignore[misc]
            self.all |= {(sheet, cell.row, cell.column): cell for cell in found}
            if careful:
                self.careful.add(part)


def _recalculated(path: Path, out: Path, cells: _Cells) -> dict[Place, FormulaCell]:
    """The formulas that formualizer gives another value than the one that is stored.

    Raises:
        OSError: it refuses the workbook.
    """
    out.write_bytes(formualizer.recalculate_xlsx_bytes(path.read_bytes())["bytes"])
    changed: dict[Place, FormulaCell] = {}
    with Archive(path) as old, Archive(out) as new:
        for sheet, part in enumerate(cells.parts):
            if not old.find(part) or old.sane(part).crc == new.sane(part).crc:
                continue
            for cell in formula_cells(lambda part=part: new.chunks(part))[0]:  # type: ignore[misc]
                place = sheet, cell.row, cell.column
                if place not in cells.all or cell.data != cells.all[place].data:
                    changed[place] = cell
    return changed


def _decided(
    package: Package,
    cells: _Cells,
    distrusted: Mapping[Place, FormulaCell],
    changes: Mapping[Place, FormulaCell],
    start: Sequence[Reference],
) -> Answer:
    formulas = list(_formulas(cells))
    known = Precedents(package)
    reads = list(map(known.of, formulas))
    bad: dict[int, str] = {}
    spoilt: list[Reference] = []
    for index, (place, cell) in enumerate(cells.all.items()):
        why = _doubt(cell, reads[index], distrusted.get(place), changes.get(place))
        if why:
            bad[index] = why
            spoilt.append(Reference(place[0], formulas[index].fills))
    tainted = readers(formulas, reads, spoilt)
    concerned = readers(formulas, reads, start)
    values: dict[str, list[Value]] = {}
    left: dict[str, list[Place]] = {}
    for index, (place, cell) in enumerate(cells.all.items()):
        if index not in concerned:
            continue
        if index in bad or index in tainted:
            left.setdefault(bad.get(index, "reading such formulas"), []).append(place)
        elif place in changes:
            new = changes[place]
            value = Value(row=cell.row, column=cell.column, kind=new.kind, content=_content(new))
            values.setdefault(cells.parts[place[0]], []).append(value)
    said = [
        Left(why=why, count=len(all_), first=_named(cells, all_[0])) for why, all_ in left.items()
    ]
    return Answer(values=values, careful=frozenset(cells.careful), left=said)


def _formulas(cells: _Cells) -> Iterator[Formula]:
    """The formulas as texts; the members of a shared one have its first cell's."""
    shared: dict[tuple[int, str], tuple[str, int, int]] = {}
    for (sheet, row, column), cell in cells.all.items():
        attributes, text = cell.parsed()
        moved = 0, 0
        if attributes.get("t") == "shared":
            key = sheet, attributes.get("si", "")
            first = shared.setdefault(key, (text, row, column)) if text else shared.get(key)
            if not text and first:
                text, moved = first[0], (row - first[1], column - first[2])
        yield Formula(
            sheet=sheet, row=row, column=column, text=text, fills=_extent(cell), moved=moved
        )


def _doubt(
    cell: FormulaCell, reads: Reads, before: FormulaCell | None, after: FormulaCell | None
) -> str:
    """Why a formula's value is left as it is; "" where there is no reason in itself."""
    if cell.parsed()[0].get("t") in {"array", "dataTable"} or not cell.plain:
        return "arrays and data tables"
    if reads.external:
        return "reading other workbooks"
    if not VOLATILE.isdisjoint(reads.functions):
        return "answering otherwise each time, as TODAY, RAND and INDIRECT do"
    if not cell.value and cell.kind != "str":
        return "never calculated"
    if before or (after and not _usable(cell, after)):
        unknown = (before or after).value == b"#NAME?"  # type: ignore[union-attr]
        if unknown:
            return "functions or names that are not known here"
        return OTHERWISE
    if after and after.kind == "e" != cell.kind:
        return "giving an error now, which only Excel is believed"
    return ""


def _usable(cell: FormulaCell, new: FormulaCell) -> bool:
    if new.formula != cell.formula or new.value is None or new.kind not in {"n", "str", "b", "e"}:
        return False
    return new.kind != "e" or new.value in _ORDINARY


def _extent(cell: FormulaCell) -> Area:
    """The cells that a formula fills."""
    attributes = cell.parsed()[0]
    area = parse_area(attributes.get("ref", "")) if attributes.get("t") != "shared" else None
    return area or Area(cell.column, cell.row, cell.column, cell.row)


def _content(cell: FormulaCell) -> bytes:
    """A value as we write it: the shortest figure that reads back the same, text escaped."""
    content = cell.value or b""
    if cell.kind == "n":
        return payload(float(content), date1904=False).content
    return markup.text(markup.unescape(content.decode())) if cell.kind == "str" else content


def _named(cells: _Cells, place: Place) -> str:
    sheet, row, column = place
    return f"{cells.titles[sheet]}!{letters(column)}{row}"


def main() -> None:
    """Print the answer for two files, and the areas that were written in each part."""
    with suppress(ImportError, ValueError, OSError):  # not everywhere
        import resource  # noqa: PLC0415

        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    old, new, written = sys.argv[1:]
    areas = {part: [Area(*one) for one in found] for part, found in json.loads(written).items()}
    said = answer(Path(old), Path(new), areas)
    pickle.dump(said, sys.stdout.buffer, pickle.HIGHEST_PROTOCOL)
    sys.stdout.flush()
    os._exit(0)  # whatever the library's threads still do
