"""Whether a write was right, judged by other programs: zipfile, lxml, calamine and openpyxl.

Where one of them cannot even read the workbook as it was, it has no say.
"""

from __future__ import annotations

import math
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
from lxml import etree
from python_calamine import CalamineWorkbook

from sheetcrm.core.table.addresses import column_number
from sheetcrm.core.table.values import CellError, CellValue, Tab

_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
_BARE_PARSER = etree.XMLParser(
    resolve_entities=False, no_network=True, huge_tree=True, remove_comments=True, remove_pis=True
)
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9]\d*)")
_ESCAPED = re.compile(r"_x[0-9A-Fa-f]{4}_")
_SECONDS = 1e-5  # days: two ways of reading a time differ by less

Place = tuple[int, int]  # row, column
Node = Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """What was to be written where."""

    title: str
    part: str
    cells: Mapping[Place, CellValue]


class WrongError(Exception):
    """The workbook is not what it should be."""


def check_reading(data: bytes, tab: Tab, part: str) -> None:
    """Hold what was read against the sheet's XML.

    Raises:
        WrongError: a value stands elsewhere, or is another.
    """
    archive = _opened(data)
    root = _parsed(_content(archive, part), _BARE_PARSER)
    if archive is None or root is None:
        return
    texts = _texts(_parsed(_content(archive, "xl/sharedStrings.xml"), _BARE_PARSER))
    stands = {place: _said(cell, texts) for place, cell in _cells(root)}
    for column in tab.columns:
        for row, value in zip(tab.rows, column.values, strict=True):
            said = stands.get((row, column_number(column.letter)))
            if not _agree(value, said):
                raise WrongError(f"{column.letter}{row} was read as {value!r}, but says {said!r}")


def check_write(
    before: bytes, after: bytes, written: Written, folder: Path, *, openpyxl_too: bool
) -> None:
    """Hold a workbook that was written against what it was.

    Raises:
        WrongError: something else changed, or one of the cells does not say what it should.
    """
    _check_archive(before, after, written)
    _check_calamine(before, after, written, folder)
    if openpyxl_too:
        _check_openpyxl(before, after, written)


def _check_archive(before: bytes, after: bytes, written: Written) -> None:
    old, new = _opened(before), _opened(after)
    if old is None:
        return
    if new is None:
        raise WrongError("zipfile cannot open it any more")
    if [one.filename for one in old.infolist()] != [one.filename for one in new.infolist()]:
        raise WrongError("the list of parts changed")
    for one, other in zip(old.infolist(), new.infolist(), strict=True):
        was, now = _content(old, one), _content(new, other)
        if was == now:
            alike = (one.date_time, one.comment, one.external_attr, one.create_system)
            if alike != (other.date_time, other.comment, other.external_attr, other.create_system):
                raise WrongError(f"the entry of {one.filename} changed")
        elif now is None:
            raise WrongError(f"{one.filename} cannot be read any more")
        else:
            _check_part(one.filename, was, now, written)


def _check_part(name: str, was: bytes | None, now: bytes, written: Written) -> None:
    old, new = _parsed(was), _parsed(now)
    if old is None:
        return
    if new is None:
        raise WrongError(f"{name} is no XML any more")
    if name.replace("\\", "/").lstrip("/").lower() == written.part.lower():
        _check_sheet(old, new, written)
        return
    ways = {"sst": "si", "styleSheet": "cellXfs", "workbook": "", "table": "tableColumns"}
    kind = _name(old)
    if kind not in ways:
        raise WrongError(f"{name} changed")
    _check_grown(name, old, new, ways[kind])


def _check_sheet(old: Node, new: Node, written: Written) -> None:
    if _rows(old, written) != _rows(new, written):
        raise WrongError("other cells of the sheet changed")
    ours = {str(column) for _, column in written.cells}
    if _outside(old, ours) != _outside(new, ours):
        raise WrongError("the sheet changed outside its rows")


def _check_grown(name: str, old: Node, new: Node, grows: str) -> None:
    """All is as it was but for what was added at the end of the growing list."""
    if _name(old) == "sst":
        lists = [[one for one in root if _name(one) == "si"] for root in (old, new)]
    else:
        lists = [
            [child for one in root if _name(one) == grows for child in one] for root in (old, new)
        ]
    kept = [_canonical(one) for one in lists[1]][: len(lists[0])]
    if [_canonical(one) for one in lists[0]] != kept:
        raise WrongError(f"{name}: what stood there changed")
    for one in lists[1][len(lists[0]) :]:
        one.getparent().remove(one)
    if _bare(old) != _bare(new):
        raise WrongError(f"{name} changed elsewhere")


