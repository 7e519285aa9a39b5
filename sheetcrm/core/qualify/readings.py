"""What a formula gave for every lead, and whether that says anything."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TypeVar

from sheetcrm.core.table.values import CellValue

_T = TypeVar("_T")

_WORDS = {"true": True, "false": False}
_UNKNOWN = "unknown"
_SERIAL_ORIGIN = date(1899, 12, 30)  # Excel's 1900 system, right from 1 March 1900 on
_LAST_SERIAL = 2_958_465  # 31 December 9999
_LARGEST = 1e12  # cents of it are still exact in a float
_ASKS_FOR_BLANKS = re.compile(
    r'\b(?:ISBLANK|COUNTBLANK|UNKNOWN)\s*\(|(?<![<>])=\s*""', re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """One formula's column.

    `blind[i]` is true where the formula read only blank cells of lead `i`, so that its answer
    says nothing; None for a formula that reads no cell of the lead at all. A formula that asks
    for blank cells itself (``ISBLANK``, ``=""``) has an answer all the same: any number, or TRUE.
    """

    text: str
    values: Sequence[CellValue]
    blind: Sequence[bool] | None = None

    def truths(self) -> list[bool | None]:
        """Yes, no, or None where that is unknown."""
        found = [value if value.__class__ is bool else truth(value) for value in self.values]
        seen = self._unless_blind(found)
        if not asks_for_blanks(self.text):
            return seen
        return [answer or sure for answer, sure in zip(found, seen, strict=True)]

    def numbers(self) -> list[float | None]:
        """Numbers, or None where there is none."""
        found = [number(value) for value in self.values]
        if asks_for_blanks(self.text):
            return found
        return self._unless_blind(found)

    def dates(self) -> list[date | None]:
        """Days, or None where there is none."""
        return self._unless_blind([day(value) for value in self.values])

    def told(self) -> list[CellValue]:
        """The values as they are, blank where they say nothing."""
        return self._unless_blind(list(self.values))

    def faults(self, judged: Sequence[object]) -> Iterator[tuple[int, str]]:
        """Leads for whom the formula gave what it must not give: an error, or unfit text.

        Args:
            judged: what `truths`, `numbers` or `dates` made of it.

        Yields:
            The lead's index and what was given.
        """
        if None not in judged:
            return
        for index in [place for place, answer in enumerate(judged) if answer is None]:
            blind = self.blind is not None and self.blind[index]
            if not blind and not says_unknown(self.values[index]):
                yield index, str(self.values[index])

    def _unless_blind(self, found: list[_T]) -> list[_T | None]:
        if self.blind is None or True not in self.blind:
            return [*found]
        return [None if blind else answer for answer, blind in zip(found, self.blind, strict=True)]


def truth(value: CellValue) -> bool | None:
    """A condition as Excel's IF sees it; None for a blank, an error and other text."""
    if value is True or value is False:
        return value
    if isinstance(value, int | float):
        return value != 0
    return _WORDS.get(value.strip().casefold()) if isinstance(value, str) else None


def number(value: CellValue) -> float | None:
    """A number of a size that makes sense, so no infinity either; TRUE is 1."""
    if isinstance(value, int | float) and abs(value) <= _LARGEST:
        return float(value)
    return None


@lru_cache(maxsize=16_384, typed=True)  # leads share their days
def day(value: CellValue) -> date | None:
    """The day of a serial number, which is what a formula gives for a date or a moment."""
    serial = None if isinstance(value, bool) else number(value)
    if serial is None or not 1 <= serial <= _LAST_SERIAL:
        return None
    return _SERIAL_ORIGIN + timedelta(days=int(serial))


def moment(value: CellValue) -> date | datetime | None:
    """The moment of a serial number, to the second; a day where it tells no time of day."""
    told = day(value)
    if told is None or not isinstance(value, int | float) or value == value // 1:
        return told
    return datetime.combine(told, time()) + timedelta(seconds=round(value % 1 * 86_400))


def blanks(values: Sequence[CellValue]) -> list[bool]:
    """Which cells of a column look empty."""
    return [
        value is None or (value.__class__ is str and (not value or value.isspace()))
        for value in values
    ]


def is_blank(value: CellValue) -> bool:
    """Whether a cell looks empty."""
    return value is None or (isinstance(value, str) and not value.strip())


def says_unknown(value: CellValue) -> bool:
    """Whether an answer is blank or the word UNKNOWN."""
    return is_blank(value) or (isinstance(value, str) and value.strip().casefold() == _UNKNOWN)


def asks_for_blanks(text: str) -> bool:
    """Whether a formula tests for blank cells by itself."""
    return _ASKS_FOR_BLANKS.search(text) is not None
