"""Regular expressions, in linear time: Rust's engine, so that no pattern can hang a run.

Look-around and back-references do not exist in such engines; a pattern with them is #VALUE!.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import polars as pl

from sheetcrm.core.formula.cells import (
    ERRORS,
    NA,
    VALUE,
    Cells,
    booleans,
    compute,
    failure,
    first_error,
    repeated,
    texts,
    with_error,
)
from sheetcrm.core.formula.coerce import Coerced, as_number, as_text
from sheetcrm.core.formula.convert import to_values
from sheetcrm.core.formula.distinct import per_distinct
from sheetcrm.core.formula.registry import cellwise, number, text
from sheetcrm.core.table.values import CellError, CellValue


@cellwise(
    "REGEXTEST",
    text("text"),
    text("pattern"),
    number("ignore_case", 0),
    summary="TRUE where a regular expression matches somewhere in a text.",
    example=r'=REGEXTEST([@Phone], "^\+62")',
)
def _regextest(value: Cells, pattern: Cells, ignore_case: Cells) -> Cells:
    return _run(value, pattern, ignore_case, lambda t, p: booleans(t.str.contains(p)))


@cellwise(
    "REGEXMATCH",
    text("text"),
    text("pattern"),
    summary="TRUE where a regular expression matches somewhere in a text (Google's name).",
    example=r'=REGEXMATCH([@Email], "\.ac\.id$")',
)
def _regexmatch(value: Cells, pattern: Cells) -> Cells:
    return _run(value, pattern, None, lambda t, p: booleans(t.str.contains(p)))


@cellwise(
    "REGEXEXTRACT",
    text("text"),
    text("pattern"),
    number("mode", 0),
    number("ignore_case", 0),
    summary="What a regular expression matches (mode 2: its first group); #N/A without a match.",
    example=r'=REGEXEXTRACT([@Note], "\d+ kWp")',
)
def _regexextract(value: Cells, pattern: Cells, mode: Cells, ignore_case: Cells) -> Cells:
    grouped = as_number(mode)[0]
    group = 1 if len(grouped) == 1 and grouped[0] == 2 else 0
    if len(grouped) == 1 and grouped[0] is not None and not 0 <= grouped[0] < 3:
        return failure(VALUE)

    def run(full: pl.Series, compiled: str) -> Cells:
        if group and not _has_group(compiled):
            return failure(VALUE).spread(len(full))
        found = full.str.extract(compiled, group)
        none = pl.Series([NA], dtype=pl.UInt8).new_from_index(0, len(found))
        blank = repeated(None, len(found), pl.UInt8)
        return texts(found, none.zip_with(found.is_null(), blank))

    return _run(value, pattern, ignore_case, run)


def _has_group(compiled: str) -> bool:
    fields = pl.select(pl.lit("").str.extract_groups(compiled)).to_series().struct.fields
    return bool(fields)


@cellwise(
    "REGEXREPLACE",
    text("text"),
    text("pattern"),
    text("replacement"),
    number("occurrence", 0),
    number("ignore_case", 0),
    summary="A text with what a regular expression matches replaced ($1 is its first group).",
    example=r'=REGEXREPLACE([@Phone], "[^0-9+]", "")',
)
def _regexreplace(
    value: Cells, pattern: Cells, replacement: Cells, occurrence: Cells, ignore_case: Cells
) -> Cells:
    fresh, wrong = as_text(replacement)
    which, wrong2 = as_number(occurrence)
    if len(fresh) == len(which) == 1 and wrong is None and wrong2 is None and which[0] == 0:
        new = re.sub(r"\$(\d+)", r"${\1}", fresh[0])
        return _run(value, pattern, ignore_case, lambda t, p: texts(t.str.replace_all(p, new)))
    coerced = [
        as_text(value),
        as_text(pattern),
        (fresh, wrong),
        (which, wrong2),
        _switch(ignore_case),
    ]
    return per_distinct(_replace_one, coerced)


def _replace_one(full: str, pattern: str, new: str, which: float, fold: float) -> CellValue:
    compiled = _compiled(pattern, fold=bool(fold))
    new = re.sub(r"\$(\d+)", r"${\1}", new)
    series = pl.Series([full])
    try:
        if not which:
            return str(series.str.replace_all(compiled, new)[0])
        matches = series.str.extract_all(compiled)[0].to_list()
    except pl.exceptions.PolarsError:
        return CellError("#VALUE!")
    index = int(which) - 1 if which > 0 else len(matches) + int(which)
    if not 0 <= index < len(matches):
        return full
    place = 0
    for match in matches[:index]:
        place = full.index(match, place) + len(match)
    rest = pl.Series([full[place:]]).str.replace(compiled, new)[0]
    return full[:place] + str(rest)


def _run(
    value: Cells,
    pattern: Cells,
    ignore_case: Cells | None,
    run: Callable[[pl.Series, str], Cells],
) -> Cells:
    """One pass over the column for a constant pattern, else one per distinct pattern and text."""
    (full, wrong), (wanted, wrong2) = as_text(value), as_text(pattern)
    fold: Coerced = (pl.Series([0.0]), None) if ignore_case is None else _switch(ignore_case)
    if len(wanted) == len(fold[0]) == 1 and wrong2 is None and fold[1] is None:
        try:
            found = run(full, _compiled(wanted[0], fold=bool(fold[0][0])))
        except pl.exceptions.PolarsError:
            return failure(VALUE)
        return with_error(found, wrong)

    def one(text: str, expression: str, folded: float) -> CellValue:
        try:
            cells = run(pl.Series([text]), _compiled(expression, fold=bool(folded)))
        except pl.exceptions.PolarsError:
            return CellError("#VALUE!")
        return to_values(cells, 1)[0]

    return per_distinct(one, [(full, wrong), (wanted, wrong2), fold])


def _switch(cells: Cells) -> Coerced:
    """An argument that is 0 or 1; another number is #VALUE!."""
    value, error = as_number(cells)
    whole = value.floor()
    odd = compute(lambda v: pl.when((v != 0) & (v != 1)).then(pl.lit(VALUE, dtype=ERRORS)), whole)
    return whole, first_error(error, odd)


def _compiled(pattern: str, *, fold: bool) -> str:
    return f"(?i){pattern}" if fold else pattern
