"""One kind of value where another stands: Excel's conversions, a column at a time.

Arithmetic and most arguments read number-like text as a number, blank as 0 (or "" or FALSE) and
a boolean as 1 or 0; `&` writes numbers as Excel's General format does. Each function gives the
converted series (null where the conversion fails) and the errors (null where there is none).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import polars as pl

from sheetcrm.core.formula.cells import ERRORS, VALUE, Cells, compute, first_error
from sheetcrm.core.formula.general import PLAIN_NUMBER, general, read_number

Coerced: TypeAlias = tuple[pl.Series, pl.Series | None]


def as_number(cells: Cells) -> Coerced:
    """Numbers: text that looks like one is read, other text is #VALUE!."""
    if cells.number is not None and len(cells.parts) == 1:
        return cells.number.fill_null(0.0) if cells.blank else cells.number, None
    found = [cells.number] if cells.number is not None else []
    if cells.boolean is not None:
        found.append(cells.boolean.cast(pl.Float64))
    wrong = None
    if cells.text is not None:
        read = read_numbers(cells.text)
        found.append(read)
        wrong = compute(_missed, cells.text, read)
    return _filled(cells, found, 0.0, pl.Float64), first_error(cells.error, wrong)


def as_strict_number(cells: Cells) -> Coerced:
    """Numbers for functions of the former Analysis ToolPak: a boolean is #VALUE! to them."""
    value, error = as_number(cells)
    if cells.boolean is None:
        return value, error
    refused = compute(
        lambda b: pl.when(b.is_not_null()).then(pl.lit(VALUE, dtype=ERRORS)), cells.boolean
    )
    return value, first_error(error, refused)


def as_text(cells: Cells) -> Coerced:
    """Texts: numbers in General, booleans as TRUE and FALSE, blank as ""."""
    if cells.text is not None and len(cells.parts) == 1:
        return cells.text.fill_null("") if cells.blank else cells.text, None
    found = [cells.text] if cells.text is not None else []
    if cells.number is not None:
        found.append(write_numbers(cells.number))
    if cells.boolean is not None:
        found.append(cells.boolean.cast(pl.String).str.to_uppercase())
    return _filled(cells, found, "", pl.String), cells.error


def as_boolean(cells: Cells) -> Coerced:
    """Booleans: a number is TRUE unless 0, "true" and "false" are read, other text is #VALUE!."""
    if cells.boolean is not None and cells.boolean.null_count() == 0:
        return cells.boolean, None
    found = [cells.boolean] if cells.boolean is not None else []
    if cells.number is not None:
        found.append(cells.number != 0)
    wrong = None
    if cells.text is not None:
        read = read_booleans(cells.text)
        found.append(read)
        wrong = compute(_missed, cells.text, read)
    return _filled(cells, found, False, pl.Boolean), first_error(cells.error, wrong)  # noqa: FBT003


def read_numbers(text: pl.Series) -> pl.Series:
    """Texts as numbers, null where a text is none; only odd ones are looked at one by one."""
    plain = compute(
        lambda t: pl.when(t.str.contains(PLAIN_NUMBER)).then(t.str.strip_chars(" ")), text
    )
    number = plain.cast(pl.Float64, strict=False)
    odd = compute(lambda t, n: pl.when(n.is_null() & t.str.contains(r"\d")).then(t), text, number)
    if odd.null_count() == len(odd):
        return number
    return compute(pl.coalesce, number, by_distinct(odd, read_number, pl.Float64))


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
    return compute(pl.coalesce, text, by_distinct(odd, general, pl.String))


def _all_whole(number: pl.Series) -> bool:
    least, most = number.min(), number.max()
    if not isinstance(least, float) or not isinstance(most, float):
        return True
    return least > -1e15 and most < 1e15 and bool((number == number.cast(pl.Int64)).all())


def by_distinct(series: pl.Series, convert: Callable[[Any], Any], dtype: Any) -> pl.Series:
    """Apply a Python function once to each distinct value; null stays null."""
    distinct = series.unique().drop_nulls()
    if len(distinct) == 0:
        return pl.repeat(None, len(series), dtype=dtype, eager=True)
    answers = pl.Series([convert(value) for value in distinct.to_list()], dtype=dtype)
    if len(distinct) == len(series):
        return pl.Series([convert(value) for value in series.to_list()], dtype=dtype)
    return series.replace_strict(distinct, answers, default=None, return_dtype=dtype)


def _missed(text: pl.Expr, read: pl.Expr) -> pl.Expr:
    return pl.when(text.is_not_null() & read.is_null()).then(pl.lit(VALUE, dtype=ERRORS))


def _filled(cells: Cells, found: list[pl.Series], empty: Any, dtype: Any) -> pl.Series:
    """The found parts laid over each other, blanks filled; errors stay null."""
    if not found:
        found = [pl.repeat(None, cells.height, dtype=dtype, eager=True)]
    value = found[0] if len(found) == 1 else compute(pl.coalesce, *found)
    if not cells.blank:
        return value
    return compute(
        lambda v, b: pl.when(b).then(pl.lit(empty, dtype=dtype)).otherwise(v),
        value,
        cells.is_blank,
    )
