"""COUNTIF and its kin: what a column holds where others meet criteria.

Criteria that ask for one value, such as ``COUNTIF([Email], [@Email])``, are looked up in groups
made once; others are searched once for each distinct combination of criteria.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from sheetcrm.core.formula.cells import DIV0, ERRORS, VALUE, Cells, compute, failure, numbers
from sheetcrm.core.formula.convert import from_values, to_values
from sheetcrm.core.formula.criteria import Criterion, keys_of, read_criterion
from sheetcrm.core.formula.distinct import distinct_rows
from sheetcrm.core.formula.registry import Context, anything, whole
from sheetcrm.core.formula.shapes import Bundle, Span, TooWideError, Value, lift, one_row, stack
from sheetcrm.core.formula.syntax import Node
from sheetcrm.core.table.values import ERROR_CODES, CellError, CellValue

_FEW: Final = 32  #: combinations of criteria that are searched rather than grouped


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
    ranges = [_column(context.value(node)) for node in pairs[::2]]
    summed = None if target is None else _column(context.value(target))
    height = ranges[0].height
    if summed is not None and fitted and summed.height != height:
        summed = summed.gather(
            pl.int_range(height, eager=True, dtype=pl.UInt32).clip(0, summed.height - 1)
        )
    if any(one.height != height for one in (*ranges, *([summed] if summed else []))):
        return failure(VALUE)
    search = _Search(ranges=ranges, target=summed, kind=kind)
    return lift(search.answers, [context.value(node) for node in pairs[1::2]])


def _column(value: Value) -> Cells:
    if isinstance(value, Span):
        return stack(value.columns)
    if isinstance(value, Bundle) or value.height > 1:
        raise TooWideError
    return value


@dataclass(frozen=True, kw_only=True, slots=True)
class _Search:
    """Columns in which criteria are looked for."""

    ranges: Sequence[Cells]
    target: Cells | None
    kind: _Kind

    def answers(self, *criteria: Cells) -> Cells:
        """One answer for each combination of criteria, row by row."""
        varying = [cells for cells in criteria if cells.height > 1]
        first, group = distinct_rows(varying) if varying else ([0], pl.Series([0], dtype=pl.UInt32))
        combinations = [
            [
                read_criterion(to_values(one_row(c, row if c.height > 1 else 0), 1)[0])
                for c in criteria
            ]
            for row in first
        ]
        plain = all(one.is_plain for combination in combinations for one in combination)
        clean = self.target is None or self.target.error is None
        if plain and clean and len(first) > _FEW:
            found = self._grouped(combinations)
        else:
            found = from_values([self._searched(one) for one in combinations])
        return found.gather(group) if varying else found

    def _searched(self, combination: Sequence[Criterion]) -> CellValue:
        mask = pl.repeat(True, self.ranges[0].height, eager=True)  # noqa: FBT003
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

    def _grouped(self, combinations: Sequence[Sequence[Criterion]]) -> Cells:
        names = [f"k{i}" for i in range(len(self.ranges))]
        keys = {name: keys_of(cells) for name, cells in zip(names, self.ranges, strict=True)}
        number = self.target.number if self.target is not None else None
        nothing = pl.repeat(None, self.ranges[0].height, dtype=pl.Float64, eager=True)
        frame = pl.DataFrame({**keys, "v": nothing if number is None else number})
        made = pl.len() if self.target is None else getattr(pl.col("v"), self.kind.how)()
        if self.kind.how == "sum":
            made = pl.when(pl.col("v").count() > 0).then(made)
        groups = frame.group_by(names).agg(made.cast(pl.Float64).alias("a"))
        asked = pl.DataFrame(
            {name: [row[i].key for row in combinations] for i, name in enumerate(names)}
        )
        found = asked.join(groups, on=names, how="left", maintain_order="left")["a"]
        if self.kind.empty is not None:
            return numbers(found.fill_null(self.kind.empty))
        none = pl.lit(DIV0, dtype=ERRORS)
        return numbers(found, compute(lambda f: pl.when(f.is_null()).then(none), found))
