"""Whether the number that a formula gives is a date, so that people see a day instead of 46023.

Excel decides the same way when it formats a cell: by what the formula reads and calls.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from sheetcrm.core.formula.syntax import Binary, Call, CellOf, ColumnOf, Node
from sheetcrm.core.table.names import fold

_GIVE_DATES: Final = frozenset(
    ["DATE", "DATEVALUE", "EDATE", "EOMONTH", "NOW", "TODAY", "WORKDAY", "WORKDAY.INTL"]
)
_PASS_ON: Final = {"IF": 1, "IFERROR": 0, "IFNA": 0, "MAX": 0, "MIN": 0, "MAXIFS": 0, "MINIFS": 0}
"""Functions that give one of their arguments → from which one on."""


def gives_date(node: Node, dates: Collection[str]) -> bool:
    """Whether a number from this part of a formula is a date.

    Args:
        node: the formula's tree, or a part of it.
        dates: folded names of the columns of the leads that hold dates.
    """
    match node:
        case CellOf() | ColumnOf():
            return fold(node.column) in dates
        case Binary(operator="+"):
            return gives_date(node.left, dates) != gives_date(node.right, dates)
        case Binary(operator="-"):
            return gives_date(node.left, dates) and not gives_date(node.right, dates)
        case Call(name=name) if name in _PASS_ON:
            return any(gives_date(part, dates) for part in node.arguments[_PASS_ON[name] :])
        case Call():
            return node.name in _GIVE_DATES
    return False
