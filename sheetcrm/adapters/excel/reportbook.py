"""The report's workbook: made with openpyxl, read again by its values, known by its properties.

openpyxl only creates here; it never saves what somebody else has made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, Final

from sheetcrm.adapters.excel import markup
from sheetcrm.adapters.excel.faults import Refusal
from sheetcrm.adapters.excel.grid import read_sheet
from sheetcrm.adapters.excel.package import Package
from sheetcrm.adapters.excel.save import Snapshot
from sheetcrm.adapters.excel.values import as_read, escaped, from_calamine, serial
from sheetcrm.core.table.addresses import letters
from sheetcrm.core.table.language import base_language
from sheetcrm.core.table.values import CellError, CellValue

MAKER: Final = "sheetcrm"
NOTES: Final = {
    "en": "A report of sheetcrm: a sync makes it anew.\n"
    "What you type here is not read, and does not stay.",
    "id": "Laporan sheetcrm: dibuat ulang pada setiap sinkronisasi.\n"
    "Yang diketik di sini tidak dibaca dan tidak disimpan.",
    "es": "Un informe de sheetcrm: se hace de nuevo en cada sincronización.\n"
    "Lo que escriba aquí no se lee ni se conserva.",
}
"""What a report says of itself, in the first cell's comment: language → text."""

_DAY, _MOMENT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm"
_WIDEST: Final = 60  # characters
_LOOKED_AT: Final = 200  # rows, for the widths
_FORBIDDEN: Final = str.maketrans("[]:*?/\\", "-------")

Row = tuple[CellValue, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundReport:
    """A report that lies there."""

    snapshot: Snapshot
    says: list[Row]  #: as `as_seen` gives it
    edited: bool  #: somebody has changed what it says


def as_seen(rows: Sequence[Row]) -> list[Row]:
    """Rows of values as they come back from a workbook, without blank ends."""
    seen = [_stripped(tuple(map(_seen, row))) for row in rows]
    while seen and not seen[-1]:
        seen.pop()
    return seen


def read_report(path: Path) -> FoundReport:
    """The report that lies there.

    Raises:
        Refusal: it is no workbook, or not one that sheetcrm made.
    """
    with Package(path) as package:
        snapshot = Snapshot.take(path, package.archive)
        said = _properties(package)
        if said.get("creator") != MAKER:
            raise Refusal(
                "not-ours",
                "a workbook of this name is there already, and sheetcrm did not make it",
                "give that file another name, then run again",
            )
        grid = read_sheet(package, package.sheets[0])[1]
    says = as_seen([tuple(from_calamine(tuple(row))) for row in grid])
    return FoundReport(snapshot=snapshot, says=says, edited=said.get("identifier") != _digest(says))


def make(file: BinaryIO, title: str, rows: Sequence[Row], *, language: str) -> None:
    """Make the report: the first row is its header."""
    from openpyxl import Workbook  # noqa: PLC0415 - it takes a while
    from openpyxl.comments import Comment  # noqa: PLC0415

    note = NOTES.get(base_language(language), NOTES["en"])
    book = Workbook(write_only=True)
    book.properties.creator = book.properties.lastModifiedBy = MAKER
    book.properties.identifier = _digest(as_seen(rows))
    book.properties.description = note
    sheet = book.create_sheet(title.translate(_FORBIDDEN)[:31] or "Leads")
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{letters(len(rows[0]))}{len(rows)}"
    for number, width in enumerate(_widths(rows), 1):
        sheet.column_dimensions[letters(number)].width = width
    header, *others = rows
    first = _cells(sheet, header, bold=True)
    first[0].comment = Comment(note, MAKER, height=60, width=320)
    sheet.append(first)
    for row in others:
        sheet.append(_cells(sheet, row))
    book.save(file)


def _cells(sheet: Any, row: Row, *, bold: bool = False) -> list[Any]:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.styles import Font  # noqa: PLC0415

    made = []
    for value in row:
        read = as_read(value, date1904=False)
        text = escaped(read) if isinstance(read, str) else None
        cell = WriteOnlyCell(sheet, str(read) if isinstance(read, CellError) else text or read)
        if text:
            cell.data_type = "s"  # whatever it begins with
        if isinstance(value, date):
            cell.number_format = _MOMENT if isinstance(value, datetime) else _DAY
        if bold:
            cell.font = Font(bold=True)
        made.append(cell)
    return made


def _widths(rows: Sequence[Row]) -> Iterator[int]:
    for column in zip(*rows[:_LOOKED_AT], strict=True):
        longest = max(len(_DAY) if isinstance(v, date) else len(str(v or "")) for v in column)
        yield min(longest + 2, _WIDEST)


def _properties(package: Package) -> dict[str, str]:
    """The texts of the workbook's core properties (ISO/IEC 29500-2, 11)."""
    parts = package.related("", "core-properties")
    if not parts or not package.archive.find(parts[0]):
        return {}
    data = package.archive.read(parts[0])
    return {
        one.name: markup.unescape(data[one.inside : one.content_end].decode())
        for one in markup.parse(data).children
        if not one.closed
    }


def _digest(rows: Sequence[Row]) -> str:
    return sha256(repr(rows).encode()).hexdigest()


def _stripped(row: Row) -> Row:
    end = len(row)
    while end and row[end - 1] is None:
        end -= 1
    return row[:end]


def _seen(value: CellValue) -> CellValue:
    """Dates as serial numbers, to a tenth of a second; errors, which calamine hides, as blanks."""
    if isinstance(value, date):
        return round(serial(value, date1904=False), 6)
    read = as_read(value, date1904=False)
    return None if isinstance(read, CellError) else read
