"""COUNTIF and its kin for thousands of criteria at once: rows are put into groups, once.

Criteria of one form make one hash join: ``=x``, ``x*``, ``*x``, and ``<>x`` where rows are only
counted. Among them one may compare with a number (``>x``): its rows are sorted and added up from
one end, so that each answer is where its number falls.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from sheetcrm.core.formula.cells import Cells
from sheetcrm.core.formula.criteria import ORDERS, Criterion, keys_of
from sheetcrm.core.formula.wildcards import affix, has_wildcard

_EQUAL, _OTHER, _HEAD, _TAIL = "=", "<>", "head", "tail"
_PLACE: Final = pl.Int64


@dataclass(frozen=True, slots=True)
class Form:
    """How a criterion asks; criteria of one form are looked up together."""

    kind: str  #: = <> head tail, or a comparison with a number
    length: int = 0  #: of a beginning or an end

    @property
    def ordered(self) -> bool:
        """Whether it compares."""
        return self.kind in ORDERS


def form_of(criterion: Criterion) -> Form | None:
    """The form of a criterion, or None where it must be searched."""
    operand, operator = criterion.operand, criterion.operator
    if operator in ORDERS:
        return Form(operator) if isinstance(operand, float) else None
    if operand == "":
        return None
    if not isinstance(operand, str) or not has_wildcard(operand):
        return Form(operator)
    found = affix(operand) if operator == "=" else None
    return Form(found[0], len(found[1])) if found else None


def together(forms: Sequence[Form], *, counting: bool) -> bool:
    """Whether criteria of these forms, side by side, can be looked up."""
    others = sum(form.kind == _OTHER for form in forms)
    return sum(form.ordered for form in forms) <= 1 and others <= (1 if counting else 0)


def grouped(
    forms: Sequence[Form],
    criteria: Sequence[Sequence[Criterion]],
    ranges: Sequence[Cells],
    target: Cells | None,
) -> pl.DataFrame:
    """What the rows that meet each combination of criteria add up to.

    Args:
        forms: one for each range; see `together`.
        criteria: combinations of criteria of these forms.
        ranges: the columns, of one height, in which they are looked for.
        target: the column that is summed; None counts rows.

    Returns:
        For each combination, in order: `rows`, and of the target's numbers `count`, `sum`, `low`,
        `high`; `wrong`, the first row with an error, or null. No row is null everywhere.
    """
    other = next((place for place, form in enumerate(forms) if form.kind == _OTHER), None)
    if other is None:
        return _looked_up(forms, criteria, ranges, target)
    rest = [place for place in range(len(forms)) if place != other]
    every = _looked_up(
        [forms[i] for i in rest],
        [[one[i] for i in rest] for one in criteria],
        [ranges[i] for i in rest],
        target,
    )
    less = _looked_up(forms, criteria, ranges, target)
    return every.with_columns(rows=every["rows"].fill_null(0) - less["rows"].fill_null(0))


def _looked_up(
    forms: Sequence[Form],
    criteria: Sequence[Sequence[Criterion]],
    ranges: Sequence[Cells],
    target: Cells | None,
) -> pl.DataFrame:
    height = ranges[0].height if ranges else (target.height if target else 0)
    held: dict[str, pl.Series] = _measures(target, height)
    asked: dict[str, pl.Series] = {}
    names, order = [], ""
    for place, (form, cells) in enumerate(zip(forms, ranges, strict=True)):
        operands = [one[place] for one in criteria]
        if form.ordered:
            order = form.kind
            held["order"] = _numbers(cells)
            asked["order"] = pl.Series([one.operand for one in operands], dtype=pl.Float64)
            continue
        name = f"key{place}"
        names.append(name)
        held[name] = _keys(form, cells)
        asked[name] = pl.Series([_key(form, one) for one in operands], dtype=pl.String)
    if not asked:
        return _sums(pl.DataFrame(held), []).select(pl.all().gather([0] * len(criteria)))
    table = pl.DataFrame(held).drop_nulls([*names, *(["order"] if order else [])])
    if order:
        return _ordered(table, pl.DataFrame(asked), names, order)
    return pl.DataFrame(asked).join(
        _sums(table, names), on=names, how="left", maintain_order="left"
    )


def _measures(target: Cells | None, height: int) -> dict[str, pl.Series]:
    nothing = pl.repeat(None, height, dtype=pl.Float64, eager=True)
    wrong = pl.repeat(None, height, dtype=_PLACE, eager=True)
    if target is not None and target.error is not None:
        wrong = pl.int_range(height, dtype=_PLACE, eager=True).zip_with(
            target.error.is_not_null(), wrong
        )
    number = target.number if target is not None else None
    return {"value": nothing if number is None else number, "wrong": wrong}


def _numbers(cells: Cells) -> pl.Series:
    if cells.number is not None:
        return cells.number
    return pl.repeat(None, cells.height, dtype=pl.Float64, eager=True)


def _keys(form: Form, cells: Cells) -> pl.Series:
    if form.kind in {_EQUAL, _OTHER}:
        return keys_of(cells, strict=form.kind == _OTHER)
    if cells.folded is None:
        return pl.repeat(None, cells.height, dtype=pl.String, eager=True)
    text = cells.folded
    cut = text.str.head(form.length) if form.kind == _HEAD else text.str.tail(form.length)
    return cut.zip_with(text.str.len_chars() >= form.length, cut.clear(len(cut)))


def _key(form: Form, criterion: Criterion) -> str:
    if form.kind in {_EQUAL, _OTHER}:
        return criterion.key
    return str(criterion.operand).strip("*").lower()


def _sums(table: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    value = pl.col("value")
    made = [
        pl.len().cast(_PLACE).alias("rows"),
        value.count().cast(_PLACE).alias("count"),
        value.sum().alias("sum"),
        value.min().alias("low"),
        value.max().alias("high"),
        pl.col("wrong").min(),
    ]
    return table.group_by(names).agg(made) if names else table.select(made)


def _ordered(
    table: pl.DataFrame, asked: pl.DataFrame, names: Sequence[str], order: str
) -> pl.DataFrame:
    """Rows added up from the small end (or the large one) to where each asked number falls."""
    large = order.startswith(">")
    steps = _sums(table, [*names, "order"]).sort("order", descending=large)

    def so_far(measure: pl.Expr) -> pl.Expr:
        return measure.over(names) if names else measure

    steps = steps.with_columns(
        so_far(pl.col("rows", "count", "sum").cum_sum()),
        so_far(pl.col("low", "wrong").cum_min().forward_fill()),
        so_far(pl.col("high").cum_max().forward_fill()),
    )
    found = (
        asked.with_row_index("asked")
        .sort("order")
        .join_asof(
            steps.sort("order"),
            on="order",
            by=list(names) or None,
            strategy="forward" if large else "backward",
            allow_exact_matches=order.endswith("="),
            check_sortedness=False,
        )
    )
    return found.sort("asked")
