"""Requests that change tabs and the spreadsheet itself."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from tests.support.sheets_api import masks, resources, styles
from tests.support.sheets_api.batch import Context, handles
from tests.support.sheets_api.book import Book
from tests.support.sheets_api.errors import invalid
from tests.support.sheets_api.sheet import Sheet

_GRID = (
    "frozenRowCount",
    "frozenColumnCount",
    "hideGridlines",
    "rowGroupControlAfter",
    "columnGroupControlAfter",
)


@handles("addSheet")
def add_sheet(context: Context, body: dict[str, Any]) -> dict[str, Any]:
    """A new tab."""
    given = body.get("properties", {})
    if given.get("sheetType", "GRID") != "GRID":
        raise invalid("Only sheets of the type GRID can be added.")
    title = given.get("title") or _free_title(context.book)
    _check_title(context.book, title, None)
    sheet_id = given.get("sheetId", context.new_id())
    if any(sheet.sheet_id == sheet_id for sheet in context.book.sheets):
        raise invalid(f"Sheet with id {sheet_id} already exists")
    grid = given.get("gridProperties", {})
    new = Sheet(
        sheet_id=sheet_id,
        title=title,
        row_count=_least_one(grid.get("rowCount", 1000)),
        column_count=_least_one(grid.get("columnCount", 26)),
    )
    new.grid = {name: grid[name] for name in _GRID if name in grid}
    new.properties = _styled(
        {
            name: given[name]
            for name in ("hidden", "rightToLeft", "tabColor", "tabColorStyle")
            if name in given
        }
    )
    context.book.sheets.insert(given.get("index", len(context.book.sheets)), new)
    return {"properties": resources.sheet_properties(context.book, new)}


@handles("deleteSheet")
def delete_sheet(context: Context, body: dict[str, Any]) -> None:
    """A tab that goes away."""
    book, sheet = context.book, context.book.sheet(body.get("sheetId", 0))
    if sum(not other.properties.get("hidden") for other in book.sheets if other is not sheet) == 0:
        raise invalid("You can't remove all the visible sheets in a document.")
    context.book.guard(context.account, sheet, sheet.area)
    book.sheets = [other for other in book.sheets if other is not sheet]


@handles("duplicateSheet")
def duplicate_sheet(context: Context, body: dict[str, Any]) -> dict[str, Any]:
    """A copy of a tab in the same spreadsheet."""
    source = context.book.sheet(body.get("sourceSheetId", 0))
    title = body.get("newSheetName") or f"Copy of {source.title}"
    _check_title(context.book, title, None)
    new = copied(context, source, title)
    new.sheet_id = body.get("newSheetId", new.sheet_id)
    context.book.sheets.insert(body.get("insertSheetIndex", 0), new)
    return {"properties": resources.sheet_properties(context.book, new)}


@handles("updateSheetProperties")
def update_sheet_properties(context: Context, body: dict[str, Any]) -> None:
    """A tab's title, place, size, colour …"""
    mask = masks.update(body.get("fields", ""), "SheetProperties")
    given = body.get("properties", {})
    book, sheet = context.book, context.book.sheet(given.get("sheetId", 0))
    if "title" in mask:
        _check_title(book, given.get("title", ""), sheet)
        sheet.title = given["title"]
    if "gridProperties" in mask or "*" in mask:
        _resize(sheet, masks.below(mask, "gridProperties"), given.get("gridProperties", {}))
    plain = {n: c for n, c in mask.items() if n in {"hidden", "rightToLeft"}}
    sheet.properties = masks.applied(plain, sheet.properties, given) if plain else sheet.properties
    if {"tabColor", "tabColorStyle"} & set(mask):
        kept = {n: c for n, c in sheet.properties.items() if not n.startswith("tabColor")}
        sheet.properties = kept | _styled(
            {n: given[n] for n in mask if n in given and n.startswith("tabColor")}
        )
    if sheet.properties.get("hidden") and all(s.properties.get("hidden") for s in book.sheets):
        raise invalid("You can't hide all the sheets in a document.")
    if "index" in mask:
        _reorder(book, sheet, given.get("index", 0))


