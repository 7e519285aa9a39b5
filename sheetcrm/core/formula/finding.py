"""Where values stand in a column: looked up by a hash or in a sorted column, never scanned."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from sheetcrm.core.formula.cells import Cells, choose, compute
from sheetcrm.core.formula.convert import constant
from sheetcrm.core.formula.wildcards import has_wildcard, whole_regex

EXACT: Final = 0
BELOW: Final = -1  #: else the next smaller
ABOVE: Final = 1  #: else the next larger
WILDCARD: Final = 2


def find(wanted: Cells, column: Cells, *, mode: int, last: bool = False) -> pl.Series:
    """The place of each wanted value in a column, counted from 0; null where there is none.

    A blank wanted value is looked for as 0. Text agrees without case and never with a number.

    Args:
        wanted: a value for each lead, or one for all.
        column: the same for all leads; blank cells and errors in it are never found.
        mode: `EXACT`, `BELOW`, `ABOVE` or `WILDCARD` (texts may hold ``* ? ~``).
        last: the last place instead of the first where there are several.
    """
    if wanted.blank:
        wanted = choose(wanted.is_blank, constant(0.0), wanted)
    place = _exactly(wanted, column, last=last)
    if mode == WILDCARD and wanted.text is not None:
        place = _by_pattern(wanted.text, column, place, last=last)
    if mode in {BELOW, ABOVE}:
        near = _nearly(wanted, column, above=mode == ABOVE)
        place = compute(pl.coalesce, place, near)
    return place


def find_sorted(wanted: Cells, column: Cells, *, descending: bool = False) -> pl.Series:
    """The last place whose value is at most (descending: at least) each wanted value."""
    if wanted.blank:
        wanted = choose(wanted.is_blank, constant(0.0), wanted)
    exact = _exactly(wanted, column, last=not descending)
    near = _nearly(wanted, column, above=descending)
    return compute(pl.coalesce, exact, near)


def _comparable(cells: Cells) -> list[tuple[str, pl.Series]]:
    """The parts of a column by which it is compared, texts without case."""
    parts = (("n", cells.number), ("t", cells.folded), ("b", cells.boolean))
    return [(kind, part) for kind, part in parts if part is not None]


def _exactly(wanted: Cells, column: Cells, *, last: bool) -> pl.Series:
    known = dict(_comparable(column))
    found: list[pl.Series] = []
    for kind, part in _comparable(wanted):
        if kind in known:
            table = _places(known[kind], last=last)
            keys = pl.DataFrame({"key": _zero_is_zero(part)})
            found.append(keys.join(table, on="key", how="left", maintain_order="left")["place"])
    return _first(found, wanted.height)


def _places(part: pl.Series, *, last: bool) -> pl.DataFrame:
    """Each distinct value and where it stands first (or last)."""
    frame = pl.DataFrame({"key": _zero_is_zero(part)}).with_row_index("place")
    kept = frame.drop_nulls("key").unique("key", keep="last" if last else "first")
    return kept.with_columns(pl.col("place").cast(pl.Int64))


def _zero_is_zero(part: pl.Series) -> pl.Series:
    return part + 0.0 if part.dtype == pl.Float64 else part


def _first(found: list[pl.Series], height: int) -> pl.Series:
    if not found:
        return pl.repeat(None, height, dtype=pl.Int64, eager=True)
    return compute(pl.coalesce, *found)


def _nearly(wanted: Cells, column: Cells, *, above: bool) -> pl.Series:
    known = dict(_comparable(column))
    found: list[pl.Series] = []
    for kind, part in _comparable(wanted):
        if kind not in known:
            continue
        frame = pl.DataFrame({"key": known[kind]}).with_row_index("place").drop_nulls("key")
        frame = frame.sort("key", maintain_order=True)
        found.append(_beside(frame, part, above=above))
    return _first(found, wanted.height)


def _beside(frame: pl.DataFrame, part: pl.Series, *, above: bool) -> pl.Series:
    """The place of the nearest value on one side, among values that are not equal."""
    keys, places = frame["key"], frame["place"].cast(pl.Int64)
    if not len(keys):
        return pl.repeat(None, len(part), dtype=pl.Int64, eager=True)
    if above:
        index = keys.search_sorted(part, side="right").cast(pl.Int64)
    else:
        index = keys.search_sorted(part, side="left").cast(pl.Int64) - 1
    count = len(keys)
    inside = compute(
        lambda i, p: pl.when((i >= 0) & (i < count) & p.is_not_null()).then(i), index, part
    )
    return places.gather(inside.cast(pl.UInt32))


def _by_pattern(text: pl.Series, column: Cells, place: pl.Series, *, last: bool) -> pl.Series:
    """Texts with wildcards, searched once for each distinct one."""
    patterns = [word for word in text.unique().drop_nulls().to_list() if has_wildcard(word)]
    if not patterns or column.folded is None:
        return place
    places: list[Any] = []
    for pattern in patterns:
        hits = column.folded.str.contains(whole_regex(pattern)).fill_null(value=False).arg_true()
        places.append(None if not len(hits) else hits[-1] if last else hits[0])
    found = text.replace_strict(patterns, places, default=None, return_dtype=pl.Int64)
    wild = text.is_in(patterns).fill_null(value=False)
    return found.zip_with(wild, place)
