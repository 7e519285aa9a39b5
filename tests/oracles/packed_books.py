"""Workbooks as other programs write them: other XML, other zips, parts that nobody here makes."""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

from openpyxl import Workbook

from tests.oracles.leads import HEADERS, LAST, PEOPLE, Builder, register, workbook

BOOKS: dict[str, Builder] = {}

_SHEET = "xl/worksheets/sheet1.xml"
_MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
Parts = dict[str, bytes]


def repacked(path: Path, change: Callable[[Parts], Parts | None]) -> Path:
    """The workbook of the leads with its parts put through `change`."""
    with workbook(path):
        pass
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts = change(parts) or parts
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def added(parts: Parts, name: str, data: bytes, content: str, link: tuple[str, str]) -> None:
    """Adds a part with its content type, and a relationship to it: of which part, of what kind."""
    owner, kind = link
    parts[name] = data
    override = f'<Override PartName="/{name}" ContentType="{content}"/></Types>'.encode()
    types = "[Content_Types].xml"
    parts[types] = parts[types].replace(b"</Types>", override)
    folder, _, leaf = owner.rpartition("/")
    rels = f"{folder}/_rels/{leaf}.rels" if owner else "_rels/.rels"
    empty = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
    uri = kind if "://" in kind else f"{_OFFICE.decode()}/{kind}"
    link = f'<Relationship Id="rX{len(parts)}" Type="{uri}" Target="/{name}"/></Relationships>'
    parts[rels] = parts.get(rels, empty).replace(b"</Relationships>", link.encode())


@register(BOOKS)
def by_openpyxl(path: Path) -> Path:
    book = Workbook()
    sheet = book.active
    sheet.title = "Prospek"
    for row in (HEADERS, *PEOPLE):
        sheet.append(row)
        sheet.cell(sheet.max_row, 5).data_type = "s"
    sheet.auto_filter.ref = f"A1:E{LAST + 1}"
    book.save(path)
    return path


@register(BOOKS)
def strict(path: Path) -> Path:
    """ISO 29500 strict: other namespaces and relationship types."""

    def change(parts: Parts) -> Parts:
        new = (
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
            b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        )
        return {
            name: data.replace(_MAIN, new[0]).replace(_OFFICE, new[1])
            for name, data in parts.items()
        }

    return repacked(path, change)


@register(BOOKS)
def prefixed(path: Path) -> Path:
    """As the Open XML SDK writes it: every element with a prefix."""

    def change(parts: Parts) -> None:
        for name in list(parts):
            if (
                name.startswith("xl/")
                and name.endswith(".xml")
                and _MAIN in parts[name]
                and "theme" not in name
            ):
                data = re.sub(rb"<(/?)(?=[A-Za-z])", rb"<\1x:", parts[name])
                parts[name] = data.replace(b'xmlns="' + _MAIN, b'xmlns:x="' + _MAIN)

    return repacked(path, change)


@register(BOOKS)
def inline_strings(path: Path) -> Path:
    """No shared strings at all: each text stands in its cell."""

    def change(parts: Parts) -> None:
        texts = re.findall(rb"<si>(.*?)</si>", parts.pop("xl/sharedStrings.xml"), re.DOTALL)

        def inline(match: re.Match[bytes]) -> bytes:
            return b'%b t="inlineStr"><is>%b</is></c>' % (match[1], texts[int(match[2])])

        for name in (_SHEET, "xl/worksheets/sheet2.xml"):
            parts[name] = re.sub(rb'(<c [^>]*?) t="s"><v>(\d+)</v></c>', inline, parts[name])
        for name in ("[Content_Types].xml", "xl/_rels/workbook.xml.rels"):
            parts[name] = re.sub(rb"<[^<>]*sharedStrings[^<>]*/>", b"", parts[name])

    return repacked(path, change)


def _of_sheet(change: Callable[[bytes], bytes]) -> Callable[[Path], Path]:
    def changed(parts: Parts) -> None:
        parts[_SHEET] = change(parts[_SHEET])

    return lambda path: repacked(path, changed)


