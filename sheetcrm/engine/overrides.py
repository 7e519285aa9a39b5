"""What persons have set in our columns: every cell, with what the rules would say instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sheetcrm.core.table.merge import owned_column, same
from sheetcrm.core.table.values import CellValue, Override
from sheetcrm.engine.planning import Planned, Planner
from sheetcrm.engine.sync import chosen
from sheetcrm.engine.workspace import Workspace
from sheetcrm.errors import SourceError
from sheetcrm.ports import Ledger


@dataclass(frozen=True, kw_only=True, slots=True)
class OverriddenCell:
    """One cell that a person has set, and that a sync leaves alone."""

    source: str
    cell: str  #: ``K7``
    row: int
    lead: str  #: id
    name: str  #: of the lead, "" where it has none
    header: str  #: of our column, as in `[write]`
    value: CellValue  #: the person's
    computed: CellValue  #: what the rules would say
    since: datetime | None  #: when a sync saw it first; None where none has yet


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceOverrides:
    """The cells that persons have set in one source, from the top."""

    source: str
    locator: str
    error: SourceError | None = None
    cells: Sequence[OverriddenCell] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class OverridesReport:
    """The cells that persons have set."""

    sources: tuple[SourceOverrides, ...]

    @property
    def exit_code(self) -> int:
        """0 fine · 1 a source cannot be read."""
        return 1 if any(source.error for source in self.sources) else 0


def overrides(workspace: Workspace, *, only: Sequence[str] = ()) -> OverridesReport:
    """Every cell of ours that a person has set, as the sheets stand now.

    Raises:
        ConfigError: formulas or templates that name what a source does not have.
        UsageError: `only` names a source that is not in the config.
    """
    planner = Planner(workspace, workspace.clock.now())
    found = []
    for source in chosen(workspace, only):
        try:
            planned = planner.plan(source)
        except SourceError as error:
            found.append(SourceOverrides(source=source.name, locator=source.locator, error=error))
            continue
        cells = overridden_cells(planned, workspace.ledger)
        found.append(SourceOverrides(source=source.name, locator=source.locator, cells=cells))
    return OverridesReport(sources=tuple(found))


def overridden_cells(planned: Planned, ledger: Ledger) -> list[OverriddenCell]:
    """The overrides of a plan with their addresses and ages, from the top and from the left."""
    plan = planned.plan
    if not plan.overrides:
        return []
    known = {(one.lead, one.header): one for one in ledger.overrides(plan.source)}
    leads = {record.lead: record for record in plan.leads}
    place = {header: index for index, header in enumerate(planned.outputs)}
    found = []
    for one in plan.overrides:
        column, lead = owned_column(plan.tab, one.header), leads[one.lead]
        assert column is not None  # as a person's value stands in it
        found.append(
            OverriddenCell(
                source=plan.source,
                cell=f"{column.letter}{lead.row}",
                row=lead.row,
                lead=one.lead,
                name=lead.name or lead.email,
                header=one.header,
                value=one.value,
                computed=one.computed,
                since=_since(one, known.get((one.lead, one.header))),
            )
        )
    return sorted(found, key=lambda cell: (cell.row, place[cell.header]))


def _since(now: Override, before: Override | None) -> datetime | None:
    return before.since if before and same(before.value, now.value) else None
