"""A writer of the least .xlsb that there can be ([MS-XLSB] 2.2), for tests of reading it."""

from __future__ import annotations

import struct
import zipfile
from datetime import date, datetime
from pathlib import Path

from sheetcrm.core.table.values import CellError

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_BINARY = "application/vnd.ms-excel.sheet.binary.macroEnabled.main"


def save_xlsb(path: Path, grid) -> None:
    """The grid from A1 of the tab “Leads”."""
    relations = f'<Relationships xmlns="{_PACKAGE}/relationships">%s</Relationships>'
    relation = f'<Relationship Id="%s" Type="{_OFFICE}/%s" Target="%s"/>'
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
        'relationships+xml"/>'
        f'<Default Extension="bin" ContentType="{_BINARY}"/></Types>',
        "_rels/.rels": relations % (relation % ("rId1", "officeDocument", "xl/workbook.bin")),
        "xl/_rels/workbook.bin.rels": relations
        % (
            relation % ("rId1", "worksheet", "worksheets/sheet1.bin")
            + relation % ("rId2", "styles", "styles.bin")
        ),
    }
    leads = struct.pack("<LL", 0, 1) + _wide("rId1") + _wide("Leads")
    workbook = _record(131) + _record(143) + _record(156, leads) + _record(144) + _record(132)
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
        archive.writestr("xl/workbook.bin", workbook)
        archive.writestr("xl/styles.bin", _styles())
        archive.writestr("xl/worksheets/sheet1.bin", _sheet(grid))


def _sheet(grid) -> bytes:
    width = max((len(row) for row in grid), default=0)
    extent = struct.pack("<4L", 0, max(len(grid) - 1, 0), 0, max(width - 1, 0))
    body = b"".join(
        _record(0, struct.pack("<LLHBBBL", number, 0, 300, 0, 0, 0, 0))
        + b"".join(_cell(column, value) for column, value in enumerate(row) if value is not None)
        for number, row in enumerate(grid)
    )
    return _record(129) + _record(148, extent) + _record(145) + body + _record(146) + _record(130)


def _cell(column: int, value) -> bytes:
    if isinstance(value, bool):
        return _record(4, struct.pack("<LLB", column, 0, value))
    if isinstance(value, str):
        return _record(6, struct.pack("<LL", column, 0) + _wide(value))
    if isinstance(value, CellError):
        return _record(3, struct.pack("<LLB", column, 0, {"#DIV/0!": 7, "#N/A": 42}[value.code]))
    style = 0
    if isinstance(value, date):
        moment = (
            value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
        )
        value, style = (moment - datetime(1899, 12, 30)).total_seconds() / 86400, 1
    return _record(5, struct.pack("<LLd", column, style, value))


def _styles() -> bytes:
    """Two cell formats: General, and number format 14, which is a date."""
    formats = b"".join(
        _record(47, struct.pack("<HHHHHBBHBB", 0xFFFF, number, 0, 0, 0, 0, 0, 0, 0, 0)[:16])
        for number in (0, 14)
    )
    return _record(278) + _record(617, struct.pack("<L", 2)) + formats + _record(618) + _record(279)


def _record(kind: int, data: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return head + _length(len(data)) + data


def _length(count: int) -> bytes:
    found = bytearray()
    while count > 0x7F:
        found.append(count & 0x7F | 0x80)
        count >>= 7
    return bytes([*found, count])


def _wide(text: str) -> bytes:
    data = text.encode("utf-16-le")
    return struct.pack("<L", len(data) // 2) + data
