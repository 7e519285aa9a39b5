"""A sheet's XML as head, rows and tail, in one streaming pass; and a row as its cells.

Two ways lead to the same rows. The fast one cuts at ``</row>``; it stands aside for comments,
CDATA and other rarities (`Unusual`), which the careful one reads with expat.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from sheetcrm.adapters.excel import markup
from sheetcrm.adapters.excel.faults import REPAIR, Refusal
from sheetcrm.adapters.excel.grammar import Grammar, grammar
from sheetcrm.core.table.addresses import column_number
from sheetcrm.core.table.areas import MAX_COLUMN

_SHEET_DATA = re.compile(rb"<((?:[A-Za-z_][\w.-]*:)?)sheetData(?:\s[^<>]*)?/?>")
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_SPANS = re.compile(rb'(\sspans=")(\d{1,5}):(\d{1,5})(")')
_IN_CELLS = {"f", "v", "is", "extLst"}
_ROW_NUMBER = re.compile(r"[1-9][0-9]{0,6}")
_BETWEEN = re.compile(rb"<!--.*?-->|<\?.*?\?>", re.DOTALL)
_ATTRIBUTE = re.compile(rb' ([A-Za-z:0-9]+)="([^"]*)"')
_LONGEST_HEAD = 16 << 20
_MOST_CAREFUL = 512 << 20


class Unusual(Exception):  # noqa: N818 - a signal, never shown
    """The fast way does not recognise this; the careful way must."""


@dataclass(slots=True)
class Cell:
    """One cell of a row: where its bytes are, and what is in it."""

    column: int
    start: int
    end: int
    addressed: bool  #: it says its own address
    attributes: dict[str, str]
    formula: bytes | None  #: the ``<f>`` element
    value: bytes | None  #: the content of ``<v>``, or of ``<is><t>``


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its own number, or 0; its start tag; its cells; where one more would go."""

    number: int
    start: int  #: of the start tag
    inside: int  #: end of the start tag
    closed: bool  #: it is written ``<row/>``
    attributes: Mapping[str, str]
    cells: list[Cell]
    insert_at: int


