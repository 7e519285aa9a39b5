"""What cannot be read or written safely is refused, untouched, with a reason and a next step."""

from __future__ import annotations

import struct
import zipfile

import pytest
import xlsxwriter

from sheetcrm.adapters.excel import ExcelSource, write_cells
from sheetcrm.adapters.excel.csvsource import CsvSource
from sheetcrm.errors import SourceNotFoundError, SourceRefusedError, TabNotFoundError
from tests.adapters.excel.excel_books import kitchen_sink, sheet_workbook, with_part

ROW = b'<row r="1"><c r="A1"><v>1</v></c></row>'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def zipped(**parts: bytes) -> bytes:
    from io import BytesIO

    data = BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return data.getvalue()


NOT_WORKBOOKS = {
    "encrypted": OLE + "EncryptedPackage".encode("utf-16-le"),
    "xls": OLE + "Workbook".encode("utf-16-le"),
    "text": b"Name;Email\nSari;sari@example.com\n",
    "ods": zipped(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"),
    "truncated": zipped(a=b"x" * 99)[:60],
    "not-a-workbook": zipped(word__document=b"x"),
}


@pytest.mark.parametrize("code", NOT_WORKBOOKS)
def test_other_files_are_named_for_what_they_are(tmp_path, code):
    path = tmp_path / "leads.xlsx"
    path.write_bytes(NOT_WORKBOOKS[code])
    with pytest.raises(SourceRefusedError, match=r"^leads\.xlsx: ") as caught:
        ExcelSource("x", path).read()
    assert (caught.value.code, bool(caught.value.hint)) == (code, True)
    assert path.read_bytes() == NOT_WORKBOOKS[code]


def test_binary_workbook(tmp_path):
    path = kitchen_sink(tmp_path / "leads.xlsb")
    kind = b"application/vnd.ms-excel.sheet.binary.macroEnabled.main"
    with_part(path, "[Content_Types].xml", lambda data: data + kind)
    with pytest.raises(SourceRefusedError) as caught:
        ExcelSource("x", path).read()
    assert caught.value.code == "xlsb"


def test_missing_file_names_the_nearest(tmp_path):
    kitchen_sink(tmp_path / "leads 2026.xlsx")
    (tmp_path / "~$leads 2026.xlsx").write_bytes(b"")
    with pytest.raises(SourceNotFoundError) as caught:
        ExcelSource("x", tmp_path / "leads2026.xlsx").read()
    assert caught.value.hint == "did you mean leads 2026.xlsx?"


def test_missing_tab_lists_the_tabs(tmp_path):
    path = kitchen_sink(tmp_path / "leads.xlsx")
    with pytest.raises(TabNotFoundError) as caught:
        ExcelSource("x", path, "Leeds").read()
    assert caught.value.tabs == ("Leads", "Rates & more")
    assert "did you mean “Leads”" in caught.value.hint


def test_a_part_twice(tmp_path):
    path = kitchen_sink(tmp_path / "leads.xlsx")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("XL/worksheets/Sheet1.xml", b"<worksheet/>")
    assert_refused(path, "duplicate-parts")


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("doctype", lambda data: data.replace(b"<worksheet", b"<!DOCTYPE a [<!ENTITY b 'c'>]><worksheet", 1)),
        ("utf-16", lambda data: data.decode().encode("utf-16")),
        ("bad-xml", lambda data: data.replace(b"</sheetData>", b"</sheetdata>")),
        ("bad-xml", lambda data: data.replace(b'<c r="A1">', b'<c r="A1"><b>')),
        ("bad-xml", lambda data: data.replace(b"<v>1<", b"<v>1 & 2<")),
        ("out-of-grid", lambda data: data.replace(b'r="1"', b'r="1048577"').replace(b"A1", b"A1048577")),
        ("too-wide", lambda data: data.replace(b"</row>", b'</row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')),
        ("hostile-xml", lambda data: data.replace(b"</row>", b"<x>" * 400 + b"</x>" * 400 + b"</row>")),
    ],
)  # fmt: skip
def test_hostile_or_broken_xml(tmp_path, code, change):
    path = with_part(sheet_workbook(tmp_path / "leads.xlsx", ROW), "xl/s.xml", change)
    assert_refused(path, code)


