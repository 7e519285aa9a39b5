"""Where values stand in a sorted column, found by halving it; and what Excel answers if it is not.

Two families search so. `MATCH`, `VLOOKUP` and `LOOKUP` compare a value with cells of its own kind
only, stepping over others. `XLOOKUP` and `XMATCH` know one order for all cells: numbers, texts,
booleans, errors, blank cells. A column that is not sorted is halved in Excel's very steps, since
its answer is whatever those steps meet. A blank wanted cell is 0 to the first family.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

import polars as pl

from sheetcrm.core.formula.cells import Cells, choose, compute, first_of, repeated
from sheetcrm.core.formula.convert import constant

_KINDS: Final = ("number", "text", "boolean")
_PLACE: Final = pl.Int64
_Search: TypeAlias = Callable[[pl.Series, pl.Series], pl.Series]


def find_sorted(wanted: Cells, column: Cells) -> pl.Series:
    """The last place whose value is at most each wanted value (`MATCH` with 1), from 0."""
    return _by_kind(wanted, column, _at_most)


def find_descending(wanted: Cells, column: Cells) -> pl.Series:
    """The last place before values become smaller than each wanted value (`MATCH` with -1)."""
    return _by_kind(wanted, column, _until_smaller)


def find_nearest(wanted: Cells, column: Cells, *, above: bool, last: bool) -> pl.Series:
    """The place of the wanted value, else of the nearest one below (or above) it, from 0.

    Args:
        wanted: a value for each lead, or one for all; blank stands after all others.
        column: the same for all leads, in any order.
        above: the next larger value instead of the next smaller.
        last: the last place instead of the first where there are several.
    """
    asked, held = _in_one_order(wanted, column)
    kept = pl.DataFrame({"key": held}).with_row_index("place")
    kept = kept.unique("key", keep="last" if last else "first").sort("key")
    index = kept["key"].search_sorted(asked, side="left" if above else "right").cast(_PLACE)
    return _gather(kept["place"].cast(_PLACE), index if above else index - 1)


def find_halving(
    wanted: Cells, column: Cells, *, nearest: int, descending: bool = False
) -> pl.Series:
    """The place of the wanted value in a sorted column, as `XLOOKUP` with search mode 2 or -2.

    Args:
        wanted: a value for each lead, or one for all.
        column: the same for all leads, sorted.
        nearest: -1 takes the next smaller value where there is none, 1 the next larger, 0 none.
        descending: the column goes down.
    """
    asked, held = _in_one_order(wanted, column)
    if descending:
        asked, held, nearest = -asked, -held, -nearest
    exact, below = _halved(asked, held, end=descending)
    if not nearest:
        return exact
    near = below if nearest < 0 else below + 1
    inside = compute(lambda n: pl.when((n >= 0) & (n < len(held))).then(n), near)
    return first_of(exact, inside)


def _by_kind(wanted: Cells, column: Cells, search: _Search) -> pl.Series:
    if wanted.blank:
        wanted = choose(wanted.is_blank, constant(0.0), wanted)
    found = repeated(None, wanted.height, _PLACE)
    for kind in _KINDS:
        asked, held = _part(wanted, kind), _part(column, kind)
        if asked is not None and held is not None:
            found = found.zip_with(asked.is_null(), search(asked, held))
    return found


def _part(cells: Cells, kind: str) -> pl.Series | None:
    """One kind's values as they are ordered."""
    if kind != "text":
        return getattr(cells, kind)  # type: ignore[no-any-return]
    return None if cells.folded is None else _ordered(cells.folded)


def _ordered(text: pl.Series) -> pl.Series:
    """Texts whose bytes stand in order: an accented letter behind its plain one."""
    plain = text.str.contains(r"^[\x00-\x7f]*$").all()
    return text if plain else text.str.normalize("NFD")


def _at_most(asked: pl.Series, held: pl.Series) -> pl.Series:
    keys, places = held.drop_nulls(), held.is_not_null().arg_true().cast(_PLACE)
    unbroken = places[-1] - places[0] + 1 == len(places)
    if unbroken and keys.is_sorted():
        return _gather(places, keys.search_sorted(asked, side="right").cast(_PLACE) - 1)
    asked, held = _ranked(asked, held)
    exact, below = _halved(asked, held, end=True)
    return compute(lambda e, b: pl.coalesce(e, pl.when(b >= 0).then(b)), exact, below)


def _until_smaller(asked: pl.Series, held: pl.Series) -> pl.Series:
    asked, held = _ranked(asked, held)
    keys, places = held.drop_nulls(), held.is_not_null().arg_true().cast(_PLACE)
    smaller = (-keys.cum_min()).search_sorted(-asked, side="left").cast(_PLACE)
    same = _gather(keys, smaller) == asked
    index = compute(
        lambda s, same: pl.when(same.fill_null(value=False)).then(s).otherwise(s - 1), smaller, same
    )
    return _gather(places, index)


def _gather(values: pl.Series, index: pl.Series) -> pl.Series:
    """The values at these places; null outside."""
    count = len(values)
    inside = compute(lambda i: pl.when((i >= 0) & (i < count)).then(i), index)
    return values.gather(inside.cast(pl.UInt32))


