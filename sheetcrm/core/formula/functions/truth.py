"""AND, OR and XOR: many truths put together.

In a reference or an array only booleans and numbers count, text and blank cells are skipped; of
texts given directly "TRUE" and "FALSE" are read, others are skipped too. Where nothing is left to
put together the answer is #VALUE!, as in Excel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import polars as pl

from sheetcrm.core.formula.cells import (
    VALUE,
    Cells,
    blank,
    booleans,
    compute,
    failure,
    first_error,
    first_of,
    missing,
    repeated,
)
from sheetcrm.core.formula.coerce import Coerced, as_boolean
from sheetcrm.core.formula.convert import constant
from sheetcrm.core.formula.registry import Context, anything, whole
from sheetcrm.core.formula.shapes import Span, Value
from sheetcrm.core.formula.syntax import REFERENCES, Node


@dataclass(frozen=True, kw_only=True, slots=True)
class _Gate:
    """A way of putting truths together."""

    across: Callable[[list[pl.Expr]], pl.Expr]  #: the arguments, lead by lead
    down: Callable[[pl.Series], bool]  #: the cells of one array
    neutral: bool  #: what a skipped value counts as


_AND: Final = _Gate(across=pl.all_horizontal, down=lambda s: bool(s.all()), neutral=True)
_OR: Final = _Gate(across=pl.any_horizontal, down=lambda s: bool(s.any()), neutral=False)
_XOR: Final = _Gate(
    across=lambda parts: pl.sum_horizontal(part.cast(pl.UInt32) for part in parts) % 2 == 1,
    down=lambda s: int(s.sum()) % 2 == 1,
    neutral=False,
)


@whole(
    "AND",
    anything("value"),
    repeats=1,
    summary="TRUE where every value is TRUE; text and blank cells of a reference are skipped.",
    example="=AND([@Score]>=60, [@Budget]>0)",
)
def _and(context: Context, arguments: tuple[Node, ...]) -> Value:
    return _combine(context, arguments, _AND)


@whole(
    "OR",
    anything("value"),
    repeats=1,
    summary="TRUE where any value is TRUE; text and blank cells of a reference are skipped.",
    example='=OR([@City]="Jakarta", [@City]="Bogor")',
)
def _or(context: Context, arguments: tuple[Node, ...]) -> Value:
    return _combine(context, arguments, _OR)


@whole(
    "XOR",
    anything("value"),
    repeats=1,
    summary="TRUE where an odd number of the values is TRUE.",
    example="=XOR([@Called], [@Mailed])",
)
def _xor(context: Context, arguments: tuple[Node, ...]) -> Value:
    return _combine(context, arguments, _XOR)


def _combine(context: Context, arguments: tuple[Node, ...], gate: _Gate) -> Cells:
    found = [truth for node in arguments for truth in _truths(context, node, gate)]
    if not found:
        return failure(VALUE)
    truths = [truth for truth, _ in found]
    error = first_error(*(wrong for _, wrong in found))
    if not any(truth.null_count() for truth in truths):
        return booleans(compute(lambda *parts: gate.across(list(parts)), *truths), error)

    def skipping(*parts: pl.Expr) -> pl.Expr:
        filled = gate.across([part.fill_null(gate.neutral) for part in parts])
        return pl.when(pl.any_horizontal(part.is_not_null() for part in parts)).then(filled)

    value = compute(skipping, *truths)
    return booleans(value, first_error(error, missing(value, VALUE)))


def _truths(context: Context, node: Node, gate: _Gate) -> Iterator[Coerced]:
    """The truths of one argument, null where they are skipped."""
    value = context.value(node)
    if isinstance(value, Span):
        for column in value.columns:
            yield _loose(_down(column, gate))
    elif isinstance(value, Cells):
        yield _loose(value) if isinstance(node, REFERENCES) else _direct(value)
    else:
        yield from map(_loose, value.items)


def _direct(cells: Cells) -> Coerced:
    """A value given directly, null where it is a text that is no truth."""
    return as_boolean(cells)[0], cells.error


def _loose(cells: Cells) -> Coerced:
    """Cells of a reference: a boolean, or a number other than 0."""
    parts = [] if cells.boolean is None else [cells.boolean]
    if cells.number is not None:
        parts.append(cells.number != 0)
    if not parts:
        return repeated(None, cells.height, pl.Boolean), cells.error
    return first_of(*parts), cells.error


def _down(column: Cells, gate: _Gate) -> Cells:
    """A column of an array as one cell."""
    truth, error = _loose(column)
    if error is not None:
        return Cells(height=1, error=error.drop_nulls().head(1))
    kept = truth.drop_nulls()
    return constant(gate.down(kept)) if len(kept) else blank()
