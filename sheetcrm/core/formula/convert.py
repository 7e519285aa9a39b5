"""Python values → `Cells` and back."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from operator import itemgetter
from types import NoneType
from typing import Any, Final

import polars as pl

from sheetcrm.core.formula.cells import (
    ERRORS,
    VALUE,
    Cells,
    blank,
    finite,
    first_error,
    is_filled,
    numbers,
)
from sheetcrm.core.formula.repeats import (
    FEW,
    PLACE,
    SAMPLE,
    WORTH_ENCODING,
    Numbered,
    Patches,
    Picks,
    Repeats,
)
from sheetcrm.core.table.values import ERROR_CODES, CellError, CellValue

EPOCH_ORDINAL: Final = date(1899, 12, 30).toordinal()
UNIX_SERIAL: Final = 25_569  #: 1970-01-01
LEAP_BUG: Final = 61  #: 1900-03-01: before it Excel counts a day less, as it has a 1900-02-29
_DTYPES: Final[dict[type, Any]] = {
    int: pl.Int64,
    float: pl.Float64,
    str: pl.String,
    bool: pl.Boolean,
}
_REPEATING: Final = {str: 1 / FEW, date: 0.9, datetime: 0.9}
"""Kinds of which each value is better converted once; the part of a sample that may be distinct."""
_MIXED: Final = 0.75  #: the same where there are several kinds
_ODD: Final = 0.75  #: the part of a column that may be no numbers, where the others are patched
_NUMBERS: Final = frozenset((int, float))
_ALIKE: Final = (0, 1)  #: to Python these are FALSE and TRUE
_PLACES: Final = {code: place for place, code in enumerate(ERROR_CODES)}
_DAY_SECONDS: Final = 86_400
_DAY_MICROSECONDS: Final = 86_400_000_000


def serial(value: date | datetime | time | timedelta) -> float:
    """The serial number of a date or time in Excel's 1900 system."""
    if isinstance(value, timedelta):
        return value.total_seconds() / _DAY_SECONDS
    if isinstance(value, time):
        return _fraction(value)
    days = value.toordinal() - EPOCH_ORDINAL
    days -= 1 if 0 < days < LEAP_BUG else 0
    return days + _fraction(value.time()) if isinstance(value, datetime) else float(days)


def _fraction(value: time) -> float:
    seconds = value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6
    return seconds / _DAY_SECONDS


