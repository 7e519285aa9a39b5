"""Requests that change rows and columns: insert, delete, drag, sort, hide, group."""

from __future__ import annotations

from typing import Any

from tests.support.sheets_api import masks
from tests.support.sheets_api.batch import Context, handles
from tests.support.sheets_api.cells import Cell, ErrorValue, Item, effective, item
from tests.support.sheets_api.errors import invalid
from tests.support.sheets_api.masks import Mask
from tests.support.sheets_api.ranges import COLUMNS, ROWS, Area, edges
from tests.support.sheets_api.resources import dimension_range
from tests.support.sheets_api.sheet import Sheet


@handles("insertDimension")
def insert_dimension(context: Context, body: dict[str, Any]) -> None:
    """Empty rows or columns, formatted as the ones before or after."""
    sheet, dimension, start, end = _span(context, body["range"], beyond=True)
    if start > sheet.size(dimension):
        raise _too_far(sheet, dimension, start)
    before = bool(body.get("inheritFromBefore"))
    if before and start == 0:
        raise invalid("inheritFromBefore cannot be true if inserting at the beginning.")
    if 0 < start < sheet.size(dimension):
        _guard_inside(context, sheet, dimension, start)
    insert(sheet, dimension, start, end - start, inherit_before=before)


@handles("deleteDimension")
def delete_dimension(context: Context, body: dict[str, Any]) -> None:
    """Rows or columns that go away."""
    sheet, dimension, start, end = _span(context, body["range"])
    context.book.guard(context.account, sheet, _lane(sheet, dimension, start, end))
    sheet.delete(dimension, start, end)


@handles("appendDimension")
def append_dimension(context: Context, body: dict[str, Any]) -> None:
    """Empty rows or columns at the end."""
    sheet = context.book.sheet(body.get("sheetId", 0))
    length = body.get("length", 0)
    if length < 1:
        raise invalid("length must be positive.")
    if body.get("dimension") == ROWS:
        sheet.row_count += length
    elif body.get("dimension") == COLUMNS:
        sheet.column_count += length
    else:
        raise invalid("No dimension was given.")


@handles("moveDimension")
def move_dimension(context: Context, body: dict[str, Any]) -> None:
    """Rows or columns dragged somewhere else."""
    sheet, dimension, start, end = _span(context, body["source"])
    destination = body.get("destinationIndex", 0)
    if destination > sheet.size(dimension):
        raise _too_far(sheet, dimension, destination)
    if start <= destination <= end:
        raise invalid("The destination lies within the source.")
    context.book.guard(context.account, sheet, _lane(sheet, dimension, start, end))
    sheet.move(dimension, start, end, destination)


@handles("insertRange")
def insert_range(context: Context, body: dict[str, Any]) -> None:
    """Empty cells, with those below or on the right pushed on."""
    sheet, area = context.area(body["range"])
    if body.get("shiftDimension", ROWS) == ROWS:
        below = Area(area.top, area.left, sheet.row_count, area.right)
        block = sheet.block(below)
        blank: list[list[Item]] = [[None] * area.width for _ in range(area.height)]
        spill = any(any(i is not None for i in row) for row in block[-area.height :])
        sheet.row_count += area.height if spill else 0
        _lay(sheet, below, (blank + block)[: sheet.row_count - area.top])
    else:
        right = Area(area.top, area.left, area.bottom, sheet.column_count)
        block = [[None] * area.width + row for row in sheet.block(right)]
        spill = any(any(i is not None for i in row[-area.width :]) for row in block)
        sheet.column_count += area.width if spill else 0
        _lay(sheet, right, [row[: sheet.column_count - area.left] for row in block])


@handles("deleteRange")
def delete_range(context: Context, body: dict[str, Any]) -> None:
    """Cells that go away, with those below or on the right moved up."""
    sheet, area = context.area(body["range"])
    if body.get("shiftDimension", ROWS) == ROWS:
        below = Area(area.top, area.left, sheet.row_count, area.right)
        block = sheet.block(below)[area.height :]
        _lay(sheet, below, block + [[None] * area.width for _ in range(area.height)])
    else:
        right = Area(area.top, area.left, area.bottom, sheet.column_count)
        blank: list[Item] = [None] * area.width
        _lay(sheet, right, [row[area.width :] + blank for row in sheet.block(right)])


