"""A typed column: Excel's five kinds of value, side by side, at Polars' speed.

`Cells` holds one Polars series for each kind that occurs, filled where the cell is of that kind
and null elsewhere; a cell that is null in all of them is blank. So what kinds a column may hold
is known before anything is computed with it, a clean number column is one series and costs one
Polars expression, and only a mixed column pays for being mixed.

`Cells` of height 1 stand for the same value in every row.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache, reduce
from typing import Any, Final

import polars as pl

from sheetcrm.core.formula.repeats import Repeats, few_texts
from sheetcrm.core.formula.stopping import tick
from sheetcrm.core.table.values import ERROR_CODES, CellError, CellValue

DIV0, NA, NAME, NULL, NUM, REF, VALUE = range(len(ERROR_CODES))
"""Errors as small numbers: their places in `ERROR_CODES`."""

ERRORS: Final = pl.UInt8
LONGEST_TEXT: Final = 32_767  #: characters that a cell can hold


class Cells:
    """Values of one column, or one value for all rows; not changed once they are made.

    Args:
        height: rows, or 1.
        number: Float64, always finite.
        text: String.
        boolean: Boolean.
        error: UInt8, an index into `ERROR_CODES`.
        given: it came from a sheet, where texts repeat themselves.
        made_of: instead of all kinds, what they are made of when they are asked for.
    """

    def __init__(
        self,
        *,
        height: int,
        number: pl.Series | None = None,
        text: pl.Series | None = None,
        boolean: pl.Series | None = None,
        error: pl.Series | None = None,
        given: bool = False,
        made_of: Repeats | None = None,
    ) -> None:
        self.height = height
        self.made_of = made_of
        self._given = given
        if made_of is None:
            self.number = _present(number)
            self.text = _present(text)
            self.boolean = _present(boolean)
            self.error = _present(error)

    @cached_property
    def number(self) -> pl.Series | None:
        """Numbers, null where a cell is something else."""
        return self._made(lambda part: part.number)

    @cached_property
    def text(self) -> pl.Series | None:
        """Texts, null where a cell is something else."""
        return self._made(lambda part: part.text)

    @cached_property
    def boolean(self) -> pl.Series | None:
        """Booleans, null where a cell is something else."""
        return self._made(lambda part: part.boolean)

    @cached_property
    def error(self) -> pl.Series | None:
        """Errors, null where a cell is something else."""
        return self._made(lambda part: part.error)

    def _made(self, kind: Callable[[Cells], pl.Series | None]) -> pl.Series | None:
        made = self.made_of
        return None if made is None else _present(made.way.join([*map(kind, made.parts)]))

    @cached_property
    def blank(self) -> bool:
        """Whether any cell is blank."""
        if self.made_of is not None:
            return any(part.blank for part in self.made_of.parts)
        return sum(len(part) - part.null_count() for part in self.parts) < self.height

    @property
    def parts(self) -> list[pl.Series]:
        """The series of the kinds that occur."""
        every = (self.number, self.text, self.boolean, self.error)
        return [part for part in every if part is not None]

    @cached_property
    def is_blank(self) -> pl.Series:
        """TRUE where a cell is blank."""
        found = self._made(lambda part: part.is_blank)
        if found is not None:
            return found
        if not self.parts:
            return repeated(True, self.height)  # noqa: FBT003
        if len(self.parts) == 1:
            return self.parts[0].is_null()
        return compute(lambda *kinds: pl.all_horizontal(k.is_null() for k in kinds), *self.parts)

    @property
    def only_numbers(self) -> bool:
        """Whether every cell is a number."""
        return self.number is not None and self.number.null_count() == 0

    @property
    def only_text(self) -> bool:
        """Whether every cell is text."""
        return self.text is not None and self.text.null_count() == 0

    @cached_property
    def folded(self) -> pl.Series | None:
        """The texts as they are compared: without case."""
        if self.repeats is not None:
            return self.repeats.way.join([part.folded for part in self.repeats.parts])
        return None if self.text is None else _lower(self.text)

    @cached_property
    def repeats(self) -> Repeats | None:
        """Few cells that stand for all rows; of a given column of texts those are looked for."""
        if self.made_of is not None or not self._given:
            return self.made_of
        found = None if self.text is None or len(self.parts) > 1 else few_texts(self.text)
        if found is None:
            return None
        words, way = found
        return Repeats(parts=(Cells(height=len(words), text=words),), way=way)

    def gather(self, index: pl.Series) -> Cells:
        """The cells at these places; a null place gives a blank cell."""
        parts = (self.number, self.text, self.boolean, self.error)
        number, text, boolean, error = (None if part is None else part[index] for part in parts)
        return Cells(height=len(index), number=number, text=text, boolean=boolean, error=error)

    def spread(self, height: int) -> Cells:
        """The same cells with `height` rows (from one)."""
        if self.height == height:
            return self
        return self.gather(repeated(0, height, pl.UInt32))


def _lower(text: pl.Series) -> pl.Series:
    return text.str.to_lowercase() if len(text) > 1 else _lower_alone(text[0])


@lru_cache(maxsize=4_096)
def _lower_alone(text: str | None) -> pl.Series:
    return pl.Series([text], dtype=pl.String).str.to_lowercase()


def within_a_cell(value: CellValue) -> CellValue:
    """A value, #VALUE! for a text that is longer than a cell can hold."""
    too_long = isinstance(value, str) and len(value) > LONGEST_TEXT
    return CellError("#VALUE!") if too_long else value


