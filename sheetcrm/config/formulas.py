"""The syntax of all formulas; what they name is checked against a tab's headers by the engine."""

from __future__ import annotations

import re

from sheetcrm.config.inspection import Inspection
from sheetcrm.core.table.names import fold
from sheetcrm.errors import FormulaError

_COLUMN = re.compile(r"\[@?\[?@?([^\[\]]+)\]")
_WIDTH = 100  # characters of a formula that are shown around the fault


def check_formulas(run: Inspection) -> None:
    """Parse every formula; a fault shows its place with a caret."""
    if not run.formulas:
        return
    from sheetcrm.core.formula import parse  # noqa: PLC0415  loads the whole engine

    for path, text in run.formulas:
        try:
            parse(text)
        except FormulaError as error:
            picture = caret(error.text, error.offset)
            if error.hint:
                run.fault(path, error.message, error.hint + picture)
            else:
                run.fault(path, error.message + picture)


def columns_named(text: str) -> set[str]:
    """The columns that a formula names, folded."""
    return {fold(name) for name in _COLUMN.findall(text)}


def caret(text: str, offset: int) -> str:
    """The line of the formula that is wrong, with a caret under the place, as further lines."""
    offset = min(max(offset, 0), len(text))
    begin = text.rfind("\n", 0, offset) + 1
    line, _, _ = text[begin:].partition("\n")
    column = offset - begin
    start = max(0, min(column - _WIDTH // 2, len(line) - _WIDTH))
    shown = line[start : start + _WIDTH].replace("\t", " ")
    before = "… " if start else ""
    after = " …" if len(line) > start + _WIDTH else ""
    indent = " " * (len(before) + column - start)
    return f"\n    {before}{shown}{after}\n    {indent}^"
