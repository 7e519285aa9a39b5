"""What formulas read, as areas of cells; and which formulas read certain cells in the end.

References are taken from formualizer's tokens, so that texts and names are not mistaken for
them. Where it cannot be said what a formula reads, it may read anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, NamedTuple

import formualizer

from sheetcrm.adapters.excel.package import Package, Table
from sheetcrm.core.table.addresses import column_number
from sheetcrm.core.table.areas import MAX_COLUMN, MAX_ROW, Area

VOLATILE: Final = frozenset(
    ("CELL", "INDIRECT", "INFO", "NOW", "OFFSET", "RAND", "RANDARRAY", "RANDBETWEEN", "TODAY")
)
"""Functions that may answer otherwise each time."""
_ANYWHERE: Final = frozenset(("INDIRECT", "OFFSET"))  # they read cells that they do not name
_DEEPEST: Final = 8
_MOST_ROUNDS: Final = 64
_CORNER: Final = re.compile(r"(\$?)([A-Za-z]{1,3})?(\$?)([1-9]\d{0,6})?")
_SPECIFIER: Final = re.compile(r"\[((?:[^\[\]']|'.)*)\]")


class Reference(NamedTuple):
    """Cells of one sheet."""

    sheet: int  #: the sheet's place in `Package.sheets`
    area: Area


@dataclass(frozen=True, kw_only=True, slots=True)
class Formula:
    """A formula in its cell. One that is shared is given as it stands in its first cell."""

    sheet: int
    row: int
    column: int
    text: str
    fills: Area  #: the cells that show what it gives
    moved: tuple[int, int] = (0, 0)  #: rows and columns from that first cell to this one


@dataclass(frozen=True, kw_only=True, slots=True)
class Reads:
    """What a formula reads."""

    references: Sequence[Reference] = ()
    anything: bool = False  #: nobody can say what
    external: bool = False  #: another workbook
    functions: frozenset[str] = frozenset()  #: in capitals


class Precedents:
    """Knows the tabs, names and tables that formulas of a workbook may speak of."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._sheets = {s.title.casefold(): i for i, s in enumerate(package.sheets)}
        self._names = {
            (name.name.casefold(), name.sheet): name.text
            for name in package.names
            if not name.name.startswith("_xlnm.")
        }

    def of(self, formula: Formula, *, depth: int = 0) -> Reads:
        """What a formula reads, by name or by address."""
        try:
            tokens = formualizer.tokenize(f"={formula.text}").tokens()
        except Exception:  # noqa: BLE001 - the library's own faults; in doubt it reads anything
            return Reads(anything=True)
        references: list[Reference] = []
        functions: set[str] = set()
        anything = external = depth > _DEEPEST
        for token in () if anything else tokens:
            kind, value = token.token_type, token.value
            if kind == formualizer.TokenType.Func:
                functions.add(value.rstrip("()").upper().removeprefix("_XLFN."))
            elif token.subtype == formualizer.TokenSubType.Range:
                read = self._read(value, formula, depth)
                references += read.references
                functions |= read.functions
                anything, external = anything or read.anything, external or read.external
            elif value in {":", "#"}:
                anything = True
        return Reads(
            references=references,
            anything=anything or not functions.isdisjoint(_ANYWHERE),
            external=external,
            functions=frozenset(functions - {""}),
        )

    def _read(self, text: str, formula: Formula, depth: int) -> Reads:
        """What one operand means: an address, a table's columns, a name."""
        place, sign, rest = text.rpartition("!")
        if "[" in place:
            return Reads(external=True)
        if sign:
            title = place.strip("'").replace("''", "'").casefold()
            if title not in self._sheets:
                return Reads(anything=True)
            sheet = self._sheets[title]
        else:
            sheet = formula.sheet
        area = _area(rest, *formula.moved)
        if area:
            return Reads(references=[Reference(sheet, area)])
        if "[" in rest:
            return self._in_table(rest, formula)
        return self._named(rest.casefold(), sheet, formula, depth)

    def _named(self, name: str, sheet: int, formula: Formula, depth: int) -> Reads:
        """What a defined name stands for; one that nobody has defined is a variable of LET."""
        index = self._package.sheets[sheet].index
        text = self._names.get((name, index), self._names.get((name, None)))
        if text is not None:
            moved = formula.row - 1, formula.column - 1  # names are written as seen from A1
            return self.of(replace(formula, sheet=sheet, text=text, moved=moved), depth=depth + 1)
        known = self._tables.get(name)
        return Reads(references=[Reference(known[0], known[1].area)] if known else ())

    def _in_table(self, text: str, formula: Formula) -> Reads:
        """``People[[#This Row],[Score]]``, ``People[Score]``, and their like."""
        name, _, specifiers = text.partition("[")
        known = self._tables.get(name.casefold())
        if known is None:
            return Reads(anything=True)
        sheet, table = known
        said = [_plain(found) for found in _SPECIFIER.findall("[" + specifiers)]
        titles = [column.casefold() for column in table.columns]
        columns = [titles.index(one.lstrip("@")) for one in said if one.lstrip("@") in titles]
        this_row = any(one.startswith("@") or one == "#this row" for one in said)
        area = table.area
        top, bottom = (formula.row, formula.row) if this_row else (area.first_row, area.last_row)
        left = area.first_column + min(columns, default=0)
        right = area.first_column + max(columns) if columns else area.last_column
        return Reads(references=[Reference(sheet, Area(left, top, right, bottom))])

    @cached_property
    def _tables(self) -> dict[str, tuple[int, Table]]:
        return {
            table.name.casefold(): (index, table)
            for index, sheet in enumerate(self._package.sheets)
            for table in self._package.tables(sheet)
        }


