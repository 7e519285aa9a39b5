"""Excel's formula language over columns: parse, bind, evaluate a column at a time.

`parse` understands a formula, `check` tells which of its names are not there, and `evaluate`
computes many formulas over a `Frame` of leads. Functions live in `functions/`, one small entry
each; what they all are is in docs/formulas.md, which is generated from the entries.
"""

from __future__ import annotations

from sheetcrm.core.formula.bind import Names, check
from sheetcrm.core.formula.evaluate import evaluate
from sheetcrm.core.formula.events import Events
from sheetcrm.core.formula.frame import Frame
from sheetcrm.core.formula.parse import Formula, Reference, parse

__all__ = ["Events", "Formula", "Frame", "Names", "Reference", "check", "evaluate", "parse"]
