"""Calls that ask what happened to a lead become columns, counted once, before anything else.

A formula is computed by the distinct values of the cells that it reads. `ACTIVITIES("demo")` reads
none, and still differs from lead to lead: as a column it is a cell like all others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from sheetcrm.core.formula.frame import Frame
from sheetcrm.core.formula.keys import children
from sheetcrm.core.formula.parse import Formula
from sheetcrm.core.formula.syntax import Binary, Call, CellOf, Node, Unary
from sheetcrm.core.table.values import CellValue
from sheetcrm.errors import FormulaError

ASKING: Final = frozenset(("ACTIVITIES", "LASTACTIVITY"))


def asks(formula: Formula) -> bool:
    """Whether a formula asks what happened."""
    return not ASKING.isdisjoint(formula.functions)


def fault(formula: Formula, *, known: bool) -> FormulaError | None:
    """What is wrong with asking: nobody knows, or it is asked otherwise for each lead.

    Args:
        formula: any formula.
        known: whether there are activities at all.
    """
    for call in _calls(formula.tree) if asks(formula) else ():
        if not known:
            return FormulaError(
                f"{call.name}: there are no activities",
                text=formula.text,
                offset=call.offset,
                hint="name the tab with your visits and calls as [[activities]]",
            )
        if any(_own_cells(argument) for argument in call.arguments):
            return FormulaError(
                f"what {call.name} is asked must be the same for all leads",
                text=formula.text,
                offset=call.offset,
                hint='write it as a text, a number or a parameter: ACTIVITIES("demo", 90)',
            )
    return None


def as_columns(
    formulas: Sequence[Formula], frame: Frame, compute: Callable[[Call], list[CellValue]]
) -> tuple[list[Formula], Frame]:
    """The formulas with a cell in the place of each such call, and the frame with those cells.

    Args:
        formulas: without a `fault`.
        frame: the leads.
        compute: evaluates a call, one value for each lead.
    """
    names: dict[Call, str] = {}
    columns: dict[str, Sequence[CellValue]] = {}
    for call in dict.fromkeys(call for formula in formulas for call in _calls(formula.tree)):
        names[call] = f"{call.name} {len(names)}\0"  # no header has such a name
        columns[names[call]] = compute(call)
    swapped = [replace(formula, tree=_swapped(formula.tree, names)) for formula in formulas]
    return swapped, frame.extended(columns)


def _calls(node: Node) -> Iterator[Call]:
    if isinstance(node, Call) and node.name in ASKING:
        yield node
        return
    for child in children(node):
        yield from _calls(child)


def _own_cells(node: Node) -> bool:
    return isinstance(node, CellOf) or any(map(_own_cells, children(node)))


def _swapped(node: Node, names: dict[Call, str]) -> Node:
    match node:
        case Call() if node in names:
            return CellOf("", names[node], node.offset)
        case Call():
            return replace(node, arguments=tuple(_swapped(a, names) for a in node.arguments))
        case Unary():
            return replace(node, operand=_swapped(node.operand, names))
        case Binary():
            left, right = _swapped(node.left, names), _swapped(node.right, names)
            return replace(node, left=left, right=right)
    return node