def from_values(values: Sequence[CellValue]) -> Cells:
    """A column of Python values."""
    sample = values[:: len(values) // SAMPLE + 1]
    kinds = set(map(type, sample)) - {NoneType}
    if len(values) >= WORTH_ENCODING and (few := _from_few(values, sample, kinds)):
        return few
    if len(kinds) == 1 or kinds == {int, float}:
        cells = _of_one_kind(values, float if len(kinds) > 1 else next(iter(kinds)))
        if cells is not None:
            return cells
    if len(kinds) < 2:
        kinds = set(map(type, values)) - {NoneType}
    if not kinds:
        return blank(len(values))
    if kinds in ({date}, {datetime}):
        return _MOMENTS[kinds.pop()](values)
    if len(values) >= WORTH_ENCODING and (patched := _with_odd(values, kinds)):
        return patched
    return _sorted_by_kind(values)


def _from_dates(values: Sequence[Any]) -> Cells:
    days = [value and value.toordinal() for value in values]
    return numbers(_without_bug(pl.Series(days, dtype=pl.Int64).cast(pl.Float64) - EPOCH_ORDINAL))


def _from_datetimes(values: Sequence[Any]) -> Cells:
    return from_series(pl.Series(values, dtype=pl.Datetime("us")))


_MOMENTS: Final[dict[type, Callable[[Sequence[Any]], Cells]]] = {
    date: _from_dates,
    datetime: _from_datetimes,
}


def _of_one_kind(values: Sequence[Any], kind: type) -> Cells | None:
    """A column of numbers, texts or booleans; None where other values are among them.

    Polars itself refuses a value of another kind, which is quicker than to look at each type.
    """
    dtype = _DTYPES.get(kind)
    if dtype is None:
        return None
    try:
        series = pl.Series(values, dtype=dtype)
    except (TypeError, ValueError, OverflowError, pl.exceptions.PolarsError):
        return _of_one_kind(values, float) if kind is int else None
    if kind is str:
        return Cells(height=len(values), text=series, given=True)
    if kind is bool:
        return Cells(height=len(values), boolean=series)
    return None if _has_booleans(values, series) else numbers(series.cast(pl.Float64))


def _from_few(
    values: Sequence[Any], sample: Sequence[Any], kinds: Collection[type]
) -> Cells | None:
    """A column of few distinct values; None if they are many, or numbers in the main."""
    share = _share(kinds)
    figures = [value for value in sample if type(value) in _NUMBERS]
    words = [value for value in sample if type(value) is str]
    try:
        if not share or not all(_repeat(some, share) for some in (sample, figures, words)):
            return None
        numbered = Numbered()
        way = Picks(itemgetter(*values)(numbered))
    except TypeError:  # not hashable, so no value of a cell
        return None
    if len(numbered) * FEW > len(values):
        return None
    if not _same_kinds(values, way, [place for one, place in numbered.items() if one in _ALIKE]):
        return None
    cells = from_values([*numbered])
    return Cells(height=len(values), made_of=Repeats(parts=(cells,), way=way))


def _repeat(sample: Sequence[Any], share: float) -> bool:
    """Whether of a sample no more than this part is distinct."""
    return len(set(sample)) <= len(sample) * share


def _share(kinds: Collection[type]) -> float:
    """The part of a sample that may be distinct where values are to be converted once each."""
    if len(kinds) == 1:
        (kind,) = kinds
        return _REPEATING.get(kind, 0)
    return 0 if _NUMBERS.issuperset(kinds) else _MIXED


def _same_kinds(values: Sequence[Any], way: Picks, places: Sequence[int]) -> bool:
    """Whether none of these distinct values stands for a boolean and for a number: 1 is TRUE."""
    for place in places:
        rows = pl.int_range(len(values), dtype=PLACE, eager=True).filter(way.index == place)
        kinds = set(map(type, itemgetter(*rows.to_list(), rows[0])(values)))
        if bool in kinds and len(kinds) > 1:
            return False
    return True


def _has_booleans(values: Sequence[Any], series: pl.Series) -> bool:
    """Whether a boolean was taken for a number: only a 1 or 0 can have been one."""
    suspects = (series == 0) | (series == 1)
    count = suspects.sum()
    if count * 4 > len(values):
        return bool in map(type, values)
    return count > 0 and bool in map(type, map(values.__getitem__, suspects.arg_true().to_list()))


def constant(value: CellValue) -> Cells:
    """One value for every row."""
    return from_values([value])


def from_series(series: pl.Series) -> Cells:
    """A Polars column of any plain type."""
    dtype = series.dtype
    if dtype.is_numeric():
        return numbers(series.cast(pl.Float64))
    if dtype == pl.Boolean:
        return Cells(height=len(series), boolean=series)
    if dtype in {pl.String, pl.Categorical, pl.Enum}:
        return Cells(height=len(series), text=series.cast(pl.String), given=True)
    if dtype == pl.Date:
        return numbers(_serials(series.cast(pl.Int32).cast(pl.Float64)))
    if dtype == pl.Datetime:
        plain = series.dt.replace_time_zone(None).cast(pl.Datetime("us"))
        return numbers(_serials(plain.to_physical().cast(pl.Float64) / _DAY_MICROSECONDS))
    return from_values(series.to_list())


def to_values(cells: Cells, height: int) -> list[CellValue]:
    """The cells as Python values; a number is always a float, a date its serial number."""
    if cells.height == 1 and height != 1:
        return to_values(cells, 1) * height
    made = cells.made_of
    if made is not None:
        return made.way.fill([to_values(part, part.height) for part in made.parts])
    parts = sorted(
        (part for part in (cells.number, cells.text, cells.boolean) if part is not None),
        key=lambda part: part.null_count(),
    )
    if cells.error is not None:
        parts.append(cells.error)
    if not parts:
        return [None] * height
    values: list[Any] = _plain(parts[0])
    for part in parts[1:]:
        filled = is_filled(part)
        rows = pl.int_range(len(part), dtype=PLACE, eager=True).filter(filled).to_list()
        for row, value in zip(rows, _plain(part.filter(filled)), strict=True):
            values[row] = value
    return values


def _plain(part: pl.Series) -> list[Any]:
    """One kind's values as Python's."""
    if part.dtype != ERRORS:
        return part.to_list()
    errors = [CellError(code) for code in ERROR_CODES]
    return [None if code is None else errors[code] for code in part.to_list()]


def _as_float(value: float | Decimal | None) -> float | None:
    if value is None:
        return None
    try:
        number = float(value)
    except OverflowError:
        return math.inf
    return math.inf if math.isnan(number) else number


def _with_odd(values: Sequence[Any], kinds: Collection[type]) -> Cells | None:
    """Numbers among which there are other values; None where numbers are few, or too large."""
    usual = _NUMBERS.intersection(kinds)
    first = next((value for value in values if type(value) in usual), None) if usual else None
    if first is None:
        return None
    try:
        number = pl.Series(_only(values, usual), dtype=pl.Float64)
    except OverflowError:
        return None
    rows = pl.int_range(len(values), dtype=PLACE, eager=True).filter(number.is_nan()).to_list()
    # In rows that are odd any number of the column will do: it brings in no new kind of answer.
    whole = number.fill_nan(float(first))
    if not rows or len(rows) > len(values) * _ODD or not finite(whole):
        return None
    odd = from_values(itemgetter(*rows, 0)(values)[:-1])
    picked = odd.made_of if odd.made_of and isinstance(odd.made_of.way, Picks) else None
    places = picked.way.places if picked else range(len(rows))
    way = Patches(height=len(values), rows=rows, places=places)
    others = picked.parts[0] if picked else odd
    usual_cells = Cells(height=len(values), number=whole)
    return Cells(height=len(values), made_of=Repeats(parts=(usual_cells, others), way=way))


def _only(values: Sequence[Any], kinds: Collection[type]) -> list[Any]:
    """The values of these kinds in their places, no number elsewhere."""
    other = math.nan
    if len(kinds) == 1:
        (kind,) = kinds
        return [value if type(value) is kind else other for value in values]
    return [value if type(value) in kinds else other for value in values]


def _sorted_by_kind(values: Sequence[Any]) -> Cells:
    """Sort the values by kind, then convert each kind at once."""
    codes = bytes(itemgetter(*map(type, values), NoneType)(_KindCodes())[:-1])
    sorted_out = _Sorted(values, codes)
    number = sorted_out.of(_NUMBER, _float_series)
    moments = sorted_out.of(_MOMENT, lambda some: _float_series([*map(serial, some)]))
    if moments is not None:
        number = moments if number is None else number.zip_with(number.is_not_null(), moments)
    found = Cells(height=len(values)) if number is None else numbers(number)
    return Cells(
        height=len(values),
        number=found.number,
        text=sorted_out.of(_TEXT, lambda some: pl.Series(some, dtype=pl.String)),
        boolean=sorted_out.of(_BOOLEAN, lambda some: pl.Series(some, dtype=pl.Boolean)),
        error=first_error(sorted_out.of(_ERROR, _error_series), found.error),
        given=True,
    )


def _float_series(some: list[Any]) -> pl.Series:
    """Numbers of any type; one too large for a float, or no number at all, is infinite."""
    try:
        series = pl.Series(some, dtype=pl.Float64)
    except (TypeError, ValueError, OverflowError, pl.exceptions.PolarsError):
        return pl.Series([*map(_as_float, some)], dtype=pl.Float64)
    return series.fill_nan(math.inf) if math.isnan(series.sum()) else series


def _error_series(some: list[CellError]) -> pl.Series:
    return pl.Series([_PLACES.get(error.code, VALUE) for error in some], dtype=ERRORS)


_BLANK, _NUMBER, _MOMENT, _TEXT, _BOOLEAN, _ERROR = range(6)
_KINDS: Final[dict[int, tuple[type, ...]]] = {
    _BLANK: (type(None),),
    _BOOLEAN: (bool,),
    _NUMBER: (int, float, Decimal),
    _MOMENT: (date, time, timedelta),
    _TEXT: (str,),
    _ERROR: (CellError,),
}


class _KindCodes(dict[type, int]):
    """The kind of each Python type, looked for when the type is first met."""

    def __missing__(self, kind: type) -> int:
        for code, types in _KINDS.items():
            if issubclass(kind, types):
                self[kind] = code
                return code
        message = f"a cell cannot hold a {kind.__name__}"
        raise TypeError(message)


class _Sorted:
    """Values of several kinds, to be taken out kind by kind."""

    def __init__(self, values: Sequence[Any], codes: bytes) -> None:
        self._values = values
        self._codes = codes
        self._series = pl.Series(list(codes), dtype=pl.UInt8)
        self._places = pl.int_range(len(codes), dtype=pl.UInt32, eager=True)

    def of(self, code: int, convert: Callable[[list[Any]], pl.Series]) -> pl.Series | None:
        """The values of one kind in their places, null elsewhere; None where there are none."""
        if code not in self._codes:
            return None
        places = self._places.filter(self._series == code)
        kept = convert(list(itemgetter(*places.to_list(), 0)(self._values)[:-1]))
        nothing = pl.Series([None], dtype=kept.dtype).new_from_index(0, len(self._values))
        return nothing.scatter(places, kept)


def _serials(days: pl.Series) -> pl.Series:
    """Days since 1970 as serial numbers."""
    return _without_bug(days + UNIX_SERIAL)


def _without_bug(days: pl.Series) -> pl.Series:
    """Days since 1899-12-30 as Excel counts them, who believes in a 1900-02-29."""
    early = (days > 0) & (days < LEAP_BUG)
    return days - early.cast(pl.Float64) if early.any() else days