class SheetStream:
    """A sheet's XML, cut into rows.

    `head` is there from the start, `tail` when `blocks` is exhausted; ``head + all rows +
    tail`` is the sheet. A row's bytes include the gap before it.
    """

    def __init__(self, chunks: Iterable[bytes], *, careful: bool = False) -> None:
        self._chunks = iter(chunks)
        self._careful = careful
        self._kept: list[bytes] | None = None
        self.head = self.tail = b""
        self._rest = self._careful_head() if careful else self._fast_head()
        self.grammar: Grammar = grammar(self._prefix)

    def __getstate__(self) -> tuple[bytes, bytes, bytes, list[bytes]]:
        """For another process: with all rows, which are kept there."""
        return self.head, self.tail, self._prefix, list(self.rows())

    def __setstate__(self, state: tuple[bytes, bytes, bytes, list[bytes]]) -> None:
        self.head, self.tail, self._prefix, self._kept = state
        self.grammar = grammar(self._prefix)

    def rows(self) -> Iterator[bytes]:
        """The rows, one after the other.

        Raises:
            Unusual: the fast way does not recognise the sheet.
            Refusal: the XML is broken.
        """
        if self._kept is not None:
            return iter(self._kept)
        return chain.from_iterable(self._careful_blocks() if self._careful else self._blocks())

    def keep(self) -> None:
        """Read all rows now, so that `rows` can be called again and again."""
        self._kept = list(self.rows())

    def _fast_head(self) -> bytes:
        buffer = b""
        for chunk in self._chunks:
            buffer += chunk
            match = _SHEET_DATA.search(buffer)
            if match:
                markup.check_prolog(buffer[: match.start()])
                if b"<!" in buffer[: match.start()]:
                    raise Unusual
                return self._cut_head(buffer, match)
            if len(buffer) > _LONGEST_HEAD:
                break
        markup.check_prolog(buffer)
        raise _no_rows()

    def _cut_head(self, buffer: bytes, match: re.Match[bytes]) -> bytes:
        """Set head and prefix; give the rest, with ``<sheetData/>`` written as two tags."""
        self._prefix = match[1]
        closing = b"</%bsheetData>" % self._prefix
        opening, rest = match[0], buffer[match.end() :]
        if opening.endswith(b"/>"):
            opening, rest = opening[:-2].rstrip() + b">", closing + rest
        self.head = buffer[: match.start()] + opening
        return rest

    def _blocks(self) -> Iterator[list[bytes]]:
        """Cut at ``</row``, a needle that is found fast; the ``>`` begins the next part."""
        end = b"</%bsheetData" % self._prefix
        buffer = b""
        for chunk in chain([b">" + self._rest], self._chunks):
            buffer += chunk
            stop = buffer.find(end)
            known = buffer[:stop] if stop >= 0 else buffer
            if (b"!" in known and b"<!" in known) or (b"?" in known and b"<?" in known):
                raise Unusual
            parts = known.split(self.grammar.row_end[:-1])
            rest = parts.pop()
            yield self._pieces(known, rest, parts)
            if stop >= 0:
                pieces, gap = self._bare(rest)
                yield pieces
                self.tail = b"".join([gap, buffer[stop:], *self._chunks])
                return
            buffer = rest
        raise Unusual

    def _pieces(self, known: bytes, rest: bytes, parts: list[bytes]) -> list[bytes]:
        """The rows in parts that each end with a closing tag: empty ones may stand before it."""
        end, start = self.grammar.row_end, self.grammar.row_start
        first = b">" + start
        alone = known.count(start) - rest.count(start) == len(parts)
        if alone and all(part.startswith(first) for part in parts):
            return [part[1:] + end for part in parts]
        pieces: list[bytes] = []
        for part in parts:
            empty, last = self._bare(part)
            if last.count(start) != 1:
                raise Unusual
            pieces += [*empty, last + end]
        return pieces

    def _bare(self, part: bytes) -> tuple[list[bytes], bytes]:
        """The rows without content at the start of `part`, and what follows them."""
        if not part.startswith(b">"):
            raise Unusual
        pieces, at = [], 1
        while (match := self.grammar.opening.match(part, at)) and match[0].endswith(b"/>"):
            pieces.append(match[0])
            at = match.end()
        return pieces, part[at:]

    def _careful_head(self) -> bytes:
        """Read everything with expat first; the size is capped, as this is slow."""
        data = b"".join(self._chunks)
        markup.check_prolog(data[:4096])
        if len(data) > _MOST_CAREFUL:
            raise Refusal("too-big", "one of its tabs is too big and too unusual", REPAIR)
        start, self._lengths = _row_lengths(data)
        match = _SHEET_DATA.match(data, start)
        if not match:
            raise _no_rows()
        return self._cut_head(data, match)

    def _careful_blocks(self) -> Iterator[list[bytes]]:
        at = 0
        for length in self._lengths:
            yield [self._rest[at : at + length]]
            at += length
        self.tail = self._rest[at:]


def view(row: bytes, rules: Grammar) -> Row:
    """A row's cells, read with expat: the slow path, and the oracle of the fast one."""
    lead = b"<a>"
    wrapped = lead + row + b"</a>"
    found = markup.parse(wrapped).children
    if len(found) != 1 or found[0].name != "row":
        raise Refusal("bad-xml", "its XML is broken", REPAIR)
    element = found[0]
    if _BETWEEN.sub(b"", wrapped[len(lead) : element.start]).strip():
        raise Refusal("bad-xml", "it has text between its rows", REPAIR)
    cells: list[Cell] = []
    insert_at = element.content_end
    for child in element.children:
        if child.tag == rules.prefix.decode() + "c":
            cells.append(_cell(wrapped, child, cells[-1].column if cells else 0))
            insert_at = element.content_end
        else:
            insert_at = min(insert_at, child.start)
    for cell in cells:
        cell.start -= len(lead)
        cell.end -= len(lead)
    return Row(
        number=_number(element, rules.prefix.decode() + "c"),
        start=element.start - len(lead),
        inside=element.inside - len(lead),
        closed=element.closed,
        attributes=element.attributes,
        cells=cells,
        insert_at=insert_at - len(lead),
    )


def parted(row: bytes, rules: Grammar) -> list[bytes]:
    """What stands before the number of a row, the number, and the rest; or nothing.

    The two quotes are left out. Only rows that say their number first are known here.
    """
    parts = row.split(b'"', 2)
    if len(parts) == 3 and parts[0] == rules.row_lead and parts[1].isdigit() and parts[1] > b"0":
        return parts
    match = rules.number.match(row)
    return [row[: match.start(1) - 1], match[1], row[match.end(1) + 1 :]] if match else []


