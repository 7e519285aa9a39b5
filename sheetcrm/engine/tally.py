"""A column of results at a glance: what kinds there are, and which rows to look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sheetcrm.core.table.values import CellError, CellValue

_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  a sheet has no zone
_FIRST, _AFTER_LAST = 61, 2_958_466  # 1900-03-01, before which Excel miscounts; 10000-01-01

MOST = 6  #: texts that are counted one by one


class Kind(StrEnum):
    """What a value is to Excel, in the words of people who do not program."""

    NUMBER = "number"
    TEXT = "text"
    TRUTH = "yes/no"
    DATE = "date"
    BLANK = "blank"
    ERROR = "error"
    UNCALCULATED = "not calculated"


@dataclass(frozen=True, kw_only=True, slots=True)
class Spread:
    """The numbers or dates among the results."""

    count: int
    lowest: CellValue
    middle: CellValue  #: the median; of an even number of dates, the earlier of the middle two
    highest: CellValue


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """How many results there are of each kind."""

    counts: Mapping[str, int] = field(default_factory=dict)
    """TRUE, FALSE, number, date, text, blank → how many; what does not occur is left out."""
    texts: Mapping[str, int] = field(default_factory=dict)
    """The most frequent texts → how many."""
    numbers: Spread | None = None
    dates: Spread | None = None
    errors: Mapping[str, Sequence[int]] = field(default_factory=dict)
    """Error → rows of the sheet in which it stands."""


def tally(values: Sequence[CellValue], rows: Sequence[int]) -> Tally:
    """Count results, `rows[i]` being the row of the sheet of `values[i]`."""
    counts = Counter(_label(value) for value in values if not isinstance(value, CellError))
    errors: dict[str, list[int]] = {}
    for value, row in zip(values, rows, strict=True):
        if isinstance(value, CellError):
            errors.setdefault(value.code, []).append(row)
    order = ("TRUE", "FALSE", *Kind)
    return Tally(
        counts={label: counts[label] for label in order if counts[label]},
        texts=dict(Counter(v for v in values if isinstance(v, str)).most_common(MOST)),
        numbers=_spread([v for v in values if kind_of(v) is Kind.NUMBER], halves=True),
        dates=_spread([v for v in values if kind_of(v) is Kind.DATE]),
        errors=errors,
    )


def kind_of(value: CellValue) -> Kind:
    """What a value is to Excel."""
    if value is None:
        return Kind.BLANK
    if isinstance(value, CellError):
        return Kind.ERROR if value.calculated else Kind.UNCALCULATED
    if isinstance(value, bool):
        return Kind.TRUTH
    if isinstance(value, (int, float)):
        return Kind.NUMBER
    return Kind.DATE if isinstance(value, date) else Kind.TEXT


def as_date(value: CellValue) -> CellValue:
    """A serial number as the day, or the moment, that it is; anything else as it was."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    if not _FIRST <= value < _AFTER_LAST:
        return value
    moment = _EPOCH + timedelta(seconds=round(value * 86_400))
    return moment if value % 1 else moment.date()


def _label(value: CellValue) -> str:
    return str(value).upper() if isinstance(value, bool) else kind_of(value).value


def _spread(values: Sequence[CellValue], *, halves: bool = False) -> Spread | None:
    """Their lowest, middle and highest; with `halves` the middle may lie between two of them."""
    if not values:
        return None
    ordered = sorted(values, key=_moment)
    lower, upper = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    middle = (lower + upper) / 2 if halves else lower  # type: ignore[operator]
    return Spread(count=len(ordered), lowest=ordered[0], middle=middle, highest=ordered[-1])


def _moment(value: CellValue) -> Any:
    """A date as the moment at its beginning, so that it can be compared with others."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001
    return value
