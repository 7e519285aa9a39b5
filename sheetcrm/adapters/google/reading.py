"""A tab as the API answers it: raw values where they stand, and what else matters of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from sheetcrm.adapters.google.address import MAX_COLUMN, MAX_ROW
from sheetcrm.adapters.google.values import Raw, error_of
from sheetcrm.core.table.areas import Area
from sheetcrm.core.table.headers import SEARCH_DEPTH
from sheetcrm.errors import SourceError

_RANGE: Final = "startRowIndex,endRowIndex,startColumnIndex,endColumnIndex"
_SHEET: Final = (
    "properties(sheetId,title,index,sheetType,hidden,gridProperties(rowCount,columnCount)),"
    f"merges({_RANGE}),"
    f"protectedRanges(range({_RANGE}),unprotectedRanges({_RANGE}),warningOnly,"
    "requestingUserCanEdit,description)"
)
_DATA: Final = "data(startRow,startColumn,rowData(values({})))"
_FULL: Final = (
    "effectiveValue,formattedValue,userEnteredValue(formulaValue),"
    "effectiveFormat(numberFormat(type,pattern)),chipRuns(startIndex),note"
)
#: everything of a tab that a run needs to know
WHOLE: Final = (
    "properties(title),"
    f"sheets({_SHEET},basicFilter,tables(tableId,name,range({_RANGE})),"
    f"data(startRow,startColumn,columnMetadata(hiddenByUser),rowData(values({_FULL}))))"
)
#: what must still be so just before a write
GUARD: Final = f"sheets({_SHEET},{_DATA.format('effectiveValue,userEnteredValue')})"
#: what stands there after a write
PROOF: Final = (
    f"updatedSpreadsheet(sheets(properties(sheetId,title),{_DATA.format('effectiveValue')}))"
)

_DATED: Final = frozenset(("DATE", "DATE_TIME"))

Place = tuple[int, int]  #: row and column, from 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Protection:
    """A range into which we may not write."""

    area: Area
    spared: Sequence[Area] = ()  #: parts of it into which we may
    description: str = ""

    def covers(self, row: int, column: int) -> bool:
        """Whether the cell is protected."""
        return self.area.holds(row, column) and not any(a.holds(row, column) for a in self.spared)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A tab, or those of its cells that were asked for. Rows and columns count from 1."""

    id: int
    title: str
    rows: int  #: how many its grid has
    columns: int
    cells: Mapping[int, Mapping[int, Raw]]  #: row → column → value; blank ones are left out
    formulas: Mapping[Place, str] = field(default_factory=dict)
    formats: Mapping[Place, Mapping[str, str]] = field(default_factory=dict)  #: of numbers
    filled: frozenset[Place] = frozenset()
    """In a guard read: cells that a formula elsewhere fills, as nothing was entered in them."""
    notes: Mapping[Place, str] = field(default_factory=dict)
    hidden: frozenset[int] = frozenset()  #: columns that people have hidden
    merges: Sequence[Area] = ()
    protections: Sequence[Protection] = ()
    filter: Mapping[str, Any] = field(default_factory=dict)  #: as the API has it
    tables: Sequence[Mapping[str, Any]] = ()  #: the same
    spreadsheet: str = ""  #: its title

    def at(self, row: int, column: int) -> Raw:
        """What stands in a cell."""
        return self.cells.get(row, _BLANK_ROW).get(column)

    def dated(self, row: int, column: int) -> bool:
        """Whether a number in the cell is shown as a date."""
        return self.formats.get((row, column), _NO_FORMAT).get("type") in _DATED

    @cached_property
    def dated_columns(self) -> frozenset[int]:
        """Columns in which some number is shown as a date."""
        return frozenset(column for row, column in self.formats if self.dated(row, column))

    @property
    def last_row(self) -> int:
        """The last row in which something stands, or 0."""
        return max(self.cells, default=0)

    @cached_property
    def last_column(self) -> int:
        """The last column in which something stands, or 0."""
        return max((max(row) for row in self.cells.values()), default=0)

    def top(self, area: Area) -> list[list[Raw]]:
        """The first rows of an area in which a header may stand, as lists from its left."""
        right = min(area.last_column, self.last_column)
        bottom = min(area.last_row, area.first_row + SEARCH_DEPTH - 1, self.last_row)
        return [
            [self.at(row, column) for column in range(area.first_column, right + 1)]
            for row in range(area.first_row, bottom + 1)
        ]


_BLANK_ROW: Final[Mapping[int, Raw]] = {}
_NO_FORMAT: Final[Mapping[str, str]] = {}


