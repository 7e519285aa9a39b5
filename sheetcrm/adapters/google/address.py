"""Which cells of a spreadsheet a source means: a tab, one by its address, a name, ``Tab!B4:M``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from sheetcrm.core.table import areas
from sheetcrm.core.table.addresses import letters
from sheetcrm.core.table.areas import Area, parse_area, split_place
from sheetcrm.core.table.names import nearest
from sheetcrm.core.table.spreadsheets import spreadsheet_link
from sheetcrm.errors import SourceRefusedError, TabNotFoundError

MAX_ROW: Final = 10_000_000  #: no tab has more cells than that, so none has more rows
MAX_COLUMN: Final = 18_278  #: ``ZZZ``
EVERYWHERE: Final = Area(1, 1, MAX_COLUMN, MAX_ROW)

FIELDS: Final = (
    "sheets.properties(sheetId,title,index,sheetType,hidden,gridProperties(rowCount,columnCount)),"
    "namedRanges(name,range)"
)
"""The mask of what `find_place` needs of a spreadsheet."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """Where a source's leads are, as the config says it."""

    spreadsheet: str  #: the id
    gid: int | None = None  #: the tab that was open when the address was copied
    tab: str = ""  #: a tab, a named range or ``Tab!B4:M``; "" for the one of `gid`, or the first

    @classmethod
    def parse(cls, google: str, tab: str = "") -> Self:
        """The config's ``google`` (an address of the browser, or an id) and ``tab``.

        Raises:
            NoSpreadsheetError: `google` is neither.
        """
        link = spreadsheet_link(google)
        return cls(spreadsheet=link.id, gid=link.gid, tab=tab.strip())

    @property
    def a1(self) -> str:
        """A guess before anything was read: the range in A1 notation, `tab` being a tab's title.

        "" where the tab is not known by a title: the first one, or one by its `gid`. Where `tab`
        is the name of a range, or of no tab any more, the API refuses it (`RequestRefusedError`):
        then read `FIELDS` and ask `find_place`.
        """
        split = split_place(self.tab)
        if split and parse_area(split[1]):
            return f"{quoted(split[0])}!{split[1].replace('$', '')}"
        return quoted(self.tab) if self.tab else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """The tab that an address means in a spreadsheet as it is now."""

    sheet: int  #: its sheet id
    title: str
    rows: int  #: of its grid
    columns: int
    area: Area = EVERYWHERE  #: where the leads are looked for


def find_place(address: Address, spreadsheet: Mapping[str, Any]) -> Place:
    """What an address means in a spreadsheet.

    Args:
        address: the config's.
        spreadsheet: an answer of the API with `FIELDS`.

    Raises:
        TabNotFoundError: nothing goes by that name; `tabs` lists what there is.
        SourceRefusedError: it is no tab of cells, such as a chart on its own.
    """
    sheets = sorted(
        (one["properties"] for one in spreadsheet.get("sheets", ())),
        key=lambda sheet: int(sheet.get("index", 0)),
    )
    if not address.tab:
        return _place(_opened(address, sheets))
    found = _by_title(sheets, address.tab)
    if found:
        return _place(found)
    names = spreadsheet.get("namedRanges", ())
    return (
        _by_name(address.tab, names, sheets)
        or _by_range(address.tab, sheets)
        or _missing(address, sheets, names)
    )


def quoted(title: str) -> str:
    """A tab's title as A1 notation has it: ``'Lead''s tab'``."""
    doubled = title.replace("'", "''")
    return f"'{doubled}'"


def range_of(title: str, grid: Mapping[str, int]) -> str:
    """A GridRange in A1 notation: ``'Leads'!A1:C7``, ``'Leads'!1:1``, ``'Leads'!B2:B``."""
    top, bottom = grid.get("startRowIndex", 0) + 1, grid.get("endRowIndex")
    left, right = grid.get("startColumnIndex", 0) + 1, grid.get("endColumnIndex")
    if right is None and left == 1:
        return f"{quoted(title)}!{top}:{bottom}" if bottom else quoted(title)
    return f"{quoted(title)}!{letters(left)}{top}:{letters(right or MAX_COLUMN)}{bottom or ''}"


