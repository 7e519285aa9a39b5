"""Persons who stand in several rows or sources; found, and never deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sheetcrm.core.table.persons import Repeated, Row, repeated
from sheetcrm.engine.planning import Planner
from sheetcrm.engine.reading import Reading
from sheetcrm.engine.sync import chosen
from sheetcrm.engine.workspace import Workspace
from sheetcrm.errors import SourceError


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonRow:
    """One row in which a person stands."""

    source: str
    row: int
    lead: str  #: id
    name: str
    stage: str  #: since the last sync, "" before the first


@dataclass(frozen=True, kw_only=True, slots=True)
class SharedCell:
    """A cell in which a shared value stands."""

    source: str
    row: int
    cell: str  #: ``C7``


@dataclass(frozen=True, kw_only=True, slots=True)
class SharedValue:
    """An address or number, as it is after cleaning, and where it stands."""

    field: str
    value: str
    cells: Sequence[SharedCell]


@dataclass(frozen=True, kw_only=True, slots=True)
class Duplicate:
    """One person in several rows."""

    name: str  #: the first that is known
    rows: Sequence[PersonRow]
    shared: Sequence[SharedValue]


@dataclass(frozen=True, kw_only=True, slots=True)
class DuplicatesReport:
    """All persons who stand in several rows."""

    persons: Sequence[Duplicate]
    leads: int  #: of all sources that were read
    errors: Sequence[SourceError] = ()

    @property
    def exit_code(self) -> int:
        """0 fine, whatever was found · 1 a source cannot be read."""
        return 1 if self.errors else 0


def duplicates(workspace: Workspace, *, only: Sequence[str] = ()) -> DuplicatesReport:
    """Find persons by their e-mail address or phone number after cleaning, over all sources.

    Raises:
        UsageError: `only` names a source that is not in the config.
    """
    planner = Planner(workspace, workspace.clock.now())
    readings: list[Reading] = []
    errors = []
    for source in chosen(workspace, only):
        try:
            readings.append(planner.read(source))
        except SourceError as error:
            errors.append(error)
    found = repeated([reading.leads.columns for reading in readings])
    return DuplicatesReport(
        persons=[_duplicate(person, readings) for person in found],
        leads=sum(reading.leads.height for reading in readings),
        errors=errors,
    )


def _duplicate(person: Repeated, readings: Sequence[Reading]) -> Duplicate:
    rows = [_row(row, readings[row.tab]) for row in person.rows]
    shared = [
        SharedValue(
            field=one.field,
            value=one.value,
            cells=[_cell(row, one.field, readings[row.tab]) for row in one.rows],
        )
        for one in person.shared
    ]
    return Duplicate(
        name=next((row.name for row in rows if row.name), ""), rows=rows, shared=shared
    )


def _cell(row: Row, field: str, reading: Reading) -> SharedCell:
    leads = reading.leads
    return SharedCell(
        source=reading.source.name,
        row=leads.tab.rows[row.lead],
        cell=leads.address(field, row.lead),
    )


def _row(row: Row, reading: Reading) -> PersonRow:
    lead = reading.identities.ids[row.lead]
    standing = reading.memory.standings.get(lead)
    return PersonRow(
        source=reading.source.name,
        row=reading.leads.tab.rows[row.lead],
        lead=lead,
        name=reading.leads.text("name", row.lead),
        stage=standing.stage if standing else "",
    )
