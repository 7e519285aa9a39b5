"""Which cells may not be written, and why; decided on what stood there just before the write."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sheetcrm.adapters.google.address import MAX_COLUMN, MAX_ROW
from sheetcrm.adapters.google.reading import Place, Protection, Sheet
from sheetcrm.adapters.google.tabs import Revision
from sheetcrm.core.table.addresses import letters
from sheetcrm.core.table.areas import Area
from sheetcrm.errors import SourceRefusedError

_ARRAY = re.compile(
    r"\b(ARRAYFORMULA|IMPORT(RANGE|HTML|XML|DATA|FEED)|QUERY|FILTER|SORTN?|UNIQUE|SPLIT|SEQUENCE|"
    r"TRANSPOSE|FLATTEN|BYROW|MAP|SCAN|MAKEARRAY|[HV]STACK)\s*\(|^=\s*\{",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Obstacle:
    """A range in which nothing may be written."""

    area: Area
    code: str
    what: str
    hint: str
    spared: Sequence[Area] = ()

    def holds(self, row: int, column: int) -> bool:
        return self.area.holds(row, column) and not any(a.holds(row, column) for a in self.spared)


def check_room(revision: Revision, new: Sequence[str]) -> None:
    """Refuse new columns that do not fit beside the leads.

    Raises:
        SourceRefusedError: the sheet's edge or other cells are in the way.
    """
    for column, header in enumerate(new, revision.first_new):
        if column in revision.beyond:
            raise SourceRefusedError(
                f"{revision.sheet.spreadsheet}: the new column “{header}” belongs at "
                f"{letters(column)}{revision.header_row}, but something in "
                f"{revision.beyond[column]} is in its way",
                code="occupied",
                hint="move that further to the right, with an empty column between",
            )
    if revision.first_new + len(new) - 1 > MAX_COLUMN:
        raise SourceRefusedError(
            f"{revision.sheet.spreadsheet}: there is no room for new columns",
            code="out-of-grid",
            hint="delete unused columns",
        )


def check_targets(guard: Sheet, cells: Collection[Place]) -> None:
    """Refuse cells that are merged, protected, or filled by a formula that fills several.

    Raises:
        SourceRefusedError: one of the cells cannot be written; it is named.
    """
    if not cells:
        return
    reach = Area(
        min(column for _, column in cells),
        min(row for row, _ in cells),
        max(column for _, column in cells),
        max(row for row, _ in cells),
    )
    blocked = [one for one in _obstacles(guard) if one.area.overlaps(reach)]
    for place in cells if blocked else ():
        for one in blocked:
            if one.holds(*place):
                raise _refusal(guard, place, one.code, one.what, one.hint)
    arrays = {place for place, text in guard.formulas.items() if _ARRAY.search(text)}
    for place in sorted((arrays | guard.filled).intersection(cells)):
        what = "is filled by a formula that fills several cells"
        raise _refusal(guard, place, "array", what, "move that formula to a column of its own")


def _obstacles(guard: Sheet) -> Iterator[_Obstacle]:
    for area in guard.merges:
        yield _Obstacle(
            area=area,
            code="merged",
            what=f"is part of the merged range {area}",
            hint="take the merged cells apart (Format › Merge cells › Unmerge)",
            spared=[Area(area.first_column, area.first_row, area.first_column, area.first_row)],
        )
    for protection in guard.protections:
        yield _Obstacle(
            area=protection.area,
            code="protected",
            what=f"is protected: {_named(protection)}",
            hint="ask its owner: Data › Protect sheets and ranges › let this account edit",
            spared=protection.spared,
        )


def _named(protection: Protection) -> str:
    area = protection.area
    if area.last_row >= MAX_ROW and area.last_column >= MAX_COLUMN:
        where = "the whole tab"
    elif area.last_row >= MAX_ROW:
        where = f"{letters(area.first_column)}:{letters(area.last_column)}"
    else:
        where = str(area)
    return f"“{protection.description}” ({where})" if protection.description else where


def _refusal(guard: Sheet, place: Place, code: str, what: str, hint: str) -> SourceRefusedError:
    row, column = place
    message = f"“{guard.title}”: the cell {letters(column)}{row} {what}"
    return SourceRefusedError(message, code=code, hint=hint)
