"""A formula as it reads after people moved its cell or what it refers to.

Only references to the formula's own tab are followed, as only that is known to have changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from sheetcrm.core.table.addresses import column_number, letters

_TOKEN = re.compile(
    r"""(?P<text>"(?:[^"]|"")*")            # a text
    |(?P<other>(?:'(?:[^']|'')+'|[\w.]+)!\$?[A-Za-z]*\$?\d*(?::\$?[A-Za-z]*\$?\d*)?)  # other tabs
    |(?<![\w.$])(?P<cell>\$?[A-Za-z]{1,3}\$?[1-9]\d{0,6})(?![\w(.])
    |(?<![\w.$])(?P<columns>\$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3})(?![\w(.])""",
    re.VERBOSE,
)
_CELL = re.compile(r"(\$?)([A-Za-z]{1,3})(\$?)(\d+)")
_COLUMN = re.compile(r"(\$?)([A-Za-z]{1,3})")

#: old number → new one; None where it was deleted
Move = Callable[[int], int | None]


def moved_formula(text: str, column: Move, row: Move) -> str:
    """The formula with its references where what they mean stands now.

    Args:
        text: the formula, with its equals sign.
        column: where each column went.
        row: where each row went, as seen from the formula's cell.
    """

    def cell(found: re.Match[str]) -> str:
        across, down = column(column_number(found[2])), row(int(found[4]))
        if across is None or down is None:
            return "#REF!"
        return f"{found[1]}{letters(across)}{found[3]}{down}"

    def whole(found: re.Match[str]) -> str:
        across = column(column_number(found[2]))
        return "#REF!" if across is None else f"{found[1]}{letters(across)}"

    def token(found: re.Match[str]) -> str:
        if found["cell"]:
            return _CELL.sub(cell, found["cell"])
        if found["columns"]:
            return _COLUMN.sub(whole, found["columns"])
        return found[0]

    return _TOKEN.sub(token, text)
