"""The tree of a formula: frozen values that compare by meaning, wherever they were written.

`offset` is the place in the formula's text and takes no part in comparing, so that the same
expression in two formulas is one expression and is computed once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, TypeAlias

from sheetcrm.core.table.values import CellValue

HEADERS: Final = "#Headers"  #: as a column: the names of a table's columns


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, text, boolean or error written in the formula."""

    value: CellValue
    kind: str  #: tells 1 from TRUE, which Python holds equal
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Omitted:
    """An argument left empty between two commas."""

    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class CellOf:
    """This lead's value in a column: ``[@Budget]``."""

    table: str
    column: str
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class ColumnOf:
    """A whole column, or the columns from `column` to `last`: ``Cities[Points]``."""

    table: str
    column: str
    last: str = ""
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Name:
    """A parameter, or a whole reference table: ``min_budget``, ``Cities``."""

    name: str
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Unary:
    """``-x``, ``+x``, ``x%`` and ``@x``."""

    operator: str
    operand: Node
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands and what stands between them."""

    operator: str
    left: Node
    right: Node
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A function and its arguments; the name is in capitals, without any prefix."""

    name: str
    arguments: tuple[Node, ...]
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class ArrayOf:
    """An array written in the formula: ``{1,2;3,4}``."""

    rows: tuple[tuple[Literal, ...], ...]
    offset: int = field(default=0, compare=False)


Node: TypeAlias = Literal | Omitted | CellOf | ColumnOf | Name | Unary | Binary | Call | ArrayOf
REFERENCES = (CellOf, ColumnOf, Name)
"""Nodes that point at cells, for which `SUM` and its kin skip text instead of reading it."""