def repeated(value: Any, height: int, dtype: Any = None) -> pl.Series:
    """A series of one value, which Polars itself makes ten times as slowly."""
    return pl.Series([value], dtype=dtype).new_from_index(0, height)


def compute(build: Callable[..., pl.Expr], *series: pl.Series) -> pl.Series:
    """Run one Polars expression over series, those of length 1 standing for every row."""
    return compute_each(lambda *parts: [build(*parts)], *series)[0]


def compute_each(
    build: Callable[..., Sequence[pl.Expr]], *series: pl.Series
) -> Sequence[pl.Series]:
    """Run several Polars expressions over the same series, as `compute` does one."""
    tick()
    height = max((len(one) for one in series), default=1)
    frame: pl.DataFrame | None = None
    parts = []
    for place, one in enumerate(series):
        if len(one) < height:
            parts.append(_literal(one))
            continue
        named = one.alias(f"c{place}")
        frame = named.to_frame() if frame is None else frame.insert_column(0, named)
        parts.append(pl.col(named.name))
    frame = pl.DataFrame({"c": [None]}) if frame is None else frame
    built = [one.alias(str(place)) for place, one in enumerate(build(*parts))]
    return [one.rename("") for one in frame.select(built).get_columns()]


def _literal(one: pl.Series) -> pl.Expr:
    """The only value of a series; its type need not be told where Polars sees it."""
    value = one[0]
    plain = isinstance(value, (float, bool, str))
    return pl.lit(value) if plain else pl.lit(value, dtype=one.dtype)


def numbers(series: pl.Series, error: pl.Series | None = None) -> Cells:
    """A column of numbers; an infinite one becomes #NUM!, `error` wins where it is filled."""
    if not finite(series):
        over = compute(lambda v: pl.when(~v.is_finite()).then(pl.lit(NUM, dtype=ERRORS)), series)
        series = compute(lambda v: pl.when(v.is_finite()).then(v), series)
        error = first_error(error, over)
    return _answers("number", series, error)


def texts(series: pl.Series, error: pl.Series | None = None) -> Cells:
    """A column of texts; `error` wins where it is filled."""
    return _answers("text", series, error)


def booleans(series: pl.Series, error: pl.Series | None = None) -> Cells:
    """A column of booleans; `error` wins where it is filled."""
    return _answers("boolean", series, error)


