"""COUNTIF and its kin: what a column holds where others meet criteria.

Criteria that differ from lead to lead, such as ``COUNTIF([Email], [@Email])``, are looked up in
groups made once (see `grouping`); a few, or odd ones, are searched once for each combination.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from sheetcrm.core.formula.cells import (
    DIV0,
    VALUE,
    Cells,
    blank,
    failure,
    first_error,
    missing,
    numbers,
    repeated,
)
from sheetcrm.core.formula.convert import from_values, to_values
from sheetcrm.core.formula.criteria import Criterion, read_criterion
from sheetcrm.core.formula.distinct import distinct_rows
from sheetcrm.core.formula.functions.lookup import span
from sheetcrm.core.formula.grouping import Form, grouped, read_forms, together
from sheetcrm.core.formula.registry import Context, anything, whole
from sheetcrm.core.formula.shapes import Span, Value, lift, stack
from sheetcrm.core.formula.stopping import tick
from sheetcrm.core.formula.syntax import Node
from sheetcrm.core.table.values import ERROR_CODES, CellError, CellValue

_FEW: Final = 32  #: combinations of criteria that are searched rather than grouped
_FORM: Final = ("kind", "length")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Kind:
    """What is made of the cells that meet the criteria."""

    how: str  #: count, sum, mean, min, max
    empty: float | None  #: without any; None is #DIV/0!


_COUNT: Final = _Kind(how="count", empty=0.0)
_SUM: Final = _Kind(how="sum", empty=0.0)
_MEAN: Final = _Kind(how="mean", empty=None)
_MIN: Final = _Kind(how="min", empty=0.0)
_MAX: Final = _Kind(how="max", empty=0.0)


@whole(
    "COUNTIF",
    anything("range"),
    anything("criterion"),
    summary="How many cells of a column meet a criterion.",
    example="=COUNTIF([Email], [@Email])>1",
)
def _countif(context: Context, arguments: tuple[Node, ...]) -> Value:
    return _conditional(context, None, arguments, _COUNT)


@whole(
    "COUNTIFS",
    anything("range"),
    anything("criterion"),
    repeats=2,
    summary="How many rows meet all criteria.",
    example='=COUNTIFS([City], [@City], [Budget], ">=50000000")',
)
def _countifs(context: Context, arguments: tuple[Node, ...]) -> Value:
    return _conditional(context, None, arguments, _COUNT)


@whole(
    "SUMIF",
    anything("range"),
    anything("criterion"),
    anything("sum_range", None),
    summary="The sum of the numbers beside the cells that meet a criterion.",
    example="=SUMIF([City], [@City], [Budget])",
)
def _sumif(context: Context, arguments: tuple[Node, ...]) -> Value:
    target = arguments[2] if len(arguments) > 2 else arguments[0]
    return _conditional(context, target, arguments[:2], _SUM, fitted=True)


@whole(
    "AVERAGEIF",
    anything("range"),
    anything("criterion"),
    anything("average_range", None),
    summary="The mean of the numbers beside the cells that meet a criterion.",
    example='=AVERAGEIF([Stage], "Customer", [Budget])',
)
def _averageif(context: Context, arguments: tuple[Node, ...]) -> Value:
    target = arguments[2] if len(arguments) > 2 else arguments[0]
    return _conditional(context, target, arguments[:2], _MEAN, fitted=True)


def _enter(name: str, kind: _Kind, what: str) -> None:
    @whole(
        name,
        anything("values"),
        anything("range"),
        anything("criterion"),
        repeats=2,
        summary=f"{what} of the rows that meet all criteria.",
        example=f'={name}([Budget], [City], [@City], [Stage], "<>Contact")',
    )
    def run(context: Context, arguments: tuple[Node, ...]) -> Value:
        return _conditional(context, arguments[0], arguments[1:], kind)


_enter("SUMIFS", _SUM, "The sum")
_enter("AVERAGEIFS", _MEAN, "The mean")
_enter("MINIFS", _MIN, "The smallest number")
_enter("MAXIFS", _MAX, "The largest number")


def _conditional(
    context: Context,
    target: Node | None,
    pairs: tuple[Node, ...],
    kind: _Kind,
    *,
    fitted: bool = False,
) -> Value:
    """`fitted`: SUMIF's sum range takes the first range's size whatever its own."""
    ranges = [span(context.value(node)) for node in pairs[::2]]
    shape = _shape(ranges[0])
    summed = None if target is None else span(context.value(target))
    if summed is not None and fitted and _shape(summed) != shape:
        summed = _fitted(summed, *shape)
    if any(_shape(one) != shape for one in (*ranges, *([summed] if summed else []))):
        return failure(VALUE)
    search = _Search(
        ranges=[stack(one.columns) for one in ranges],
        target=None if summed is None else stack(summed.columns),
        kind=kind,
    )
    return lift(search.answers, [context.value(node) for node in pairs[1::2]])


def _shape(table: Span) -> tuple[int, int]:
    return table.rows, len(table.columns)


def _fitted(table: Span, rows: int, width: int) -> Span:
    """Cut to this size from its first cell on; what it lacks is blank."""
    place = pl.int_range(rows, eager=True, dtype=pl.UInt32)
    inside = place.set(place >= table.rows, None)
    columns = [column.gather(inside) for column in table.columns[:width]]
    columns.extend(blank(rows) for _ in range(width - len(columns)))
    return Span(rows=rows, columns=tuple(columns))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Search:
    """Columns in which criteria are looked for."""

    ranges: Sequence[Cells]
    target: Cells | None
    kind: _Kind

    def answers(self, *criteria: Cells) -> Cells:
        """One answer for each combination of criteria, row by row."""
        varying = [cells for cells in criteria if cells.height > 1]
        if not varying:
            return self._one_by_one(criteria)
        first, group = distinct_rows(varying)
        rows = pl.Series(first, dtype=pl.UInt32)
        chosen = [
            one.gather(rows) if one.height > 1 else one.spread(len(first)) for one in criteria
        ]
        return self._each(chosen).gather(group)

    def _each(self, criteria: Sequence[Cells]) -> Cells:
        """Combinations of the same forms are grouped where they are many, others searched."""
        read = [read_forms(cells) for cells in criteria]
        marks = {f"{i}{name}": one[name] for i, one in enumerate(read) for name in _FORM}
        table = pl.DataFrame(marks).with_row_index("place")
        alike = table.partition_by(list(marks), as_dict=True, include_key=False)
        parts: list[Cells] = []
        for key, members in alike.items():
            forms = [Form(*key[i : i + 2]) for i in range(0, len(key), 2)]
            rows = members["place"]
            if len(rows) > _FEW and self._together(forms):
                asked = [one[rows] for one in read]
                parts.append(self._made(grouped(forms, asked, self.ranges, self.target)))
            else:
                parts.append(self._one_by_one([one.gather(rows) for one in criteria]))
        places = pl.concat([members["place"] for members in alike.values()])
        return stack(parts).gather(places.arg_sort())

    def _together(self, forms: Sequence[Form]) -> bool:
        known = all(form.kind for form in forms)
        return known and together(forms, counting=self.kind.how == "count")

    def _one_by_one(self, criteria: Sequence[Cells]) -> Cells:
        read = [map(read_criterion, to_values(one, one.height)) for one in criteria]
        return from_values([self._searched(one) for one in zip(*read, strict=True)])

    def _searched(self, combination: Sequence[Criterion]) -> CellValue:
        tick()
        mask = repeated(True, self.ranges[0].height)  # noqa: FBT003
        for cells, criterion in zip(self.ranges, combination, strict=True):
            mask = mask & criterion.matches(cells)
        if self.target is None:
            return float(mask.sum())
        if self.target.error is not None:
            wrong = self.target.error.filter(mask).drop_nulls()
            if len(wrong):
                return CellError(ERROR_CODES[wrong[0]])
        kept = pl.Series([], dtype=pl.Float64)
        if self.target.number is not None:
            kept = self.target.number.filter(mask).drop_nulls()
        return self._of(getattr(kept, self.kind.how)() if len(kept) else None)

    def _of(self, value: float | None) -> CellValue:
        if value is not None:
            return float(value)
        return CellError("#DIV/0!") if self.kind.empty is None else self.kind.empty

    def _made(self, sums: pl.DataFrame) -> Cells:
        """The answers out of what `grouped` adds up."""
        how = {
            "count": pl.col("rows").cast(pl.Float64),
            "sum": pl.col("sum"),
            "mean": pl.col("sum") / pl.col("count"),
            "min": pl.col("low"),
            "max": pl.col("high"),
        }[self.kind.how]
        counted = pl.col("rows" if self.target is None else "count")
        value = sums.select(pl.when(counted > 0).then(how).alias("")).to_series()
        error = None
        if self.target is not None and self.target.error is not None:
            error = self.target.error.gather(sums["wrong"].cast(pl.UInt32))
        if self.kind.empty is not None:
            return numbers(value.fill_null(self.kind.empty), error)
        return numbers(value, first_error(error, missing(value, DIV0)))