BOOKS["cells_without_addresses"] = _of_sheet(
    lambda xml: re.sub(rb'<c r="[A-Z]+\d+"', b"<c", xml).replace(b"<c>", b"<c >")
)
BOOKS["rows_and_cells_without_addresses"] = _of_sheet(
    lambda xml: re.sub(rb'<(c|row) r="[A-Z]*\d+"', rb"<\1", xml)
)
BOOKS["other_quotes_and_blanks"] = _of_sheet(
    lambda xml: re.sub(rb'<c r="([A-Z]+\d+)"', rb"<c\n r = '\1' ", xml).replace(
        b"<row", b"\n  <row"
    )
)
BOOKS["comments_and_cdata"] = _of_sheet(
    lambda xml: xml.replace(b"<sheetData>", b"<!-- <row> --><sheetData><!-- <c/> -->").replace(
        b"<v>1200.5</v>", b"<v><![CDATA[1200.5]]></v>"
    )
)
BOOKS["byte_order_mark_and_no_declaration"] = _of_sheet(
    lambda xml: b"\xef\xbb\xbf" + xml[xml.index(b"<worksheet") :]
)
BOOKS["attributes_in_another_order"] = _of_sheet(
    lambda xml: re.sub(rb'<c r="([A-Z]+\d+)"( s="\d+")?( t="s")?', rb'<c\3\2 r="\1"', xml)
)
BOOKS["no_dimension_no_spans"] = _of_sheet(
    lambda xml: re.sub(rb'<dimension[^>]*/>| spans="[^"]*"', b"", xml)
)
BOOKS["gaps_and_empty_rows"] = _of_sheet(
    lambda xml: xml.replace(
        b"</sheetData>", b'<row r="20"/><row r="25" ht="30" customHeight="1"></row></sheetData>'
    )
)
BOOKS["extensions_everywhere"] = _of_sheet(
    lambda xml: (
        xml.replace(
            b"<worksheet ",
            b'<worksheet xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
            b'xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac" '
            b'xmlns:xr="http://schemas.microsoft.com/office/spreadsheetml/2014/revision" '
            b'mc:Ignorable="x14ac xr" xr:uid="{00000000-0001-0000-0000-000000000000}" ',
        )
        .replace(b"<row ", b'<row x14ac:dyDescent="0.25" ')
        .replace(
            b"</worksheet>",
            b'<mc:AlternateContent><mc:Choice Requires="x14ac"/></mc:AlternateContent>'
            b'<extLst><ext uri="{01}"><x14ac:any>&amp;</x14ac:any></ext></extLst></worksheet>',
        )
    )
)
BOOKS["false_counts_of_shared_strings"] = lambda path: repacked(
    path,
    lambda parts: parts.update(
        {
            "xl/sharedStrings.xml": re.sub(
                rb' count="\d+"', b' count="1"', parts["xl/sharedStrings.xml"]
            )
        }
    ),
)
BOOKS["formulas_shared_by_cells"] = _of_sheet(
    lambda xml: re.sub(
        rb'(<row r="(\d)"[^>]*>.*?)</row>',
        lambda m: (
            m[1]
            + (
                b'<c r="F%b"><f t="shared" si="0"%b</f><v>1</v></c></row>'
                % (m[2], b' ref="F2:F7">C2*2' if m[2] == b"2" else b">")
                if m[2] != b"1"
                else b'<c r="F1" t="str"><v>Dua</v></c></row>'
            )
        ),
        xml,
        flags=re.DOTALL,
    )
)


@register(BOOKS)
def foreign_parts(path: Path) -> Path:
    """Parts of features that no library here writes: all of them must be copied as they are."""

    def change(parts: Parts) -> None:
        xml = b'<?xml version="1.0" encoding="UTF-8"?>\n'
        ms = "http://schemas.microsoft.com/office/2017/10/relationships/"
        vnd = "application/vnd.ms-excel."
        added(
            parts,
            "xl/threadedComments/threadedComment1.xml",
            xml
            + b'<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"><threadedComment ref="A2" dT="2026-01-01T00:00:00.00" personId="{1}" id="{2}"><text>sudah?</text></threadedComment></ThreadedComments>',
            vnd + "threadedcomments+xml",
            (_SHEET, ms + "threadedComment"),
        )
        added(
            parts,
            "xl/persons/person.xml",
            xml
            + b'<personList xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"><person displayName="Rina" id="{1}" userId="rina" providerId="None"/></personList>',
            vnd + "person+xml",
            ("xl/workbook.xml", ms + "person"),
        )
        added(
            parts,
            "customXml/item1.xml",
            b"<data xmlns='urn:example'>\r\n<b/></data>",
            "application/xml",
            ("", "customXml"),
        )
        added(
            parts,
            "xl/connections.xml",
            xml
            + b'<connections xmlns="%b"><connection id="1" name="Pertanyaan" type="5" refreshedVersion="6"/></connections>'
            % _MAIN,
            vnd.replace("ms-excel", "openxmlformats-officedocument.spreadsheetml")
            + "connections+xml",
            ("xl/workbook.xml", "connections"),
        )
        added(
            parts,
            "xl/externalLinks/externalLink1.xml",
            xml
            + b'<externalLink xmlns="%b"><externalBook xmlns:r="%b" r:id="rId1"><sheetNames><sheetName val="S"/></sheetNames></externalBook></externalLink>'
            % (_MAIN, _OFFICE),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.externalLink+xml",
            ("xl/workbook.xml", "externalLink"),
        )
        parts["xl/externalLinks/_rels/externalLink1.xml.rels"] = (
            b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="%b/externalLinkPath" Target="file:///c:/lain.xlsx" TargetMode="External"/></Relationships>'
            % _OFFICE
        )
        added(
            parts,
            "xl/printerSettings/printerSettings1.bin",
            bytes(range(256)),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.printerSettings",
            (_SHEET, "printerSettings"),
        )
        added(
            parts,
            "xl/ctrlProps/ctrlProp1.xml",
            xml
            + b'<formControlPr xmlns="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" objectType="CheckBox" checked="Checked"/>',
            vnd + "controlproperties+xml",
            (_SHEET, "ctrlProp"),
        )
        added(
            parts,
            "xl/slicerCaches/slicerCache1.xml",
            xml
            + b'<slicerCacheDefinition xmlns="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" name="Kota" sourceName="Kota"/>',
            vnd + "slicerCache+xml",
            (
                "xl/workbook.xml",
                "http://schemas.microsoft.com/office/2007/relationships/slicerCache",
            ),
        )
        added(
            parts,
            "xl/media/unknown.xyz",
            b"\x00\x01",
            "application/octet-stream",
            (_SHEET, "image"),
        )

    return repacked(path, change)