def _ranked(asked: pl.Series, held: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Both as whole numbers that are ordered and equal as the values are."""
    height = len(held)
    both = pl.concat([held.rename(""), asked.rename("")])
    rank = (both.cast(pl.UInt8) if both.dtype == pl.Boolean else both).rank("dense").cast(_PLACE)
    return rank[height:], rank[:height]


def _in_one_order(wanted: Cells, column: Cells) -> tuple[pl.Series, pl.Series]:
    """Both as whole numbers in one order over all kinds."""
    asked = repeated(None, wanted.height, _PLACE)
    held = repeated(None, column.height, _PLACE)
    floor = 0
    for kind in _KINDS:
        own, theirs = _part(wanted, kind), _part(column, kind)
        if own is None and theirs is None:
            continue
        dtype = (own if own is not None else theirs).dtype  # type: ignore[union-attr]
        own = repeated(None, wanted.height, dtype) if own is None else own
        theirs = repeated(None, column.height, dtype) if theirs is None else theirs
        mine, others = _ranked(own, theirs)
        asked = (mine + floor).zip_with(mine.is_not_null(), asked)
        held = (others + floor).zip_with(others.is_not_null(), held)
        floor += wanted.height + column.height
    if column.error is not None:
        held = (column.error * 0 + floor).cast(_PLACE).zip_with(column.error.is_not_null(), held)
    return asked.fill_null(floor + 1), held.fill_null(floor + 1)


def _halved(asked: pl.Series, held: pl.Series, *, end: bool = False) -> tuple[pl.Series, pl.Series]:
    """(the place of each asked value or null, the place below which halving ends, or -1).

    Null cells are stepped over. Of equal neighbours the first counts, with `end` the last.
    """
    if not held.null_count() and held.is_sorted():
        left = held.search_sorted(asked, side="left").cast(_PLACE)
        right = held.search_sorted(asked, side="right").cast(_PLACE)
        exact = compute(lambda a, b: pl.when(b > a).then((b - 1) if end else a), left, right)
        return exact, left - 1
    distinct = asked.unique().drop_nulls()
    exact, below = _steps(distinct, held, _runs(held, end=end))
    table = pl.DataFrame({"key": distinct, "exact": exact, "below": below})
    found = pl.DataFrame({"key": asked}).join(table, on="key", how="left", maintain_order="left")
    return found["exact"], found["below"]


def _runs(held: pl.Series, *, end: bool) -> pl.Series:
    """For each cell the first (or last) place of the equal neighbours that it stands among."""
    place = pl.int_range(pl.len(), dtype=_PLACE)
    edge: pl.Expr = pl.when(pl.col("v").ne_missing(pl.col("v").shift(-1 if end else 1))).then(place)
    # shift() leaves null beyond the ends, which is no neighbour either.
    edge = pl.when(place == (len(held) - 1 if end else 0)).then(place).otherwise(edge)
    filled = edge.backward_fill() if end else edge.forward_fill()
    return pl.DataFrame({"v": held}).select(filled.alias("run")).to_series()


def _steps(asked: pl.Series, held: pl.Series, runs: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Halve the cells between `low` and `high` for all asked values at once."""
    count = len(held)
    place = pl.int_range(count, dtype=_PLACE, eager=True)
    comparable = compute(lambda p, h: pl.when(h.is_not_null()).then(p), place, held)
    comparable = comparable.backward_fill().fill_null(count)
    low = repeated(-1, len(asked), _PLACE)
    high = repeated(count, len(asked), _PLACE)
    exact = repeated(None, len(asked), _PLACE)
    while (searching := (high - low >= 2) & exact.is_null()).any():
        middle = (low + (high - low) // 2).clip(0, count - 1)
        at = comparable.gather(middle)
        beyond = at >= high
        value = held.gather(at.clip(0, count - 1))
        state = pl.DataFrame(
            {
                "searching": searching,
                "middle": middle,
                "at": at,
                "run": runs.gather(at.clip(0, count - 1)),
                "low": low,
                "high": high,
                "exact": exact,
                "equal": ~beyond & (value == asked),
                "less": ~beyond & (value < asked),
            }
        ).select(*_narrowed())
        low, high, exact = state["low"], state["high"], state["exact"]
    return exact, low


def _narrowed() -> list[pl.Expr]:
    """One step: a smaller cell is the new `low`, a larger one the new `high`."""
    searching, at, middle = pl.col("searching"), pl.col("at"), pl.col("middle")
    direct = (at == middle) | (at >= pl.col("high") - 1)
    larger = searching & ~pl.col("less") & ~pl.col("equal")
    return [
        pl.when(searching & pl.col("less")).then(at).otherwise("low").alias("low"),
        pl.when(larger)
        .then(pl.when(direct).then(middle).otherwise(at))
        .otherwise("high")
        .alias("high"),
        pl.when(searching & pl.col("equal")).then("run").otherwise("exact").alias("exact"),
    ]
