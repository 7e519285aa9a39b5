"""One pass over a sheet's XML: what the values alone do not tell.

Positions and extents, formulas, cells that were never calculated, errors; the reader's answer
is held against it, and the patch knows from it which rows are regular.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from sheetcrm.adapters.excel import markup
from sheetcrm.adapters.excel.faults import REPAIR, Refusal
from sheetcrm.adapters.excel.grammar import Grammar
from sheetcrm.adapters.excel.rows import Cell, SheetStream, Unusual, fast_cells, view
from sheetcrm.core.table.addresses import column_number, letters
from sheetcrm.core.table.areas import MAX_COLUMN, MAX_ROW, Area, parse_area

VALUED = 1  #: the row holds a value
SURE = 2  #: it holds one that calamine cannot see otherwise
TYPED = 4  #: it holds a value that no formula made
IRREGULAR = 8  #: `Grammar.row` does not match it
HOLLOW = 16  #: it holds a formula or an empty value, which calamine counts as a cell or does not
_MOST_PATTERNS, _MOST_COLUMNS = 16, 256  # as compiling them takes time
_DIGITS = re.compile(rb"(?<=[A-Za-z$:])\d+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Scan:
    """What one pass over a sheet found."""

    careful: bool  #: the fast way does not recognise the sheet as a whole
    ordered: bool  #: row numbers rise
    head: bytes
    tail: bytes
    flags: bytes  #: for each row number: VALUED, SURE, …
    last_row: int  #: the last row with a value, or 0
    last_column: int  #: the last column with a cell, or 0
    errors: dict[tuple[int, int], str] = field(default_factory=dict)  #: row, column → code
    uncalculated: Sequence[tuple[int, int]] = ()  #: row, column
    formulas: frozenset[bytes] = frozenset()  #: their texts without row numbers
    spans: Sequence[Area] = ()  #: arrays, shared formulas and data tables of several cells
    #: What was scanned, where its rows are kept.
    sheet: SheetStream | None = field(default=None, compare=False, repr=False)

    def rows_with(self, flag: int) -> list[int]:
        """The numbers of the rows that carry a flag."""
        return [number for number, flags in enumerate(self.flags) if flags & flag]


def scan(open_part: Callable[[], Iterable[bytes]], *, keep: bool = False) -> Scan:
    """Scan a sheet.

    Args:
        open_part: gives the sheet's XML in chunks, from its beginning at each call.
        keep: keep its rows in memory, so that a patch need not read them again.

    Raises:
        Refusal: broken XML, another encoding, a document type, cells outside the grid.
    """
    try:
        return _Scanner(SheetStream(open_part()), keep=keep).run(careful=False)
    except Unusual:
        return _Scanner(SheetStream(open_part(), careful=True), keep=keep).run(careful=True)


class _Scanner:
    """The counters of one pass."""

    def __init__(self, stream: SheetStream, *, keep: bool) -> None:
        self._stream = stream
        self._keep = keep
        self._flags = bytearray(1024)
        self._widths: dict[tuple[bytes, ...], int] = {}
        self._errors: dict[tuple[int, int], str] = {}
        self._uncalculated: list[tuple[int, int]] = []
        self._formulas: set[bytes] = set()
        self._spans: list[Area] = []
        self._number = self._last_row = self._last_column = 0
        self._ordered = True
        self._columns: set[int] = set()
        self._widest = self._patterns = 0
        self._known: re.Pattern[bytes] | None = None

    def run(self, *, careful: bool) -> Scan:
        rules = self._stream.grammar
        formula = b"<%bf" % rules.prefix
        if self._keep:
            self._stream.keep()
        for row in self._stream.rows():
            plain = self._known and self._known.fullmatch(row)
            if plain and row.isascii() and b't="e"' not in row:
                flags = VALUED | SURE | TYPED if rules.valued.search(row) else HOLLOW
                known = self._last_column == self._widest  # which no such row goes beyond
                width = self._widest if known else _last_column(rules, row)
                self._note(int(plain[1]), width, flags)
                continue
            match = rules.row.fullmatch(row)
            width = self._width(rules, row) if match and _is_text(row) else -1
            if match is None or width < 0:
                self._look(*_slow(row, rules, self._number), IRREGULAR)
            elif formula in row or b't="e"' in row:
                self._look(int(match[1]), fast_cells(row, rules), 0)
            else:
                flags = VALUED | SURE | TYPED if rules.valued.search(row) else HOLLOW
                self._note(int(match[1]), width, flags)
        _check_frame(markup.parse(self._stream.head + self._stream.tail))
        return Scan(
            careful=careful,
            ordered=self._ordered,
            head=self._stream.head,
            tail=self._stream.tail,
            flags=bytes(self._flags),
            last_row=self._last_row,
            last_column=self._last_column,
            errors=self._errors,
            uncalculated=self._uncalculated,
            formulas=frozenset(self._formulas),
            spans=self._spans,
            sheet=self._stream if self._keep else None,
        )

    def _width(self, rules: Grammar, row: bytes) -> int:
        """The last column of a regular row, or -1 where its cells are out of order."""
        shape = tuple(rules.letters.findall(row))
        width = self._widths.get(shape)
        if width is None:
            columns = [column_number(name.decode()) for name in shape]
            self._learn(rules, columns)
            rising = all(a < b for a, b in pairwise(columns))
            width = (columns[-1] if columns else 0) if rising else -1
            if len(self._widths) < 10_000:
                self._widths[shape] = width
        return width

    def _learn(self, rules: Grammar, columns: Sequence[int]) -> None:
        """From now on, recognise rows with these columns too at a glance."""
        new = self._columns.union(columns)
        if new != self._columns and len(new) <= _MOST_COLUMNS and self._patterns < _MOST_PATTERNS:
            self._columns, self._widest = new, max(new)
            self._patterns += 1
            self._known = rules.ordered(map(letters, sorted(new)))

    def _look(self, number: int, cells: list[Cell], flags: int) -> None:
        """Note a row cell by cell, because of formulas, errors or unusual XML."""
        for cell in cells:
            kind = cell.attributes.get("t", "n")
            if cell.formula is not None:
                flags |= HOLLOW
                self._formula(cell.formula)
                if not cell.value and kind != "str":
                    self._uncalculated.append((number, cell.column))
            if cell.value and b"<" in cell.value and kind != "inlineStr":
                raise _unusual_value(number, cell.column)
            if cell.value and kind == "e":
                self._errors[number, cell.column] = cell.value.decode()
            if cell.value is not None:
                flags |= HOLLOW
            if cell.value:
                flags |= VALUED | (0 if kind == "inlineStr" else SURE)
                flags |= TYPED if cell.formula is None else 0
        self._note(number, max((cell.column for cell in cells), default=0), flags)

    def _formula(self, element: bytes) -> None:
        root = markup.parse(element)
        text = element[root.inside : root.content_end]
        if text:
            self._formulas.add(_DIGITS.sub(b"", text))
        area = parse_area(root.get("ref")) if root.get("ref") else None
        if area and root.get("t") in {"array", "dataTable"}:
            self._spans.append(area)

    def _note(self, number: int, width: int, flags: int) -> None:
        if number > MAX_ROW or width > MAX_COLUMN:
            raise Refusal("out-of-grid", "it has cells beyond the last row or column", REPAIR)
        self._ordered &= number > self._number
        self._number = number
        if number >= len(self._flags):
            self._flags.extend(bytes(max(number + 1 - len(self._flags), len(self._flags))))
        self._flags[number] |= flags
        if flags & VALUED:
            self._last_row = max(number, self._last_row)
        self._last_column = max(width, self._last_column)


def _unusual_value(row: int, column: int) -> Refusal:
    """Comments and CDATA inside a value: calamine makes less of it than there is."""
    place = f"{letters(column)}{row}"
    return Refusal("unusual-value", f"the value of {place} is written in an unusual way", REPAIR)


def _check_frame(root: markup.Element) -> None:
    """Rows elsewhere are read by some programs and not by others."""
    rows = root.find("sheetData")
    alone = [one.name for one in root.walk()].count("sheetData") == 1
    if not alone or rows is None or rows.children:
        raise Refusal("bad-xml", "one of its tabs has rows where none belong", REPAIR)


def _slow(row: bytes, rules: Grammar, before: int) -> tuple[int, list[Cell]]:
    """Number and cells of an irregular row; one without a number follows the one before."""
    found = view(row, rules)
    number, columns = found.number or before + 1, [cell.column for cell in found.cells]
    if len(set(columns)) < len(columns):
        raise Refusal("cell-order", f"two cells of row {number} are said to be the same", REPAIR)
    return number, found.cells


def _last_column(rules: Grammar, row: bytes) -> int:
    match = rules.letters.match(row, max(row.rfind(rules.cell_start), 0))
    return column_number(match[1].decode()) if match else 0


def _is_text(row: bytes) -> bool:
    """Whether the bytes are proper UTF-8."""
    return row.isascii() or bool(row.decode())
