"""By which columns the rows of a tab are known, wherever people move them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from sheetcrm.adapters.google.reading import Sheet
from sheetcrm.adapters.google.tabs import Revision
from sheetcrm.core.table.fields import Field
from sheetcrm.core.table.mapping import map_fields
from sheetcrm.core.table.merge import owned_column
from sheetcrm.core.table.values import Tab

_MOST: Final = 4  # further columns, where those that identify leave rows alike


@dataclass(frozen=True, kw_only=True, slots=True)
class Keys:
    """Columns that together tell every row from the others."""

    id: int = 0  #: that of our ids, 0 where there is none
    fields: tuple[int, ...] = ()  #: those by which people know who somebody is
    others: tuple[int, ...] = ()  #: and those that tell rows apart that are alike in these

    @property
    def columns(self) -> tuple[int, ...]:
        """All of them."""
        return (*((self.id,) if self.id else ()), *self.fields, *self.others)


def keys_of(
    tab: Tab, revision: Revision, fields: Sequence[Field], outputs: Collection[str], id_header: str
) -> Keys:
    """The columns of the id and of the fields that identify, and as many more as are needed.

    The id alone will not do: a sort that leaves its column out moves the leads below the ids.

    Args:
        tab: as it was read.
        revision: the same, with its cells.
        fields: what the team's columns may be.
        outputs: headers of our own columns.
        id_header: that of them which holds ids; "" for none.
    """
    column = owned_column(tab, id_header) if id_header else None
    own = {found.header for header in outputs if (found := owned_column(tab, header))}
    theirs = [header for header in tab.headers if header not in own]
    identifying = [field for field in fields if field.identifies]
    mapped = map_fields(theirs, fields, reserved=outputs).found
    named = [mapped[field.name] for field in identifying if field.name in mapped]
    known = tuple(revision.numbers[header] for header in dict.fromkeys(named))
    rest = [revision.numbers[header] for header in theirs]
    id_ = revision.numbers[column.header] if column else 0
    calculated = {column for _, column in revision.sheet.formulas}  # perhaps from our columns
    further = [c for c in rest if c not in known and c not in calculated]
    others = _telling(revision.sheet, tab.rows, known, further)
    return Keys(id=id_, fields=known, others=tuple(others))


def _telling(
    sheet: Sheet, rows: Sequence[int], known: Sequence[int], rest: Sequence[int]
) -> list[int]:
    """Further columns that tell rows apart which are alike in the known ones, best first."""
    chosen: list[int] = []
    alike = _alike(sheet, rows, known)
    while alike and len(chosen) < _MOST:
        left = [column for column in rest if column not in chosen]
        gains = {c: len({(*_of(sheet, row, known, chosen), sheet.at(row, c)) for row in alike})
                 for c in left}  # fmt: skip
        best = max(gains, key=lambda column: gains[column], default=0)
        if not best or gains[best] <= len({_of(sheet, row, known, chosen) for row in alike}):
            break
        chosen.append(best)
        alike = _alike(sheet, alike, [*known, *chosen])
    return chosen


def _alike(sheet: Sheet, rows: Sequence[int], columns: Sequence[int]) -> list[int]:
    """The rows that show what another one shows, or nothing, in these columns."""
    shown = {row: tuple(sheet.at(row, column) for column in columns) for row in rows}
    counts = Counter(shown.values())
    return [
        row
        for row, values in shown.items()
        if counts[values] > 1 or all(value is None for value in values)
    ]


def _of(sheet: Sheet, row: int, known: Sequence[int], chosen: Sequence[int]) -> tuple[object, ...]:
    return tuple(sheet.at(row, column) for column in (*known, *chosen))
