"""Whether a write did what was asked and nothing else, by every judge that there is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, to_excel

from sheetcrm.core.table.values import CellError, CellValue, Tab
from tests.oracles import packages, schema, sheets
from tests.oracles.readers import by_calamine, by_openpyxl

Place = tuple[int, int]  # row, column

# It takes minutes for bigger sheets, and makes a cell for each one that is merged.
_MOST_BYTES, _MOST_MERGED, _MOST_RANGES = 6 << 20, 200_000, 2000
_MOMENT = 1e-8  # days: times of day come without their last digits
_MERGED = re.compile(rb'mergeCell ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')


def faults(
    before: bytes,
    after: bytes,
    title: str,
    wanted: Mapping[Place, CellValue],
    added: Sequence[str] = (),
) -> list[str]:
    """What is wrong with a workbook that was written, as sentences; none where all is well.

    Args:
        before: the workbook as it was.
        after: as it is.
        title: the tab that was written.
        wanted: each cell that was written → what it should say.
        added: the headers of columns that were added.
    """
    old, new = packages.open_book(before), packages.open_book(after)
    found = packages.differences(old, new, title, list(added))
    part = old.sheets[title]
    said = {place: _in_xml(value, date1904=old.date1904) for place, value in wanted.items()}
    columns = {column for _, column in wanted} if added else set()
    found += sheets.differences(
        old.parts[part], new.parts[part], packages.texts(new), said, sorted(columns)
    )
    if _fit_for_openpyxl(old):
        found += by_openpyxl(before, after, title, wanted)
    found += by_calamine(before, after, title, wanted)
    for name, data in new.parts.items():
        if data != old.parts.get(name):
            found += schema.new_errors(old.parts[name], data)
    return found


def misread(data: bytes, tab: Tab) -> list[str]:
    """Where a tab's texts and numbers do not stand where the sheet's XML has them."""
    book = packages.open_book(data)
    texts = packages.texts(book)
    reading = sheets.Reading(book.parts[book.sheets[tab.title]])
    cells: dict[int, dict[int, sheets.ET.Element]] = {}
    for number, row in _kept(reading):  # a row may come in several pieces
        cells.setdefault(number, {}).update(sheets.cells_of(row))
    found = []
    for column in tab.columns:
        number = column_index_from_string(column.letter)
        for row, value in zip(tab.rows, column.values, strict=True):
            cell = cells.get(row, {}).get(number)
            has = sheets.value_of(cell, texts) if cell is not None else None
            if not _agree(value, has):
                found.append(f"{get_column_letter(number)}{row} was read as {value!r}, not {has!r}")
    return found[:5]


def _fit_for_openpyxl(book: packages.Book) -> bool:
    if book.one("styles") not in {"", "xl/styles.xml"}:
        return False  # where it does not look for them
    sheets_xml = [book.parts[part] for part in book.sheets.values()]
    ranges = [one for xml in sheets_xml for one in _MERGED.findall(xml)]
    merged = sum(
        (column_index_from_string(right.decode()) - column_index_from_string(left.decode()) + 1)
        * (int(bottom) - int(top) + 1)
        for left, top, right, bottom in ranges
    )
    if len(ranges) > _MOST_RANGES:
        return False
    return merged <= _MOST_MERGED and sum(map(len, sheets_xml)) <= _MOST_BYTES


def _kept(reading: sheets.Reading) -> Iterator[tuple[int, sheets.ET.Element]]:
    """All rows, which `Reading` lets go of."""
    for number, row in reading.numbered():
        kept = sheets.ET.Element(row.tag, row.attrib)
        kept.extend(list(row))
        yield number, kept


def _agree(read: object, has: object) -> bool:
    if isinstance(read, date):
        return isinstance(has, float | str | tuple)
    if isinstance(has, tuple):
        return True
    if isinstance(read, CellError):
        return has is None
    if isinstance(read, str) or isinstance(has, str):
        said, meant = str(has or ""), str(read or "")  # calamine leaves some escapes as they are
        meant = packages.unescaped(meant) if meant != said else meant
        return " ".join(meant.split()) == " ".join(said.split())
    if isinstance(has, bool) or not isinstance(has, float):
        return read == has
    return isinstance(read, int | float) and abs(read - has) < _MOMENT


def _in_xml(value: CellValue, *, date1904: bool) -> object:
    """A value as the XML should have it."""
    if value is None or value == "" or isinstance(value, bool):
        return value if isinstance(value, bool) else None
    if isinstance(value, CellError):
        return "e", value.code
    if isinstance(value, date):
        return float(to_excel(value, CALENDAR_MAC_1904 if date1904 else CALENDAR_WINDOWS_1900))
    return float(value) if isinstance(value, int | float) else value