def sheet_of(
    answer: Mapping[str, Any], sheet_id: int | None = None, *, guard: bool = False
) -> Sheet:
    """The tab in an answer to a request with the mask `WHOLE`, `GUARD` or `PROOF`.

    Args:
        answer: of the API.
        sheet_id: the tab; None for the first one of which there are cells.
        guard: the mask was `GUARD`.

    Raises:
        SourceError: the answer does not hold it.
    """
    answer = answer.get("updatedSpreadsheet", answer)
    for one in answer.get("sheets", ()):
        properties = one.get("properties", {})
        found = properties.get("sheetId", 0)
        if ("data" in one) if sheet_id is None else found == sheet_id:
            return _sheet(one, answer.get("properties", {}), _Extras(guard=guard))
    raise SourceError(
        "Google's answer does not hold the tab that was asked for", hint="run it again"
    )


def area_of(grid_range: Mapping[str, Any]) -> Area:
    """A GridRange; ends that are open lie at the edge of all sheets."""
    return Area(
        grid_range.get("startColumnIndex", 0) + 1,
        grid_range.get("startRowIndex", 0) + 1,
        grid_range.get("endColumnIndex", MAX_COLUMN),
        grid_range.get("endRowIndex", MAX_ROW),
    )


def grid_range(sheet_id: int, area: Area) -> dict[str, int]:
    """An area as a GridRange; an end at the edge of all sheets is open."""
    found = {
        "sheetId": sheet_id,
        "startRowIndex": area.first_row - 1,
        "startColumnIndex": area.first_column - 1,
    }
    if area.last_row < MAX_ROW:
        found["endRowIndex"] = area.last_row
    if area.last_column < MAX_COLUMN:
        found["endColumnIndex"] = area.last_column
    return found


@dataclass(kw_only=True, slots=True)
class _Extras:
    """What few cells have beside a value."""

    guard: bool
    formulas: dict[Place, str] = field(default_factory=dict)
    formats: dict[Place, Mapping[str, str]] = field(default_factory=dict)
    filled: set[Place] = field(default_factory=set)
    notes: dict[Place, str] = field(default_factory=dict)


def _sheet(one: Mapping[str, Any], book: Mapping[str, Any], extras: _Extras) -> Sheet:
    properties = one.get("properties", {})
    size = properties.get("gridProperties", {})
    cells: dict[int, dict[int, Raw]] = {}
    hidden: set[int] = set()
    for data in one.get("data", ()):
        first_row, first_column = data.get("startRow", 0) + 1, data.get("startColumn", 0) + 1
        columns = enumerate(data.get("columnMetadata", ()), first_column)
        hidden.update(number for number, column in columns if column.get("hiddenByUser"))
        for number, row in enumerate(data.get("rowData", ()), first_row):
            found = _row(row.get("values", ()), number, first_column, extras)
            if found:
                cells.setdefault(number, {}).update(found)
    return Sheet(
        id=properties.get("sheetId", 0),
        title=properties.get("title", ""),
        rows=size.get("rowCount", 0),
        columns=size.get("columnCount", 0),
        cells=cells,
        formulas=extras.formulas,
        formats=extras.formats,
        filled=frozenset(extras.filled),
        notes=extras.notes,
        hidden=frozenset(hidden),
        merges=[area_of(merge) for merge in one.get("merges", ())],
        protections=list(_protections(one.get("protectedRanges", ()))),
        filter=one.get("basicFilter", {}),
        tables=one.get("tables", ()),
        spreadsheet=book.get("title", ""),
    )


def _row(
    values: Sequence[Mapping[str, Any]], row: int, first: int, extras: _Extras
) -> dict[int, Raw]:
    """The cells of a row that are not blank; a plain loop, as a tab may have a million cells."""
    found: dict[int, Raw] = {}
    guard = extras.guard
    for column, cell in enumerate(values, first):
        if "effectiveValue" in cell:
            effective = cell["effectiveValue"]
            if "stringValue" in effective:
                if effective["stringValue"]:
                    found[column] = effective["stringValue"]
            elif effective:
                found[column] = _other_value(effective)
            if guard and "userEnteredValue" not in cell:
                extras.filled.add((row, column))
        if "userEnteredValue" in cell and "formulaValue" in cell["userEnteredValue"]:
            extras.formulas[row, column] = cell["userEnteredValue"]["formulaValue"]
        if "effectiveFormat" in cell and "numberFormat" in cell["effectiveFormat"]:
            extras.formats[row, column] = cell["effectiveFormat"]["numberFormat"]
        if "chipRuns" in cell and cell.get("formattedValue"):
            found[column] = cell["formattedValue"]
        if "note" in cell:
            extras.notes[row, column] = cell["note"]
    return found


def _other_value(effective: Mapping[str, Any]) -> Raw:
    if "errorValue" in effective:
        return error_of(effective["errorValue"])
    return next(iter(effective.values()))  # type: ignore[no-any-return]


def _protections(found: Sequence[Mapping[str, Any]]) -> Iterator[Protection]:
    for one in found:
        if not one.get("warningOnly") and not one.get("requestingUserCanEdit"):
            yield Protection(
                area=area_of(one.get("range", {})),
                spared=[area_of(part) for part in one.get("unprotectedRanges", ())],
                description=one.get("description", ""),
            )
