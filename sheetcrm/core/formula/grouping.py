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

from sheetcrm.core.formula.cells import Cells, repeated
from sheetcrm.core.formula.criteria import BOOLEAN_WORDS, ORDERS, keys_of
from sheetcrm.core.formula.general import PLAIN_NUMBER

_EQUAL, _OTHER, _HEAD, _TAIL = "=", "<>", "head", "tail"
_PLACE: Final = pl.Int64


@dataclass(frozen=True, slots=True)
class Form:
    """How criteria ask; those of one form are looked up together."""

    kind: str  #: = <> head tail, or a comparison with a number
    length: int  #: of a beginning or an end, else 0

    @property
    def ordered(self) -> bool:
        """Whether they compare."""
        return self.kind in ORDERS


def read_forms(criteria: Cells) -> pl.DataFrame:
    """Of each criterion its form (`kind`, `length`) and what it asks for (`key` or `order`).

    `kind` is null where a criterion must be searched: ``"a*b"``, ``""``, ``">=1/5/24"``.
    """
    height = criteria.height
    nothing = repeated(None, height, pl.String)
    text = nothing if criteria.text is None else criteria.text
    parts = _parts(text)
    plain = Cells(
        height=height,
        number=_zero_where_blank(criteria),
        text=parts["plain"],
        boolean=criteria.boolean,
        error=criteria.error,
    )
    frame = parts.with_columns(own=keys_of(plain), written=text.is_not_null())
    return frame.select(
        kind=pl.when(pl.col("written")).then("kind").otherwise(pl.lit(_EQUAL)),
        length=pl.col("bare").str.len_chars().cast(_PLACE).fill_null(0),
        key=pl.coalesce("bare", "own"),
        order="order",
    )


def _parts(text: pl.Series) -> pl.DataFrame:
    """Criteria written as text: `kind`, and one of `plain`, `bare`, `order`."""
    sign = pl.col("sign").fill_null("")
    rest, lower = pl.col("rest"), pl.col("rest").str.to_lowercase()
    odd = lower.is_in([*BOOLEAN_WORDS, ""]) | lower.str.starts_with("#")
    same = sign.is_in(["", "=", "<>"])
    number = rest.str.extract(f"({PLAIN_NUMBER})").str.strip_chars(" ").cast(pl.Float64)
    bare = pl.coalesce(lower.str.extract(r"^([^*?~]+)\*$"), lower.str.extract(r"^\*([^*?~]+)$"))
    frame = pl.DataFrame({"text": text}).select(
        sign=pl.col("text").str.extract(r"^(>=|<=|<>|>|<|=)"),
        rest=pl.col("text").str.replace(r"^(?:>=|<=|<>|>|<|=)", ""),
    )
    frame = frame.select(
        "rest",
        sign=sign,
        plain=pl.when(same & ~odd & ~rest.str.contains(r"[*?~]")).then(rest),
        bare=pl.when(sign.is_in(["", "="])).then(bare),
        order=pl.when(~same).then(number),
    )
    side = pl.when(rest.str.ends_with("*")).then(pl.lit(_HEAD)).otherwise(pl.lit(_TAIL))
    other = pl.when(sign == _OTHER).then(pl.lit(_OTHER)).otherwise(pl.lit(_EQUAL))
    return frame.select(
        "plain",
        "bare",
        "order",
        kind=pl.when(pl.col("plain").is_not_null())
        .then(other)
        .when(pl.col("bare").is_not_null())
        .then(side)
        .when(pl.col("order").is_not_null())
        .then(sign),
    )


def _zero_where_blank(criteria: Cells) -> pl.Series | None:
    if not criteria.blank:
        return criteria.number
    zero = repeated(0.0, criteria.height)
    number = zero.clear(criteria.height) if criteria.number is None else criteria.number
    return zero.zip_with(criteria.is_blank, number)


def together(forms: Sequence[Form], *, counting: bool) -> bool:
    """Whether criteria of these forms, side by side, can be looked up."""
    others = sum(form.kind == _OTHER for form in forms)
    return sum(form.ordered for form in forms) <= 1 and others <= (1 if counting else 0)


def grouped(
    forms: Sequence[Form],
    criteria: Sequence[pl.DataFrame],
    ranges: Sequence[Cells],
    target: Cells | None,
) -> pl.DataFrame:
    """What the rows that meet each combination of criteria add up to.

    Args:
        forms: one for each range; see `together`.
        criteria: for each range, the criteria of its form as `read_forms` gives them.
        ranges: the columns, of one height, in which they are looked for.
        target: the column that is summed; None counts rows.

    Returns:
        For each combination, in order: `rows`, and of the target's numbers `count`, `sum`, `low`,
        `high`; `wrong`, the first row with an error. All are null where no row meets it.
    """
    other = next((place for place, form in enumerate(forms) if form.kind == _OTHER), None)
    less = _looked_up(forms, criteria, ranges, target)
    if other is None:
        return less
    rest = [place for place in range(len(forms)) if place != other]
    if rest:
        every = _looked_up(
            [forms[place] for place in rest],
            [criteria[place] for place in rest],
            [ranges[place] for place in rest],
            target,
        )["rows"].fill_null(0)
    else:
        every = repeated(ranges[0].height, len(less), _PLACE)
    return less.with_columns(rows=every - less["rows"].fill_null(0))


def _looked_up(
    forms: Sequence[Form],
    criteria: Sequence[pl.DataFrame],
    ranges: Sequence[Cells],
    target: Cells | None,
) -> pl.DataFrame:
    held = _measures(target, ranges[0].height)
    asked: dict[str, pl.Series] = {}
    order = ""
    for place, (form, wanted, cells) in enumerate(zip(forms, criteria, ranges, strict=True)):
        if form.ordered:
            order = form.kind
            held["order"], asked["order"] = _numbers(cells), wanted["order"]
        else:
            held[f"key{place}"], asked[f"key{place}"] = _keys(form, cells), wanted["key"]
    names = [name for name in asked if name != "order"]
    table = pl.DataFrame(held).drop_nulls(list(asked))
    if order:
        return _ordered(table, pl.DataFrame(asked), names, order)
    sums = _sums(table, names)
    return pl.DataFrame(asked).join(sums, on=names, how="left", maintain_order="left")


def _measures(target: Cells | None, height: int) -> dict[str, pl.Series]:
    nothing = repeated(None, height, pl.Float64)
    wrong = repeated(None, height, _PLACE)
    if target is not None and target.error is not None:
        wrong = pl.int_range(height, dtype=_PLACE, eager=True).zip_with(
            target.error.is_not_null(), wrong
        )
    number = target.number if target is not None else None
    return {"value": nothing if number is None else number, "wrong": wrong}


def _numbers(cells: Cells) -> pl.Series:
    if cells.number is not None:
        return cells.number
    return repeated(None, cells.height, pl.Float64)


def _keys(form: Form, cells: Cells) -> pl.Series:
    if form.kind in {_EQUAL, _OTHER}:
        return keys_of(cells, strict=form.kind == _OTHER)
    if cells.folded is None:
        return repeated(None, cells.height, pl.String)
    text = cells.folded
    cut = text.str.head(form.length) if form.kind == _HEAD else text.str.tail(form.length)
    return cut.zip_with(text.str.len_chars() >= form.length, cut.clear(len(cut)))


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
    return table.group_by(names).agg(made)


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
