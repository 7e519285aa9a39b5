"""A spreadsheet as the JSON of `spreadsheets.get`, as much of it as is asked for."""

from __future__ import annotations

from typing import Any

from tests.support.sheets_api import griddata, masks, styles
from tests.support.sheets_api.book import Book
from tests.support.sheets_api.masks import Mask
from tests.support.sheets_api.ranges import COLUMNS, ROWS, Area, grid_range
from tests.support.sheets_api.sheet import Sheet

ROW_PIXELS, COLUMN_PIXELS = 21, 100

Pick = tuple[Sheet, Area]

_THEME = (
    ("TEXT", {}),
    ("BACKGROUND", styles.WHITE),
    ("ACCENT1", {"red": 0.25882354, "green": 0.52156866, "blue": 0.95686275}),
    ("ACCENT2", {"red": 0.91764706, "green": 0.2627451, "blue": 0.20784314}),
    ("ACCENT3", {"red": 0.9843137, "green": 0.7372549, "blue": 0.015686275}),
    ("ACCENT4", {"red": 0.20392157, "green": 0.65882355, "blue": 0.3254902}),
    ("ACCENT5", {"red": 1, "green": 0.42745098, "blue": 0.003921569}),
    ("ACCENT6", {"red": 0.27450982, "green": 0.7411765, "blue": 0.7764706}),
    ("LINK", {"red": 0.06666667, "green": 0.33333334, "blue": 0.8}),
)


def spreadsheet(
    book: Book, account: str, mask: Mask | None, *, picks: list[Pick] | None, grid: bool
) -> dict[str, Any]:
    """The spreadsheet.

    Args:
        book: which one.
        account: who asks, for what may be edited.
        mask: what is wanted of it; None for all.
        picks: the ranges that were asked for, and with them only their tabs; None for all.
        grid: whether cells are wanted where the mask does not say so.
    """
    wanted = masks.wants(mask, "sheets", "data") if mask is not None else grid
    answer: dict[str, Any] = {
        "spreadsheetId": book.id,
        "properties": properties(book),
    }
    shown = [s for s in book.sheets if picks is None or any(p[0] is s for p in picks)]
    if masks.wants(mask, "sheets"):
        answer["sheets"] = [
            sheet(
                book,
                one,
                account,
                masks.below(mask, "sheets"),
                areas=_areas(one, picks) if wanted else [],
            )
            for one in shown
        ]
    if book.names:
        answer["namedRanges"] = [named_range(one, entry) for one, entry in book.names]
    answer["spreadsheetUrl"] = f"https://docs.google.com/spreadsheets/d/{book.id}/edit"
    if book.metadata:
        answer["developerMetadata"] = [metadata(entry) for entry in book.metadata]
    return masks.select(mask, answer)


def properties(book: Book) -> dict[str, Any]:
    """SpreadsheetProperties."""
    return {
        "title": book.title,
        "locale": book.locale,
        "timeZone": book.zone,
        **book.properties,
        "defaultFormat": styles.DEFAULT,
        "spreadsheetTheme": {
            "primaryFontFamily": "Arial",
            "themeColors": [
                {"colorType": name, "color": {"rgbColor": color}} for name, color in _THEME
            ],
        },
    }


def sheet(
    book: Book, one: Sheet, account: str, mask: Mask | None, *, areas: list[Area]
) -> dict[str, Any]:
    """One tab, with the cells of these areas."""
    answer: dict[str, Any] = {"properties": sheet_properties(book, one)}
    if areas:
        inner = masks.below(mask, "data")
        answer["data"] = [_grid_data(book, one, area, inner) for area in areas]
    ranged = {
        "conditionalFormats": [
            rule | {"ranges": [grid_range(one.sheet_id, r) for r in rule["ranges"]]}
            for rule in one.conditional
        ],
        "merges": [grid_range(one.sheet_id, range_) for range_ in one.merges],
        "protectedRanges": [protected_range(book, one, p, account) for p in one.protected],
        "filterViews": [_ranged(one, view) for view in one.filter_views],
        "bandedRanges": [_ranged(one, banded) for banded in one.banded],
        "tables": [_ranged(one, table) for table in one.tables],
        "basicFilter": _ranged(one, one.basic_filter) if one.basic_filter else None,
        "rowGroups": [_group(one, group) for group in one.groups[ROWS]],
        "columnGroups": [_group(one, group) for group in one.groups[COLUMNS]],
        "developerMetadata": [
            metadata(entry) for entry in one.metadata if "dimensionRange" not in entry["location"]
        ],
    }
    return answer | {name: content for name, content in ranged.items() if content}


