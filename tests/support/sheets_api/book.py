"""A spreadsheet: its tabs, names, developer metadata, and who may do what."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

from tests.support.sheets_api import a1
from tests.support.sheets_api.cells import Formula, Value
from tests.support.sheets_api.errors import invalid, protected
from tests.support.sheets_api.ranges import Area
from tests.support.sheets_api.sheet import Sheet

MAX_CELLS = 10_000_000
SPREADSHEET_TYPE = "application/vnd.google-apps.spreadsheet"


@dataclass(slots=True, kw_only=True)
class Book:
    """A spreadsheet as it stands at one moment."""

    id: str
    title: str
    locale: str = "en_US"
    zone: str = "Etc/GMT"
    owner: str = "owner@example.com"
    sheets: list[Sheet] = field(default_factory=list)
    metadata: list[dict] = field(default_factory=list)  #: of the whole spreadsheet
    properties: dict[str, Any] = field(default_factory=lambda: {"autoRecalc": "ON_CHANGE"})
    results: dict[str, Value] = field(default_factory=dict)  #: what formulas yield, by their text
    mime: str = SPREADSHEET_TYPE

    def copy(self) -> Book:
        """A spreadsheet to be changed while this one stays as it is."""
        return replace(
            self,
            sheets=[sheet.copy() for sheet in self.sheets],
            metadata=deepcopy(self.metadata),
            properties=deepcopy(self.properties),
        )

    @property
    def names(self) -> list[tuple[Sheet, dict]]:
        """The names of ranges, each with its tab, in the order of their tabs."""
        return [(sheet, entry) for sheet in self.sheets for entry in sheet.names]

    @property
    def cells(self) -> int:
        """How many cells all tabs have, empty ones included."""
        return sum(sheet.cells for sheet in self.sheets)

    def sheet(self, sheet_id: int) -> Sheet:
        """The tab with an id.

        Raises:
            ApiError: there is none.
        """
        for sheet in self.sheets:
            if sheet.sheet_id == sheet_id:
                return sheet
        raise invalid(f"No grid with id: {sheet_id}")

    def titled(self, title: str) -> Sheet | None:
        """The tab with a title, whatever its capitals."""
        for sheet in self.sheets:
            if sheet.title == title:
                return sheet
        folded = title.casefold()
        return next((s for s in self.sheets if s.title.casefold() == folded), None)

    def resolve(self, text: str) -> tuple[Sheet, Area, bool]:
        """A range of a request: its tab, its rectangle, and whether it has an end of its own.

        A name goes before a cell's address, and that before the title of a tab.

        Raises:
            ApiError: there is no such tab, it is no range, or it begins beyond the tab.
        """
        title, rest = a1.split(text)
        for sheet, named in self.names:
            if named["name"].casefold() == rest.casefold():
                return sheet, sheet.within(named["range"]), True
        if title is None:
            sheet, corners = self.sheets[0], a1.corners(rest)
            if corners is None:
                found = self.titled(text)
                if found:
                    return found, found.area, False
        else:
            found = self.titled(title)
            if found and not rest:
                return found, found.area, False
            corners = a1.corners(rest) if found else None
            sheet = found or self.sheets[0]
        if corners is None:
            raise invalid(f"Unable to parse range: {text}")
        edges = {
            "startRowIndex": corners.top,
            "endRowIndex": corners.bottom,
            "startColumnIndex": corners.left,
            "endColumnIndex": corners.right,
        }
        given = {name: edge for name, edge in edges.items() if edge is not None}
        return sheet, sheet.within(given), ":" in rest

    def yields(self, value: Value) -> Value:
        """What a formula yields, as far as somebody has said so; None for other values."""
        return self.results.get(value.text) if isinstance(value, Formula) else None

    def guard(self, account: str, sheet: Sheet, area: Area) -> None:
        """Let an account change cells.

        Raises:
            ApiError: a protected range is in the way.
        """
        if account == self.owner:
            return
        for entry in sheet.protected:
            if entry.get("warningOnly") or account in entry["users"]:
                continue
            free = [sheet.within(range_) for range_ in entry.get("unprotectedRanges", [])]
            if sheet.within(entry["range"]).meets(area) and not any(f.holds(area) for f in free):
                raise protected()

    def check_size(self) -> None:
        """Hold the limits of size.

        Raises:
            ApiError: there are more than ten million cells, or a tab has too many columns.
        """
        widest = max((sheet.column_count for sheet in self.sheets), default=0)
        if widest > a1.MAX_COLUMNS:
            raise invalid(
                "This action would increase the number of columns in the sheet above the limit of"
                f" {a1.MAX_COLUMNS} columns"
            )
        if self.cells > MAX_CELLS:
            raise invalid(
                "This action would increase the number of cells in the workbook above the limit"
                f" of {MAX_CELLS} cells."
            )

    def all_metadata(self) -> list[dict]:
        """The developer metadata of the spreadsheet and of its tabs, rows and columns."""
        return self.metadata + [entry for sheet in self.sheets for entry in sheet.metadata]
