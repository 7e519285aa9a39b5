"""The cells of .xls, .xlsb and .ods tabs that hold an error, which calamine shows as blank.

[MS-XLS] 2.4.24 and 2.4.127, [MS-CFB] 2.2 and 2.6, [MS-XLSB] 2.4.316 and 2.4.672; OpenDocument 1.3
part 3, 19.385, with the extension by which LibreOffice marks errors.
"""

from __future__ import annotations

import posixpath
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path

from sheetcrm.adapters.excel import markup
from sheetcrm.adapters.excel.archive import Archive
from sheetcrm.core.table.values import ERROR_CODES

Error = tuple[int, int, str]  #: row and column from 0, code

_CODES = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!",
    0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip
_FREE = 0xFFFFFFF0  # sector numbers from here on are marks
_SHEET, _END, _FORMULA, _ERROR = 0x85, 0x0A, 0x06, 0x205
_ROW, _CELL_ERROR, _FORMULA_ERROR, _BUNDLE_SHEET = 0, 3, 11, 156


def errors_of(path: Path, title: str) -> list[Error]:
    """The errors on the tab of that title.

    Raises:
        Exception: of any kind, where the file is not understood.
    """
    with path.open("rb") as file:
        if file.read(2) != b"PK":
            return list(_of_xls(path.read_bytes(), title))
    with Archive(path) as archive:
        if archive.find("content.xml"):
            return _of_ods(archive.read("content.xml"), title)
        return list(_of_xlsb(archive, title))


def _of_xls(data: bytes, title: str) -> Iterator[Error]:
    book = _workbook_stream(data)
    start = next(place for place, name in _sheets(book) if name == title)
    for kind, body in _records(book, start):
        if kind == _ERROR and body[7]:
            row, column, _, code = struct.unpack_from("<3HB", body)
            yield row, column, _CODES.get(code, "#VALUE!")
        elif kind == _FORMULA and body[6] == 2 and body[12:14] == b"\xff\xff":
            row, column = struct.unpack_from("<2H", body)
            yield row, column, _CODES.get(body[8], "#VALUE!")
        elif kind == _END:
            return


def _sheets(book: bytes) -> Iterator[tuple[int, str]]:
    for kind, body in _records(book, 0):
        if kind == _SHEET:
            (place,) = struct.unpack_from("<L", body)
            wide = body[7] & 1
            raw = body[8 : 8 + body[6] * (2 if wide else 1)]
            yield place, raw.decode("utf-16-le" if wide else "latin-1")
        elif kind == _END:
            return


