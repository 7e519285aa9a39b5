"""The team's columns, prepared once for everything that looks for faults in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from sheetcrm.core.health.findings import EXAMPLES
from sheetcrm.core.table.fields import Field, FieldType
from sheetcrm.core.table.leads import Leads
from sheetcrm.core.table.merge import owned_column
from sheetcrm.core.table.names import fold
from sheetcrm.core.table.reading import display
from sheetcrm.core.table.values import CellError, CellValue, Column, Tab


@dataclass(frozen=True, kw_only=True)
class TeamColumn:
    """A column that is not ours, as it stands and, where it is a field, as it was read."""

    column: Column
    field: Field | None
    read: Sequence[CellValue]  #: cleaned where it is a field, else as they stand
    needed: bool  #: rules read it

    @property
    def name(self) -> str:
        """Its header."""
        return self.column.header

    @property
    def field_name(self) -> str:
        """The field that it is, or ""."""
        return self.field.name if self.field else ""

    @property
    def reads_as(self) -> FieldType | None:
        """How it is read; None where it is no field."""
        return self.field.type if self.field else None

    @property
    def is_free(self) -> bool:
        """Whether its cells are taken as they stand: no field, or one of text."""
        return self.reads_as in {None, FieldType.TEXT}

    @cached_property
    def counts(self) -> Counter[type]:
        """Python type of a cell → how many cells; a moment counts as a date."""
        found = Counter(map(type, self.column.values))
        found[date] += found.pop(datetime, 0)
        found[float] += found.pop(int, 0)
        return Counter({kind: count for kind, count in found.items() if count})

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands in it."""
        return not self.counts.keys() - {type(None)}

    @cached_property
    def texts(self) -> frozenset[str]:
        """The different texts in it."""
        if not self.counts[str]:
            return frozenset()
        return frozenset(value for value in self.column.values if value.__class__ is str)

    def texts_that(self, test: Callable[[str], object]) -> list[int]:
        """The leads whose cell is a text that passes a test, which is asked once for each text."""
        wanted = {text for text in self.texts if test(text)}
        if not wanted:
            return []
        return [
            index
            for index, value in enumerate(self.column.values)
            if value.__class__ is str and value in wanted
        ]

    def different(self, tab: Tab, indexes: Sequence[int]) -> list[tuple[int, str, str]]:
        """Index, address and text of the first of these leads whose texts differ."""
        found: dict[str, int] = {}
        for index in indexes:
            found.setdefault(display(self.column.values[index]), index)
            if len(found) == EXAMPLES:
                break
        letter = self.column.letter
        return [(index, f"{letter}{tab.rows[index]}", text) for text, index in found.items()]

    def unreadable(self) -> list[int]:
        """The leads whose cell holds something that is no value of the field's type."""
        if self.field is None or self.is_free:
            return []
        return [
            index
            for index, (read, stands) in enumerate(zip(self.read, self.column.values, strict=True))
            if read.__class__ is CellError and stands.__class__ is not CellError
        ]


def team_columns(
    leads: Leads, fields: Sequence[Field], outputs: Collection[str], needed: Collection[str]
) -> list[TeamColumn]:
    """The columns that are not ours, from left to right.

    Args:
        leads: the tab, read.
        fields: all that may be in it.
        outputs: headers of our columns.
        needed: folded names of the fields and headers that rules read.
    """
    tab = leads.tab
    ours = {id(owned_column(tab, header)) for header in outputs}
    by_header = {header: name for name, header in leads.found.items()}
    known = {field.name: field for field in fields}
    found = []
    for column in tab.columns:
        if id(column) in ours:
            continue
        field = known.get(by_header.get(column.header, ""))
        names = {fold(column.header)} | ({fold(field.name)} if field else set())
        found.append(
            TeamColumn(
                column=column,
                field=field,
                read=leads.columns[field.name] if field else column.values,
                needed=not names.isdisjoint(needed),
            )
        )
    return found