def _opened(address: Address, sheets: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The tab that the address shows; without one, the first that people see."""
    if address.gid is not None:
        found = next((s for s in sheets if int(s.get("sheetId", 0)) == address.gid), None)
        if found is None:
            titles = [str(sheet.get("title", "")) for sheet in sheets]
            raise TabNotFoundError(
                f"the tab that the address points to (gid={address.gid}) is there no longer",
                tabs=titles,
                hint=f'name the tab, such as tab = "{titles[0]}"; its tabs: {", ".join(titles)}',
            )
        return found
    grids = [sheet for sheet in sheets if sheet.get("sheetType", "GRID") == "GRID"]
    return next((sheet for sheet in grids if not sheet.get("hidden")), (grids or sheets)[0])


def _by_title(sheets: Sequence[Mapping[str, Any]], title: str) -> Mapping[str, Any] | None:
    folded = title.strip().casefold()
    exact = next((sheet for sheet in sheets if sheet.get("title") == title), None)
    return exact or next(
        (s for s in sheets if str(s.get("title", "")).strip().casefold() == folded), None
    )


def _by_name(
    wanted: str, names: Sequence[Mapping[str, Any]], sheets: Sequence[Mapping[str, Any]]
) -> Place | None:
    """A named range: a grid range, half open and from 0, whose left-out ends are the tab's."""
    for named in names:
        if str(named.get("name", "")).casefold() == wanted.casefold():
            span = named.get("range", {})
            sheet = next((s for s in sheets if s.get("sheetId", 0) == span.get("sheetId", 0)), None)
            area = Area(
                span.get("startColumnIndex", 0) + 1,
                span.get("startRowIndex", 0) + 1,
                span.get("endColumnIndex", MAX_COLUMN),
                span.get("endRowIndex", MAX_ROW),
            )
            return _place(sheet, area) if sheet else None
    return None


def _by_range(text: str, sheets: Sequence[Mapping[str, Any]]) -> Place | None:
    """``Tab!B4:M``; open at the bottom where no last row is named."""
    split = split_place(text)
    sheet = _by_title(sheets, split[0]) if split else None
    area = parse_area(split[1]) if split else None
    return _place(sheet, _open(area)) if sheet and area else None


def _open(area: Area) -> Area:
    """An area up to Excel's last row or column goes up to Google's, which lie further out."""
    return Area(
        area.first_column,
        area.first_row,
        MAX_COLUMN if area.last_column == areas.MAX_COLUMN else area.last_column,
        MAX_ROW if area.last_row == areas.MAX_ROW else area.last_row,
    )


def _place(sheet: Mapping[str, Any], area: Area = EVERYWHERE) -> Place:
    title = str(sheet.get("title", ""))
    if sheet.get("sheetType", "GRID") != "GRID":
        raise SourceRefusedError(
            f"the tab “{title}” has no cells, it is a chart or a connected table",
            code="not-a-grid",
            hint="name the tab that holds the leads",
        )
    grid = sheet.get("gridProperties", {})
    return Place(
        sheet=int(sheet.get("sheetId", 0)),
        title=title,
        rows=int(grid.get("rowCount", 0)),
        columns=int(grid.get("columnCount", 0)),
        area=area,
    )


def _missing(
    address: Address, sheets: Sequence[Mapping[str, Any]], names: Sequence[Mapping[str, Any]]
) -> Place:
    tabs = [str(sheet.get("title", "")) for sheet in sheets]
    named = [str(one.get("name", "")) for one in names]
    listed = f"its tabs: {', '.join(tabs)}"
    best = nearest(address.tab.partition("!")[0], [*tabs, *named])
    raise TabNotFoundError(
        f"there is no tab called “{address.tab}”; was it renamed?",
        tabs=tabs,
        hint=f"did you mean “{best}”? {listed[:1].upper()}{listed[1:]}" if best else listed,
    )