def _bare(root: Node) -> bytes:
    """Without the attributes and elements that may change beside a list that grows."""
    root = deepcopy(root)
    for node in list(root.iter()):
        name = _name(node)
        gone = {
            "sst": ("count", "uniqueCount"), "cellXfs": ("count",), "tableColumns": ("count",),
            "calcPr": ("fullCalcOnLoad",), "table": ("ref",), "autoFilter": ("ref",),
        }.get(name, ())  # fmt: skip
        for attribute in gone:
            node.attrib.pop(attribute, None)
        if name == "definedName" and node.get("name") == "_xlnm._FilterDatabase":
            node.text = ""
        if name == "calcPr" and not node.attrib and node.getparent() is not None:
            _remove(node)
        if name in {"sst", "cellXfs", "tableColumns"} and not (node.text or "").strip():
            node.text = node.text or None
    return _canonical(root)


def _rows(root: Node, written: Written) -> list[object]:
    found: list[object] = []
    for row, number in _numbered(root):
        ours = {place for place in written.cells if place[0] == number}
        column, children = 0, []
        for child in row:
            if _name(child) == "c":
                column = _column(child, column)
                if (number, column) in ours:
                    continue
            children.append(_canonical(child))
        attributes = {k: v for k, v in row.attrib.items() if k != "spans"}
        made = ours and not children and list(attributes) == ["r"]
        if not made or len(row) != len(ours):
            found.append((number, attributes, children))
    return found


def _outside(root: Node, columns: set[str]) -> bytes:
    root = deepcopy(root)
    for node in list(root.iter()):
        name = _name(node)
        if name == "sheetData" and node.getparent() is root:
            for row in [child for child in node if _name(child) == "row"]:
                _remove(row)
            node.text = (node.text or "").strip() or None
        elif name == "dimension" or (name == "autoFilter" and node.getparent() is root):
            node.attrib.pop("ref", None)
        elif name == "col" and node.get("min") in columns and _is_width(node):
            _remove(node)
    for cols in [node for node in root if _name(node) == "cols" and not len(node)]:
        _remove(cols)
    return _canonical(root)


def _is_width(node: Node) -> bool:
    """Whether it is as we would write it for a new column."""
    single = node.get("min") == node.get("max") and node.get("customWidth") == "1"
    return single and len(node.attrib) == 4


def _check_calamine(before: bytes, after: bytes, written: Written, folder: Path) -> None:
    old, new = (_grid(data, written.title, folder) for data in (before, after))
    if old is None:
        return
    if new is None:
        raise WrongError("calamine cannot read it any more")
    for place in {*old, *new} - written.cells.keys():
        if old.get(place) != new.get(place):
            raise WrongError(f"calamine: {place} was {old.get(place)!r}, is {new.get(place)!r}")
    _check_values("calamine", new, written)


def _check_openpyxl(before: bytes, after: bytes, written: Written) -> None:
    old = _book(before, written.title)
    if not old or _counts_from_the_end(before, written.part):
        return
    new = _book(after, written.title)
    if new is None:
        raise WrongError("openpyxl cannot read it any more")
    for place in {*old, *new} - written.cells.keys():
        if old.get(place) != new.get(place):
            raise WrongError(f"openpyxl: {place} was {old.get(place)!r}, is {new.get(place)!r}")
    _check_values("openpyxl", {place: value for place, (value, _) in new.items()}, written)


def _counts_from_the_end(data: bytes, part: str) -> bool:
    """Whether a cell has a shared string with a negative number, which only openpyxl knows."""
    sheet = _content(_opened(data), part) or b""
    return re.search(rb"<v>\s*-", sheet) is not None


def _check_values(who: str, found: Mapping[Place, object], written: Written) -> None:
    for place, value in written.cells.items():
        if not _is(found.get(place), value):
            raise WrongError(f"{who}: {place} should be {value!r}, is {found.get(place)!r}")


def _is(found: object, value: CellValue) -> bool:
    if value in {None, ""}:
        return found in {None, ""}
    if isinstance(value, date):  # the formats may be broken, so that it is a bare number
        return isinstance(found, date | int | float)
    if isinstance(value, str):
        return isinstance(found, str) and found.strip() == value.strip()
    if isinstance(found, date):
        return not isinstance(value, bool)
    return type(found) is bool if isinstance(value, bool) else found == value


