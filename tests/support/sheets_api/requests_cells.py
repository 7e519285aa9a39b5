"""Requests that change cells: updateCells, repeatCell, copyPaste, mergeCells and their kin."""

from __future__ import annotations

import re
from typing import Any

from tests.support.sheets_api import masks, styles
from tests.support.sheets_api.batch import Context, handles
from tests.support.sheets_api.book import Book
from tests.support.sheets_api.cells import (
    Cell,
    Formula,
    Item,
    cell,
    from_extended,
    item,
    short,
)
from tests.support.sheets_api.errors import invalid
from tests.support.sheets_api.griddata import iterate
from tests.support.sheets_api.masks import Mask
from tests.support.sheets_api.ranges import Area
from tests.support.sheets_api.sheet import Sheet

_NO_TYPE = "NUMBER_FORMAT_TYPE_UNSPECIFIED"
_VALUE_ONLY = {"userEnteredValue": None}
_PASTED = {
    "PASTE_NORMAL": ("value", "result", "format", "note", "validation", "link", "runs", "chips"),
    "PASTE_VALUES": ("value", "link", "runs", "chips"),
    "PASTE_FORMAT": ("format",),
    "PASTE_NO_BORDERS": ("value", "result", "format", "note", "validation", "link", "runs"),
    "PASTE_FORMULA": ("value", "result", "link", "runs", "chips"),
    "PASTE_DATA_VALIDATION": ("validation",),
    "PASTE_CONDITIONAL_FORMATTING": (),
}


@handles("updateCells")
def update_cells(context: Context, body: dict[str, Any]) -> None:
    """Cells beside and below each other, each with its own content."""
    mask = masks.update(body.get("fields", ""), "CellData")
    rows = [row.get("values", []) for row in body.get("rows", [])]
    if "start" in body:
        start = body["start"]
        sheet = context.book.sheet(start.get("sheetId", 0))
        top, left = start.get("rowIndex", 0), start.get("columnIndex", 0)
        width = max(map(len, rows), default=0)
        area = Area(top, left, top + len(rows), left + width)
        if not sheet.area.holds(area):
            raise sheet.beyond(area)
        if rows and width:
            context.book.guard(context.account, sheet, area)
    elif "range" in body:
        sheet, area = context.area(body["range"])
        rows = _filling(rows, area)
    else:
        raise invalid("Must specify either start or range.")
    for offset, values in enumerate(rows):
        change(context.book, sheet, (area.top + offset, area.left), values, mask)


@handles("repeatCell")
def repeat_cell(context: Context, body: dict[str, Any]) -> None:
    """The same content in every cell of a range."""
    mask = masks.update(body.get("fields", ""), "CellData")
    sheet, area = context.area(body["range"])
    data = body.get("cell", {})
    for row in range(area.top, area.bottom):
        change(context.book, sheet, (row, area.left), [data] * area.width, mask)


@handles("appendCells")
def append_cells(context: Context, body: dict[str, Any]) -> None:
    """Rows below the last row that has anything; the tab grows."""
    mask = masks.update(body.get("fields", ""), "CellData")
    sheet = context.book.sheet(body.get("sheetId", 0))
    rows = [row.get("values", []) for row in body.get("rows", [])]
    top = next((n for n in range(len(sheet.rows), 0, -1) if sheet.rows[n - 1]), 0)
    sheet.row_count = max(sheet.row_count, top + len(rows))
    sheet.column_count = max(sheet.column_count, max(map(len, rows), default=0))
    context.book.guard(context.account, sheet, Area(top, 0, top + len(rows), sheet.column_count))
    for offset, values in enumerate(rows):
        change(context.book, sheet, (top + offset, 0), values, mask)


@handles("setDataValidation")
def set_data_validation(context: Context, body: dict[str, Any]) -> None:
    """A rule for what may be entered, or none."""
    sheet, area = context.area(body["range"])
    rule = body.get("rule")
    if rule and "condition" not in rule:
        raise invalid("No condition was given.")
    for row in range(area.top, area.bottom):
        items = []
        for column in range(area.left, area.right):
            new = cell(sheet.item(row, column))
            new.validation = {k: v for k, v in rule.items() if v is not False} if rule else None
            items.append(item(new))
        sheet.put(row, area.left, items)


