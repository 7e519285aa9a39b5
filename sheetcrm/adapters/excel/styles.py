"""Cell formats: which one a written cell gets, and new ones appended where none fits.

A format (``<xf>``) is only ever appended, so every index in the workbook stays valid.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from sheetcrm.adapters.excel import markup
from sheetcrm.adapters.excel.faults import REPAIR, Refusal
from sheetcrm.adapters.excel.markup import Element, Splice
from sheetcrm.core.table.values import CellValue

_BUILTIN_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
# ISO/IEC 29500-1, 18.8.30: the short date of the reader's country; 24-Nov-26, which fits a
# column of ordinary width too; and the short form with a time.
_SHORT_DATE, _NARROW_DATE, _DATE_TIME = 14, 15, 22
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_BUILTIN_TIMES = frozenset({*range(18, 22), *range(45, 48)})
_DATE_PART = re.compile(r"[dmyhs]", re.IGNORECASE)
_DAY_PART = re.compile(r"[dy]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Format:
    """One ``<xf>``: its bytes and its number format."""

    xml: bytes
    number_format: int


class Styles:
    """A workbook's cell formats; `rendered` is the part with those that were added."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._root = markup.parse(data) if data else None
        self._formats = self._read_formats()
        self._codes = self._read_codes()
        self._added: list[bytes] = []

    @property
    def usable(self) -> bool:
        """Whether indexes are certain; not so where alternatives hide in the list, or some miss."""
        return bool(self._formats)

    def fit(self, style: int | None, value: CellValue, *, wide: bool) -> int | None:
        """The format nearest to `style` in which `value` looks like what it is.

        A date gets a date format, a narrow one where the column is not known to be `wide`; a
        number, which must not look like a date, loses it.

        Raises:
            Refusal: there is no such format, and none can be added.
        """
        if value is None or not (self.usable or isinstance(value, date)):
            return style
        if isinstance(value, date):
            day = _SHORT_DATE if wide else _NARROW_DATE
            wanted = _DATE_TIME if isinstance(value, datetime) else day
            return style if self._is_date(style or 0, _DAY_PART) else self._like(style or 0, wanted)
        if (
            self._is_date(style or 0)
            and isinstance(value, int | float)
            and not isinstance(value, bool)
        ):
            return self._like(style or 0, 0)
        return style

    def general(self, style: int | None) -> int | None:
        """The same look with the number format General, for a column that is new.

        What a format says of its cells' contents (a checkbox, an apostrophe) is not a look.
        """
        if style is None or not self.usable or style >= len(self._formats):
            return None
        known = self._formats[style]
        if self._is_general(known.number_format):
            plain = _bare(known.xml)
            return style if plain == known.xml else self._of(plain, known.number_format)
        return self._like(style, 0, bare=True)

    def rendered(self) -> bytes | None:
        """The part with the added formats, or None where there are none."""
        if not self._added or self._cell_formats is None:
            return None
        count = {"count": str(len(self._formats))}
        return markup.apply(
            self._data,
            [
                markup.set_attributes(self._data, self._cell_formats, count),
                Splice(
                    self._cell_formats.content_end,
                    self._cell_formats.content_end,
                    b"".join(self._added),
                ),
            ],
        )

    @cached_property
    def _cell_formats(self) -> Element | None:
        return self._root.find("cellXfs") if self._root else None

    def _read_formats(self) -> list[_Format]:
        children = self._cell_formats.children if self._cell_formats else []
        said = self._cell_formats.get("count") if self._cell_formats else ""
        missing = markup.is_whole(said) and int(said) > len(children)
        if missing or any(child.name != "xf" for child in children):
            return []
        return [
            _Format(self._data[child.start : child.end], child.number("numFmtId"))
            for child in children
        ]

    def _read_codes(self) -> dict[int, str]:
        formats = self._root.all("numFmts", "numFmt") if self._root else []
        return {one.number("numFmtId"): one.get("formatCode") for one in formats}

    def _like(self, style: int, number_format: int, *, bare: bool = False) -> int:
        """The index of a format that differs from `style` in its number format only."""
        if not self.usable or self._shows_date(number_format) != (number_format > 0):
            raise _no_format()
        base = self._formats[style if style < len(self._formats) else 0]
        wanted = _with_format(_bare(base.xml) if bare else base.xml, number_format)
        return self._of(wanted, number_format)

    def _of(self, wanted: bytes, number_format: int) -> int:
        """The index of exactly this format, appended where it is new."""
        for index, known in enumerate(self._formats):
            if known.number_format == number_format and known.xml == wanted:
                return index
        self._formats.append(_Format(wanted, number_format))
        self._added.append(wanted)
        return len(self._formats) - 1

    def _is_general(self, number_format: int) -> bool:
        named = "general" if number_format == 0 else ""
        return self._codes.get(number_format, named).lower() == "general"

    def _is_date(self, style: int, part: re.Pattern[str] = _DATE_PART) -> bool:
        """Whether a format shows a date or time; with `_DAY_PART`, whether it shows the day."""
        known = style < len(self._formats)
        return known and self._shows_date(self._formats[style].number_format, part)

    def _shows_date(self, number_format: int, part: re.Pattern[str] = _DATE_PART) -> bool:
        code = self._codes.get(number_format)
        if code is None:
            times = _BUILTIN_TIMES if part is _DAY_PART else frozenset()
            return number_format in _BUILTIN_DATES - times
        first = code.partition(";")[0]
        if first.lower() == "general":
            return False
        return bool(part.search(_LITERAL.sub("", first)))


def formats_of(data: bytes) -> list[bytes]:
    """The bytes of each format of a styles part, which is read to its end but not kept."""
    reader = markup.parser()
    path: list[str] = []
    starts: list[int] = []
    found: list[bytes] = []

    def start(tag: str, _: dict[str, str]) -> None:
        path.append(tag.rpartition(":")[2])
        if len(path) == 3 and path[1] == "cellXfs":
            starts.append(reader.CurrentByteIndex)

    def end(_: str) -> None:
        if len(path) == 3 and path[1] == "cellXfs":
            stop = markup.tag_end(data, starts[-1])
            if data[stop - 2 : stop] != b"/>":
                stop = markup.tag_end(data, reader.CurrentByteIndex)
            found.append(data[starts[-1] : stop])
        path.pop()

    reader.StartElementHandler = start
    reader.EndElementHandler = end
    reader.Parse(data, True)  # noqa: FBT003 - expat's own signature
    return found


def _bare(xml: bytes) -> bytes:
    """An ``<xf>`` without what it says of the contents of its cells."""
    element = markup.parse(xml)
    splices = [Splice(one.start, one.end, b"") for one in element.all("extLst")]
    if element.flag("quotePrefix"):
        splices.append(markup.set_attributes(xml, element, {"quotePrefix": "0"}))
    return markup.apply(xml, splices) if splices else xml


def _no_format() -> Refusal:
    return Refusal(
        "no-format",
        "it has no cell format in which a date looks like a date, and a number like a number",
        REPAIR,
    )


def _with_format(xml: bytes, number_format: int) -> bytes:
    """An ``<xf>`` with another number format, and the mark that it counts."""
    element = markup.parse(xml)
    values = {"numFmtId": str(number_format)}
    if number_format:
        values["applyNumberFormat"] = "1"
    return markup.apply(xml, [markup.set_attributes(xml, element, values)])