@handles("sortRange")
def sort_range(context: Context, body: dict[str, Any]) -> None:
    """Rows of a range in another order."""
    sheet, area = context.area(body["range"])
    specs = body.get("sortSpecs", [])
    if not specs:
        raise invalid("No sort specs were given.")
    for spec in specs:
        if not area.left <= spec.get("dimensionIndex", 0) < area.right:
            raise invalid(
                f"Dimension index {spec.get('dimensionIndex', 0)} is outside of the range."
            )
    sort(
        sheet,
        area,
        [(s.get("dimensionIndex", 0), s.get("sortOrder") == "DESCENDING") for s in specs],
    )


@handles("updateDimensionProperties")
def update_dimension_properties(context: Context, body: dict[str, Any]) -> None:
    """Widths, heights, and what is hidden."""
    mask = masks.update(body.get("fields", ""), "DimensionProperties")
    sheet, dimension, start, end = _span(context, body["range"])
    new = body.get("properties", {})
    if "developerMetadata" in mask:
        raise invalid("developerMetadata has requests of its own.")
    for index in range(start, end):
        _resize(sheet, dimension, index, mask, new)


@handles("autoResizeDimensions")
def auto_resize_dimensions(context: Context, body: dict[str, Any]) -> None:
    """Columns as wide as their longest text."""
    sheet, dimension, start, end = _span(context, body["dimensions"])
    for index in range(start, end):
        if dimension == COLUMNS:
            longest = max(
                (len(str(effective(r[index]))) for r in sheet.rows if index < len(r)), default=0
            )
            pixels = max(21, 7 * longest + 6) if longest else 100
        else:
            pixels = 21
        _resize(sheet, dimension, index, {"pixelSize": None}, {"pixelSize": pixels})


@handles("addDimensionGroup")
def add_dimension_group(context: Context, body: dict[str, Any]) -> dict[str, Any]:
    """Rows or columns that fold together."""
    sheet, dimension, start, end = _span(context, body["range"])
    groups = sheet.groups[dimension]
    depth = 1 + sum(
        g["range"]["startIndex"] <= start and end <= g["range"]["endIndex"] for g in groups
    )
    range_ = {"dimension": dimension, "startIndex": start, "endIndex": end}
    groups.append({"range": range_, "depth": depth})
    sheet.grid["rowGroupControlAfter" if dimension == ROWS else "columnGroupControlAfter"] = True
    return {"dimensionGroups": _groups(sheet, dimension)}


@handles("deleteDimensionGroup")
def delete_dimension_group(context: Context, body: dict[str, Any]) -> dict[str, Any]:
    """Rows or columns that no longer fold together."""
    sheet, dimension, start, end = _span(context, body["range"])
    groups = sheet.groups[dimension]
    inside = [
        g for g in groups if g["range"]["startIndex"] >= start and g["range"]["endIndex"] <= end
    ]
    if not inside:
        raise invalid("Cannot delete group: there is none in this range.")
    groups.remove(max(inside, key=lambda group: group["depth"]))
    left = _groups(sheet, dimension)
    return {"dimensionGroups": left} if left else {}


def insert(
    sheet: Sheet, dimension: str, start: int, count: int, *, inherit_before: bool = False
) -> None:
    """Insert rows or columns that look as their neighbours do."""
    sheet.insert(dimension, start, count)
    model = start - 1 if inherit_before else start + count
    if model >= sheet.size(dimension):
        return
    if dimension == ROWS:
        row = sheet.rows[model] if model < len(sheet.rows) else []
        for new in range(start, start + count):
            sheet.put(new, 0, [_look(one) for one in row])
    else:
        for index, row in enumerate(sheet.rows):
            look = _look(row[model]) if model < len(row) else None
            if look is not None:
                sheet.put(index, start, [look] * count)


