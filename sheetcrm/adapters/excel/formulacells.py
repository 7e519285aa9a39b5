"""The cells of a sheet that hold formulas, their cached values, and rows with other ones.

A cached value is all that is ever changed of such a cell: its ``<v>`` and the type of that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from sheetcrm.adapters.excel import markup
from sheetcrm.adapters.excel.faults import Refusal
from sheetcrm.adapters.excel.markup import Splice
from sheetcrm.adapters.excel.rows import Cell, SheetStream, Unusual, fast_cell, view

_SIMPLE = re.compile(rb"<f>([^<>]*)</f>")


@dataclass(frozen=True, kw_only=True, slots=True)
class FormulaCell:
    """A cell with a formula, as it is written."""

    row: int
    column: int
    data: bytes  #: all of it
    formula: bytes  #: its ``<f>``
    kind: str  #: the type of its value: ``n``, ``str``, ``b``, ``e`` …
    value: bytes | None  #: the content of its ``<v>``
    plain: bool  #: it says where it stands, and belongs to no array

    def parsed(self) -> tuple[Mapping[str, str], str]:
        """The attributes of the formula, and its text."""
        simple = _SIMPLE.fullmatch(self.formula)
        if simple:
            return {}, markup.unescape(simple[1].decode())
        root = markup.parse(self.formula)
        text = self.formula[root.inside : root.content_end].decode()
        return root.attributes, markup.unescape(text)


def formula_cells(open_part: Callable[[], Iterable[bytes]]) -> tuple[list[FormulaCell], bool]:
    """All formulas of a sheet, and whether it must be read the careful way.

    Raises:
        Refusal: the XML is broken.
    """
    try:
        return _all_of(SheetStream(open_part())), False
    except Unusual:
        return _all_of(SheetStream(open_part(), careful=True)), True


def numbered(stream: SheetStream) -> Iterator[tuple[int, bytes, list[Cell]]]:
    """Number, bytes and formulas' cells of each row."""
    rules, number = stream.grammar, 0
    start = b"<%bf" % rules.prefix
    for row in stream.rows():
        match = rules.row.fullmatch(row)
        if match:
            number = int(match[1])
            found = rules.cell.finditer(row) if start in row else ()
            yield number, row, [fast_cell(match) for match in found if match[3] is not None]
        else:
            seen = view(row, rules)
            number = seen.number or number + 1
            yield number, row, [cell for cell in seen.cells if cell.formula is not None]


def with_value(cell: bytes, kind: str, content: bytes) -> bytes:
    """A formula's cell with another cached value.

    Args:
        cell: the cell's bytes.
        kind: the type of the value.
        content: what is to stand between ``<v>`` and ``</v>``, escaped.
    """
    root = markup.parse(cell)
    said = dict(root.attributes)
    tag = cell[: root.inside]
    if kind != "n" or "t" in said:
        tag = markup.set_attributes(cell, root, {"t": kind}).text
    old = root.find("v")
    prefix = root.prefix.encode()
    new = b"<%bv>%b</%bv>" % (prefix, content, prefix)
    if old is None:
        at = next(child.end for child in root.children if child.name == "f")
        return tag + cell[root.inside : at] + new + cell[at:]
    return tag + cell[root.inside : old.start] + new + cell[old.end :]


def swapped(row: bytes, swaps: Mapping[bytes, bytes]) -> bytes:
    """A row with other cells in the place of some: a cell's bytes → the bytes for it.

    Raises:
        Refusal: one of those is not there, or twice.
    """
    splices = []
    for before, after in swaps.items():
        at = row.find(before)
        if at < 0 or row.find(before, at + 1) >= 0:
            raise Refusal(
                "not-verified",
                "a formula's value was not where it should be, so the file was left as it is",
                "this is a fault of sheetcrm: please report it with that sentence",
            )
        splices.append(Splice(at, at + len(before), after))
    return markup.apply(row, splices)


def _all_of(stream: SheetStream) -> list[FormulaCell]:
    return [
        FormulaCell(
            row=number,
            column=cell.column,
            data=row[cell.start : cell.end],
            formula=cell.formula,
            kind=cell.attributes.get("t", "n"),
            value=cell.value,
            plain=cell.addressed and "cm" not in cell.attributes,
        )
        for number, row, cells in numbered(stream)
        for cell in cells
        if cell.formula is not None
    ]
