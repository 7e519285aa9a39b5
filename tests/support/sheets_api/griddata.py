"""Cells as the JSON of `spreadsheets.get`: rowData, as much of it as a mask asks for.

A tab of 50,000 leads has a million cells, and a test reads it more than once. So rows are
written as JSON text at once instead of as objects that are then serialised: `Json` is such
a text, and `dumps` puts it into the answer around it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from tests.support.sheets_api import masks
from tests.support.sheets_api.book import Book
from tests.support.sheets_api.cells import Cell, Formula, Item, effective, extended, number
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
    write = None if cell_mask is False else _writer(book, cell_mask)  # type: ignore[arg-type]
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


def _writer(book: Book, mask: Mask | None) -> Callable[[Item], str]:
    """A function that writes one item as JSON."""
    text, integer, truth = _templates(mask)
    decimal = customs(book.locale).decimal

    def write(item: Item) -> str:
        kind = type(item)
        if kind is str:
            return text.replace("\0", _quoted(item))
        if item is None:
            return "{}"
        if kind is int or kind is float:
            plain = number(item)
            figure = json.dumps(plain)
            return integer.replace("\0", figure).replace(
                "\1", _quoted(general(float(item), decimal))
            )
        if kind is bool:
            return truth[item]
        return json.dumps(masks.select(mask, cell_data(book, item)))

    if masks.wants(mask, "effectiveFormat"):
        return lambda item: json.dumps(masks.select(mask, cell_data(book, item)))
    return write


def _templates(mask: Mask | None) -> tuple[str, str, dict[bool, str]]:
    """JSON of plain cells, with marks where the value and its display go."""

    def template(kind: str, value: str, display: str) -> str:
        parts = []
        for name in ("userEnteredValue", "effectiveValue"):
            below = masks.below(mask, name)
            if below is not False:
                inner = f'"{kind}":{value}' if masks.wants(mask, name, kind) else ""
                parts.append(f'"{name}":{{{inner}}}')
        if masks.wants(mask, "formattedValue"):
            parts.append(f'"formattedValue":{display}')
        return "{" + ",".join(parts) + "}"

    return (
        template("stringValue", "\0", "\0"),
        template("numberValue", "\0", "\1"),
        {
            flag: template("boolValue", str(flag).lower(), f'"{str(flag).upper()}"')
            for flag in (True, False)
        },
    )


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
