"""Two states of a workbook, compared part by part with zipfile and ElementTree alone.

Nothing of `sheetcrm` is used here: this is the judge of what it writes. What may change is said
by `docs/decisions`: the sheet, and where needed its table, styles, shared strings and workbook.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from dataclasses import dataclass
from io import BytesIO
from xml.etree import ElementTree as ET

_FILTER_NAME = "_xlnm._FilterDatabase"
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True, slots=True)
class Book:
    """A package in memory, and where its main parts are."""

    parts: dict[str, bytes]  #: by names as OPC compares them
    raw: dict[str, bytes]  #: the same as they lie in the file, with their local headers
    names: list[str]
    workbook: str
    sheets: dict[str, str]  #: title → part
    end: bytes

    @property
    def date1904(self) -> bool:
        settings = child(ET.fromstring(self.parts[self.workbook]), "workbookPr")
        return settings is not None and settings.get("date1904") in {"1", "true"}

    def one(self, kind: str) -> str:
        """The part of that kind that the workbook relates to, or nothing."""
        return next(iter(related(self.parts, self.workbook, kind)), "")


def open_book(data: bytes) -> Book:
    """Read a whole package."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        infos = archive.infolist()
        parts = {key(info.filename): archive.read(info) for info in infos}
    raw = {key(info.filename): _raw(data, info) for info in infos}
    workbook = related(parts, "", "officeDocument")[0]
    targets = relations(parts, workbook)
    sheets = {}
    for sheet in children(ET.fromstring(parts[workbook]), "sheets", "sheet"):
        link = next((value for name, value in sheet.items() if name.endswith("}id")), "")
        kind, part = targets.get(link, ("", ""))
        if kind.endswith("/worksheet") and part in parts:
            sheets[sheet.get("name", "")] = part
    end = data[data.rfind(b"PK\5\6") + 20 :]  # the comment's length, it, and whatever follows
    return Book(parts, raw, [info.filename for info in infos], workbook, sheets, end)


def key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def relations(parts: dict[str, bytes], part: str) -> dict[str, tuple[str, str]]:
    """Id → type and part of the internal relationships of a part."""
    folder, name = posixpath.split(part)
    data = parts.get(key(posixpath.join(folder, "_rels", name + ".rels")))
    found = {}
    for element in ET.fromstring(data) if data else ():
        if element.get("TargetMode") != "External":
            target = element.get("Target", "").replace("\\", "/")
            place = posixpath.normpath(posixpath.join("/" + folder, target))
            found[element.get("Id", "")] = element.get("Type", ""), key(place)
    return found


def related(parts: dict[str, bytes], part: str, kind: str) -> list[str]:
    """The parts that a part relates to by a relationship of that kind."""
    found = relations(parts, part).values()
    return [target for type_, target in found if type_.endswith("/" + kind) and target in parts]


def local(element: ET.Element) -> str:
    """An element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def child(element: ET.Element, name: str) -> ET.Element | None:
    return next((one for one in element if local(one) == name), None)


def children(element: ET.Element, *path: str) -> list[ET.Element]:
    found = [element]
    for name in path:
        found = [one for parent in found for one in parent if local(one) == name]
    return found


def frozen(element: ET.Element, *without: str) -> tuple:
    """An element as something that can be compared; blanks between elements do not count."""
    attributes = tuple(sorted((k, v) for k, v in element.items() if k not in without))
    text = element.text or ""
    inner = tuple((*frozen(one), (one.tail or "").strip()) for one in element)
    return element.tag, attributes, text if not inner else text.strip(), inner


def spaces(data: bytes) -> list[tuple[str, str]]:
    """The namespaces that are declared, in order: extensions go by their prefixes, too."""
    return [item for _, item in ET.iterparse(BytesIO(data), ("start-ns",))]


def differences(before: Book, after: Book, title: str, added: list[str]) -> list[str]:
    """What differs outside the sheet of that title without leave, as sentences.

    Args:
        before: the workbook as it was.
        after: as it is.
        title: of the tab that was written.
        added: the headers of the columns that were added to it.
    """
    if before.names != after.names or before.end != after.end:
        return ["the list of parts"]
    sheet = before.sheets[title]
    judges = {
        sheet: lambda *_: [],
        before.workbook: _workbook,
        before.one("styles"): _styles,
        before.one("sharedStrings"): _strings,
    }
    found = []
    for name, old in before.raw.items():
        if name in related(before.parts, sheet, "table"):
            found += _table(before.parts[name], after.parts[name], added)
        elif name in judges:
            found += judges[name](before.parts[name], after.parts[name])
        elif old != after.raw[name]:
            found.append(f"the part {name}")
    return found


def texts(book: Book) -> list[str]:
    """The shared strings, rich ones flattened."""
    part = book.one("sharedStrings")
    return [text_of(one) for one in children(ET.fromstring(book.parts[part]), "si")] if part else []


def text_of(element: ET.Element) -> str:
    """The text of ``<si>`` or ``<is>``, without what tells how it is pronounced."""
    runs = [*children(element, "t"), *children(element, "r", "t")]
    return unescaped("".join(run.text or "" for run in runs))


def unescaped(text: str) -> str:
    """``_x000D_`` and its like are characters (ISO/IEC 29500-1, 22.4.2.4)."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)


