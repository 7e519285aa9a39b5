"""Give cells back that persons have set, so that the next sync writes what the rules say.

A release changes no cell: from then on the ledger counts the person's value as ours, and the next
sync replaces it like any other. Its undo makes it the person's again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from sheetcrm.core.memory import Memory
from sheetcrm.core.plan import Plan
from sheetcrm.core.table.merge import owned_column, same
from sheetcrm.core.table.names import fold, nearest
from sheetcrm.core.table.values import CellValue, Edit
from sheetcrm.engine.explain import matching
from sheetcrm.engine.overrides import OverriddenCell, overridden_cells
from sheetcrm.engine.planning import Planned, Planner
from sheetcrm.engine.sync import chosen
from sheetcrm.engine.workspace import Workspace
from sheetcrm.errors import SourceError, UsageError
from sheetcrm.ports import Ledger, TabSource

RELEASED = "release"  #: the reason of a release's edits

_CELL = re.compile(r"(?:(?P<source>.+)!)?(?P<cell>[A-Za-z]{1,3}[1-9]\d{0,6})")
_SHOWN = 5  # leads that an unclear name is said to mean


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """Which cells are meant: those that fit everything that is said."""

    what: Sequence[str] = ()  #: leads or cells (``K7``, ``expo!K7``); any where it is empty
    column: str = ""  #: header of one of our columns
    only: Sequence[str] = ()  #: sources


@dataclass(frozen=True, kw_only=True, slots=True)
class GivenBack:
    """A cell that is given back."""

    cell: OverriddenCell
    next: CellValue  #: what the next sync makes of it
    note: str = ""  #: why that is not what the rules say


@dataclass(frozen=True, kw_only=True, slots=True)
class ReleaseReport:
    """What is, or would be, given back."""

    run: str  #: "" where nothing was done
    cells: tuple[GivenBack, ...]
    errors: tuple[SourceError, ...] = ()  #: sources that could not be read

    @property
    def exit_code(self) -> int:
        """0 fine · 1 a source cannot be read."""
        return 1 if self.errors else 0


def release(workspace: Workspace, choice: Choice, *, dry_run: bool = False) -> ReleaseReport:
    """Give cells back to the rules.

    Args:
        workspace: the rules and the ports.
        choice: which cells.
        dry_run: only say what would be given back.

    Raises:
        ConfigError: formulas or templates that name what a source does not have.
        UsageError: no person has set such a cell, or it is not clear which one is meant.
    """
    planner = Planner(workspace, workspace.clock.now())
    plans: list[tuple[TabSource, Planned]] = []
    errors = []
    for source in chosen(workspace, choice.only):
        try:
            plans.append((source, planner.plan(source)))
        except SourceError as error:
            errors.append(error)
    picked = _picked(workspace, choice, [planned for _, planned in plans])
    if not picked and not errors:
        raise _nothing(choice)
    given: list[GivenBack] = []
    for source, planned in plans:
        cells = picked.get(source.name)
        if cells:
            _refuse_unsettled(workspace.ledger.remember(source.name), planned.plan, cells)
            given += _foreseen(workspace, source, cells)
    run = "" if dry_run or not given else _carry_out(workspace, picked)
    return ReleaseReport(run=run, cells=tuple(given), errors=tuple(errors))


def _picked(
    workspace: Workspace, choice: Choice, plans: Sequence[Planned]
) -> dict[str, list[OverriddenCell]]:
    """Source → the cells in it that the choice means."""
    header = _header(workspace, choice.column) if choice.column else ""
    every = [cell for planned in plans for cell in overridden_cells(planned, workspace.ledger)]
    cells = [cell for cell in every if header in {"", cell.header}]
    if choice.what:
        meant = {
            (cell.source, cell.cell) for what in choice.what for cell in _meant(what, cells, plans)
        }
        cells = [cell for cell in cells if (cell.source, cell.cell) in meant]
    found: dict[str, list[OverriddenCell]] = {}
    for cell in cells:
        found.setdefault(cell.source, []).append(cell)
    return found


def _header(workspace: Workspace, said: str) -> str:
    """The header of one of our columns, whatever its case and accents.

    Raises:
        UsageError: we have no such column.
    """
    headers = {fold(header): header for header in workspace.rules.outputs.values()}
    if fold(said) in headers:
        return headers[fold(said)]
    best = nearest(said, headers.values())
    raise UsageError(
        f"sheetcrm writes no column {said!r}",
        hint=f"did you mean {best!r}?" if best else f"it writes: {', '.join(headers.values())}",
    )


def _meant(
    what: str, cells: Sequence[OverriddenCell], plans: Sequence[Planned]
) -> list[OverriddenCell]:
    """The cells that one word means: an address, else all of a lead.

    Raises:
        UsageError: no person has set it, or several leads are called so.
    """
    address = _CELL.fullmatch(what.strip())
    if address:
        at = [
            cell
            for cell in cells
            if cell.cell == address["cell"].upper() and address["source"] in {None, cell.source}
        ]
        if len(at) > 1:
            places = " or ".join(f"{cell.source}!{cell.cell}" for cell in at)
            raise UsageError(f"several sources have a cell {what}", hint=f"say {places}")
        if at:
            return at
    leads = _leads(what, plans)
    found = [cell for cell in cells if (cell.source, cell.lead) in leads]
    if not found:
        raise UsageError(
            f"no person has set a cell of {what!r}", hint="sheetcrm overrides lists those cells"
        )
    return found


def _leads(what: str, plans: Sequence[Planned]) -> set[tuple[str, str]]:
    """Source and id of each lead that is called so.

    Raises:
        UsageError: it is part of several leads' names.
    """
    found = [
        (planned.plan.source, planned.plan.leads[index])
        for planned in plans
        for index in matching(planned.plan.leads, what)
    ]
    exact = {what.strip().casefold()}
    partly = [
        one for _, one in found if exact.isdisjoint((one.lead.casefold(), one.email.casefold()))
    ]
    if len(found) > 1 and partly:
        names = ", ".join(f"{one.lead} {one.name}".strip() for _, one in found[:_SHOWN])
        more = " …" if len(found) > _SHOWN else ""
        raise UsageError(
            f"{len(found)} leads may be {what!r}: {names}{more}", hint="say which by its id"
        )
    return {(source, one.lead) for source, one in found}


def _refuse_unsettled(memory: Memory, plan: Plan, cells: Sequence[OverriddenCell]) -> None:
    """Refuse while it is not known what of the sheet is ours.

    Raises:
        UsageError: a lead is new, or a run that was cut off has written into the sheet.
    """
    new = next((cell for cell in cells if cell.lead not in memory.leads), None)
    if new or _half_written(memory, plan):
        raise UsageError(
            f"{new.source}!{new.cell} has not been synced yet"
            if new
            else f"a sync of {plan.source} was cut off while it wrote",
            hint="run sheetcrm sync first, then release",
        )


def _half_written(memory: Memory, plan: Plan) -> bool:
    """Whether anything stands in the sheet that a run may have written and did not confirm."""
    index = {record.lead: place for place, record in enumerate(plan.leads)}
    for (lead, header), values in memory.pending.items():
        column = owned_column(plan.tab, header)
        if column is not None and lead in index:
            now = column.values[index[lead]]
            ours = same(now, memory.written.get((lead, column.header)))
            if not ours and any(same(now, value) for value in values):
                return True
    return False


def _foreseen(
    workspace: Workspace, source: TabSource, cells: Sequence[OverriddenCell]
) -> list[GivenBack]:
    """What the next sync makes of the cells once they are given back."""
    ledger = cast("Ledger", _Supposing(workspace.ledger, cells))
    planned = Planner(replace(workspace, ledger=ledger), workspace.clock.now()).plan(source)
    outputs, index = planned.outputs, {one.lead: i for i, one in enumerate(planned.plan.leads)}
    refused = {move.lead: move for move in planned.plan.moves if move.refused}
    stage = workspace.rules.outputs.get("stage", "")
    found = []
    for cell in cells:
        move = refused.get(cell.lead) if cell.header == stage else None
        note = f"not moved back to {move.after}: {move.why}" if move else ""
        found.append(GivenBack(cell=cell, next=outputs[cell.header][index[cell.lead]], note=note))
    return found


class _Supposing:
    """A ledger as it will be when cells have been given back; only to be read."""

    def __init__(self, ledger: Ledger, cells: Sequence[OverriddenCell]) -> None:
        self._ledger = ledger
        self._cells = {(cell.lead, cell.header): cell.value for cell in cells}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    def remember(self, source: str) -> Memory:
        """What is known of the source, the cells' values among what we have written."""
        memory = self._ledger.remember(source)
        return replace(memory, written={**memory.written, **self._cells})


def _carry_out(workspace: Workspace, picked: Mapping[str, Sequence[OverriddenCell]]) -> str:
    """Have the ledger count the persons' values as ours, under a run of its own."""
    ledger, now = workspace.ledger, workspace.clock.now()
    run = ledger.start_run("release", now)
    for source, cells in picked.items():
        written = ledger.remember(source).written
        edits = [
            Edit(
                lead=cell.lead,
                row=cell.row,
                header=cell.header,
                before=written.get((cell.lead, cell.header)),
                after=cell.value,
                reason=RELEASED,
            )
            for cell in cells
        ]
        ledger.released(source, edits, by=run, at=now)
    count = sum(map(len, picked.values()))
    ledger.finish_run(run, at=workspace.clock.now(), outcome="ok", counts={"cells": count})
    return run


def _nothing(choice: Choice) -> UsageError:
    where = f" in the column {choice.column}" if choice.column else ""
    return UsageError(f"no person has set a cell{where}", hint="sheetcrm overrides lists them")
