"""Cells as the JSON of `spreadsheets.get`: rowData, as much of it as a mask asks for.

A tab of 50,000 leads has a million cells, and a test reads it more than once. So rows are
written as JSON text at once instead of as objects that are then serialised: `Json` is such
a text, and `dumps` puts it into the answer around it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.support.sheets_api import masks
from tests.support.sheets_api.book import Book
from tests.support.sheets_api.cells import (
    Cell,
    Formula,
    Item,
    Value,
    effective,
    extended,
    number,
)
from tests.support.sheets_api.locales import customs
from tests.support.sheets_api.masks import Mask
from tests.support.sheets_api.ranges import Area
from tests.support.sheets_api.sheet import Sheet
from tests.support.sheets_api.shown import general, shown
from tests.support.sheets_api.styles import effective_format

_quoted = json.encoder.encode_basestring_ascii


class Json:
    """A part of an answer that is JSON already."""

    def __init__(self, text: str):
        self.text = text


def dumps(answer: Any) -> bytes:
    """An answer as the bytes that go out."""
    parts: list[str] = []

    def keep(part: Any) -> str:
        if not isinstance(part, Json):
            raise TypeError(f"not JSON: {part!r}")
        parts.append(part.text)
        return f"\ue000{len(parts) - 1}\ue000"

    text = json.dumps(answer, default=keep)
    if parts:
        pieces = text.split('"\\ue000')
        filled = [pieces[0]]
        for piece in pieces[1:]:
            index, _, rest = piece.partition('\\ue000"')
            filled += [parts[int(index)], rest]
        text = "".join(filled)
    return text.encode()


def row_data(book: Book, sheet: Sheet, area: Area, mask: Mask | None) -> Json | None:
    """The `rowData` of an area; None where nothing stands there.

    Args:
        book: for its locale.
        sheet: the tab.
        area: which cells.
        mask: what is wanted of a RowData.
    """
    cell_mask = masks.below(mask, "values")
    write = None if cell_mask is False else _Writer(book, cell_mask).write
    texts, last = [], 0
    for count, row in enumerate(sheet.rows[area.top : area.bottom], 1):
        items = row[area.left : area.right]
        while items and items[-1] is None:
            items.pop()
        if items:
            last = count
        filled = items and write is not None
        texts.append('{"values":[' + ",".join(map(write, items)) + "]}" if filled else "{}")
    return Json("[" + ",".join(texts[:last]) + "]") if last else None


def cell_data(book: Book, item: Item) -> dict[str, Any]:
    """All of a cell."""
    data: dict[str, Any] = {}
    if item is None:
        return data
    cell = item if isinstance(item, Cell) else Cell(item)
    value = effective(item)
    number_format = (cell.format or {}).get("numberFormat")
    if cell.value is not None:
        data["userEnteredValue"] = extended(cell.value)
    if value is not None:
        data["effectiveValue"] = extended(value)
        data["formattedValue"] = shown(value, number_format, book.locale)
    if cell.format:
        data["userEnteredFormat"] = cell.format
    if cell.format or cell.value is not None:
        data["effectiveFormat"] = effective_format(cell, value)
    link = cell.link or _formula_link(cell)
    rest = {
        "hyperlink": link,
        "note": cell.note,
        "textFormatRuns": cell.runs,
        "dataValidation": cell.validation,
        "chipRuns": cell.chips,
    }
    return data | {name: content for name, content in rest.items() if content}


class _Writer:
    """Writes items as the JSON of CellData, as much of it as a mask asks for."""

    def __init__(self, book: Book, mask: Mask | None):
        self.book = book
        self.mask = mask
        self.decimal = customs(book.locale).decimal
        self.entered = _kinds(mask, "userEnteredValue")
        self.effective = _kinds(mask, "effectiveValue")
        self.display = masks.wants(mask, "formattedValue")
        self.styles: dict[tuple[int, str], tuple[dict | None, str]] = {}
        self.text = self.pattern("stringValue", "\0", "\0", "")
        self.figure = self.pattern("numberValue", "\0", "\1", 0)
        self.truth = {
            flag: self.pattern("boolValue", str(flag).lower(), f'"{str(flag).upper()}"', flag)
            for flag in (True, False)
        }

    def write(self, item: Item) -> str:
        """One item."""
        kind = type(item)
        if kind is str:
            return self.text.replace("\0", _quoted(item))
        if item is None:
            return "{}"
        if kind is int or kind is float:
            display = _quoted(general(float(item), self.decimal))
            return self.figure.replace("\0", json.dumps(number(item))).replace("\1", display)
        if kind is bool:
            return self.truth[item]
        more = item.note or item.validation or item.link or item.runs or item.chips
        if more or _formula_link(item):
            return json.dumps(masks.select(self.mask, cell_data(self.book, item)))
        return self.cell(item)

    def cell(self, cell: Cell) -> str:
        """A cell that has a value and a format at most."""
        value, parts = effective(cell), []
        if cell.value is not None and self.entered is not None:
            parts.append('"userEnteredValue":' + _extended(cell.value, self.entered))
        if value is not None and self.effective is not None:
            parts.append('"effectiveValue":' + _extended(value, self.effective))
        if value is not None and self.display:
            form = (cell.format or {}).get("numberFormat")
            parts.append('"formattedValue":' + _quoted(shown(value, form, self.book.locale)))
        style = self.style(cell, value)
        return "{" + ",".join([*parts, style] if style else parts) + "}"

    def pattern(self, kind: str, content: str, display: str, example: Value) -> str:
        """The JSON of plain cells, with marks where the value and its display go."""
        parts = [
            f'"{name}":{{' + (f'"{kind}":{content}' if "*" in kinds or kind in kinds else "") + "}"
            for name, kinds in (
                ("userEnteredValue", self.entered),
                ("effectiveValue", self.effective),
            )
            if kinds is not None
        ]
        if self.display:
            parts.append(f'"formattedValue":{display}')
        style = self.style(Cell(example), example)
        return "{" + ",".join([*parts, style] if style else parts) + "}"

    def style(self, cell: Cell, value: Value) -> str:
        """The JSON of a cell's formats, which many cells share."""
        key = (id(cell.format), type(value).__name__)
        if key not in self.styles:
            data: dict[str, Any] = {"userEnteredFormat": cell.format} if cell.format else {}
            if (cell.format or value is not None) and masks.wants(self.mask, "effectiveFormat"):
                data["effectiveFormat"] = effective_format(cell, value)
            text = json.dumps(masks.select(self.mask, data))[1:-1]
            self.styles[key] = (cell.format, text)  # keeps the format, and so its id
        return self.styles[key][1]


def _kinds(mask: Mask | None, name: str) -> frozenset[str] | None:
    below = masks.below(mask, name)
    if below is False:
        return None
    return frozenset("*") if below is None else frozenset(below)


def _extended(value: Value, kinds: frozenset[str]) -> str:
    found = extended(value) or {}
    return json.dumps(found if "*" in kinds else {k: v for k, v in found.items() if k in kinds})


def _formula_link(cell: Cell) -> str:
    if isinstance(cell.value, Formula) and cell.value.text.upper().startswith("=HYPERLINK("):
        parts = cell.value.text.split('"')
        return parts[1] if len(parts) > 1 else ""
    return ""


def iterate(sheet: Sheet, area: Area) -> Iterator[tuple[int, int, Item]]:
    """The cells of an area that are not empty."""
    for row in range(area.top, min(area.bottom, len(sheet.rows))):
        for column, item in enumerate(sheet.rows[row][area.left : area.right], area.left):
            if item is not None:
                yield row, column, item