def test_bomb(tmp_path, monkeypatch):
    monkeypatch.setattr("sheetcrm.adapters.excel.archive._SUSPICIOUS_SIZE", 1 << 20)
    path = sheet_workbook(tmp_path / "leads.xlsx", ROW)
    with_part(path, "xl/s.xml", lambda data: data.replace(b"</row>", b" " * (2 << 20) + b"</row>"))
    assert_refused(path, "too-big")


def test_part_that_lies_about_its_size(tmp_path):
    path = sheet_workbook(tmp_path / "leads.xlsx", ROW)
    data = bytearray(path.read_bytes())
    at = data.rfind(b"PK\1\2")
    size = struct.unpack_from("<L", data, at + 24)[0]
    struct.pack_into("<L", data, at + 24, size - 5)
    path.write_bytes(data)
    assert_refused(path, "damaged")


def test_cut_off_and_bent_archives_never_give_a_traceback(tmp_path):
    whole = kitchen_sink(tmp_path / "whole.xlsx").read_bytes()
    path = tmp_path / "leads.xlsx"
    for cut in range(1, len(whole), len(whole) // 40):
        path.write_bytes(whole[:cut])
        with pytest.raises(SourceRefusedError):
            ExcelSource("x", path).read()


def test_signed_workbook_is_read_but_not_written(tmp_path):
    path = kitchen_sink(tmp_path / "leads.xlsx")
    with_part(path, "_xmlsignatures/sig1.xml", lambda _: b"<Signature/>")
    assert ExcelSource("x", path).read().headers
    assert_refused(path, "signed", read=False)


def test_protected_sheet_needs_a_yes(tmp_path):
    path = tmp_path / "leads.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Leads")
        sheet.write_row(0, 0, ["Name", "City"])
        sheet.write_row(1, 0, ["Sari", "Bandung"])
        sheet.protect()
    assert_refused(path, "protected", read=False)
    source = ExcelSource("x", path, write_protected=True)
    source.write(source.read(), [], append=["Score"])
    assert source.read().headers == ["Name", "City", "Score"]


def test_read_only_file_is_not_replaced(tmp_path):
    path = kitchen_sink(tmp_path / "leads.xlsx")
    path.chmod(0o444)
    assert_refused(path, "read-only", read=False)


@pytest.mark.parametrize("code", ["read-only", "signed", "protected", ""])
def test_what_could_not_be_written_is_known_beforehand(tmp_path, code):
    path = tmp_path / "leads.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Leads")
        sheet.write_row(0, 0, ["Name", "City", "Stage"])
        sheet.write_row(1, 0, ["Sari", "Bandung"])
        if code == "protected":
            sheet.protect()
    if code == "signed":
        with_part(path, "_xmlsignatures/sig1.xml", lambda _: b"<Signature/>")
    path.chmod(0o444 if code == "read-only" else 0o644)
    before = path.read_bytes()
    source = ExcelSource("x", path)
    caught = ""
    try:
        source.rehearse(source.read(), ["Score", "Stage"])
    except SourceRefusedError as error:
        caught = error.code
    assert (caught, path.read_bytes()) == (code, before)


def test_a_csv_that_could_not_be_written_is_known_beforehand(tmp_path):
    path = tmp_path / "leads.csv"
    path.write_text("Name,City\nSari,Bandung\n")
    source = CsvSource("x", path)
    source.rehearse(source.read(), ["Score"])
    path.chmod(0o444)
    with pytest.raises(SourceRefusedError, match="read-only"):
        source.rehearse(source.read(), ["Score"])


def test_too_long_text(tmp_path):
    path = kitchen_sink(tmp_path / "leads.xlsx")
    with pytest.raises(SourceRefusedError) as caught:
        write_cells(path, "Leads", {"P5": "x" * 32_768})
    assert caught.value.code == "text-too-long"


def assert_refused(path, code, *, read=True):
    before = path.read_bytes()
    act = ExcelSource("x", path).read if read else lambda: write_cells(path, "", {"P5": 1})
    with pytest.raises(SourceRefusedError) as caught:
        act()
    assert (caught.value.code, bool(caught.value.hint)) == (code, True)
    assert path.read_bytes() == before
    assert not list(path.parent.glob(".~sheetcrm*"))
