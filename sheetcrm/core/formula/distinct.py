"""Doing a thing once for each distinct combination of inputs instead of once for each lead."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from sheetcrm.core.formula.cells import (
    Cells,
    failure,
    first_error,
    repeated,
    with_error,
    within_a_cell,
)
from sheetcrm.core.formula.coerce import Coerced
from sheetcrm.core.formula.convert import from_values
from sheetcrm.core.formula.stopping import tick
from sheetcrm.core.table.values import CellValue


def distinct_rows(columns: Sequence[Cells]) -> tuple[list[int], pl.Series]:
    """(a row of each distinct combination, for each row the place of its combination).

    Columns of height 1 are the same in every row and need not be given.
    """
    parts = [part for cells in columns for part in cells.parts]
    if not parts:
        return [0], repeated(0, columns[0].height, pl.UInt32)
    return _distinct(parts)


def per_distinct(function: Callable[..., CellValue], coerced: Sequence[Coerced]) -> Cells:
    """Call a Python function over converted arguments once for each distinct combination.

    Args:
        function: takes plain values; gives a value or a `CellError`.
        coerced: the arguments; where one has an error, the function is not called.
    """
    error = first_error(*(wrong for _, wrong in coerced))
    series = [value for value, _ in coerced]
    varying = [one for one in series if len(one) > 1]
    if not varying:
        if error is not None and error[0] is not None:
            return failure(error[0])
        return from_values([within_a_cell(function(*(one[0] for one in series)))])
    first, group = _distinct(varying)
    lists = [
        one.gather(first).to_list() if len(one) > 1 else one.to_list() * len(first)
        for one in series
    ]
    answers: list[CellValue] = []
    for values in zip(*lists, strict=True):
        tick()
        answers.append(None if None in values else within_a_cell(function(*values)))
    return with_error(from_values(answers).gather(group), error)


def _distinct(parts: Sequence[pl.Series]) -> tuple[list[int], pl.Series]:
    frame = pl.DataFrame({f"c{i}": part for i, part in enumerate(parts)}).with_row_index("row")
    keys = [f"c{i}" for i in range(len(parts))]
    groups = frame.group_by(keys, maintain_order=True).agg("row").with_row_index("group")
    first = groups["row"].list.first().to_list()
    placed = groups.select("group", "row").explode("row").sort("row")
    return first, placed["group"]
