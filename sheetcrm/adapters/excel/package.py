"""An OOXML workbook: its sheets, tables and names, found through the package's relationships.

ISO/IEC 29500-2 (packages) and 29500-1 part 18 (SpreadsheetML); strict and transitional alike,
as elements are known by their local names and relationships by the end of their type.
"""

from __future__ import annotations

import posixpath
import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from sheetcrm.adapters.excel import markup
from sheetcrm.adapters.excel.archive import Archive
from sheetcrm.adapters.excel.faults import REPAIR, Refusal
from sheetcrm.adapters.excel.sniff import check_is_zip, check_kind
from sheetcrm.core.table.areas import Area, parse_area

_MOST_KEPT = 32 << 20  # bytes

_MOST_TRUSTED = 4 << 20  # bytes
_MOST_STRINGS = 9_999_999  # 24 bytes each, which calamine takes before it has seen one
_STRINGS = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?sst\s[^<>]*>")
_FINAL = re.compile(
    rb"""name\s*=\s*["']_MarkAsFinal["'][^<>]*>\s*<(?:\w+:)?bool>\s*(?:true|1)\s*<""", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """One worksheet and the part that it lives in."""

    title: str
    part: str
    index: int  #: among all sheets of the workbook, chart sheets included
    visible: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class DefinedName:
    """A defined name; `sheet` is the index of the sheet that it is local to, or None."""

    name: str
    text: str
    sheet: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """An Excel table ("list object")."""

    name: str
    part: str
    area: Area  #: with header and totals rows
    header_rows: int
    totals_rows: int
    columns: Sequence[str]
    linked: bool  #: filled by a query or an XML map


class Package:
    """A workbook, opened for reading.

    Raises:
        SourceNotFoundError: there is no such file.
        Refusal: it is not a workbook that can be read safely.
    """

    def __init__(self, path: Path) -> None:
        check_is_zip(path)
        self.path = path
        self.archive = Archive(path)
        try:
            self._read_workbook()
        except BaseException:
            self.archive.__exit__(None, None, None)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.archive.__exit__(kind, error, trace)

    @property
    def signed(self) -> bool:
        """Whether the package carries a digital signature, which any write would break."""
        return any(m.name.lower().startswith("_xmlsignatures/") for m in self.archive.members)

    @property
    def final(self) -> bool:
        """Whether its author has marked it as final."""
        kinds = ("custom-properties", "customProperties")  # transitional, strict
        parts = [part for kind in kinds for part in self.related("", kind)]
        return any(_FINAL.search(self.archive.read(part)) for part in parts)

    @cached_property
    def date1904(self) -> bool:
        """Whether dates count from 1904, as old Macintosh workbooks do."""
        settings = self.workbook.find("workbookPr")
        return settings is not None and settings.flag("date1904")

    @cached_property
    def manual(self) -> bool:
        """Whether the workbook calculates only when somebody asks."""
        settings = self.workbook.find("calcPr")
        return settings is not None and settings.get("calcMode") == "manual"

    @cached_property
    def stale(self) -> bool:
        """Whether it waits for Excel to calculate all its formulas anew."""
        settings = self.workbook.find("calcPr")
        return settings is not None and settings.flag("fullCalcOnLoad")

    @cached_property
    def names(self) -> list[DefinedName]:
        """All defined names."""
        return [
            DefinedName(
                name=element.get("name"),
                text=self._text(element),
                sheet=element.number("localSheetId") if element.get("localSheetId") else None,
            )
            for element in self.workbook.all("definedNames", "definedName")
        ]

    def is_small(self, sheet: Sheet) -> bool:
        """Whether a sheet's XML is small enough to be kept in memory, so that it is read once."""
        member = self.archive.find(sheet.part)
        return member is not None and member.size <= _MOST_KEPT

    def tables(self, sheet: Sheet) -> list[Table]:
        """The Excel tables of a sheet."""
        return [_table(part, self.archive.read(part)) for part in self.related(sheet.part, "table")]

    def pivots(self, sheet: Sheet) -> list[Area]:
        """Where pivot tables stand on a sheet."""
        parts = self.related(sheet.part, "pivotTable")
        roots = [markup.parse(self.archive.read(part)) for part in parts]
        found = [parse_area(at.get("ref")) for root in roots for at in root.all("location")]
        return [area for area in found if area]

    def related(self, part: str, kind: str) -> list[str]:
        """The parts that a part relates to by a relationship of that kind (``table``)."""
        return [target for _, type_, target in self.relations(part) if type_.endswith("/" + kind)]

    def relations(self, part: str) -> list[tuple[str, str, str]]:
        """Id, type and target part of each internal relationship of a part."""
        folder, rels = posixpath.dirname(part), relations_of(part)
        if self.archive.find(rels) is None:
            return []
        found = []
        for element in markup.parse(self._checked(rels)).all("Relationship"):
            if element.get("TargetMode") != "External":
                target = element.get("Target").replace("\\", "/")
                place = posixpath.normpath(posixpath.join("/" + folder, target)).lstrip("/")
                found.append((element.get("Id"), element.get("Type"), place))
        return found

    def _read_workbook(self) -> None:
        names = {member.name.lower() for member in self.archive.members}
        check_kind(names, self._optional("mimetype"), self._optional("[Content_Types].xml"))
        main = self.related("", "officeDocument")
        if not main:
            raise Refusal("not-a-workbook", "this is a zip archive but not a workbook", REPAIR)
        self.workbook_part = main[0]
        self._check_place("workbook", main)
        self.workbook_xml = self._checked(main[0])
        self.workbook = markup.parse(self.workbook_xml)
        self.sheets = self._sheets()
        if not self.sheets:
            raise Refusal("no-sheet", "the workbook holds no worksheet", "add one, and save it")
        self._check_loaded()

    def _check_loaded(self) -> None:
        """Refuse bombs and entities in parts that calamine takes into memory without a look.

        What a part really unpacks to is at most 1,032 times as big as it lies there.
        """
        for kind in ("sharedStrings", "styles"):
            parts = self.related(self.workbook_part, kind)
            self._check_place(kind, parts)
            for part in parts:
                if self.archive.find(part):
                    chunks = self.archive.chunks(part)
                    start = next(chunks, b"")
                    markup.check_prolog(start)
                    self._check_count(start)
                    if self.archive.sane(part).packed > _MOST_TRUSTED:
                        deque(chunks, maxlen=0)

    def _check_count(self, start: bytes) -> None:
        """Refuse shared strings of which there are said to be more than there is memory for."""
        tag = _STRINGS.search(start)
        if tag is None:
            return
        root = markup.parse(tag[0][:-1].removesuffix(b"/") + b"/>")
        said = root.get("uniqueCount").strip()
        if said.isdecimal() and len(said) > len(str(_MOST_STRINGS)):
            raise Refusal("too-big", f"it claims to hold {said[:40]} different texts", REPAIR)

    def _check_place(self, kind: str, parts: Sequence[str]) -> None:
        """Refuse a part that calamine does not find: it goes by usual names beside the workbook."""
        names = {part.lower() for part in parts}
        beside = posixpath.join(posixpath.dirname(self.workbook_part), f"{kind}.xml")
        for usual in (beside, f"xl/{kind}.xml"):
            moved = names and usual.lower() not in names and self.archive.find(usual)
            if moved or len(names) > 1:
                what = f"it holds {usual} and another in its place"
                raise Refusal("duplicate-parts", what, REPAIR)
        if names and beside.lower() not in names and self.archive.find(parts[0]):
            what = f"what belongs into its part {beside} lies in {parts[0]}"
            raise Refusal("moved-parts", what, REPAIR)

    def _sheets(self) -> list[Sheet]:
        targets = {i: (kind, part) for i, kind, part in self.relations(self.workbook_part)}
        found: list[Sheet] = []
        for index, element in enumerate(self.workbook.all("sheets", "sheet")):
            kind, part = targets.get(element.linked(), ("", ""))
            if kind.endswith("/worksheet") and self.archive.find(part):
                visible = element.get("state", "visible") == "visible"
                title = element.get("name")
                if any(sheet.title == title for sheet in found):
                    raise _twice(title)
                found.append(Sheet(title=title, part=part, index=index, visible=visible))
        return found

    def _checked(self, part: str) -> bytes:
        data = self.archive.read(part)
        markup.check_prolog(data)
        return data

    def _optional(self, part: str) -> bytes:
        return self.archive.read(part) if self.archive.find(part) else b""

    def _text(self, element: markup.Element) -> str:
        raw = self.workbook_xml[element.inside : element.content_end].decode()
        if "<" in raw:
            raise Refusal("bad-xml", "one of its names is not written as names are", REPAIR)
        return markup.unescape(raw)


def relations_of(part: str) -> str:
    """The part that holds a part's relationships."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", name + ".rels")


def _twice(title: str) -> Refusal:
    return Refusal(
        "duplicate-tabs", f"two of its tabs are called “{title}”", "rename one of them, and save"
    )


def _table(part: str, data: bytes) -> Table:
    root = markup.parse(data)
    area = parse_area(root.get("ref")) if root.name == "table" else None
    if area is None:
        raise Refusal("damaged", f"the table in {part} has no proper place", REPAIR)
    return Table(
        name=root.get("displayName") or root.get("name"),
        part=part,
        area=area,
        header_rows=root.number("headerRowCount", 1),
        totals_rows=root.number("totalsRowCount"),
        columns=[column.get("name") for column in root.all("tableColumns", "tableColumn")],
        linked=root.get("tableType", "worksheet") != "worksheet",
    )
