"""Lead qualification and follow-ups inside the spreadsheet that a team already has.

`evaluate` is the formula engine as one call; it, `CellError` and `FormulaError` are imported
when first asked for, so that ``import sheetcrm`` and ``sheetcrm --help`` answer at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sheetcrm.core.formula.library import evaluate
    from sheetcrm.core.table.values import CellError
    from sheetcrm.errors import FormulaError

__all__ = ["CellError", "FormulaError", "__version__", "evaluate"]
__version__ = "0.1.0"

_HOMES = {
    "evaluate": "sheetcrm.core.formula.library",
    "CellError": "sheetcrm.core.table.values",
    "FormulaError": "sheetcrm.errors",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(_HOMES[name]), name)