def _records(book: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    while at + 4 <= len(book):
        kind, length = struct.unpack_from("<2H", book, at)
        yield kind, book[at + 4 : at + 4 + length]
        at += 4 + length


def _workbook_stream(data: bytes) -> bytes:
    """The stream “Workbook” of a compound file."""
    size = 1 << struct.unpack_from("<H", data, 30)[0]
    first_entry, cutoff, first_mini = struct.unpack_from("<L4xLL", data, 48)

    def sector(number: int) -> bytes:
        return data[size * (number + 1) : size * (number + 2)]

    def chain(number: int, table: Sequence[int]) -> Iterator[int]:
        for _ in table:
            if number >= _FREE:
                return
            yield number
            number = table[number]

    table: list[int] = []
    for number in _table_sectors(data, sector):
        table += struct.unpack(f"<{size // 4}L", sector(number))
    directory = b"".join(map(sector, chain(first_entry, table)))
    entries = [directory[at : at + 128] for at in range(0, len(directory), 128)]
    names = [
        entry[: struct.unpack_from("<H", entry, 64)[0]].decode("utf-16-le") for entry in entries
    ]
    found = entries[names.index("Workbook\0")]
    start, length = struct.unpack_from("<2L", found, 116)
    if length >= cutoff:
        return b"".join(map(sector, chain(start, table)))[:length]
    small = b"".join(map(sector, chain(struct.unpack_from("<L", entries[0], 116)[0], table)))
    mini = b"".join(map(sector, chain(first_mini, table)))
    numbers = struct.unpack(f"<{len(mini) // 4}L", mini)
    return b"".join(small[64 * n : 64 * (n + 1)] for n in chain(start, numbers))[:length]


def _table_sectors(data: bytes, sector: object) -> Iterator[int]:
    """The sectors that hold the table of sectors."""
    assert callable(sector)
    yield from (n for n in struct.unpack_from("<109L", data, 76) if n < _FREE)
    following, count = struct.unpack_from("<2L", data, 68)
    for _ in range(count):
        *numbers, following = struct.unpack(f"<{len(sector(following)) // 4}L", sector(following))
        yield from (n for n in numbers if n < _FREE)


def _of_xlsb(archive: Archive, title: str) -> Iterator[Error]:
    book = next(m.name for m in archive.members if m.name.endswith("workbook.bin"))
    folder = posixpath.dirname(book)
    relations = markup.parse(archive.read(f"{folder}/_rels/workbook.bin.rels"))
    targets = {one.get("Id"): one.get("Target") for one in relations.all("Relationship")}
    for kind, body in _binary(archive.read(book)):
        if kind == _BUNDLE_SHEET:
            identity, rest = _wide(body[8:])
            if _wide(rest)[0] == title:
                part = posixpath.normpath(posixpath.join("/" + folder, targets[identity]))
                yield from _on_sheet(archive.read(part.lstrip("/")))
                return


def _on_sheet(data: bytes) -> Iterator[Error]:
    row = 0
    for kind, body in _binary(data):
        if kind == _ROW:
            (row,) = struct.unpack_from("<L", body)
        elif kind in {_CELL_ERROR, _FORMULA_ERROR}:
            yield row, struct.unpack_from("<L", body)[0], _CODES.get(body[8], "#VALUE!")


def _binary(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(data):
        kind = data[at]
        at += 1
        if kind & 0x80:
            kind = kind & 0x7F | (data[at] & 0x7F) << 7
            at += 1
        length = shift = 0
        while True:
            byte = data[at]
            at += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        yield kind, data[at : at + length]
        at += length


def _wide(body: bytes) -> tuple[str, bytes]:
    end = 4 + 2 * struct.unpack_from("<L", body)[0]
    return body[4:end].decode("utf-16-le"), body[end:]


def _of_ods(data: bytes, title: str) -> list[Error]:
    reader = _OdsReader(title)
    parser = markup.parser()
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.text
    parser.Parse(data, True)  # noqa: FBT003 - expat's own signature
    return reader.errors


class _OdsReader:
    """Counts rows and cells, which may stand for many, and notes those with an error."""

    def __init__(self, title: str) -> None:
        self.errors: list[Error] = []
        self._title = title
        self._inside = False
        self._row = self._column = self._rows = self._cells = 0
        self._formula = self._error = False
        self._words: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        given = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        if name == "table":
            self._inside, self._row = given.get("name") == self._title, 0
        elif name == "table-row":
            self._rows, self._column = int(given.get("number-rows-repeated", "1")), 0
        elif name in {"table-cell", "covered-table-cell"}:
            self._cells = int(given.get("number-columns-repeated", "1"))
            self._formula = "formula" in given
            self._error = "error" in attributes.values()
            self._words = []

    def text(self, words: str) -> None:
        self._words.append(words)

    def end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name in {"table-cell", "covered-table-cell"}:
            said = "".join(self._words).strip()
            if self._inside and (self._error or (self._formula and said in ERROR_CODES)):
                code = "#NUM!" if said == "Err:503" else said
                self._note(code if code in ERROR_CODES else "#VALUE!")
            self._column += self._cells
        elif name == "table-row":
            self._row += self._rows

    def _note(self, code: str) -> None:
        rows = range(self._row, self._row + min(self._rows, 1000))
        columns = range(self._column, self._column + min(self._cells, 1000))
        self.errors += [(row, column, code) for row in rows for column in columns]
