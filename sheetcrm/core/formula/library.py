"""The engine as one call: `sheetcrm.evaluate`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import polars as pl

from sheetcrm.core.formula.evaluate import ParameterValue
from sheetcrm.core.formula.evaluate import evaluate as evaluate_frame
from sheetcrm.core.formula.frame import Frame
from sheetcrm.core.formula.parse import parse
from sheetcrm.core.table.values import CellValue


def evaluate(
    formula: str,
    columns: Mapping[str, Sequence[CellValue]] | pl.DataFrame,
    *,
    parameters: Mapping[str, ParameterValue] | None = None,
    tables: Mapping[str, Mapping[str, Sequence[CellValue]] | pl.DataFrame] | None = None,
    now: datetime | None = None,
) -> list[CellValue]:
    """Evaluate one Excel formula for every row of a table.

    Args:
        formula: such as ``'=IF([@Budget]>=min_budget, "large", "small")'``.
        columns: header → values (None blank, bool, number, text, date, datetime, `CellError`),
            or a Polars frame; only what the formula reads is converted.
        parameters: name → value or list of values.
        tables: name → reference table, in the form of `columns`, for lookups.
        now: what TODAY() and NOW() answer.

    Returns:
        One value for each row: a number is always a float (a date its serial number, as in
        Excel), a boolean a bool, a text a str, an Excel error a `CellError`, blank None.

    Raises:
        FormulaError: the formula cannot be understood, or names something unknown; `pointer`
            shows the place.
    """
    understood = parse(formula)
    frames = {name: Frame(table) for name, table in (tables or {}).items()}
    frame = Frame(columns)
    return evaluate_frame([understood], frame, parameters=parameters, tables=frames, now=now)[0]