@register(BOOKS)
def pivot_elsewhere(path: Path) -> Path:
    return _pivot(path, "xl/worksheets/sheet2.xml", "D1:E5")


@register(BOOKS)
def pivot_in_the_way(path: Path) -> Path:
    return _pivot(path, _SHEET, "F1:H9")


def _pivot(path: Path, sheet: str, place: str) -> Path:
    def change(parts: Parts) -> None:
        cache = (
            b'<pivotCacheDefinition xmlns="%b" refreshOnLoad="1" recordCount="0"><cacheSource type="worksheet"><worksheetSource ref="A1:E7" sheet="Prospek"/></cacheSource><cacheFields count="0"/></pivotCacheDefinition>'
            % _MAIN
        )
        pivot = (
            b'<pivotTableDefinition xmlns="%b" name="Ringkasan" cacheId="1" dataCaption="Nilai"><location ref="%b" firstHeaderRow="1" firstDataRow="2" firstDataCol="1"/></pivotTableDefinition>'
            % (_MAIN, place.encode())
        )
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml."
        added(
            parts,
            "xl/pivotCache/pivotCacheDefinition1.xml",
            cache,
            kind + "pivotCacheDefinition+xml",
            ("xl/workbook.xml", "pivotCacheDefinition"),
        )
        added(
            parts,
            "xl/pivotTables/pivotTable1.xml",
            pivot,
            kind + "pivotTable+xml",
            (sheet, "pivotTable"),
        )

    return repacked(path, change)


@register(BOOKS)
def signed(path: Path) -> Path:
    return repacked(path, lambda parts: parts.update({"_xmlsignatures/sig1.xml": b"<Signature/>"}))


@register(BOOKS)
def parts_in_another_order(path: Path) -> Path:
    return repacked(path, lambda parts: dict(sorted(parts.items(), key=lambda one: one[0][::-1])))


@register(BOOKS)
def names_in_another_case_and_with_backslashes(path: Path) -> Path:
    return repacked(
        path,
        lambda parts: {
            (name.replace("/", "\\") if "theme" in name else name.replace("sheet1", "Sheet1")): data
            for name, data in parts.items()
        },
    )


@register(BOOKS)
def absolute_targets(path: Path) -> Path:
    rels = "xl/_rels/workbook.xml.rels"
    return repacked(
        path, lambda parts: parts.update({rels: parts[rels].replace(b'Target="', b'Target="/xl/')})
    )


@register(BOOKS)
def stored_with_comments(path: Path) -> Path:
    """Nothing is compressed; each member has a comment and an extra field, the archive too."""
    with workbook(path):
        pass
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.comment = b"catatan arsip"
        for name, data in parts.items():
            info = zipfile.ZipInfo(name, (2003, 2, 1, 12, 30, 58))
            info.comment, info.extra = b"catatan", struct.pack("<HH4s", 0xCAFE, 4, b"abcd")
            archive.writestr(info, data)
    return path


@register(BOOKS)
def data_descriptors(path: Path) -> Path:
    """As written to a stream: sizes stand behind the data."""
    with workbook(path):
        pass
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with (
        path.open("wb") as file,
        zipfile.ZipFile(_Unseekable(file), "w", zipfile.ZIP_DEFLATED) as out,
    ):
        for name, data in parts.items():
            out.writestr(name, data)
    return path


@register(BOOKS)
def zip64(path: Path) -> Path:
    """Members with the long form of sizes, though they are short."""
    with workbook(path):
        pass
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            with archive.open(name, "w", force_zip64=True) as member:
                member.write(data)
    return path


@register(BOOKS)
def bytes_before_the_archive(path: Path) -> Path:
    with workbook(path):
        pass
    path.write_bytes(b"PK" + b"\0" * 98 + path.read_bytes())
    return path


class _Unseekable:
    """A file that can only be written to its end."""

    def __init__(self, file) -> None:
        self._file = file

    def write(self, data: bytes) -> int:
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()