def _grid(data: bytes, title: str, folder: Path) -> dict[Place, object] | None:
    path = folder / "seen.xlsx"
    path.write_bytes(data)
    try:
        with CalamineWorkbook.from_path(path) as book:
            rows = book.get_sheet_by_name(title).to_python(skip_empty_area=False)
    except Exception:  # noqa: BLE001 - whatever it says
        return None
    finally:
        path.unlink()
    return {
        (i, j): value
        for i, row in enumerate(rows, 1)
        for j, value in enumerate(row, 1)
        if value != ""
    }


def _book(data: bytes, title: str) -> dict[Place, tuple[object, object]] | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(BytesIO(data))
            sheet = book[title]
        return {
            place: (getattr(cell.value, "text", cell.value), cell.number_format)
            for place, cell in sheet._cells.items()
            if cell.value is not None
        }
    except Exception:  # noqa: BLE001 - whatever it says
        return None


def _opened(data: bytes) -> zipfile.ZipFile | None:
    try:
        return zipfile.ZipFile(BytesIO(data))
    except Exception:  # noqa: BLE001 - broken zips make it raise this and that
        return None


def _content(archive: zipfile.ZipFile | None, name: str | zipfile.ZipInfo) -> bytes | None:
    try:
        return archive.read(name) if archive else None
    except Exception:  # noqa: BLE001 - the same
        return None


def _parsed(data: bytes | None, parser: etree.XMLParser = _PARSER) -> Node | None:
    try:
        return etree.fromstring(data, parser) if data else None
    except (etree.XMLSyntaxError, ValueError):
        return None


def _canonical(node: Node) -> bytes:
    if isinstance(node.tag, str):  # lxml crashes over comments
        with suppress(etree.C14NError, ValueError):  # a relative namespace
            return etree.tostring(node, method="c14n", with_tail=False)
    return etree.tostring(node, with_tail=False)


def _name(node: Node) -> str:
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def _remove(node: Node) -> None:
    parent, before = node.getparent(), node.getprevious()
    if node.tail and node.tail.strip():
        if before is not None:
            before.tail = (before.tail or "") + node.tail
        else:
            parent.text = (parent.text or "") + node.tail
    parent.remove(node)


def _numbered(root: Node) -> Iterator[tuple[Node, int]]:
    number = 0
    for data in [child for child in root if _name(child) == "sheetData"][:1]:
        for row in data:
            if _name(row) == "row":
                said = row.get("r") or next(filter(None, map(_row_of, row)), "")
                number = int(said) if said.isdigit() and said.isascii() else number + 1
                yield row, number


def _cells(root: Node) -> Iterator[tuple[Place, Node]]:
    for row, number in _numbered(root):
        column = 0
        for child in row:
            if _name(child) == "c":
                column = _column(child, column)
                yield (number, column), child


def _row_of(cell: Node) -> str:
    """The number that the cell of a row without one gives it."""
    match = _REFERENCE.fullmatch(cell.get("r", "")) if _name(cell) == "c" else None
    return match[2] if match else ""


def _column(cell: Node, before: int) -> int:
    match = _REFERENCE.fullmatch(cell.get("r", ""))
    return column_number(match[1]) if match else before + 1


def _texts(root: Node | None) -> list[str | None]:
    return [_text(one) for one in root if _name(one) == "si"] if root is not None else []


def _text(item: Node) -> str | None:
    """The text of an item; None where elements stand inside of it."""
    runs = [one for one in item.iter() if _name(one) == "t" and _name(one.getparent()) != "rPh"]
    return None if any(map(len, runs)) else "".join(run.text or "" for run in runs)


def _said(cell: Node, texts: list[str | None]) -> CellValue:
    """What a cell says, as far as that is plain; None otherwise."""
    values = [child for child in cell if _name(child) in {"v", "is"}]
    kind = cell.get("t", "n")
    if len(values) != 1 or any(len(one) for one in values[0].iter() if _name(one) in {"v", "t"}):
        return None
    raw = values[0].text or ""
    if (kind == "inlineStr") != (_name(values[0]) == "is"):
        return None
    if kind == "inlineStr":
        return _text(values[0])
    if kind == "s":
        index = int(raw) if raw.isdigit() and raw.isascii() else -1
        return texts[index] if 0 <= index < len(texts) else None
    if kind == "str":
        return raw
    if kind == "n" and raw.isascii():
        try:
            return float(raw)
        except ValueError:
            return None
    return None


def _agree(value: CellValue, said: CellValue) -> bool:
    if said is None or isinstance(value, bool | date | datetime | CellError):
        return True
    if isinstance(said, str):
        if _ESCAPED.search(said):
            return True
        return said.strip() == ("" if value is None else str(value).strip())
    if isinstance(value, int | float):
        return value == said or abs(value - said) <= _SECONDS
    return math.isnan(said) or (value is None and math.isinf(said))