@handles("mergeCells")
def merge_cells(context: Context, body: dict[str, Any]) -> None:
    """Cells that become one; only the first one's value stays."""
    sheet, area = context.area(body["range"])
    kind = body.get("mergeType", "MERGE_ALL")
    areas = [area]
    if kind == "MERGE_ROWS":
        areas = [Area(row, area.left, row + 1, area.right) for row in range(area.top, area.bottom)]
    elif kind == "MERGE_COLUMNS":
        areas = [Area(area.top, c, area.bottom, c + 1) for c in range(area.left, area.right)]
    for one in areas:
        merged = [sheet.within(range_) for range_ in sheet.merges]
        if any(old.meets(one) and not one.holds(old) for old in merged):
            raise invalid("You must select all cells in a merged range to merge or unmerge them.")
        sheet.merges = [r for r in sheet.merges if not one.holds(sheet.within(r))]
        sheet.merges.append(one.range())
        for row, column, old in list(iterate(sheet, one)):
            if (row, column) != (one.top, one.left):
                emptied = cell(old)
                emptied.value = emptied.result = None
                sheet.put(row, column, [item(emptied)])


@handles("unmergeCells")
def unmerge_cells(context: Context, body: dict[str, Any]) -> None:
    """Cells that are no longer one."""
    sheet, area = context.area(body["range"])
    met = [range_ for range_ in sheet.merges if sheet.within(range_).meets(area)]
    if any(not area.holds(sheet.within(range_)) for range_ in met):
        raise invalid("You must select all cells in a merged range to merge or unmerge them.")
    sheet.merges = [range_ for range_ in sheet.merges if range_ not in met]


