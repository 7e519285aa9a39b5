"""The sample workbook, as if the team that fills it in had done so until today.

Scores fade and promises fall due: a sample whose last call was years ago would show a team that
nobody could help any more. So its dates come along, each as far from today as it was from the day
that the workbook was drawn for, and each written as somebody wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from importlib.resources import as_file
from pathlib import Path

from babel.dates import get_month_names
from openpyxl import load_workbook

from sheetcrm import sample
from sheetcrm.adapters.excel.cells import write_cells
from sheetcrm.core.table.dates import date_reader
from sheetcrm.core.table.fields import Locale
from sheetcrm.core.table.values import CellValue


def write_sample(target: Path, today: date) -> None:
    """Write the sample workbook to `target`, its dates moved by as many days as have passed.

    Args:
        target: where it goes; its folder is there.
        today: the day to which the team has filled it in.

    Raises:
        OSError: it cannot be written.
    """
    passed = today - sample.DRAWN_FOR
    with as_file(sample.path()) as drawn:
        write_cells(drawn, sample.TAB, dict(_moved(drawn, passed)), out=target)


def _moved(workbook: Path, passed: timedelta) -> Iterator[tuple[str, CellValue]]:
    """Address → value of the cells that hold a date, or what somebody typed as one."""
    book = load_workbook(workbook)
    for column in book[sample.TAB].iter_cols(min_row=sample.HEADER_ROW):
        if column[0].value not in sample.DATES:
            continue
        cells = [cell for cell in column[1:] if cell.value is not None]
        read = date_reader([cell.value for cell in cells], Locale(country="ID"))
        for cell in cells:
            then = read(cell.value).value
            if isinstance(then, date):
                day = date(then.year, then.month, then.day)  # openpyxl gives a midnight
                yield cell.coordinate, _written(cell.value, day, day + passed)


def _written(cell: CellValue, then: date, now: date) -> CellValue:
    """The day `now` as the cell writes `then`: ``2 Okt 2026``, ``14/10/2026``, a real date."""
    if not isinstance(cell, str):
        return now
    words = _PARTS.findall(cell)
    named = any(_month(word, then) for word in words)
    if named:
        numbers = [str(now.day)]
    else:
        numbers = [f"{now.day:02}", f"{now.month:02}"]
        if words[0] == str(then.year):
            numbers.reverse()
    rest = iter(numbers)

    def write(match: re.Match[str]) -> str:
        word = match[0]
        if word == str(then.year):
            return str(now.year)
        return next(rest) if word.isdecimal() else _month(word, now) or word

    return _PARTS.sub(write, cell)


_PARTS = re.compile(r"\d+|[^\W\d_]+")


def _month(word: str, day: date) -> str:
    """The day's month in the language, and the length, in which `word` names one; or ""."""
    for language in ("id", "en", "es"):
        for width in ("abbreviated", "wide"):
            names = get_month_names(width, locale=language)
            if word in names.values():
                return str(names[day.month])
    return ""