def _raw(data: bytes, info: zipfile.ZipInfo) -> bytes:
    start = info.header_offset
    name, extra = (int.from_bytes(data[start + at : start + at + 2], "little") for at in (26, 28))
    return data[start : start + 30 + name + extra + info.compress_size]


def _strings(old: bytes, new: bytes) -> list[str]:
    before, after = ET.fromstring(old), ET.fromstring(new)
    known = [frozen(one) for one in before]
    there = [frozen(one) for one in after]
    items = [one for one in known if one[0].endswith("}si")]
    if [one for one in there if one[0].endswith("}si")][: len(items)] != items:
        return ["shared strings that were there"]
    rest = [[one for one in group if one[0][-3:] != "}si"] for group in (known, there)]
    if rest[0] != rest[1]:
        return ["something in the shared strings"]
    bare = frozen(before, "count", "uniqueCount")[:2], frozen(after, "count", "uniqueCount")[:2]
    if bare[0] != bare[1] or spaces(old) != spaces(new):
        return ["the root of the shared strings"]
    unique = after.get("uniqueCount")
    honest = before.get("uniqueCount") == str(len(items))
    wrong = honest and unique != str(sum(one[0].endswith("}si") for one in there))
    return ["the count of shared strings"] if wrong else []


def _styles(old: bytes, new: bytes) -> list[str]:
    before, after = ET.fromstring(old), ET.fromstring(new)
    formats = child(before, "cellXfs"), child(after, "cellXfs")
    if formats[0] is not None and formats[1] is not None:
        known, there = [frozen(one) for one in formats[0]], [frozen(one) for one in formats[1]]
        if there[: len(known)] != known:
            return ["cell formats that were there"]
        if len(there) != len(known) and formats[1].get("count") != str(len(there)):
            return ["the count of cell formats"]
        before.remove(formats[0])
        after.remove(formats[1])
    same = frozen(before) == frozen(after) and set(spaces(old)) == set(spaces(new))
    return [] if same else ["styles besides cell formats"]


def _workbook(old: bytes, new: bytes) -> list[str]:
    before, after = ET.fromstring(old), ET.fromstring(new)
    for root in before, after:
        for settings in children(root, "calcPr"):
            settings.attrib.pop("fullCalcOnLoad", None)
            if not settings.attrib:
                root.remove(settings)
        for name in children(root, "definedNames", "definedName"):
            if name.get("name") == _FILTER_NAME:
                name.text = (name.text or "").rpartition(":")[0]
    same = frozen(before) == frozen(after) and spaces(old) == spaces(new)
    return [] if same else ["the workbook part"]


def _table(old: bytes, new: bytes, added: list[str]) -> list[str]:
    if old == new:
        return []
    before, after = ET.fromstring(old), ET.fromstring(new)
    columns = child(before, "tableColumns"), child(after, "tableColumns")
    known, there = [[frozen(one) for one in group] for group in columns]
    names = [one.get("name") for one in columns[1]][len(known) :]
    ids = [one.get("id") for one in columns[1]]
    if there[: len(known)] != known or names != [name.replace("\n", "_x000a_") for name in added]:
        return ["the columns of a table"]
    if columns[1].get("count") != str(len(there)) or len(set(ids)) != len(ids):
        return ["the count of a table's columns"]
    for root, group in zip((before, after), columns, strict=True):
        filters = child(root, "autoFilter")
        if filters is not None:
            corner, reach = filters.attrib.pop("ref").split(":"), root.get("ref").split(":")
            if re.sub(r"\d", "", corner[-1]) != re.sub(r"\d", "", reach[-1]):
                return ["how far a table's filter reaches"]
        first = root.attrib.pop("ref").partition(":")[0]
        root.set("first", first)
        root.remove(group)
    same = frozen(before) == frozen(after) and spaces(old) == spaces(new)
    return [] if same else ["a table"]