@handles("copyPaste")
def copy_paste(context: Context, body: dict[str, Any]) -> None:
    """A block once more, repeated where the destination has room for it."""
    source, from_ = context.area(body["source"], guarded=False)
    block = source.block(from_)
    if body.get("pasteOrientation") == "TRANSPOSE":
        block = [list(column) for column in zip(*block, strict=True)]
    target = body["destination"]
    sheet = context.book.sheet(target.get("sheetId", 0))
    top, left = target.get("startRowIndex", 0), target.get("startColumnIndex", 0)
    down = max(1, (target.get("endRowIndex", top + 1) - top) // len(block))
    across = max(1, (target.get("endColumnIndex", left + 1) - left) // len(block[0]))
    area = Area(top, left, top + down * len(block), left + across * len(block[0]))
    context.book.guard(context.account, sheet, area)
    for row in range(down):
        for column in range(across):
            paste(
                sheet,
                top + row * len(block),
                left + column * len(block[0]),
                block,
                body.get("pasteType", "PASTE_NORMAL"),
            )


@handles("cutPaste")
def cut_paste(context: Context, body: dict[str, Any]) -> None:
    """A block somewhere else, leaving empty cells behind."""
    source, from_ = context.area(body["source"])
    to = body["destination"]
    sheet = context.book.sheet(to.get("sheetId", 0))
    top, left = to.get("rowIndex", 0), to.get("columnIndex", 0)
    area = Area(top, left, top + from_.height, left + from_.width)
    context.book.guard(context.account, sheet, area)
    cut(source, from_, sheet, (top, left), body.get("pasteType", "PASTE_NORMAL"))


@handles("findReplace")
def find_replace(context: Context, body: dict[str, Any]) -> dict[str, int]:
    """Texts and formulas in which a text is replaced."""
    if "range" in body:
        places = [context.area(body["range"])]
    else:
        book = context.book
        chosen = book.sheets if body.get("allSheets") else [book.sheet(body.get("sheetId", 0))]
        places = [(sheet, sheet.area) for sheet in chosen]
    pattern = body.get("find", "") if body.get("searchByRegex") else re.escape(body.get("find", ""))
    if body.get("matchEntireCell"):
        pattern = rf"\A(?:{pattern})\Z"
    finder = re.compile(pattern, 0 if body.get("matchCase") else re.IGNORECASE)
    counts = {"values": 0, "formulas": 0, "rows": 0, "sheets": 0, "occurrences": 0}
    for sheet, area in places:
        _replace_in(context, (sheet, area), finder, body, counts)
    names = {
        "valuesChanged": counts["values"],
        "formulasChanged": counts["formulas"],
        "rowsChanged": counts["rows"],
        "sheetsChanged": counts["sheets"],
        "occurrencesChanged": counts["occurrences"],
    }
    return {name: count for name, count in names.items() if count}


def change(
    book: Book, sheet: Sheet, at: tuple[int, int], values: list[dict[str, Any]], mask: Mask
) -> None:
    """Give cells beside each other what a mask says of these CellData."""
    row, column = at
    if mask == _VALUE_ONLY:
        old = sheet.rows[row][column : column + len(values)] if row < len(sheet.rows) else []
        items: list[Item] = [_revalued(book, *pair) for pair in zip(old, values, strict=False)]
        items += [_revalued(book, None, data) for data in values[len(old) :]]
    else:
        items = [
            _changed(book, sheet.item(row, column + offset), data, mask)
            for offset, data in enumerate(values)
        ]
    sheet.put(row, column, items)


def paste(sheet: Sheet, top: int, left: int, block: list[list[Item]], kind: str) -> None:
    """Put a copied block down; the tab grows where it must."""
    names = _PASTED[kind]
    sheet.row_count = max(sheet.row_count, top + len(block))
    sheet.column_count = max(sheet.column_count, left + len(block[0]))
    for offset, items in enumerate(block):
        new: list[Item] = []
        for place, source in enumerate(items):
            if kind == "PASTE_NORMAL":
                new.append(source)
                continue
            old, copied = cell(sheet.item(top + offset, left + place)), cell(source)
            if kind == "PASTE_VALUES" and isinstance(copied.value, Formula):
                copied.value = copied.result
            for name in names:
                setattr(old, name, getattr(copied, name))
            new.append(item(old))
        sheet.put(top + offset, left, new)


def cut(
    source: Sheet, area: Area, target: Sheet, at: tuple[int, int], kind: str = "PASTE_NORMAL"
) -> None:
    """Cut a block and paste it."""
    block = source.block(area)
    for row in range(area.top, area.bottom):
        source.put(row, area.left, [None] * area.width)
    paste(target, *at, block, kind)


def _filling(rows: list[list[dict]], area: Area) -> list[list[dict]]:
    if len(rows) > area.height:
        raise invalid(
            f"Attempting to write row: {area.bottom}, beyond the last requested row of:"
            f" {area.bottom - 1}"
        )
    if max(map(len, rows), default=0) > area.width:
        raise invalid(
            f"Attempting to write column: {area.right}, beyond the last requested column of:"
            f" {area.right - 1}"
        )
    filled = [values + [{}] * (area.width - len(values)) for values in rows]
    return filled + [[{}] * area.width for _ in range(area.height - len(rows))]


def _revalued(book: Book, old: Item, data: dict[str, Any]) -> Item:
    value = from_extended(data.get("userEnteredValue"))
    if not isinstance(old, Cell) and not isinstance(value, Formula):
        return value
    new = cell(old)
    new.value, new.result = value, book.yields(value)
    new.link, new.runs, new.chips = "", None, None
    return item(new)


def _changed(book: Book, old: Item, data: dict[str, Any], mask: Mask) -> Item:
    new = cell(old)
    everything = "*" in mask
    if everything or "userEnteredValue" in mask:
        new = cell(_revalued(book, new, data))
    if everything or "userEnteredFormat" in mask:
        style = styles.normal(data.get("userEnteredFormat", {}))
        inner = mask.get("userEnteredFormat")
        chosen = masks.applied(styles.twinned(inner), new.format or {}, style) if inner else style
        _check_number_format(chosen)
        new.format = chosen or None
    if everything or "note" in mask:
        new.note = data.get("note", "")
    if everything or "dataValidation" in mask:
        new.validation = data.get("dataValidation")
    if everything or "textFormatRuns" in mask:
        new.runs = data.get("textFormatRuns")
    if everything or "chipRuns" in mask:
        new.chips = data.get("chipRuns")
    return item(new)


def _check_number_format(style: dict[str, Any]) -> None:
    form = style.get("numberFormat")
    if form is not None and form.get("type", _NO_TYPE) == _NO_TYPE:
        raise invalid("Invalid number format type: NUMBER_FORMAT_TYPE_UNSPECIFIED")


def _replace_in(
    context: Context, place: tuple[Sheet, Area], finder: re.Pattern, body: dict, counts: dict
) -> None:
    rows, (sheet, area) = set(), place
    for row, column, old in list(iterate(sheet, area)):
        new = cell(old)
        formula = isinstance(new.value, Formula)
        if formula and not body.get("includeFormulas"):
            continue
        text = new.value.text if isinstance(new.value, Formula) else new.value
        if not isinstance(text, str):
            continue
        changed, found = finder.subn(lambda _: body.get("replacement", ""), text)
        if found:
            context.book.guard(context.account, sheet, Area(row, column, row + 1, column + 1))
            new.value = Formula(short(changed)) if formula else short(changed) or None
            new.result = context.book.yields(new.value)
            sheet.put(row, column, [item(new)])
            counts["formulas" if formula else "values"] += 1
            counts["occurrences"] += found
            rows.add(row)
    counts["rows"] += len(rows)
    counts["sheets"] += bool(rows)
