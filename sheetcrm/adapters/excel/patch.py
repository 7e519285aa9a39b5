"""New values into a sheet's rows: only the owned ``<c>`` elements change, a row at a time.

Regular rows are handled as bytes; any other row goes through expat. What holds a formula is
never overwritten.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from sheetcrm.adapters.excel import markup
from sheetcrm.adapters.excel.faults import REPAIR, Refusal
from sheetcrm.adapters.excel.grammar import Grammar
from sheetcrm.adapters.excel.markup import Splice
from sheetcrm.adapters.excel.rows import Cell, fast_cell, parted, view, widened
from sheetcrm.adapters.excel.values import read_text
from sheetcrm.core.table.addresses import column_number, letters
from sheetcrm.core.table.areas import MAX_COLUMN
from sheetcrm.core.table.values import CellValue

_NUMBER = b"\0"  # no content holds it, as XML cannot
_ROW_STYLE = re.compile(rb'\ss="(\d{1,10})"')
_CUSTOM = (b' customFormat="1"', b' customFormat="true"')
_MOST_ENDINGS = 10_000


@dataclass(eq=False, slots=True)
class Target:
    """What a cell of a column should hold, in one row or in many.

    `kind` is its type, `content` what stands between its tags; both are empty for a cell that
    should be blank. Targets of one shape are written alike but for their content.
    """

    column: int
    value: CellValue
    kind: bytes
    content: bytes
    text: str | None = None  #: of a string, whichever way it is written
    header: bool = False
    shape: str = field(init=False)

    def __post_init__(self) -> None:
        self.shape = _shape(self.column, self.kind, type(self.value).__name__, self.header)


@dataclass(frozen=True, kw_only=True, slots=True)
class Patch:
    """All that is needed to change the rows of one sheet."""

    rules: Grammar
    targets: Mapping[int, Sequence[Target]]  #: row number → its targets, from left to right
    irregular: Collection[int]  #: the rows that need expat
    style: Callable[[int | None, int | None, Target], int | None]
    """(an existing cell's style, the row's own style, target) → the style to be written."""
    last_column: int = MAX_COLUMN  #: beyond it no regular row has a cell


class _Ending(NamedTuple):
    """How cells of certain columns, kinds and looks are written behind a row's last one."""

    opening: bytes  #: the row's start tag from the end of its number on
    pattern: bytes  #: with `_NUMBER` for the row's number and ``%b`` for each content
    written: int  #: how many there are
    references: int  #: to shared strings