def failure(code: int) -> Cells:
    """The same error in every row."""
    return Cells(height=1, error=pl.Series([code], dtype=ERRORS))


def blank(height: int = 1) -> Cells:
    """Nothing in every row."""
    return Cells(height=height)


def first_error(*errors: pl.Series | None) -> pl.Series | None:
    """Of errors in the same rows, the first one written."""
    present = [error for error in errors if error is not None]
    return first_of(*present) if present else None


# A comparison with itself is null where a series is, and zip_with takes a null for FALSE; this
# costs a tenth of what Polars takes for an expression over a short column.


def is_filled(series: pl.Series) -> pl.Series:
    """TRUE where a series is not null, else null."""
    return series == series  # noqa: PLR0124


def filled(series: pl.Series, value: Any) -> pl.Series:
    """The series, with a value where it is null."""
    return series.zip_with(is_filled(series), pl.Series([value], dtype=series.dtype))


def first_of(*series: pl.Series) -> pl.Series:
    """In each row the first of the values that is not null."""
    return reduce(lambda first, then: first.zip_with(is_filled(first), then), series)


def missing(series: pl.Series, code: int) -> pl.Series:
    """This error where a series is null."""
    nothing = pl.Series([None], dtype=ERRORS)
    return nothing.zip_with(is_filled(series), pl.Series([code], dtype=ERRORS))


def right(series: pl.Series, error: pl.Series) -> pl.Series:
    """The series, null where there is an error."""
    nothing = pl.Series([None], dtype=series.dtype)
    return nothing.zip_with(is_filled(error), series)


def choose(mask: pl.Series, yes: Cells, no: Cells) -> Cells:
    """`yes` where `mask` is true, `no` where it is false or null."""
    if mask.all() and not mask.null_count():
        return yes if yes.height >= len(mask) else yes.spread(len(mask))
    if not mask.any():
        return no if no.height >= len(mask) else no.spread(len(mask))
    height = max(len(mask), yes.height, no.height)
    number, text, boolean, error = (
        _choose_part(mask, getattr(yes, kind), getattr(no, kind))
        for kind in ("number", "text", "boolean", "error")
    )
    return Cells(height=height, number=number, text=text, boolean=boolean, error=error)


def with_error(cells: Cells, error: pl.Series | None) -> Cells:
    """The cells, with an error wherever `error` is filled."""
    if error is None or error.null_count() == len(error):
        return cells
    return choose(is_filled(error), Cells(height=len(error), error=error), cells)


def finite(series: pl.Series) -> bool:
    """Whether all are: a sum is finite only then (but may be infinite although all are)."""
    if series.dtype != pl.Float64:
        return True
    total = series.sum()
    return math.isfinite(total) or bool(series.is_finite().all())


def _answers(kind: str, series: pl.Series, error: pl.Series | None) -> Cells:
    if error is None or error.null_count() == len(error):
        return _of_kind(kind, series, None)
    height = max(len(series), len(error))
    kept = right(series, error)
    kept = kept if len(kept) == height else kept.new_from_index(0, height)
    error = error if len(error) == height else error.new_from_index(0, height)
    return _of_kind(kind, kept, error)


def _of_kind(kind: str, series: pl.Series, error: pl.Series | None) -> Cells:
    parts: dict[str, pl.Series | None] = {kind: series, "error": error}
    return Cells(height=len(series), **parts)  # type: ignore[arg-type]


def _choose_part(mask: pl.Series, yes: pl.Series | None, no: pl.Series | None) -> pl.Series | None:
    if yes is None and no is None:
        return None
    dtype = (yes if yes is not None else no).dtype  # type: ignore[union-attr]
    nothing = pl.Series([None], dtype=dtype)
    return (nothing if yes is None else yes).zip_with(mask, nothing if no is None else no)


def _present(part: pl.Series | None) -> pl.Series | None:
    """The cells of one kind, if there are any."""
    return None if part is None or part.null_count() == len(part) else part
