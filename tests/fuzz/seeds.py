"""The small workbooks that the fuzzer starts from, with many features, the same bytes each time."""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path

import openpyxl
import xlsxwriter
from openpyxl.worksheet.table import Table

from tests.adapters.excel.excel_books import HEADERS, PEOPLE, kitchen_sink, parts, sheet_workbook

KNOWN = ("Name", "E-mail", "City", "Budget", "Since", "Score")
_TIME = (2026, 11, 22, 10, 0, 0)
_STAMP = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
_STRICT_OFFICE = b"http://purl.oclc.org/ooxml/officeDocument/relationships"

Parts = Mapping[str, bytes]


@cache
def seeds() -> dict[str, dict[str, bytes]]:
    """Name → the parts of each workbook."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "seed.xlsx")
        made = {
            "table": parts(kitchen_sink(path)),
            "filter": parts(kitchen_sink(path, table=False)),
            "long": parts(_long(path)),
            "openpyxl": parts(_by_openpyxl(path)),
            "prefixed": parts(_prefixed(path)),
            "unaddressed": parts(_unaddressed(path)),
            "commented": parts(_commented(path)),
        }
    made["strict"] = {name: _to_strict(data) for name, data in made["filter"].items()}
    return {name: _unstamped(content) for name, content in made.items()}


def packed(content: Parts, *, method: int = zipfile.ZIP_DEFLATED, streamed: bool = False) -> bytes:
    """The parts as a package; `streamed` as programs write that cannot go back in a file."""
    buffer = BytesIO()
    target = _Stream(buffer) if streamed else buffer
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in content.items():
            entry = zipfile.ZipInfo(name, _TIME)
            entry.compress_type = method
            archive.writestr(entry, data)
    return buffer.getvalue()


class _Stream:
    """A file that is only ever written on; zipfile puts data descriptors behind its members."""

    def __init__(self, file: BytesIO) -> None:
        self._file = file

    def write(self, data: bytes) -> int:
        return self._file.write(data)

    def flush(self) -> None:
        """Nothing waits."""


def _unstamped(content: Parts) -> dict[str, bytes]:
    """Without the time at which it was made."""
    stamp = b"2026-11-22T10:00:00Z"
    return {
        name: _STAMP.sub(stamp, data) if name == "docProps/core.xml" else data
        for name, data in content.items()
    }


def _to_strict(data: bytes) -> bytes:
    """The namespaces of ISO/IEC 29500 strict, in parts and in the types of relationships."""
    return data.replace(_MAIN, _STRICT).replace(_OFFICE, _STRICT_OFFICE)


def _long(path: Path) -> Path:
    """Rows enough for what is fast: 150 leads, gaps, styled rows, hidden rows, a blank tab."""
    with xlsxwriter.Workbook(path, {"date_1904": True}) as book:
        sheet = book.add_worksheet("Leads")
        book.add_worksheet("Empty")
        bold = book.add_format({"bold": True})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, HEADERS, bold)
        for row in range(1, 151):
            if row % 40 == 0:
                continue
            name, mail, city, budget, since = PEOPLE[row % len(PEOPLE)]
            sheet.write_string(row, 0, f"{name} {row}")
            sheet.write_string(row, 1, f"{row}.{mail}")
            sheet.write_string(row, 2, city)
            sheet.write_number(row, 3, budget + row)
            sheet.write_datetime(row, 4, since, day)
            sheet.write_boolean(row, 5, row % 2 == 0)
            if row % 3:
                sheet.write_number(row, 6, row / 7)
        sheet.set_row(5, None, bold)
        sheet.set_row(7, None, None, {"hidden": True})
        sheet.set_column("D:E", 14)
        sheet.autofilter(0, 0, 150, 6)
    return path


def _by_openpyxl(path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Leads"
    sheet.append(HEADERS)
    for name, mail, city, budget, since in PEOPLE:
        sheet.append([name, mail, city, budget, since, "=D2*2", None])
    sheet["B7"], sheet["D7"], sheet["E7"] = "mail@example.com", True, datetime(2026, 3, 1, 12)
    sheet["A7"] = "a  b\nc <&> _x0041_"
    sheet["A9"] = "far below"
    sheet.merge_cells("A11:C12")
    sheet.add_table(Table(displayName="Leads1", ref="A1:G5"))
    sheet.column_dimensions["B"].width = 22
    book.create_chartsheet("Chart")
    rates = book.create_sheet("Rates")
    rates.append(["City", "Rate"])
    rates.append(["Bandung", date(2026, 1, 1)])
    book.save(path)
    return path


def _prefixed(path: Path) -> Path:
    """``<x:row>``, inline and formula strings, errors, a shared formula, no styles."""
    cells = [
        b'<x:c r="A%d" t="inlineStr"><x:is><x:t xml:space="preserve">Lead %d </x:t></x:is></x:c>'
        b'<x:c r="B%d" t="str"><x:v>lead%d@example.com</x:v></x:c><x:c r="C%d"><x:v>%d.5</x:v></x:c>'
        b'<x:c r="D%d" t="e"><x:v>#N/A</x:v></x:c>'
        b'<x:c r="E%d"><x:f t="shared" si="0" ref="E2:E5">C2*2</x:f><x:v>3</x:v></x:c>'
        % (n, n, n, n, n, n, n, n)
        for n in range(2, 6)
    ]
    head = b"".join(
        b'<x:c r="%c1" t="inlineStr"><x:is><x:t>%b</x:t></x:is></x:c>' % (65 + i, name.encode())
        for i, name in enumerate(["Name", "E-mail", "Budget", "City", "Twice"])
    )
    rows = [head, *cells]
    body = b"".join(b'<x:row r="%d" spans="1:5">%b</x:row>' % (n, r) for n, r in enumerate(rows, 1))
    return sheet_workbook(path, body, prefix=b"x:")


def _unaddressed(path: Path) -> Path:
    """Rows and cells that do not say where they stand."""
    head = b"".join(
        b'<c t="inlineStr"><is><t>%b</t></is></c>' % name for name in (b"Name", b"E-mail", b"Score")
    )
    rows = [
        b'<c t="inlineStr"><is><t>Lead %d</t></is></c><c t="inlineStr"><is><t>l%d@example.com</t>'
        b"</is></c><c><v>%d</v></c>" % (n, n, n)
        for n in range(4)
    ]
    return sheet_workbook(path, b"".join(b"<row>%b</row>" % row for row in [head, *rows]))


def _commented(path: Path) -> Path:
    """Comments, CDATA, single quotes and blanks, which are left to expat."""
    rows = (
        b"<row r='1'><c r='A1' t='inlineStr'><is><t>Name</t></is></c> <!-- <row r=\"9\"> -->"
        b"<c t='inlineStr' r='B1'><is><t><![CDATA[E-mail]]></t></is></c></row>\n"
        b'<?keep this?><row ht="20" r="3"><c r="A3" t="inlineStr"><is><r><t>Sa</t></r><r><t>ri</t>'
        b'</r></is></c><c  r="B3" t="str"><v>sari@example.com</v></c></row>'
        b'<row r="5"><c r="A5"><v>12</v></c><c r="C5"/><c r="D5"><f>A5*2</f></c><extLst/></row>'
    )
    return sheet_workbook(path, rows, tail=b'<mergeCells><mergeCell ref="F1:G2"/></mergeCells>')