def sort(sheet: Sheet, area: Area, specs: list[tuple[int, bool]]) -> None:
    """Sort an area's rows by columns, each (index, whether descending).

    Numbers come before texts and these before truth values; empty cells are always last.
    Developer metadata of rows goes along where the area has all that stands in them.
    """
    block = sheet.block(area)
    order = list(range(len(block)))
    for column, descending in reversed(specs):
        keys = [_key(row[column - area.left]) for row in block]
        filled = [index for index in order if keys[index] is not None]
        blank = [index for index in order if keys[index] is None]
        filled.sort(key=keys.__getitem__, reverse=descending)
        order = filled + blank
    _lay(sheet, area, [block[index] for index in order])
    whole = all(
        item is None
        for row in sheet.rows[area.top : area.bottom]
        for item in row[: area.left] + row[area.right :]
    )
    if whole:
        places = {area.top + old: area.top + new for new, old in enumerate(order)}
        for entry in sheet.metadata:
            lane = entry["location"].get("dimensionRange")
            if lane and lane["dimension"] == ROWS and lane["startIndex"] in places:
                new = places[lane["startIndex"]]
                lane |= {"startIndex": new, "endIndex": new + 1}


def _key(one: Item) -> tuple[int, Any] | None:
    value = effective(one)
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return (2, value)
    if isinstance(value, int | float):
        return (0, value)
    if isinstance(value, ErrorValue):
        return (3, value.kind)
    return (1, (str(value).casefold(), str(value)))


def _look(one: Item) -> Item:
    if not isinstance(one, Cell) or not (one.format or one.validation):
        return None
    return item(Cell(format=one.format, validation=one.validation))


def _lay(sheet: Sheet, area: Area, block: list[list[Item]]) -> None:
    last = max(
        (n for n, row in enumerate(block, 1) if any(one is not None for one in row)), default=0
    )
    for offset, items in enumerate(block):
        row = area.top + offset
        if offset < last or row < len(sheet.rows):
            sheet.put(row, area.left, items)


def _span(
    context: Context, range_: dict[str, Any], *, beyond: bool = False
) -> tuple[Sheet, str, int, int]:
    sheet = context.book.sheet(range_.get("sheetId", 0))
    dimension = range_.get("dimension", "DIMENSION_UNSPECIFIED")
    if dimension not in {ROWS, COLUMNS}:
        raise invalid("No dimension was given.")
    start = range_.get("startIndex", 0)
    end = range_.get("endIndex", sheet.size(dimension))
    if start < 0 or end <= start:
        raise invalid(f"The range is empty or wrong: startIndex {start}, endIndex {end}.")
    if not beyond and start >= sheet.size(dimension):
        raise _too_far(sheet, dimension, start)
    return sheet, dimension, start, end if beyond else min(end, sheet.size(dimension))


def _too_far(sheet: Sheet, dimension: str, index: int) -> Exception:
    return invalid(
        f"Index {index} is beyond the {dimension.lower()} of the sheet: {sheet.size(dimension)}"
    )


def _lane(sheet: Sheet, dimension: str, start: int, end: int) -> Area:
    if dimension == ROWS:
        return Area(start, 0, end, sheet.column_count)
    return Area(0, start, sheet.row_count, end)


def _guard_inside(context: Context, sheet: Sheet, dimension: str, index: int) -> None:
    before, after = (_lane(sheet, dimension, n, n + 1) for n in (index - 1, index))
    for entry in sheet.protected:
        area = sheet.within(edges(entry["range"]))
        if area.meets(before) and area.meets(after):
            context.book.guard(context.account, sheet, after)


def _resize(sheet: Sheet, dimension: str, index: int, mask: Mask, new: dict[str, Any]) -> None:
    sizes = sheet.sizes[dimension]
    kept = {n: c for n, c in masks.applied(mask, sizes.get(index, {}), new).items() if c}
    if kept:
        sizes[index] = kept
    else:
        sizes.pop(index, None)


def _groups(sheet: Sheet, dimension: str) -> list[dict[str, Any]]:
    return [
        group | {"range": dimension_range(sheet, group["range"])}
        for group in sheet.groups[dimension]
    ]
