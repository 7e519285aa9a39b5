"""Fresh values of formulas: what they are, and the proof that nothing else of a sheet changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from sheetcrm.adapters.excel.archive import Archive, ahead
from sheetcrm.adapters.excel.faults import Refusal
from sheetcrm.adapters.excel.formulacells import numbered, swapped
from sheetcrm.adapters.excel.grammar import Grammar
from sheetcrm.adapters.excel.rows import Cell, SheetStream, view

OTHERWISE: Final = "Excel has stored something else than they give"


@dataclass(frozen=True, kw_only=True, slots=True)
class Value:
    """A new cached value: its cell, its type, and itself as it is to be written."""

    row: int
    column: int
    kind: str  #: ``n``, ``str``, ``b`` or ``e``
    content: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Left:
    """Formulas that may read what was written, and keep their old values for one reason."""

    why: str
    count: int
    first: str  #: the first of them, such as ``Summary!B3``


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What came of it."""

    values: Mapping[str, Sequence[Value]]  #: part of a sheet → what is new in it
    careful: frozenset[str] = frozenset()  #: the parts that must be read the careful way
    left: Sequence[Left] = ()
    refused: str = ""  #: why nothing could be calculated


@dataclass(frozen=True, kw_only=True, slots=True)
class FreshValues:
    """The new values of one sheet."""

    careful: bool  #: the sheet must be read the careful way
    values: Sequence[Value]
    swaps: Mapping[int, Mapping[bytes, bytes]]
    """Row number → a new cell's bytes → those of the cell that stood there."""


def check_cells(fresh: FreshValues, rules: Grammar) -> None:
    """Hold each new cell against the old one, and against the value that it is to say.

    Raises:
        Refusal: more than the value differs.
    """
    found: dict[tuple[int, int], Cell] = {}
    for row, swaps in fresh.swaps.items():
        for after, before in swaps.items():
            new, old = _alone(row, after, rules), _alone(row, before, rules)
            alike = (new.column, new.formula, _others(new)) == (
                old.column,
                old.formula,
                _others(old),
            )
            if not alike or old.formula is None:
                raise _different(row)
            found[row, new.column] = new
    for value in fresh.values:
        cell = found.pop((value.row, value.column), None)
        said = (cell.attributes.get("t", "n"), cell.value) if cell else None
        if said != (value.kind, value.content):
            raise _different(value.row)
    if found:
        raise _different(next(iter(found))[0])


def check_sheet(old: Archive, new: Archive, part: str, fresh: FreshValues) -> None:
    """Hold a sheet of which only formulas' values are new against the one that it was.

    Raises:
        Refusal: anything else differs.
    """
    before, after = (
        SheetStream(ahead(archive.chunks(part)), careful=fresh.careful) for archive in (old, new)
    )
    check_cells(fresh, after.grammar)
    for one, other in zip_longest(before.rows(), numbered(after)):
        number, row, _ = other or (0, b"", None)
        if one != swapped(row, fresh.swaps.get(number, {})):
            raise _different(number)
    if (before.head, before.tail) != (after.head, after.tail):
        raise _different(0)


def _alone(row: int, cell: bytes, rules: Grammar) -> Cell:
    """What expat makes of a cell of that row on its own."""
    cells = view(b'%b r="%d">%b%b' % (rules.row_start, row, cell, rules.row_end), rules).cells
    if len(cells) != 1:
        raise _different(row)
    return cells[0]


def _others(cell: Cell) -> dict[str, str]:
    return {name: value for name, value in cell.attributes.items() if name != "t"}


def _different(row: int) -> Refusal:
    where = f"row {row}" if row else "the sheet outside its rows"
    return Refusal(
        "not-verified",
        f"the new file was not what it should be (values of formulas, {where}), "
        "so the old one was left as it is",
        "this is a fault of sheetcrm: please report it with that sentence",
    )
