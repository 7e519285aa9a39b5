"""Python values → `Cells` and back."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import compress
from typing import Any, Final

import polars as pl

from sheetcrm.core.formula.cells import ERRORS, VALUE, Cells, blank, first_error, numbers
from sheetcrm.core.table.values import ERROR_CODES, CellError, CellValue

EPOCH_ORDINAL: Final = date(1899, 12, 30).toordinal()
UNIX_SERIAL: Final = 25_569  #: 1970-01-01
LEAP_BUG: Final = 61  #: 1900-03-01: before it Excel counts a day less, as it has a 1900-02-29
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
    kinds = set(map(type, values))
    present = kinds - {type(None)}
    if not present:
        return blank(len(values))
    if present <= {float, int}:
        return _from_numbers(values, present)
    if present == {str}:
        text = pl.Series(values, dtype=pl.String)
        return Cells(height=len(values), text=text, given=True)
    if present == {date}:
        days = [None if value is None else value.toordinal() for value in values]  # type: ignore[union-attr]
        return numbers(
            _without_bug(pl.Series(days, dtype=pl.Int64).cast(pl.Float64) - EPOCH_ORDINAL)
        )
    if present == {datetime}:
        return from_series(pl.Series(values, dtype=pl.Datetime("us")))
    if present == {bool}:
        return Cells(height=len(values), boolean=pl.Series(values, dtype=pl.Boolean))
    return _from_mixed(values, kinds)


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
        places = part.is_not_null().arg_true()
        for place, value in zip(places.to_list(), _plain(part.drop_nulls()), strict=True):
            values[place] = value
    return values


def _plain(part: pl.Series) -> list[Any]:
    """One kind's values as Python's."""
    if part.dtype != ERRORS:
        return part.to_list()
    errors = [CellError(code) for code in ERROR_CODES]
    return [None if code is None else errors[code] for code in part.to_list()]


def _from_numbers(values: Sequence[Any], present: set[type]) -> Cells:
    try:
        if present == {int}:
            return numbers(pl.Series(values, dtype=pl.Int64).cast(pl.Float64))
        if present == {float}:
            return numbers(pl.Series(values, dtype=pl.Float64))
        floats = [None if value is None else float(value) for value in values]
        return numbers(pl.Series(floats, dtype=pl.Float64))
    except (OverflowError, TypeError, pl.exceptions.PolarsError):
        return numbers(pl.Series([_as_float(value) for value in values], dtype=pl.Float64))


def _as_float(value: float | Decimal | None) -> float | None:
    if value is None:
        return None
    try:
        number = float(value)
    except OverflowError:
        return math.inf
    return math.inf if math.isnan(number) else number


def _from_mixed(values: Sequence[Any], kinds: set[type]) -> Cells:
    """Sort the values by kind, then convert each kind at once."""
    codes = bytes(map({kind: _kind_code(kind) for kind in kinds}.__getitem__, map(type, values)))
    number = _sorted_out(values, codes, _NUMBER, _float_series)
    moments = _sorted_out(values, codes, _MOMENT, lambda some: _float_series(map(serial, some)))
    if moments is not None:
        number = moments if number is None else number.zip_with(number.is_not_null(), moments)
    found = Cells(height=len(values)) if number is None else numbers(number)
    error = _sorted_out(
        values, codes, _ERROR, lambda some: pl.Series([*map(_code_of, some)], dtype=ERRORS)
    )
    return Cells(
        height=len(values),
        number=found.number,
        text=_sorted_out(values, codes, _TEXT, lambda some: pl.Series(some, dtype=pl.String)),
        boolean=_sorted_out(
            values, codes, _BOOLEAN, lambda some: pl.Series(some, dtype=pl.Boolean)
        ),
        error=first_error(error, found.error),
        given=True,
    )


def _float_series(some: Iterable[Any]) -> pl.Series:
    """Numbers of any type; one too large for a float, or no number at all, is infinite."""
    try:
        series = pl.Series([*map(float, some)], dtype=pl.Float64)
    except OverflowError:
        return pl.Series([*map(_as_float, some)], dtype=pl.Float64)
    return series.fill_nan(math.inf)


_BLANK, _NUMBER, _MOMENT, _TEXT, _BOOLEAN, _ERROR = range(6)
_KINDS: Final[dict[int, tuple[type, ...]]] = {
    _BLANK: (type(None),),
    _BOOLEAN: (bool,),
    _NUMBER: (int, float, Decimal),
    _MOMENT: (date, time, timedelta),
    _TEXT: (str,),
    _ERROR: (CellError,),
}


def _kind_code(kind: type) -> int:
    for code, types in _KINDS.items():
        if issubclass(kind, types):
            return code
    message = f"a cell cannot hold a {kind.__name__}"
    raise TypeError(message)


def _sorted_out(
    values: Sequence[Any], codes: bytes, code: int, convert: Callable[[list[Any]], pl.Series]
) -> pl.Series | None:
    """The values of one kind in their places, null elsewhere; None where there are none."""
    if code not in codes:
        return None
    chosen = [*map(code.__eq__, codes)]
    kept = convert([*compress(values, chosen)])
    places = pl.Series(chosen, dtype=pl.Boolean).arg_true()
    return pl.repeat(None, len(values), dtype=kept.dtype, eager=True).scatter(places, kept)


def _code_of(value: CellError) -> int:
    return ERROR_CODES.index(value.code) if value.code in ERROR_CODES else VALUE


def _serials(days: pl.Series) -> pl.Series:
    """Days since 1970 as serial numbers."""
    return _without_bug(days + UNIX_SERIAL)


def _without_bug(days: pl.Series) -> pl.Series:
    """Days since 1899-12-30 as Excel counts them, who believes in a 1900-02-29."""
    early = (days > 0) & (days < LEAP_BUG)
    return days - early.cast(pl.Float64) if early.any() else days
