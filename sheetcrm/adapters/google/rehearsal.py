"""Whether our columns could be written into a tab, found out without changing anything.

For `sheetcrm check`: two more requests than a run makes, so a run does without them and hears of
the same things when it writes.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from sheetcrm.adapters.google.address import quoted
from sheetcrm.adapters.google.client import SheetsClient
from sheetcrm.adapters.google.reading import Place
from sheetcrm.adapters.google.tabs import Revision
from sheetcrm.adapters.google.targets import check_room, check_targets
from sheetcrm.core.table.addresses import letters
from sheetcrm.core.table.values import Tab
from sheetcrm.errors import SourceRefusedError

MAX_CELLS: Final = 10_000_000  #: of all tabs, blank ones counted
_SIZES: Final = "sheets.properties.gridProperties(rowCount,columnCount)"


def rehearse(
    client: SheetsClient, spreadsheet: str, tab: Tab, revision: Revision, headers: Collection[str]
) -> None:
    """Find out whether these columns of ours could be written beside all leads.

    Args:
        client: the way to Google.
        spreadsheet: its id.
        tab: as it was read.
        revision: of the tab.
        headers: of our columns, those that are not there yet included.

    Raises:
        SourceRefusedError: they could not, by its `code`: ``view-only``, ``protected``,
            ``merged``, ``array``, ``occupied``, ``too-many-cells`` …
        SourceError: Google cannot be asked.
    """
    new = [header for header in headers if header not in revision.numbers]
    check_room(revision, new)
    ours = [revision.numbers[header] for header in headers if header in revision.numbers]
    added = range(revision.first_new, revision.first_new + len(new))
    places: set[Place] = {(row, column) for row in tab.rows for column in (*ours, *added)}
    places.update((revision.header_row, column) for column in added)
    check_targets(revision.sheet, sorted(places))
    if added:
        _check_size(client, spreadsheet, revision, added[-1])
    title = revision.sheet.title
    _check_right(client, spreadsheet, f"{quoted(title)}!{letters(revision.area.first_column)}1")


def _check_size(
    client: SheetsClient, spreadsheet: str, revision: Revision, last_column: int
) -> None:
    """Refuse columns for which the spreadsheet as a whole has no room."""
    sheet = revision.sheet
    grown = max(0, last_column - sheet.columns) * sheet.rows
    if not grown:
        return
    book = client.get(spreadsheet, fields=_SIZES)
    grids = [one.get("properties", {}).get("gridProperties", {}) for one in book.get("sheets", ())]
    cells = sum(grid.get("rowCount", 0) * grid.get("columnCount", 0) for grid in grids)
    if cells + grown > MAX_CELLS:
        raise SourceRefusedError(
            f"“{sheet.title}”: new columns would make it {cells + grown:,} cells in all tabs, "
            "blank ones counted, and Google allows 10 million",
            code="too-many-cells",
            hint="delete empty rows below the leads, or tabs that nobody needs",
        )


def _check_right(client: SheetsClient, spreadsheet: str, cell: str) -> None:
    """Refuse a spreadsheet at which we may only look."""
    try:
        client.touch(spreadsheet, cell)
    except SourceRefusedError as error:
        if error.code != "protected":  # only that cell is, and what we write was looked at above
            raise
