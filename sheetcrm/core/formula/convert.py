"""Python values → `Cells` and back."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

import polars as pl

from sheetcrm.core.formula.cells import ERRORS, NUM, VALUE, Cells, blank, numbers
from sheetcrm.core.table.values import ERROR_CODES, CellError, CellValue

EPOCH_ORDINAL: Final = date(1899, 12, 30).toordinal()
UNIX_SERIAL: Final = 25_569  #: 1970-01-01
LEAP_BUG: Final = 61  #: 1900-03-01: before it Excel counts a day less, as it has a 1900-02-29
_DAY_SECONDS: Final = 86_400
_NUMERIC: Final = (bool, int, float, Decimal, date, datetime, time, timedelta)


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
        return _from_numbers(values)
    if present == {str}:
        return Cells(height=len(values), text=pl.Series(values, dtype=pl.String))
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
        return Cells(height=len(series), text=series.cast(pl.String))
    if dtype == pl.Date:
        return numbers(_date_serials(series.cast(pl.Int32).cast(pl.Float64)))
    return from_values(series.to_list())


def to_values(cells: Cells, height: int) -> list[CellValue]:
    """The cells as Python values; a number is always a float, a date its serial number."""
    if cells.height == 1 and height != 1:
        return to_values(cells, 1) * height
    parts = cells.parts
    if len(parts) == 1 and cells.error is None:
        return parts[0].to_list()
    values: list[Any] = [None] * height
    for part in (cells.number, cells.text, cells.boolean):
        if part is not None:
            values = _overlay(values, part.to_list())
    if cells.error is not None:
        errors = [CellError(code) for code in ERROR_CODES]
        codes = cells.error.to_list()
        values = _overlay(values, [None if code is None else errors[code] for code in codes])
    return values


def _overlay(under: list[Any], over: list[Any]) -> list[Any]:
    return [low if high is None else high for low, high in zip(under, over, strict=True)]


def _from_numbers(values: Sequence[Any]) -> Cells:
    try:
        series = pl.Series(values, dtype=pl.Float64, strict=False)
    except (OverflowError, TypeError, pl.exceptions.PolarsError):
        series = pl.Series([_as_float(value) for value in values], dtype=pl.Float64)
    return numbers(series)


def _as_float(value: float | Decimal | None) -> float | None:
    if value is None:
        return None
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _from_mixed(values: Sequence[Any], kinds: set[type]) -> Cells:
    """One pass for each kind that occurs: a column of many kinds is rare and short."""

    def part(kept: tuple[type, ...], make: Callable[[Any], Any], dtype: Any) -> pl.Series | None:
        if not any(issubclass(kind, kept) for kind in kinds):
            return None
        chosen = [make(value) if isinstance(value, kept) else None for value in values]
        return pl.Series(chosen, dtype=dtype)

    number = part(_NUMERIC, _number_of, pl.Float64)
    error = part((CellError,), _code_of, ERRORS)
    found = Cells(height=len(values)) if number is None else numbers(number)
    _refuse_others(kinds)
    overflow = found.error
    if error is not None and overflow is not None:
        error = error.zip_with(error.is_not_null(), overflow)
    return Cells(
        height=len(values),
        number=found.number,
        text=part((str,), str, pl.String),
        boolean=part((bool,), bool, pl.Boolean),
        error=error if error is not None else overflow,
    )


def _number_of(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float, Decimal)):
        number = _as_float(value)
        return math.inf if number is not None and math.isnan(number) else number
    return serial(value)


def _code_of(value: CellError) -> int:
    return ERROR_CODES.index(value.code) if value.code in ERROR_CODES else VALUE


def _refuse_others(kinds: set[type]) -> None:
    known = (*_NUMERIC, str, CellError, type(None))
    for kind in kinds:
        if not issubclass(kind, known):
            message = f"a cell cannot hold a {kind.__name__}"
            raise TypeError(message)


def _date_serials(days: pl.Series) -> pl.Series:
    value = days + UNIX_SERIAL
    return value - ((value > 0) & (value < LEAP_BUG)).cast(pl.Float64)


__all__ = ["NUM", "constant", "from_series", "from_values", "serial", "to_values"]
