"""Developer metadata: notes for programs on a spreadsheet, tab, row or column."""

from __future__ import annotations

from typing import Any

from tests.support.sheets_api import masks
from tests.support.sheets_api.batch import Context, handles
from tests.support.sheets_api.book import Book
from tests.support.sheets_api.errors import ApiError, invalid
from tests.support.sheets_api.ranges import COLUMNS, ROWS, Area, edges
from tests.support.sheets_api.resources import metadata
from tests.support.sheets_api.sheet import Sheet

MAX_CHARACTERS = 30_000  # of keys and values, in one tab


@handles("createDeveloperMetadata")
def create_developer_metadata(context: Context, body: dict[str, Any]) -> dict[str, Any]:
    """A new note."""
    given = body["developerMetadata"]
    if not given.get("metadataKey"):
        raise invalid("A metadata key must be specified.")
    if given.get("visibility") not in {"DOCUMENT", "PROJECT"}:
        raise invalid("A metadata visibility must be specified.")
    number = given.get("metadataId") or context.new_id()
    if any(entry["metadataId"] == number for entry in context.book.all_metadata()):
        raise invalid(f"Developer metadata with ID {number} already exists.")
    sheet, location = _location(context.book, given.get("location", {}))
    entry = {
        "metadataId": number,
        "metadataKey": given["metadataKey"],
        "metadataValue": given.get("metadataValue", ""),
        "location": location,
        "visibility": given["visibility"],
    }
    listed = sheet.metadata if sheet else context.book.metadata
    listed.append(entry)
    if sum(len(e["metadataKey"]) + len(e["metadataValue"]) for e in listed) > MAX_CHARACTERS:
        raise invalid("The developer metadata is larger than the maximum of 30000 characters.")
    return {"developerMetadata": metadata(entry)}


@handles("updateDeveloperMetadata")
def update_developer_metadata(context: Context, body: dict[str, Any]) -> dict[str, Any]:
    """Other keys, values or places for those that filters find."""
    mask = masks.update(body.get("fields", ""), "DeveloperMetadata")
    given = body.get("developerMetadata", {})
    changed = []
    for entry in found(context.book, body.get("dataFilters", [])):
        for name in ("metadataKey", "metadataValue", "visibility"):
            if name in mask:
                entry[name] = given.get(name, "")
        if "location" in mask:
            _drop(context.book, entry)
            sheet, entry["location"] = _location(context.book, given.get("location", {}))
            (sheet.metadata if sheet else context.book.metadata).append(entry)
        changed.append(metadata(entry))
    return {"developerMetadata": changed} if changed else {}


@handles("deleteDeveloperMetadata")
def delete_developer_metadata(context: Context, body: dict[str, Any]) -> dict[str, Any]:
    """Notes that go away."""
    gone = found(context.book, [body.get("dataFilter", {})])
    for entry in gone:
        _drop(context.book, entry)
    return {"deletedDeveloperMetadata": [metadata(entry) for entry in gone]} if gone else {}