def widened(opening: bytes, column: int) -> bytes:
    """A row's start tag, or a part of it, whose `spans` reach to `column`."""
    match = _SPANS.search(opening) if b"spans=" in opening else None
    if not match or int(match[3]) >= column:
        return opening
    return opening[: match.start(3)] + b"%d" % column + opening[match.end(3) :]


def fast_cells(row: bytes, rules: Grammar) -> list[Cell]:
    """The cells of a row that matches `Grammar.row`."""
    return [fast_cell(match) for match in rules.cell.finditer(row)]


def fast_cell(match: re.Match[bytes]) -> Cell:
    """A cell that `Grammar.cell` matched."""
    letters, attributes, formula, value, inline = match.groups()
    return Cell(
        column=column_number(letters.decode()),
        start=match.start(),
        end=match.end(),
        addressed=True,
        attributes={k.decode(): v.decode() for k, v in _ATTRIBUTE.findall(attributes)},
        formula=formula,
        value=inline if value is None else value,
    )


def _number(element: markup.Element, cell: str) -> int:
    """The number that a row and its cells give it, or 0 where none does.

    Other programs go by the cells, so where these disagree nobody knows where they stand.
    """
    numbers = [_ADDRESS.fullmatch(one.get("r")) for one in element.children if one.tag == cell]
    said = {match[2] for match in numbers if match}
    if "r" in element.attributes:
        said.add(element.get("r"))
    if len(said) > 1 or not all(map(_ROW_NUMBER.fullmatch, said)):
        rows = " and ".join(sorted(said))[:40]
        raise Refusal("cell-order", f"it has cells that are said to be in row {rows}", REPAIR)
    return int(said.pop()) if said else 0


def _cell(data: bytes, element: markup.Element, before: int) -> Cell:
    address = element.get("r")
    match = _ADDRESS.fullmatch(address)
    if address and not match:
        raise Refusal("bad-xml", f"it has a cell called {address}", REPAIR)
    column = column_number(match[1]) if match else before + 1
    if column > MAX_COLUMN:
        raise Refusal("out-of-grid", "it has cells beyond the last column XFD", REPAIR)
    if any(inner.name in {"row", "c"} for child in element.children for inner in child.walk()):
        raise Refusal("bad-xml", "it has cells inside others", REPAIR)
    if any(child.name not in _IN_CELLS for child in element.children):
        raise Refusal("bad-xml", "it has cells that hold something else than a value", REPAIR)
    formula, value = element.find("f"), element.find("v") or element.find("is")
    attributes = {key: text for key, text in element.attributes.items() if key != "r"}
    return Cell(
        column=column,
        start=element.start,
        end=element.end,
        addressed=bool(address),
        attributes=attributes,
        formula=data[formula.start : formula.end] if formula else None,
        value=_content(data, value) if value else None,
    )


def _content(data: bytes, element: markup.Element) -> bytes:
    """What stands in ``<v>``, or in ``<is>`` where it is one plain ``<t>``."""
    if element.name == "is" and [child.name for child in element.children] == ["t"]:
        element = element.children[0]
    return data[element.inside : element.content_end]


def _row_lengths(data: bytes) -> tuple[int, list[int]]:
    """Where sheetData begins, and how long each of its rows is with the gap before it."""
    reader = markup.parser()
    path: list[str] = []
    starts: dict[int, int] = {}
    lengths: list[int] = []

    def start(tag: str, _: dict[str, str]) -> None:
        path.append(tag.rpartition(":")[2])
        if path[1:] in (["sheetData"], ["sheetData", "row"]):
            starts[len(path)] = reader.CurrentByteIndex
            if len(path) == 2:
                starts[0] = markup.tag_end(data, reader.CurrentByteIndex)

    def end(_: str) -> None:
        if path[1:] == ["sheetData", "row"]:
            opened = markup.tag_end(data, starts[3])
            empty = data[opened - 2 : opened] == b"/>"
            stop = opened if empty else markup.tag_end(data, reader.CurrentByteIndex)
            lengths.append(stop - starts[0])
            starts[0] = stop
        path.pop()

    reader.StartElementHandler = start
    reader.EndElementHandler = end
    reader.Parse(data, True)  # noqa: FBT003 - expat's own signature
    if 2 not in starts:
        raise _no_rows()
    return starts[2], lengths


def _no_rows() -> Refusal:
    return Refusal("no-rows", "the tab is not an ordinary worksheet", "name another tab")
