"""Small XML parts with the byte offsets of their elements, so that they can be patched.

Only expat reads XML here, and never a document type: no entities, nothing external.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import NamedTuple
from xml.parsers import expat

from sheetcrm.adapters.excel.faults import REPAIR, Refusal

_TAG = re.compile(rb"""<(?:[^"'<>]|"[^"<]*"|'[^'<]*')*+>""")
_ENCODING = re.compile(rb"""<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)["']""")
_REFERENCE = re.compile(r"&(#x[0-9A-Fa-f]+|#\d+|amp|lt|gt|quot|apos);")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_IN_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_IN_ATTRIBUTES = _IN_TEXT | str.maketrans(
    {'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
)
_DEEPEST = 128
_MOST_DIGITS = 10


@dataclass(slots=True)
class Element:
    """An element: its start tag is ``data[start:inside]``, all of it ``data[start:end]``."""

    tag: str
    attributes: dict[str, str]
    start: int
    inside: int
    end: int = 0
    content_end: int = 0
    children: list[Element] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The tag without its prefix."""
        return self.tag.rpartition(":")[2]

    @property
    def prefix(self) -> str:
        """``x:`` or nothing."""
        return self.tag[: len(self.tag) - len(self.name)]

    @property
    def closed(self) -> bool:
        """Whether it is written ``<like-this/>``."""
        return self.end == self.inside

    def get(self, attribute: str, default: str = "") -> str:
        """An attribute's value."""
        return self.attributes.get(attribute, default)

    def number(self, attribute: str, default: int = 0) -> int:
        """An attribute's value as xsd:unsignedInt; a `Refusal` where it is something else."""
        text = self.attributes.get(attribute)
        return default if text is None else whole(text)

    def flag(self, attribute: str) -> bool:
        """An attribute's value as xsd:boolean, false when it is absent."""
        return self.attributes.get(attribute, "0") in {"1", "true"}

    def linked(self) -> str:
        """The value of ``r:id``, whatever the prefix."""
        return next((v for k, v in self.attributes.items() if k.endswith(":id")), "")

    def find(self, name: str) -> Element | None:
        """The first child of that local name."""
        return next((child for child in self.children if child.name == name), None)

    def all(self, *path: str) -> list[Element]:
        """All descendants along a path of local names."""
        found = [self]
        for name in path:
            found = [child for one in found for child in one.children if child.name == name]
        return found

    def walk(self) -> Iterator[Element]:
        """This element and everything in it, in document order."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting.extend(reversed(element.children))


class Splice(NamedTuple):
    """Bytes `start` to `end` are to become `text`."""

    start: int
    end: int
    text: bytes


def check_prolog(data: bytes) -> None:
    """Refuse what the fast ways could misread: other encodings and document types.

    Raises:
        Refusal: UTF-16, another encoding than UTF-8, or a DOCTYPE.
    """
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\x00" in data[:4]:
        raise Refusal("utf-16", "it is written in UTF-16", "save it anew in Excel")
    encoding = _ENCODING.match(data.removeprefix(b"\xef\xbb\xbf")[:200])
    if encoding:
        _check_encoding(encoding[1].decode("ascii", "replace"))
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise _doctype()


def parser() -> expat.XMLParserType:
    """An expat parser that refuses document types, and other encodings than UTF-8."""
    made = expat.ParserCreate("UTF-8")
    made.buffer_text = True

    def declared(_version: str, encoding: str | None, _standalone: int) -> None:
        _check_encoding(encoding or "UTF-8")

    made.XmlDeclHandler = declared

    def refuse(*_: object) -> None:
        raise _doctype()

    made.StartDoctypeDeclHandler = refuse
    return made


def parse(data: bytes) -> Element:
    """The root of an XML part.

    Raises:
        ExpatError: it is not well-formed.
        Refusal: it is too deep, or has a document type.
    """
    root = Element("", {}, 0, 0)
    stack = [root]
    reader = parser()

    def start(tag: str, attributes: dict[str, str]) -> None:
        at = reader.CurrentByteIndex
        element = Element(tag, attributes, at, tag_end(data, at))
        stack[-1].children.append(element)
        stack.append(element)
        if len(stack) > _DEEPEST:
            raise Refusal("hostile-xml", "its XML is nested too deeply", REPAIR)

    def end(_: str) -> None:
        element = stack.pop()
        if data[element.inside - 2 : element.inside] == b"/>":
            element.end = element.content_end = element.inside
        else:
            element.content_end = reader.CurrentByteIndex
            element.end = tag_end(data, element.content_end)

    reader.StartElementHandler = start
    reader.EndElementHandler = end
    reader.Parse(data, True)  # noqa: FBT003 - expat's own signature
    return root.children[0]


def is_bound(data: bytes) -> bool:
    """Whether all prefixes in an XML part stand for namespaces (Namespaces in XML 1.0, 5)."""
    try:
        expat.ParserCreate("UTF-8", " ").Parse(data, True)  # noqa: FBT003 - expat's own signature
    except expat.ExpatError:
        return False
    return True


def tag_end(data: bytes, start: int) -> int:
    """Where the tag that begins at `start` ends."""
    match = _TAG.match(data, start)
    if not match:
        raise Refusal("bad-xml", "its XML is broken", REPAIR)
    return match.end()


def apply(data: bytes, splices: Iterable[Splice]) -> bytes:
    """`data` with all splices made; they must not overlap. Those at one place keep their order."""
    pieces, at = [], 0
    for splice in sorted(splices, key=itemgetter(0, 1)):
        pieces += [data[at : splice.start], splice.text]
        at = splice.end
    return b"".join([*pieces, data[at:]])


def set_attributes(data: bytes, element: Element, values: Mapping[str, str]) -> Splice:
    """The splice that gives a start tag these attribute values, changing nothing else in it."""
    tag = data[element.start : element.inside]
    for name, value in values.items():
        pattern = re.compile(rb"(\s" + name.encode() + rb"\s*=\s*)(\"[^\"]*\"|'[^']*')")
        new = quote(value)
        if pattern.search(tag):
            tag = pattern.sub(lambda match, new=new: match[1] + new, tag, count=1)  # type: ignore[misc]
        else:
            cut = len(tag) - (2 if tag.endswith(b"/>") else 1)
            tag = tag[:cut].rstrip() + b" " + name.encode() + b"=" + new + tag[cut:]
    return Splice(element.start, element.inside, tag)


def quote(value: str) -> bytes:
    """A value as an attribute between double quotes."""
    return b'"' + _escaped(value, _IN_ATTRIBUTES) + b'"'


def text(value: str) -> bytes:
    """A value as character data."""
    return _escaped(value, _IN_TEXT)


def unescape(raw: str) -> str:
    """Character data as a value: the five entities and numeric references."""
    return _REFERENCE.sub(_character, raw) if "&" in raw else raw


def is_whole(text: str) -> bool:
    """Whether it is a whole number, of which there are enough."""
    return text.isdigit() and text.isascii() and len(text) <= _MOST_DIGITS


def whole(text: str) -> int:
    """A whole number without a sign.

    Raises:
        Refusal: it is something else.
    """
    if not is_whole(text):
        raise Refusal("bad-xml", f"its XML says “{text[:40]}” where a number belongs", REPAIR)
    return int(text)


def _escaped(value: str, table: Mapping[int, str]) -> bytes:
    return value.translate(table).encode()


def _character(match: re.Match[str]) -> str:
    name = match[1]
    if name[0] != "#":
        return _ENTITIES[name]
    digits, base = (name[2:], 16) if name[1] == "x" else (name[1:], 10)
    digits = digits.lstrip("0") or "0"
    code = int(digits, base) if len(digits) <= _MOST_DIGITS else sys.maxsize
    if code > sys.maxunicode:
        raise Refusal("bad-xml", "its XML has a character that there is not", REPAIR)
    return chr(code)


def _check_encoding(name: str) -> None:
    if name.lower() not in {"utf-8", "utf8"}:
        what = f"it is written in the encoding {name[:40]}"
        raise Refusal("encoding", what, "save it anew in Excel")


def _doctype() -> Refusal:
    return Refusal("doctype", "its XML declares a document type, which no workbook does", REPAIR)