def sheet_properties(book: Book, one: Sheet) -> dict[str, Any]:
    """SheetProperties."""
    grid = {"rowCount": one.row_count, "columnCount": one.column_count} | {
        name: content for name, content in one.grid.items() if content
    }
    return {
        "sheetId": one.sheet_id,
        "title": one.title,
        "index": next(index for index, other in enumerate(book.sheets) if other is one),
        "sheetType": "GRID",
        "gridProperties": grid,
        **{name: content for name, content in one.properties.items() if content},
    }


def named_range(one: Sheet, entry: dict[str, Any]) -> dict[str, Any]:
    """NamedRange."""
    return {
        "namedRangeId": entry["namedRangeId"],
        "name": entry["name"],
        "range": grid_range(one.sheet_id, entry["range"]),
    }


def protected_range(book: Book, one: Sheet, entry: dict[str, Any], account: str) -> dict[str, Any]:
    """ProtectedRange, as an account sees it: who may edit is shown to those who may."""
    answer = {
        "protectedRangeId": entry["protectedRangeId"],
        "range": grid_range(one.sheet_id, entry["range"]),
    }
    if entry.get("description"):
        answer["description"] = entry["description"]
    if entry.get("unprotectedRanges"):
        answer["unprotectedRanges"] = [
            grid_range(one.sheet_id, range_) for range_ in entry["unprotectedRanges"]
        ]
    if entry.get("warningOnly"):
        answer["warningOnly"] = True
    elif account not in {book.owner, *entry["users"]}:
        return answer
    users = list(dict.fromkeys([book.owner, *entry["users"]]))
    return answer | {"requestingUserCanEdit": True, "editors": {"users": users}}


def metadata(entry: dict[str, Any]) -> dict[str, Any]:
    """DeveloperMetadata."""
    return {name: content for name, content in entry.items() if content not in ("", None)}


def dimension_range(one: Sheet, range_: dict[str, Any]) -> dict[str, Any]:
    """DimensionRange of a tab."""
    edges = {name: content for name, content in range_.items() if name != "sheetId"}
    return ({"sheetId": one.sheet_id} if one.sheet_id else {}) | edges


def _areas(one: Sheet, picks: list[Pick] | None) -> list[Area]:
    return [one.area] if picks is None else [area for sheet_, area in picks if sheet_ is one]


def _grid_data(book: Book, one: Sheet, area: Area, mask: Mask | None) -> dict[str, Any]:
    answer: dict[str, Any] = {}
    if area.top:
        answer["startRow"] = area.top
    if area.left:
        answer["startColumn"] = area.left
    if masks.wants(mask, "rowData"):
        inner = masks.below(mask, "rowData")
        rows = griddata.row_data(book, one, area, inner)
        if rows:
            answer["rowData"] = rows
    if masks.wants(mask, "rowMetadata"):
        answer["rowMetadata"] = _sizes(one, ROWS, area.top, area.bottom)
    if masks.wants(mask, "columnMetadata"):
        answer["columnMetadata"] = _sizes(one, COLUMNS, area.left, area.right)
    return answer


def _sizes(one: Sheet, dimension: str, start: int, end: int) -> list[dict[str, Any]]:
    plain = {"pixelSize": ROW_PIXELS if dimension == ROWS else COLUMN_PIXELS}
    tagged: dict[int, list[dict]] = {}
    for entry in one.metadata:
        place = entry["location"].get("dimensionRange")
        if place and place["dimension"] == dimension:
            tagged.setdefault(place["startIndex"], []).append(metadata(entry))
    return [
        plain
        | one.sizes[dimension].get(index, {})
        | ({"developerMetadata": tagged[index]} if index in tagged else {})
        for index in range(start, end)
    ]


def _ranged(one: Sheet, entry: dict[str, Any]) -> dict[str, Any]:
    return entry | {"range": grid_range(one.sheet_id, entry["range"])}


def _group(one: Sheet, group: dict[str, Any]) -> dict[str, Any]:
    return group | {"range": dimension_range(one, group["range"])}
