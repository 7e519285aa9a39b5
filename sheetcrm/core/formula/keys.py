"""Equal parts of formulas get the same small number, so that each is computed once."""

from __future__ import annotations

from itertools import count

from sheetcrm.core.formula.syntax import (
    ArrayOf,
    Binary,
    Call,
    CellOf,
    ColumnOf,
    Literal,
    Name,
    Node,
    Omitted,
    Unary,
)


class Keys:
    """Numbers nodes by their meaning, each node object once however often it is shared.

    A tree may share its parts (`LET`), so that comparing trees node by node could take for ever.
    """

    def __init__(self) -> None:
        self._by_id: dict[int, int] = {}
        self._numbers: dict[object, int] = {}
        self._counter = count()  # two threads never draw the same number
        self._cells: dict[int, frozenset[str]] = {}
        self._whole: set[int] = set()
        self._kept: list[Node] = []  # an id is only good while its object lives

    def of(self, node: Node) -> int:
        """The number of this part."""
        known = self._by_id.get(id(node))
        if known is not None:
            return known
        parts = tuple(self.of(child) for child in children(node))
        meaning = (type(node), *_own_meaning(node), parts)
        key = self._numbers.setdefault(meaning, next(self._counter))
        read = {node.column} if isinstance(node, CellOf) else set()
        self._cells[key] = frozenset(read.union(*(self._cells[part] for part in parts)))
        if isinstance(node, ColumnOf) or not self._whole.isdisjoint(parts):
            self._whole.add(key)
        self._kept.append(node)
        self._by_id[id(node)] = key
        return key

    def reads_cells(self, node: Node) -> bool:
        """Whether this part can differ from lead to lead."""
        return bool(self._cells[self.of(node)])

    def cells_of(self, node: Node) -> list[str]:
        """The columns of which this part reads the lead's own value."""
        return sorted(self._cells[self.of(node)])

    def reads_columns(self, node: Node) -> bool:
        """Whether this part reads whole columns."""
        return self.of(node) in self._whole


def children(node: Node) -> tuple[Node, ...]:
    """The parts of a part."""
    match node:
        case Unary():
            return (node.operand,)
        case Binary():
            return (node.left, node.right)
        case Call():
            return node.arguments
    return ()


def _own_meaning(node: Node) -> tuple[object, ...]:
    match node:
        case Literal():
            return (node.kind, node.value)
        case CellOf():
            return (node.column,)
        case ColumnOf():
            return (node.table, node.column, node.last)
        case Name():
            return (node.name,)
        case Unary() | Binary():
            return (node.operator,)
        case Call():
            return (node.name,)
        case ArrayOf():
            return tuple(tuple((item.kind, item.value) for item in row) for row in node.rows)
        case Omitted():
            return ()
