"""What kind of value a cell holds."""

from __future__ import annotations

import polars as pl

from sheetcrm.core.formula.cells import (
    NA,
    Cells,
    booleans,
    failure,
    filled,
    first_of,
    repeated,
    right,
)
from sheetcrm.core.formula.convert import constant
from sheetcrm.core.formula.registry import Context, anything, cellwise, whole
from sheetcrm.core.formula.shapes import Value
from sheetcrm.core.formula.syntax import Node


def _is(part: pl.Series | None, height: int) -> Cells:
    if part is None:
        return constant(value=False).spread(height)
    return booleans(part.is_not_null())


@cellwise(
    "ISBLANK",
    anything("value"),
    summary='TRUE for a cell without anything in it ("" is a text).',
    example="=ISBLANK([@Phone])",
)
def _isblank(cells: Cells) -> Cells:
    return booleans(cells.is_blank)


@cellwise(
    "ISNUMBER", anything("value"), summary="TRUE for a number.", example="=ISNUMBER([@Budget])"
)
def _isnumber(cells: Cells) -> Cells:
    return _is(cells.number, cells.height)


@cellwise("ISTEXT", anything("value"), summary="TRUE for a text.", example="=ISTEXT([@Budget])")
def _istext(cells: Cells) -> Cells:
    return _is(cells.text, cells.height)


@cellwise(
    "ISNONTEXT",
    anything("value"),
    summary="TRUE for everything but a text, blank cells too.",
    example="=ISNONTEXT([@Budget])",
)
def _isnontext(cells: Cells) -> Cells:
    value = _istext(cells).boolean
    return constant(value=True) if value is None else booleans(~value)


@cellwise(
    "ISLOGICAL",
    anything("value"),
    summary="TRUE for TRUE or FALSE.",
    example="=ISLOGICAL([@Replied])",
)
def _islogical(cells: Cells) -> Cells:
    return _is(cells.boolean, cells.height)


@cellwise(
    "ISERROR", anything("value"), summary="TRUE for any error.", example="=ISERROR(1/[@Price])"
)
def _iserror(cells: Cells) -> Cells:
    return _is(cells.error, cells.height)


@cellwise(
    "ISERR", anything("value"), summary="TRUE for any error but #N/A.", example="=ISERR(1/[@Price])"
)
def _iserr(cells: Cells) -> Cells:
    if cells.error is None:
        return constant(value=False).spread(cells.height)
    return booleans((cells.error != NA).fill_null(value=False))


@cellwise(
    "ISNA",
    anything("value"),
    summary="TRUE for #N/A.",
    example="=ISNA(MATCH([@City], target_cities, 0))",
)
def _isna(cells: Cells) -> Cells:
    if cells.error is None:
        return constant(value=False).spread(cells.height)
    return booleans((cells.error == NA).fill_null(value=False))


@whole("NA", summary="The error #N/A: not available.", example="=NA()")
def _na(context: Context, arguments: tuple[Node, ...]) -> Value:
    del context, arguments
    return failure(NA)


@cellwise(
    "N",
    anything("value"),
    summary="A number as it is, TRUE as 1, anything else as 0.",
    example="=N([@Budget])",
)
def _n(cells: Cells) -> Cells:
    parts = [part for part in (cells.number, cells.boolean) if part is not None]
    series = [part.cast(pl.Float64) for part in parts]
    zero = repeated(0.0, cells.height)
    value = first_of(*series, zero)
    if cells.error is None:
        return Cells(height=cells.height, number=value)
    kept = right(value, cells.error)
    return Cells(height=cells.height, number=kept, error=cells.error)


@cellwise(
    "T", anything("value"), summary='A text as it is, anything else as "".', example="=T([@Note])"
)
def _t(cells: Cells) -> Cells:
    empty = repeated("", cells.height)
    value = empty if cells.text is None else filled(cells.text, "")
    if cells.error is None:
        return Cells(height=cells.height, text=value)
    kept = right(value, cells.error)
    return Cells(height=cells.height, text=kept, error=cells.error)
