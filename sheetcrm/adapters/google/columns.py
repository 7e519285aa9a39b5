"""New columns of ours beside the leads: what they need besides a header and values.

That is done after the values were proven to stand in the right place, once, and never again: what
people change of it later stays as they want it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sheetcrm.adapters.google.reading import Sheet, area_of, grid_range
from sheetcrm.adapters.google.tabs import Revision
from sheetcrm.core.table.addresses import letters
from sheetcrm.core.table.areas import Area
from sheetcrm.core.table.values import Problem, Severity

NOTE: Final = "written by sheetcrm"
_COLOURS: Final = (  # light, from the first stage to the last; RGB
    (0xF1, 0xF3, 0xF4),
    (0xE8, 0xF0, 0xFE),
    (0xD2, 0xE3, 0xFC),
    (0xE6, 0xF4, 0xEA),
    (0xCE, 0xEA, 0xD6),
    (0xA8, 0xDA, 0xB5),
    (0xFE, 0xF7, 0xE0),
)
_OFF: Final = (0xFC, 0xE8, 0xE6)


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """How new columns look, as the config says.

    Attributes:
        protect: Google warns a person who is about to change a cell of ours.
        style: headers look like the one to their left, and each stage has a colour.
        stage: header of the column of stages.
        ladder: the stages on the ladder, from the lowest.
        off_ladder: the others.
    """

    protect: bool = False
    style: bool = False
    stage: str = ""
    ladder: Sequence[str] = ()
    off_ladder: Sequence[str] = ()


def dress(revision: Revision, new: Sequence[str], look: Look) -> list[dict[str, Any]]:
    """What is to be done, once, for columns that have just been added.

    Args:
        revision: what the tab was before.
        new: the headers of the columns.
        look: what the config says.
    """
    if not new:
        return []
    now, first = revision.sheet, revision.first_new
    area = Area(first, revision.header_row, first + len(new) - 1, revision.area.last_row)
    requests = [*_grown_filter(now, area), *_grown_tables(now, area)]
    if look.style:
        requests += _header_look(now.id, area)
    if look.protect:
        requests.append(_warning(now.id, area))
    if look.style and look.stage in new:
        column = first + list(new).index(look.stage)
        requests += _colours(now.id, revision.header_row, column, look)
    return requests


def hidden(revision: Revision, new: Sequence[str], source: str) -> Iterator[Problem]:
    """New columns that nobody will see."""
    row, sheet = revision.header_row, revision.sheet
    for column, header in enumerate(new, revision.first_new):
        if column in sheet.hidden:
            yield Problem(
                message=f"the new column “{header}” lies in hidden columns",
                severity=Severity.NOTE,
                source=source,
                tab=sheet.title,
                column=header,
                cell=f"{letters(column)}{row}",
                hint="click the arrows between the column letters beside it",
            )


def _grown_filter(now: Sheet, new: Area) -> Iterator[dict[str, Any]]:
    """The tab's filter with the new columns: else a sort by it would leave them behind."""
    if not now.filter or "tableId" in now.filter:
        return
    area = area_of(now.filter.get("range", {}))
    if _touches(area, new):
        kept = {
            name: now.filter[name] for name in ("sortSpecs", "filterSpecs") if name in now.filter
        }
        grown = grid_range(now.id, area.through(new.last_column))
        yield {"setBasicFilter": {"filter": {**kept, "range": grown}}}


def _grown_tables(now: Sheet, new: Area) -> Iterator[dict[str, Any]]:
    """The table that ends where the columns begin, for the same reason."""
    for table in now.tables:
        area = area_of(table.get("range", {}))
        if _touches(area, new):
            grown = {
                "tableId": table["tableId"],
                "range": grid_range(now.id, area.through(new.last_column)),
            }
            yield {"updateTable": {"table": grown, "fields": "range"}}


def _header_look(sheet_id: int, new: Area) -> Iterator[dict[str, Any]]:
    """The headers look like the one to their left."""
    if new.first_column > 1:
        left, row = new.first_column - 1, new.first_row
        yield {
            "copyPaste": {
                "source": grid_range(sheet_id, Area(left, row, left, row)),
                "destination": grid_range(sheet_id, Area(left + 1, row, new.last_column, row)),
                "pasteType": "PASTE_FORMAT",
            }
        }


def _warning(sheet_id: int, new: Area) -> dict[str, Any]:
    whole = grid_range(sheet_id, new)
    del whole["endRowIndex"]
    protected: Mapping[str, Any] = {"range": whole, "description": NOTE, "warningOnly": True}
    return {"addProtectedRange": {"protectedRange": protected}}


def _colours(sheet_id: int, header_row: int, column: int, look: Look) -> Iterator[dict[str, Any]]:
    below = {
        "sheetId": sheet_id,
        "startRowIndex": header_row,
        "startColumnIndex": column - 1,
        "endColumnIndex": column,
    }
    steps = max(len(look.ladder) - 1, 1)
    shades = [
        (stage, _COLOURS[round(index * (len(_COLOURS) - 1) / steps)])
        for index, stage in enumerate(look.ladder)
    ]
    for index, (stage, shade) in enumerate([*shades, *((s, _OFF) for s in look.off_ladder)]):
        red, green, blue = (part / 255 for part in shade)
        rule = {
            "ranges": [below],
            "booleanRule": {
                "condition": {"type": "TEXT_EQ", "values": [{"userEnteredValue": stage}]},
                "format": {"backgroundColor": {"red": red, "green": green, "blue": blue}},
            },
        }
        yield {"addConditionalFormatRule": {"rule": rule, "index": index}}


def _touches(area: Area, new: Area) -> bool:
    return area.last_column == new.first_column - 1 and area.first_row == new.first_row
