"""Workbooks for the tests, with as many features as XlsxWriter can write."""

from __future__ import annotations

import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path
from zlib import compress, crc32

import xlsxwriter

HEADERS = ["Name", "E-mail", "City", "Budget", "Since", "Twice", "Score"]
PEOPLE = [
    ["Sari Wulandari", "sari@example.com", "Bandung", 5_000_000, date(2026, 3, 1)],
    ["Iván Peña", "ivan@example.org", "Bogotá", 1200.5, date(2026, 4, 2)],
    ["=1+1", "odd@example.net", "", 10, date(2026, 5, 3)],
    ["Ann <Lee> & Co", "ann@example.com", "Surabaya", 0, date(2026, 6, 4)],
]


def kitchen_sink(path: Path, *, table: bool = True) -> Path:
    """Leads in B4:H8 of the tab “Leads”, and everything that must survive around them."""
    with xlsxwriter.Workbook(path) as book:
        sheet, rates = book.add_worksheet("Leads"), book.add_worksheet("Rates & more")
        bold = book.add_format({"bold": True, "bg_color": "#DDEEFF"})
        day = book.add_format({"num_format": "dd/mm/yyyy", "italic": True})
        sheet.write("B1", "Leads of the spring fair", bold)
        sheet.merge_range("B2:D2", "printed each Monday", bold)
        last = 3 + len(PEOPLE)
        if table:
            columns = [{"header": header, "header_format": bold} for header in HEADERS]
            columns[5]["formula"] = "=[@Budget]*2"
            sheet.add_table(3, 1, last, 7, {"name": "People", "columns": columns})
        else:
            sheet.write_row(3, 1, HEADERS, bold)
            sheet.autofilter(3, 1, last, 7)
        for row, (name, mail, city, budget, since) in enumerate(PEOPLE, 4):
            sheet.write_string(row, 1, name)
            sheet.write_string(row, 2, mail)
            sheet.write(row, 3, city)
            sheet.write(row, 4, budget)
            sheet.write_datetime(row, 5, since, day)
            sheet.write_formula(row, 6, f"=E{row + 1}*2", None, budget * 2)
        _decorate(book, sheet, last)
        rates.write_row("A1", ["City", "Rate"])
        rates.write_row("A2", ["Bandung", 0.5])
        rates.write_formula("C2", "=SUM(Leads!$E$5:$E$8)", None, 5001210.5)
        rates.hide_gridlines(2)
        book.define_name("Budgets", "=Leads!$E$5:$E$8")
    return path


def _decorate(book, sheet, last: int) -> None:
    sheet.freeze_panes(4, 2)
    sheet.set_column("C:C", 30, None, {"hidden": True})
    sheet.set_row(5, 30)
    sheet.write_comment("B5", "called twice")
    sheet.data_validation(4, 3, last, 3, {"validate": "list", "source": ["Bandung", "Bogotá"]})
    sheet.conditional_format(4, 4, last, 4, {"type": "data_bar"})
    sheet.conditional_format(4, 7, last, 7, {"type": "3_color_scale"})
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=Leads!$E$5:$E$8", "categories": "=Leads!$B$5:$B$8"})
    sheet.insert_chart("K12", chart)
    sheet.insert_image("K2", "dot.png", {"image_data": BytesIO(dot())})
    sheet.write_url("H1", "https://example.com/", string="our page")
    sheet.add_sparkline("K30", {"range": "Leads!E5:E8"})
    sheet.write_array_formula("M1:M3", "{=B5:B7}", None, "Sari Wulandari")
    sheet.set_header("&CPage &P")


def dot() -> bytes:
    """A picture of one pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        crc = crc32(kind + data)
        return len(data).to_bytes(4) + kind + data + crc.to_bytes(4)

    size = (1).to_bytes(4) * 2 + bytes([8, 2, 0, 0, 0])
    pixel = compress(b"\0\xff\0\0")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", pixel) + chunk(b"IEND", b"")


def parts(path: Path) -> dict[str, bytes]:
    """Every part of a package by name."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def with_part(path: Path, name: str, change) -> Path:
    """The same package with one part put through `change`, or added where there is none."""
    content = parts(path)
    content[name] = change(content.get(name, b""))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, data in content.items():
            archive.writestr(each, data)
    return path


def sheet_workbook(path: Path, rows: bytes, *, prefix: bytes = b"", tail: bytes = b"") -> Path:
    """A minimal workbook whose only sheet has these rows, exactly as given."""
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = b"http://schemas.openxmlformats.org/package/2006"
    space = b"xmlns:" + prefix[:-1] if prefix else b"xmlns"
    sheet = b'<%bworksheet %b="%b"><%bsheetData>%b</%bsheetData>%b</%bworksheet>' % (
        prefix, space, main, prefix, rows, prefix, tail, prefix
    )  # fmt: skip
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml."
    content = {
        "[Content_Types].xml": b'<Types xmlns="%b/content-types"><Default Extension="rels" '
        b'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        b'<Override PartName="/xl/workbook.xml" ContentType="%bsheet.main+xml"/>'
        b'<Override PartName="/xl/s.xml" ContentType="%bworksheet+xml"/></Types>'
        % (package, kind, kind),
        "_rels/.rels": b'<Relationships xmlns="%b/relationships"><Relationship Id="r1" '
        b'Type="%b/officeDocument" Target="xl/workbook.xml"/></Relationships>' % (package, office),
        "xl/workbook.xml": b'<workbook xmlns="%b" xmlns:r="%b"><sheets>'
        b'<sheet name="Leads" sheetId="1" r:id="r1"/></sheets></workbook>' % (main, office),
        "xl/_rels/workbook.xml.rels": b'<Relationships xmlns="%b/relationships"><Relationship '
        b'Id="r1" Type="%b/worksheet" Target="s.xml"/></Relationships>' % (package, office),
        "xl/s.xml": sheet,
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return path