def found(book: Book, filters: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The notes that any of these data filters finds."""
    return [
        entry for entry in book.all_metadata() if any(matches(book, entry, one) for one in filters)
    ]


def matches(book: Book, entry: dict[str, Any], one: dict[str, Any]) -> bool:
    """Whether a data filter finds a note.

    Raises:
        ApiError: the filter says nothing, or names a range that is not there.
    """
    lookup = one.get("developerMetadataLookup")
    if lookup is None:
        sheet, area = _picked(book, one)
        place = _area(book, entry)
        return place is not None and place[0] is sheet and place[1].meets(area)
    for name in ("metadataId", "metadataKey", "metadataValue", "visibility"):
        if name in lookup and lookup[name] != entry[name]:
            return False
    if "locationType" in lookup and lookup["locationType"] != entry["location"]["locationType"]:
        return False
    return "metadataLocation" not in lookup or _placed(book, entry, lookup)


def areas(book: Book, one: dict[str, Any]) -> list[tuple[Sheet, Area]]:
    """The cells that a data filter finds: a range, or those of the notes that it finds.

    Raises:
        ApiError: the filter says nothing, or names a range that is not there.
    """
    if "developerMetadataLookup" not in one:
        return [_picked(book, one)]
    places = [_area(book, entry) for entry in book.all_metadata() if matches(book, entry, one)]
    return [place for place in places if place is not None]


def by_id(book: Book, number: int) -> dict[str, Any]:
    """One note.

    Raises:
        ApiError: there is none with this id.
    """
    for entry in book.all_metadata():
        if entry["metadataId"] == number:
            return metadata(entry)
    raise ApiError(404, f"No developer metadata with ID {number} found.")


def _picked(book: Book, one: dict[str, Any]) -> tuple[Sheet, Area]:
    if "a1Range" in one:
        return book.resolve(one["a1Range"])[:2]
    if "gridRange" not in one:
        raise invalid("A data filter must have exactly one kind of filter.")
    sheet = book.sheet(one["gridRange"].get("sheetId", 0))
    return sheet, sheet.within(edges(one["gridRange"]))


def _location(book: Book, given: dict[str, Any]) -> tuple[Sheet | None, dict[str, Any]]:
    kinds = [name for name in ("spreadsheet", "sheetId", "dimensionRange") if name in given]
    if len(kinds) != 1:
        raise invalid("Exactly one location must be specified.")
    if "spreadsheet" in given:
        return None, {"locationType": "SPREADSHEET", "spreadsheet": True}
    if "sheetId" in given:
        sheet = book.sheet(given["sheetId"])
        return sheet, {"locationType": "SHEET", "sheetId": sheet.sheet_id}
    lane = given["dimensionRange"]
    sheet = book.sheet(lane.get("sheetId", 0))
    if not {"startIndex", "endIndex"} <= lane.keys():
        raise invalid("DimensionRange must specify both a startIndex and an endIndex")
    start, end = lane["startIndex"], lane["endIndex"]
    if lane.get("dimension") not in {ROWS, COLUMNS} or end - start != 1:
        raise invalid("DimensionRange must represent a single row or column")
    if end > sheet.size(lane["dimension"]):
        raise invalid("The dimension range is beyond the sheet.")
    range_ = {"dimension": lane["dimension"], "startIndex": start, "endIndex": end}
    range_ = ({"sheetId": sheet.sheet_id} if sheet.sheet_id else {}) | range_
    kind = "ROW" if lane["dimension"] == ROWS else "COLUMN"
    return sheet, {"locationType": kind, "dimensionRange": range_}


def _area(book: Book, entry: dict[str, Any]) -> tuple[Sheet, Area] | None:
    location = entry["location"]
    if "sheetId" in location:
        sheet = book.sheet(location["sheetId"])
        return sheet, sheet.area
    lane = location.get("dimensionRange")
    if lane is None:
        return None
    sheet = book.sheet(lane.get("sheetId", 0))
    if lane["dimension"] == ROWS:
        return sheet, Area(lane["startIndex"], 0, lane["endIndex"], sheet.column_count)
    return sheet, Area(0, lane["startIndex"], sheet.row_count, lane["endIndex"])


def _placed(book: Book, entry: dict[str, Any], lookup: dict[str, Any]) -> bool:
    wanted, strategy = lookup["metadataLocation"], lookup.get("locationMatchingStrategy", "")
    if wanted.get("spreadsheet"):
        if strategy == "INTERSECTING_LOCATION":
            raise invalid(
                "DeveloperMetadataLookup.spreadsheet is true, but locationMatchingStrategy was"
                " specified as INTERSECTING"
            )
        return entry["location"]["locationType"] == "SPREADSHEET"
    own, place = _area(book, entry), _area(book, {"location": wanted})
    if own is None or place is None or own[0] is not place[0]:
        return False
    if strategy == "EXACT_LOCATION":
        return own[1] == place[1] and ("sheetId" in wanted) == ("sheetId" in entry["location"])
    return own[1].meets(place[1])


def _drop(book: Book, entry: dict[str, Any]) -> None:
    for listed in [book.metadata, *(sheet.metadata for sheet in book.sheets)]:
        listed[:] = [other for other in listed if other is not entry]
