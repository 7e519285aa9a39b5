"""Where values stand in a column, in any order: looked up by a hash, never scanned."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from sheetcrm.core.formula.cells import (
    ERRORS,
    VALUE,
    Cells,
    choose,
    compute,
    first_of,
    repeated,
    with_error,
)
from sheetcrm.core.formula.convert import constant
from sheetcrm.core.formula.stopping import tick
from sheetcrm.core.formula.wildcards import affix, has_wildcard, whole_regex


def find(wanted: Cells, column: Cells, *, last: bool = False, blanks: bool = False) -> pl.Series:
    """The place of each wanted value in a column, counted from 0; null where there is none.

    Text agrees without case and never with a number.

    Args:
        wanted: a value for each lead, or one for all.
        column: the same for all leads; errors in it are never found.
        last: the last place instead of the first where there are several.
        blanks: a blank value is looked for among the blank cells, not as 0.
    """
    if wanted.blank and not blanks:
        wanted = choose(wanted.is_blank, constant(0.0), wanted)
    known = dict(_comparable(column))
    found = [
        _joined(part, known[kind], last=last) for kind, part in _comparable(wanted) if kind in known
    ]
    if blanks and wanted.blank and column.blank:
        place = column.is_blank.arg_true()[-1 if last else 0]
        found.append(compute(lambda blank: pl.when(blank).then(place), wanted.is_blank))
    return _first(found, wanted.height)


def find_pattern(wanted: Cells, column: Cells, *, last: bool = False) -> pl.Series:
    """The same, where wanted texts may hold ``* ? ~``; each distinct one is searched once."""
    place = find(wanted, column, last=last)
    text, held = wanted.folded, column.folded
    if text is None or held is None:
        return place
    patterns = [word for word in text.unique().drop_nulls().to_list() if has_wildcard(word)]
    if not patterns:
        return place
    wild = text.is_in(patterns).fill_null(value=False)
    return _by_pattern(text, patterns, held, last=last).zip_with(wild, place)


def find_regex(wanted: Cells, column: Cells, *, last: bool = False) -> pl.Series:
    """The place of the first text in which each wanted regular expression is found."""
    if wanted.text is None or column.text is None:
        return _first([], wanted.height)
    held, text = column.text, wanted.text
    patterns = text.unique().drop_nulls().to_list()
    return _searched(text, patterns, lambda word: held.str.contains(word, strict=False), last=last)


def with_bad_regexes(wanted: Cells) -> Cells:
    """The wanted values, #VALUE! where a text is no regular expression."""
    if wanted.text is None:
        return wanted
    empty = pl.Series([""])
    patterns = wanted.text.unique().drop_nulls().to_list()
    bad = [word for word in patterns if empty.str.contains(word, strict=False)[0] is None]
    wrong = compute(
        lambda text: pl.when(text.is_in(bad)).then(pl.lit(VALUE, dtype=ERRORS)), wanted.text
    )
    return with_error(wanted, wrong)


def _comparable(cells: Cells) -> list[tuple[str, pl.Series]]:
    """The parts of a column by which it is compared, texts without case."""
    parts = (("n", cells.number), ("t", cells.folded), ("b", cells.boolean))
    return [(kind, part) for kind, part in parts if part is not None]


def _joined(part: pl.Series, held: pl.Series, *, last: bool) -> pl.Series:
    """The place of each value by a hash join with the distinct held ones."""
    place = pl.int_range(pl.len(), dtype=pl.Int64).alias("place")
    table = _zero_is_zero(held).alias("key").to_frame().lazy().with_columns(place)
    table = table.drop_nulls("key").unique("key", keep="last" if last else "first")
    keys = _zero_is_zero(part).alias("key").to_frame().lazy()
    return keys.join(table, on="key", how="left", maintain_order="left").collect()["place"]


def _zero_is_zero(part: pl.Series) -> pl.Series:
    return part + 0.0 if part.dtype == pl.Float64 else part


def _first(found: list[pl.Series], height: int) -> pl.Series:
    if not found:
        return repeated(None, height, pl.Int64)
    return first_of(*(places.cast(pl.Int64) for places in found))


def _by_pattern(text: pl.Series, patterns: list[str], held: pl.Series, *, last: bool) -> pl.Series:
    """Beginnings and ends of texts by a hash for each of their lengths, the rest one by one."""
    ends: dict[tuple[str, int], list[str]] = {}
    others = []
    for pattern in patterns:
        tick()
        found = affix(pattern)
        if found is None:
            others.append(pattern)
        else:
            ends.setdefault((found[0], len(found[1])), []).append(pattern)
    places = [
        _searched(
            text,
            others,
            lambda word: held.str.contains(whole_regex(word)),
            last=last,
        )
    ]
    for (side, length), alike in ends.items():
        bare = text.str.strip_chars("*")
        asked = bare.zip_with(text.is_in(alike).fill_null(value=False), bare.clear(len(bare)))
        places.append(_joined(asked, _cut(held, side, length), last=last))
    return _first(places, len(text))


def _cut(held: pl.Series, side: str, length: int) -> pl.Series:
    """The beginning or end of each text; null where it is shorter."""
    return compute(
        lambda h: pl.when(h.str.len_chars() >= length).then(
            h.str.head(length) if side == "head" else h.str.tail(length)
        ),
        held,
    )


def _searched(
    text: pl.Series, patterns: list[str], search: Callable[[str], pl.Series], *, last: bool
) -> pl.Series:
    """For each row the place that a search for its text finds, made once for each pattern."""
    if not patterns:
        return _first([], len(text))
    places: list[int | None] = []
    for pattern in patterns:
        hits = search(pattern).fill_null(value=False).arg_true()
        places.append(None if not len(hits) else hits[-1] if last else hits[0])
    return text.replace_strict(patterns, places, default=None, return_dtype=pl.Int64)
