"""The syntax of all formulas; what they name is checked against a tab's headers by the engine."""

from __future__ import annotations

import re

from sheetcrm.config.inspection import Inspection
from sheetcrm.core.table.names import fold
from sheetcrm.errors import FormulaError

_COLUMN = re.compile(r"\[@?\[?@?([^\[\]]+)\]")


def check_formulas(run: Inspection) -> None:
    """Parse every formula; a fault shows its place with a caret."""
    if not run.formulas:
        return
    from sheetcrm.core.formula import parse  # noqa: PLC0415  loads the whole engine

    for path, text in run.formulas:
        try:
            formula = parse(text)
        except FormulaError as error:
            for fault in error.faults:
                run.fault(path, fault.message, fault.hint, picture=fault.pointer)
        else:
            for note in formula.notes:
                run.note(path, note)


def columns_named(text: str) -> set[str]:
    """The columns that a formula names, folded."""
    return {fold(name) for name in _COLUMN.findall(text)}