@handles("updateSpreadsheetProperties")
def update_spreadsheet_properties(context: Context, body: dict[str, Any]) -> None:
    """The spreadsheet's title, locale and time zone."""
    mask = masks.update(body.get("fields", ""), "SpreadsheetProperties")
    given, book = body.get("properties", {}), context.book
    if "title" in mask:
        book.title = given.get("title") or "Untitled spreadsheet"
    if "locale" in mask:
        if not given.get("locale"):
            raise invalid("Unsupported locale: ")
        book.locale = given["locale"]
    if "timeZone" in mask:
        if not given.get("timeZone"):
            raise invalid("Invalid time zone: ")
        book.zone = given["timeZone"]
    rest = {n: c for n, c in mask.items() if n in {"autoRecalc", "iterativeCalculationSettings"}}
    if rest:
        book.properties = masks.applied(rest, book.properties, given)


def copied(context: Context, source: Sheet, title: str) -> Sheet:
    """A copy of a tab, with ids of its own."""
    new = source.copy()
    new.sheet_id, new.title = context.new_id(), title
    new.names = []  # a name is there once
    for entry in new.protected:
        entry["protectedRangeId"] = context.new_id()
    for view in new.filter_views:
        view["filterViewId"] = context.new_id()
    for banded in new.banded:
        banded["bandedRangeId"] = context.new_id()
    for entry in new.metadata:
        entry["metadataId"] = context.new_id()
        entry["location"] = deepcopy(entry["location"])
        if "sheetId" in entry["location"]:
            entry["location"]["sheetId"] = new.sheet_id
        if "dimensionRange" in entry["location"]:
            entry["location"]["dimensionRange"]["sheetId"] = new.sheet_id
    return new


def _check_title(book: Book, title: str, itself: Sheet | None) -> None:
    if not title:
        raise invalid("Sheet name cannot be empty.")
    found = book.titled(title)
    if found is not None and found is not itself:
        raise invalid(f'A sheet with the name "{title}" already exists. Please enter another name.')


def _free_title(book: Book) -> str:
    number = len(book.sheets) + 1
    while book.titled(f"Sheet{number}"):
        number += 1
    return f"Sheet{number}"


def _least_one(count: int) -> int:
    if count < 1:
        raise invalid("You must leave at least one row and one column.")
    return count


def _resize(sheet: Sheet, mask: masks.Mask | None, given: dict[str, Any]) -> None:
    names = mask if mask is not None else dict.fromkeys(("rowCount", "columnCount", *_GRID))
    if "rowCount" in names:
        rows = _least_one(given.get("rowCount", 0))
        if rows < sheet.row_count:
            sheet.delete("ROWS", rows, sheet.row_count)
        sheet.row_count = rows
    if "columnCount" in names:
        columns = _least_one(given.get("columnCount", 0))
        if columns < sheet.column_count:
            sheet.delete("COLUMNS", columns, sheet.column_count)
        sheet.column_count = columns
    for name in _GRID:
        if name in names:
            sheet.grid[name] = given.get(name)
    if (sheet.grid.get("frozenRowCount") or 0) >= sheet.row_count:
        raise invalid("You can't freeze all visible rows on the sheet.")
    if (sheet.grid.get("frozenColumnCount") or 0) >= sheet.column_count:
        raise invalid("You can't freeze all visible columns on the sheet.")


def _reorder(book: Book, sheet: Sheet, index: int) -> None:
    old = book.sheets.index(sheet)
    book.sheets.remove(sheet)
    book.sheets.insert(index - 1 if index > old else index, sheet)  # counted before it is taken out


def _styled(given: dict[str, Any]) -> dict[str, Any]:
    kept = styles.normal(given)
    return {n: c for n, c in kept.items() if c or not n.startswith("tabColor")}
