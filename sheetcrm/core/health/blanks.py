"""Where something is missing that rules ask for."""

from __future__ import annotations

from collections.abc import Iterator

from sheetcrm.core.health.columns import TeamColumn
from sheetcrm.core.health.findings import Finding, Kind, Place, in_cells
from sheetcrm.core.table.values import Severity, Tab

_OFTEN_BLANK = frozenset(
    ("email", "phone", "lost_reason", "follow_up_on", "replied", "notes", "language", "birthday")
)


def blanks(column: TeamColumn, tab: Tab) -> Iterator[Finding]:
    """A column without any value, or blank cells in one that rules read or that names the lead.

    Fields that are blank for good reasons are passed over; of those by which leads are reached
    one is enough, which `contacts.nobody` sees to.
    """
    if column.is_empty:
        yield Finding(
            kind=Kind.EMPTY_COLUMN,
            severity=Severity.WARNING if column.needed else Severity.NOTE,
            count=1,
            places=[Place(column.column.letter)],
            column=column.name,
            field=column.field_name,
        )
        return
    names = column.field_name == "name"
    if not (names or column.needed) or column.field_name in _OFTEN_BLANK:
        return
    found = [index for index, value in enumerate(column.read) if value is None or value == ""]
    if found:
        yield in_cells(
            Kind.EMPTY_FIELD,
            Severity.WARNING
            if names or (column.field and column.field.identifies)
            else Severity.NOTE,
            tab,
            column.column,
            found,
            field=column.field_name,
            examples=(),
        )
