"""Dates that are text, that can be read two ways, or that cannot have been meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime

from sheetcrm.core.health.columns import TeamColumn
from sheetcrm.core.health.findings import Example, Finding, Kind, in_cells, quoted
from sheetcrm.core.table.fields import FieldType
from sheetcrm.core.table.reading import display
from sheetcrm.core.table.values import CellValue, Severity, Tab

_DATE = re.compile(
    r"\s*(?:\d{1,2}[-/.]\d{1,2}[-/.](?:\d{2}|\d{4})|\d{4}[-/.]\d{1,2}[-/.]\d{1,2})"
    r"(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?\s*",
    re.ASCII,
)
_TWO_WAYS = re.compile(r"\D*?(\d{1,2})\s*[/-]\s*(\d{1,2})\s*[/-]\s*\d{2,4}(?!\d)", re.ASCII)
_MOSTLY = 0.8  # of the texts of a column: then it is one of dates
_PAST = frozenset({"birthday", "last_contact", "last_activity"})
_OLDEST = 110  # years
_FIRST = 1990
_AHEAD = 20  # years


def text_dates(column: TeamColumn) -> list[int]:
    """The leads whose date is a text, so that the sheet neither sorts nor counts by it.

    In a column that is no field of dates they count beside real dates, or where nearly all texts
    are dates.
    """
    if column.reads_as is FieldType.DATE:
        texts = column.texts_that(lambda _: True)
        return [index for index in texts if isinstance(column.read[index], date)]
    if column.reads_as is not None:
        return []
    found = column.texts_that(_DATE.fullmatch)
    if column.counts[date] or len(found) >= _MOSTLY * column.counts[str]:
        return found
    return []


def ambiguous(column: TeamColumn, tab: Tab) -> Iterator[Finding]:
    """Dates such as ``3/4/2025`` in a column that writes day and month in both orders."""
    pairs = {text: (int(m[1]), int(m[2])) for text in column.texts if (m := _TWO_WAYS.match(text))}
    sure = {first > 12 for first, second in pairs.values() if (first > 12) != (second > 12)}
    if len(sure) < 2:
        return
    unsure = {
        text for text, (first, second) in pairs.items() if first != second and first < 13 > second
    }
    found = column.texts_that(unsure.__contains__)
    if found:
        yield in_cells(
            Kind.AMBIGUOUS_DATE,
            Severity.WARNING,
            tab,
            column.column,
            found,
            field=column.field_name,
            examples=[
                Example(cell, quoted(text), display(column.read[index]) if column.field else "")
                for index, cell, text in column.different(tab, found)
            ],
        )


def impossible(column: TeamColumn, tab: Tab, today: date) -> Iterator[Finding]:
    """Dates that cannot be: a birthday to come, a last contact in the future, the year 1900."""
    if column.field and column.reads_as not in {FieldType.DATE, FieldType.TEXT}:
        return
    first, last = _span(column.field_name, today)
    days = {value for value in column.read if isinstance(value, date)}
    wrong = {value for value in days if not first <= _day(value) <= last}
    if wrong:
        found = [
            i for i, value in enumerate(column.read) if isinstance(value, date) and value in wrong
        ]
        yield in_cells(
            Kind.IMPOSSIBLE_DATE,
            Severity.ERROR,
            tab,
            column.column,
            found,
            field=column.field_name,
        )


def _span(field: str, today: date) -> tuple[date, date]:
    """The first and the last day that a field may name."""
    last = today if field in _PAST else date(today.year + _AHEAD, 12, 31)
    first = date(today.year - _OLDEST, 1, 1) if field == "birthday" else date(_FIRST, 1, 1)
    return first, last


def _day(value: CellValue) -> date:
    assert isinstance(value, date)
    return value.date() if isinstance(value, datetime) else value
