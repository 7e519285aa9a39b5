"""Packages made to do harm: refused or read, never run, never unpacked to disk or without end."""

from __future__ import annotations

import struct
import zipfile

import pytest

from sheetcrm.adapters.excel import ExcelSource, write_cells
from sheetcrm.errors import SourceRefusedError
from tests.adapters.excel.excel_books import kitchen_sink, parts, sheet_workbook, with_part

LAUGHS = b"<!DOCTYPE x [<!ENTITY a0 'ha'>%b]>" % b"".join(
    b"<!ENTITY a%d '%b'>" % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12)
)
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a11 SYSTEM "file:///etc/passwd">]>'
READ = ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "_rels/.rels", "xl/_rels/workbook.xml.rels"]
WRITTEN = ["xl/sharedStrings.xml", "xl/styles.xml", "xl/tables/table1.xml"]


@pytest.fixture
def path(tmp_path):
    return kitchen_sink(tmp_path / "leads.xlsx")


def refused(path, *codes, act=None):
    before = path.read_bytes()
    with pytest.raises(SourceRefusedError) as caught:
        (act or (lambda: (ExcelSource("x", path).read(), write_cells(path, "", {"P5": "x"}))))()
    assert caught.value.hint
    assert caught.value.code in codes, caught.value
    assert path.read_bytes() == before
    assert [entry.name for entry in path.parent.iterdir()] == ["leads.xlsx"]


@pytest.mark.parametrize("hostile", [LAUGHS, OUTSIDE], ids=["billion laughs", "external entity"])
@pytest.mark.parametrize("part", READ + WRITTEN)
def test_entities_are_never_expanded_nor_fetched(path, part, hostile):
    def change(data):
        head, mark, rest = data.partition(b"?>")
        return head + mark + hostile + rest.replace(b"</", b"&a11;</", 1)

    with_part(path, part, change)
    refused(path, "doctype", "damaged", "bad-xml")


@pytest.mark.parametrize("part", [*READ, "xl/styles.xml"])
def test_deep_nesting(path, part):
    def change(data):
        cut = data.rindex(b"</")
        return data[:cut] + b"<a>" * 100_000 + b"</a>" * 100_000 + data[cut:]

    with_part(path, part, change)
    refused(path, "hostile-xml")


@pytest.mark.parametrize(
    "name", ["../../evil.txt", "xl/../../evil.txt", "..\\evil.txt", "/../evil"]
)
def test_names_that_lead_out_of_the_package(path, name):
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, b"evil")
    refused(path, "hostile-names")


@pytest.mark.parametrize("name", ["/xl/extra.bin", "xl\\extra.bin", "C:/extra.bin", "..x/y"])
def test_odd_names_that_lead_nowhere_stay_as_they_are(path, name):
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, b"odd")
    with zipfile.ZipFile(path) as archive:
        before = [entry.orig_filename for entry in archive.infolist()]
    assert write_cells(path, "", {"P5": 1}) == 1
    with zipfile.ZipFile(path) as archive:
        assert [entry.orig_filename for entry in archive.infolist()] == before
    assert [entry.name for entry in path.parent.iterdir()] == ["leads.xlsx"]


def test_targets_that_lead_out_of_the_package(tmp_path):
    path = sheet_workbook(tmp_path / "leads.xlsx", b'<row r="1"><c r="A1"><v>1</v></c></row>')
    relations = "xl/_rels/workbook.xml.rels"
    with_part(path, relations, lambda data: data.replace(b'"s.xml"', b'"../../../../etc/passwd"'))
    refused(path, "no-sheet")


def bomb(path, name, size=300 << 20):
    """The part is one long run of blanks: 300 MB out of 300 KB."""
    content = parts(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, data in content.items():
            with archive.open(each, "w") as file:
                file.write(data)
                for _ in range(size >> 20 if each == name else 0):
                    file.write(b" " * (1 << 20))


@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"]
)
def test_a_part_that_unpacks_without_end(path, part):
    bomb(path, part)
    refused(path, "too-big")


def entries(data):
    """Name and offset of each record of the central directory."""
    at = struct.unpack_from("<L", data, data.rfind(b"PK\5\6") + 16)[0]
    while data[at : at + 4] == b"PK\1\2":
        name, extra, comment = struct.unpack_from("<3H", data, at + 28)
        yield data[at + 46 : at + 46 + name].decode(), at
        at += 46 + name + extra + comment


def patch(path, name, offset, pattern, change):
    data = bytearray(path.read_bytes())
    at = dict(entries(bytes(data)))[name] + offset
    (value,) = struct.unpack_from(pattern, data, at)
    struct.pack_into(pattern, data, at, change(value))
    path.write_bytes(data)


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml"])
@pytest.mark.parametrize(
    ("offset", "pattern", "change"),
    [(24, "<L", lambda size: size - 5), (24, "<L", lambda size: size + 5), (24, "<L", lambda _: 0),
     (20, "<L", lambda packed: packed + 100_000), (20, "<L", lambda packed: packed // 2),
     (16, "<L", lambda crc: crc ^ 1), (42, "<L", lambda at: at + 1), (42, "<L", lambda _: 0),
     (10, "<H", lambda _: 99), (8, "<H", lambda flags: flags | 1)],
    ids=["smaller", "bigger", "nothing", "packed more", "packed less", "crc", "place", "first",
         "method", "encrypted"],
)  # fmt: skip
def test_a_directory_that_lies(path, part, offset, pattern, change):
    patch(path, part, offset, pattern, change)
    refused(path, "damaged", "truncated")


def test_a_big_part_that_lies_about_its_size(path, monkeypatch):
    """Calamine would take all of it; so what could be big is inflated and counted first."""
    monkeypatch.setattr("sheetcrm.adapters.excel.package._MOST_TRUSTED", 100)
    patch(path, "xl/sharedStrings.xml", 24, "<L", lambda _: 200)
    refused(path, "damaged", act=ExcelSource("x", path).read)


def test_parts_that_share_their_bytes(tmp_path):
    """Overlapping members: a small file that unpacks to something huge."""
    path = sheet_workbook(tmp_path / "leads.xlsx", b'<row r="1"><c r="A1"><v>1</v></c></row>')
    data = bytearray(path.read_bytes())
    places = dict(entries(bytes(data)))
    target = struct.unpack_from("<L", data, places["xl/s.xml"] + 42)[0]
    struct.pack_into("<L", data, places["xl/workbook.xml"] + 42, target)
    path.write_bytes(data)
    refused(path, "damaged", "truncated")


def test_zip64_places_beyond_all_bounds(path):
    data = path.read_bytes()
    end = data.rfind(b"PK\5\6")
    for far in (2**63 - 1, 2**64 - 1, 1 << 40):
        locator = b"PK\6\7" + struct.pack("<LQL", 0, far, 1)
        path.write_bytes(data[:end] + locator + data[end:])
        refused(path, "truncated")


def test_bytes_that_are_no_deflate(path):
    data = bytearray(path.read_bytes())
    at = dict(entries(bytes(data)))["xl/worksheets/sheet1.xml"]
    (local,) = struct.unpack_from("<L", data, at + 42)
    start = local + 30 + sum(struct.unpack_from("<2H", data, local + 26))
    data[start : start + 20] = b"\xff" * 20
    path.write_bytes(data)
    refused(path, "damaged")


def test_the_same_part_twice_in_another_case(path):
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("XL\\Workbook.xml", b"<workbook/>")
    refused(path, "duplicate-parts")
