"""One kind of value where another stands: Excel's conversions, a column at a time.

Arithmetic and most arguments read number-like text as a number, blank as 0 (or "" or FALSE) and
a boolean as 1 or 0; `&` writes numbers as Excel's General format does. Each function gives the
converted series (null where the conversion fails) and the errors (null where there is none).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeAlias

import polars as pl

from sheetcrm.core.formula.cells import (
    ERRORS,
    VALUE,
    Cells,
    compute,
    compute_each,
    filled,
    first_error,
    first_of,
    repeated,
)
from sheetcrm.core.formula.general import LIKE_A_NUMBER, PLAIN_NUMBER, general, read_number

Coerced: TypeAlias = tuple[pl.Series, pl.Series | None]
_Convert: TypeAlias = Callable[[Cells], Coerced]


def _by_parts(convert: _Convert) -> _Convert:
    """Where few cells stand for a column, convert those."""

    @wraps(convert)
    def run(cells: Cells) -> Coerced:
        made = cells.made_of
        if made is None:
            return convert(cells)
        values, errors = zip(*map(convert, made.parts), strict=True)
        value, error = made.way.join(values), made.way.join(errors)
        # An error of a cell that no row holds is none.
        wrong = error is not None and error.null_count() < len(error)
        return values[0] if value is None else value, error if wrong else None

    return run


@_by_parts
def as_number(cells: Cells) -> Coerced:
    """Numbers: text that looks like one is read, other text is #VALUE!."""
    if cells.number is not None and len(cells.parts) == 1:
        return filled(cells.number, 0.0) if cells.blank else cells.number, None
    found = [cells.number] if cells.number is not None else []
    if cells.boolean is not None:
        found.append(cells.boolean.cast(pl.Float64))
    read = None if cells.text is None else read_numbers(cells.text)
    return _laid_over(cells, found, read, pl.lit(0.0))


@_by_parts
def as_strict_number(cells: Cells) -> Coerced:
    """Numbers for functions of the former Analysis ToolPak: a boolean is #VALUE! to them."""
    value, error = as_number(cells)
    if cells.boolean is None:
        return value, error
    refused = compute(
        lambda b: pl.when(b.is_not_null()).then(pl.lit(VALUE, dtype=ERRORS)), cells.boolean
    )
    return value, first_error(error, refused)


@_by_parts
def as_text(cells: Cells) -> Coerced:
    """Texts: numbers in General, booleans as TRUE and FALSE, blank as ""."""
    if cells.text is not None and len(cells.parts) == 1:
        return filled(cells.text, "") if cells.blank else cells.text, None
    found = [cells.text] if cells.text is not None else []
    if cells.number is not None:
        found.append(write_numbers(cells.number))
    if cells.boolean is not None:
        found.append(cells.boolean.cast(pl.String).str.to_uppercase())
    return _laid_over(cells, found, None, pl.lit(""))


@_by_parts
def as_boolean(cells: Cells) -> Coerced:
    """Booleans: a number is TRUE unless 0, "true" and "false" are read, other text is #VALUE!."""
    if cells.boolean is not None and cells.boolean.null_count() == 0:
        return cells.boolean, None
    found = [cells.boolean] if cells.boolean is not None else []
    if cells.number is not None:
        found.append(cells.number != 0)
    read = None if cells.text is None else read_booleans(cells.text)
    return _laid_over(cells, found, read, pl.lit(False))  # noqa: FBT003


def read_numbers(text: pl.Series) -> pl.Series:
    """Texts as numbers, null where a text is none; only odd ones are looked at one by one."""
    number, odd = compute_each(_read_plain, text)
    if odd.null_count() == len(odd):
        return number
    return first_of(number, by_distinct(odd, read_number, pl.Float64))


def _read_plain(text: pl.Expr) -> list[pl.Expr]:
    """The number of a text of digits; else the text, where it may show one all the same."""
    plain = pl.when(text.str.contains(PLAIN_NUMBER)).then(text.str.strip_chars(" "))
    number = plain.cast(pl.Float64, strict=False)
    like = text.str.contains(r"\d") & text.str.to_lowercase().str.contains(LIKE_A_NUMBER)
    return [number, pl.when(number.is_null() & like).then(text)]


def read_booleans(text: pl.Series) -> pl.Series:
    """TRUE and FALSE written as text; null for other text."""
    words = {"true": True, "false": False}
    return text.str.to_lowercase().replace_strict(words, default=None, return_dtype=pl.Boolean)


def write_numbers(number: pl.Series) -> pl.Series:
    """Numbers in Excel's General format; whole ones are written by Polars at once."""
    if _all_whole(number):
        return number.cast(pl.Int64).cast(pl.String)
    whole = compute(lambda n: pl.when((n == n.floor()) & (n.abs() < 1e15)).then(n), number)
    text = whole.cast(pl.Int64).cast(pl.String)
    odd = compute(lambda n, w: pl.when(w.is_null()).then(n), number, whole)
    if odd.null_count() == len(odd):
        return text
    return first_of(text, by_distinct(odd, general, pl.String))


def _all_whole(number: pl.Series) -> bool:
    least, most = number.min(), number.max()
    if not isinstance(least, float) or not isinstance(most, float):
        return True
    return least > -1e15 and most < 1e15 and bool((number == number.cast(pl.Int64)).all())


def by_distinct(series: pl.Series, convert: Callable[[Any], Any], dtype: Any) -> pl.Series:
    """Apply a Python function once to each distinct value; null stays null."""
    distinct = series.unique().drop_nulls()
    if len(distinct) == 0:
        return repeated(None, len(series), dtype)
    answers = pl.Series([convert(value) for value in distinct.to_list()], dtype=dtype)
    if len(distinct) == len(series):
        return pl.Series([convert(value) for value in series.to_list()], dtype=dtype)
    return series.replace_strict(distinct, answers, default=None, return_dtype=dtype)


def _laid_over(
    cells: Cells, found: list[pl.Series], read: pl.Series | None, empty: pl.Expr
) -> Coerced:
    """The converted parts of cells in one column, null where there is an error.

    Args:
        cells: of any kinds.
        found: what has been made of the parts that can always be converted.
        read: what has been read from the texts; a text where it is null is #VALUE!.
        empty: what stands for a blank cell.
    """
    texts = [] if read is None or cells.text is None else [cells.text, read]
    errors = [] if cells.error is None else [cells.error]

    def build(*parts: pl.Expr) -> list[pl.Expr]:
        made, rest = parts[: len(found)], parts[len(found) :]
        said, wrong = rest[: len(texts)], rest[len(texts) :]
        nothing = pl.when(pl.lit(False)).then(empty)  # noqa: FBT003
        value = pl.coalesce(*made, *said[1:]) if made or said else nothing
        missing = [part.is_null() for part in (*made, *said[:1], *wrong)]
        filled = pl.when(pl.all_horizontal(missing)).then(empty).otherwise(value)
        code = pl.lit(VALUE, dtype=ERRORS)
        missed = [pl.when(said[0].is_not_null() & said[1].is_null()).then(code)] if said else []
        error = pl.coalesce(*wrong, *missed) if wrong or missed else pl.lit(None, dtype=ERRORS)
        return [filled if cells.blank else value, error]

    series = [*found, *texts, *errors]
    if not series:
        return pl.select(empty).to_series().new_from_index(0, cells.height), None
    value, error = compute_each(build, *series)
    return value, error if error.null_count() < len(error) else None