class Patcher:
    """Runs a patch over a sheet's rows, and counts what it did."""

    def __init__(self, patch: Patch) -> None:
        self._patch = patch
        self._rules = patch.rules
        self.cells = 0  #: cells that became different
        self.references = 0  #: how many more cells use shared strings than before
        self._frames: dict[tuple[int, int | None, bytes], tuple[bytes, bytes, bytes]] = {}
        self._endings: dict[tuple[object, ...], _Ending] = {}

    def run(self, rows: Iterable[bytes]) -> Iterator[bytes]:
        """The rows as they should be; missing ones are created where they belong.

        Raises:
            Refusal: a target holds a formula, or cannot be placed for certain.
        """
        waiting = sorted(self._patch.targets, reverse=True)
        number = 0
        for row in rows:
            parts = parted(row, self._rules)
            explicit = int(parts[1]) if parts else view(row, self._rules).number
            number = explicit or number + 1
            while waiting and waiting[-1] < number:
                if not explicit:
                    raise _unaddressed(waiting[-1])
                yield from self._created(waiting.pop())
            if waiting and waiting[-1] == number:
                yield self._patched(row, parts, waiting.pop())
            else:
                yield row
        while waiting:
            yield from self._created(waiting.pop())

    def _patched(self, row: bytes, parts: Sequence[bytes], number: int) -> bytes:
        targets = self._patch.targets[number]
        slow = not parts or number in self._patch.irregular
        if not slow and (grown := self._grown(parts, targets)):
            return grown
        shape = _SlowRow(row, self._rules) if slow else _FastRow(row, self._rules, number)
        splices: list[Splice] = []
        created: list[bytes] = []
        last = 0
        for target in targets:
            cell = shape.cell(target.column) if target.column <= shape.last else None
            new = self._cell(number, target, cell, shape.style)
            if new is None:
                continue
            self.cells += 1
            if cell is not None:
                splices.append(Splice(cell.start, cell.end, new))
            elif target.column < shape.last:
                at = shape.gap(target.column)
                splices.append(Splice(at, at, new))
            else:
                created.append(new)
                last = target.column
        if created:
            splices += self._appended(row, shape, b"".join(created), last)
        return markup.apply(row, splices) if splices else row

    def _grown(self, parts: Sequence[bytes], targets: Sequence[Target]) -> bytes | None:
        """A regular row with all its targets behind its last cell; None where some are not."""
        (start, number, rest), rules = parts, self._rules
        opening, _, body = rest.partition(b">")
        if not body:
            return None
        if self._patch.last_column >= targets[0].column:
            match = rules.letters.match(body, max(body.rfind(rules.cell_start), 0))
            if match is None or _column(match[1]) >= targets[0].column:
                return None
        known = opening, *[target.shape for target in targets]
        end = self._endings.get(known)
        if end is None:
            if len(self._endings) >= _MOST_ENDINGS:
                self._endings.clear()
            end = self._endings[known] = self._ending(opening, targets)
        self.cells += end.written
        self.references += end.references
        contents = tuple([target.content for target in targets if target.kind])
        cells = end.pattern.replace(_NUMBER, number) % contents
        stem = body[: -len(rules.row_end)]
        return b"".join((start, b'"', number, end.opening, stem, cells, rules.row_end))

    def _ending(self, opening: bytes, targets: Sequence[Target]) -> _Ending:
        row_style = _own_style(opening)
        written = [target for target in targets if target.kind]
        last = max((target.column for target in written), default=0)
        return _Ending(
            opening=b'"%b>' % widened(opening, last),
            pattern=b"".join([self._pattern(target, row_style) for target in written]),
            written=len(written),
            references=sum(target.kind == b"s" for target in written),
        )

    def _pattern(self, target: Target, row_style: int | None) -> bytes:
        style = self._patch.style(None, row_style, target)
        before, between, after = self._frame(target.column, style, target.kind)
        return b"".join((before, _NUMBER, between, b"%b", after))

    def _appended(
        self, row: bytes, shape: _FastRow | _SlowRow, cells: bytes, last: int
    ) -> Iterator[Splice]:
        """The splices that put cells at a row's end, and widen what its start tag says."""
        before = row[shape.start : shape.inside]
        opening = widened(before, last)
        if shape.closed:
            opening = opening.removesuffix(b"/>").rstrip() + b">" + cells + self._rules.row_end
        else:
            yield Splice(shape.insert_at, shape.insert_at, cells)
        if opening != before:
            yield Splice(shape.start, shape.inside, opening)

    def _created(self, number: int) -> Iterator[bytes]:
        cells = [self._cell(number, target, None, None) for target in self._patch.targets[number]]
        written = [cell for cell in cells if cell is not None]
        if written:
            self.cells += len(written)
            opening = b'%b r="%d">' % (self._rules.row_start, number)
            yield b"".join([opening, *written, self._rules.row_end])

    def _cell(
        self, number: int, target: Target, cell: Cell | None, row_style: int | None
    ) -> bytes | None:
        """The cell's new bytes, or None where it may stay as it is."""
        if cell is None:
            if not target.kind:
                return None
            style = self._patch.style(None, row_style, target)
        else:
            if cell.formula is not None:
                raise _formula(number, target.column)
            if _holds(cell, target):
                return None
            self.references -= cell.attributes.get("t") == "s"
            style = self._patch.style(markup.whole(cell.attributes.get("s", "0")), None, target)
        self.references += target.kind == b"s"
        before, between, after = self._frame(target.column, style, target.kind)
        return b"%b%d%b%b%b" % (before, number, between, target.content, after)

    def _frame(self, column: int, style: int | None, kind: bytes) -> tuple[bytes, bytes, bytes]:
        """What stands before a cell's row number, between that and its content, and after it."""
        known = column, style, kind
        if known not in self._frames:
            before = self._rules.cell_start + letters(column).encode()
            between = b'" s="%d"' % style if style else b'"'
            if kind not in {b"", b"n"}:
                between += b' t="%b"' % kind
            end = (b">", self._rules.cell_end) if kind else (b"/>", b"")
            self._frames[known] = before, between + end[0], end[1]
        return self._frames[known]