class CellSet:
    """Cells of a workbook, fast to be asked for whole areas."""

    def __init__(self) -> None:
        self._columns: dict[int, dict[int, bytearray]] = {}

    def add(self, sheet: int, area: Area) -> None:
        """Put all cells of an area in."""
        columns = self._columns.setdefault(sheet, {})
        for column in range(area.first_column, area.last_column + 1):
            marks = columns.setdefault(column, bytearray())
            if len(marks) <= area.last_row:
                marks.extend(bytes(area.last_row + 1024 - len(marks)))
            marks[area.first_row : area.last_row + 1] = b"\1" * (area.last_row + 1 - area.first_row)

    def touches(self, reference: Reference) -> bool:
        """Whether any cell of it is in."""
        sheet, area = reference
        columns = self._columns.get(sheet)
        if not columns:
            return False
        first, last = area.first_column, area.last_column
        near = columns if last - first > len(columns) else range(first, last + 1)
        return any(
            first <= column <= last
            and column in columns
            and columns[column].find(1, area.first_row, area.last_row + 1) >= 0
            for column in near
        )


def readers(
    formulas: Sequence[Formula], reads: Sequence[Reads], start: Iterable[Reference]
) -> set[int]:
    """The indexes of the formulas that read cells of `start`, by themselves or through others.

    Those that may read anything are among them, if there is a cell to be read at all.
    """
    cells, found = CellSet(), set[int]()
    left: list[int] = []
    for reference in start:
        cells.add(*reference)
        left = left or list(range(len(formulas)))
    for _ in range(_MOST_ROUNDS):
        waiting = []
        for index in left:
            read = reads[index]
            if read.anything or any(map(cells.touches, read.references)):
                one = formulas[index]
                cells.add(one.sheet, one.fills)
                found.add(index)
            else:
                waiting.append(index)
        if len(waiting) == len(left):
            return found
        left = waiting[::-1]  # as chains of formulas run down as well as up
    return found.union(left)


def _area(text: str, down: int, right: int) -> Area | None:
    """An address as an area, where it is relative moved; None for anything else.

    One that is moved over the edge of the sheet comes in again on the other side: that may be
    anywhere on it.
    """
    first, colon, last = text.partition(":")
    ends = [_CORNER.fullmatch(part) for part in ((first, last) if colon else (first,))]
    corners = [match.groups() for match in ends if match and (match[2] or match[4])]
    if len(corners) < len(ends) or (not colon and None in corners[0][1::2]):
        return None
    columns = [_moved(dollar, name, right) for dollar, name, _, _ in corners if name]
    rows = [_moved(dollar, number, down) for _, _, dollar, number in corners if number]
    if len(columns) not in {0, len(ends)} or len(rows) not in {0, len(ends)}:
        return None
    left, *_, beyond = sorted(columns * 2) or [1, MAX_COLUMN]
    top, *_, bottom = sorted(rows * 2) or [1, MAX_ROW]
    if left < 1 or top < 1 or beyond > MAX_COLUMN or bottom > MAX_ROW:
        return Area(1, 1, MAX_COLUMN, MAX_ROW)
    return Area(left, top, beyond, bottom)


def _moved(fixed: str, text: str, by: int) -> int:
    number = int(text) if text.isdigit() else column_number(text.upper())
    return number if fixed else number + by


def _plain(specifier: str) -> str:
    return re.sub(r"'(.)", r"\1", specifier.strip()).casefold()
