"""Which cells a lead tab is: a tab, an Excel table, a defined name, or ``Tab!B4:M``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sheetcrm.adapters.excel.package import Package, Sheet, Table
from sheetcrm.core.table.areas import MAX_COLUMN, MAX_ROW, Area, parse_area, split_place
from sheetcrm.core.table.names import nearest
from sheetcrm.errors import TabNotFoundError

EVERYWHERE = Area(1, 1, MAX_COLUMN, MAX_ROW)


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where leads are looked for: on a sheet, inside an area, or exactly a table."""

    sheet: Sheet
    area: Area = EVERYWHERE
    table: Table | None = None


def find_place(package: Package, tab: str) -> Place:
    """What the config's `tab` means in this workbook; "" is the first visible tab.

    Raises:
        TabNotFoundError: nothing goes by that name.
    """
    wanted = tab.strip()
    sheets = package.sheets
    if not wanted:
        return Place(sheet=next((s for s in sheets if s.visible), sheets[0]))
    sheet = _by_title(sheets, wanted)
    if sheet:
        return Place(sheet=sheet)
    return _by_table(package, wanted) or _by_range(package, wanted) or _missing(package, wanted)


def _by_title(sheets: Sequence[Sheet], title: str) -> Sheet | None:
    exact = next((sheet for sheet in sheets if sheet.title == title), None)
    folded = title.strip().casefold()
    return exact or next((s for s in sheets if s.title.strip().casefold() == folded), None)


def _by_table(package: Package, name: str) -> Place | None:
    for sheet in package.sheets:
        for table in package.tables(sheet):
            if table.name.casefold() == name.casefold():
                return Place(sheet=sheet, table=table)
    return None


def _by_range(package: Package, text: str) -> Place | None:
    """``Tab!B4:M``, or a defined name that stands for one."""
    names = [name.text for name in package.names if name.name.casefold() == text.casefold()]
    for candidate in [*names, text]:
        split = split_place(candidate)
        sheet = _by_title(package.sheets, split[0]) if split else None
        area = parse_area(split[1]) if split else None
        if sheet and area:
            return Place(sheet=sheet, area=area)
    return None


def _missing(package: Package, wanted: str) -> Place:
    tabs = [sheet.title for sheet in package.sheets]
    tables = [table.name for sheet in package.sheets for table in package.tables(sheet)]
    names = [name.name for name in package.names if not name.name.startswith("_xl")]
    best = nearest(wanted.partition("!")[0], [*tabs, *tables, *names])
    listed = ", ".join(tabs)
    raise TabNotFoundError(
        f"{package.path.name}: there is no tab, table or name called “{wanted}”",
        tabs=tabs,
        hint=f"did you mean “{best}”? Its tabs: {listed}" if best else f"its tabs: {listed}",
    )