class _FastRow:
    """A regular row, asked by searching its bytes."""

    def __init__(self, row: bytes, rules: Grammar, number: int) -> None:
        self._row = row
        self._rules = rules
        self._number = number
        self.inside = row.index(b">") + 1
        self.start = row.index(b"<")
        self.closed = self.inside == len(row)
        self.insert_at = len(row) - len(rules.row_end)
        self.style = _own_style(row[self.start : self.inside])
        at = row.rfind(rules.cell_start)
        match = rules.letters.match(row, at) if at >= 0 else None
        self.last = _column(match[1]) if match else 0

    def cell(self, column: int) -> Cell | None:
        address = b'%b%d"' % (letters(column).encode(), self._number)
        at = self._row.find(self._rules.cell_start + address)
        match = self._rules.cell.match(self._row, at) if at >= 0 else None
        return fast_cell(match) if match else None

    def gap(self, column: int) -> int:
        """Where a cell of that column belongs, which is not the last one."""
        return next(
            match.start()
            for match in self._rules.letters.finditer(self._row)
            if column_number(match[1].decode()) > column
        )


class _SlowRow:
    """Any row, read with expat."""

    def __init__(self, row: bytes, rules: Grammar) -> None:
        self._view = found = view(row, rules)
        self.start, self.inside, self.closed = found.start, found.inside, found.closed
        self.insert_at = found.insert_at
        columns = [cell.column for cell in found.cells]
        if any(a >= b for a, b in pairwise(columns)):
            raise Refusal("cell-order", f"the cells of row {found.number} are out of order", REPAIR)
        self.last = columns[-1] if columns else 0
        custom = found.attributes.get("customFormat") in {"1", "true"}
        self.style = markup.whole(found.attributes.get("s", "0")) if custom else None

    def cell(self, column: int) -> Cell | None:
        return next((cell for cell in self._view.cells if cell.column == column), None)

    def gap(self, column: int) -> int:
        """Where a cell of that column belongs, which is not the last one."""
        after = next(cell for cell in self._view.cells if cell.column > column)
        if not after.addressed:
            raise _unaddressed(self._view.number)
        return after.start


@lru_cache(maxsize=1024)
def _shape(*of: int | bytes | str) -> str:
    return repr(of)  # as a text knows its own hash


@lru_cache(maxsize=1024)
def _column(name: bytes) -> int:
    return column_number(name.decode())


def _holds(cell: Cell, target: Target) -> bool:
    """Whether the cell says already what it should say."""
    if not target.kind or cell.value is None:
        return not target.kind and cell.value is None
    old = cell.attributes.get("t", "n")
    if target.text is not None and old in {"inlineStr", "str"}:
        return b"<" not in cell.value and read_text(cell.value) == target.text
    if old != target.kind.decode():
        return False
    if old == "n":
        return _figure(cell.value) == _figure(target.content.partition(b">")[2].partition(b"<")[0])
    return b">%b<" % cell.value in target.content


def _figure(content: bytes) -> float | None:
    try:
        return float(content)
    except ValueError:
        return None


def _own_style(opening: bytes) -> int | None:
    if _CUSTOM[0] not in opening and _CUSTOM[1] not in opening:
        return None
    match = _ROW_STYLE.search(opening)
    return int(match[1]) if match else 0


def _formula(row: int, column: int) -> Refusal:
    address = f"{letters(column)}{row}"
    return Refusal(
        "formula",
        f"the cell {address} holds a formula, and a formula is never overwritten",
        "delete that formula, or give the output another column in [output]",
    )


def _unaddressed(row: int) -> Refusal:
    return Refusal(
        "unaddressed",
        f"its cells from row {row} on do not say where they stand, so none can be put between",
        "open it in Excel, save it, and run again",
    )
