"""Put back what a run wrote, wherever it still stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sheetcrm.core.plan import Plan
from sheetcrm.core.table.merge import same
from sheetcrm.core.table.values import Edit, Tab
from sheetcrm.engine.planning import Planner
from sheetcrm.engine.workspace import Workspace
from sheetcrm.errors import SourceError, UsageError
from sheetcrm.ports import TabSource


@dataclass(frozen=True, kw_only=True, slots=True)
class UndoneSource:
    """What was put back in one source, and what was left because somebody changed it since."""

    source: str
    restored: Sequence[Edit] = ()  #: as the run had made them
    left: Sequence[tuple[Edit, str]] = ()  #: with the reason
    error: SourceError | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class UndoReport:
    """What an undo did."""

    run: str
    undone: str  #: the run that was undone
    results: tuple[UndoneSource, ...]

    @property
    def exit_code(self) -> int:
        """0 fine · 1 something was left as it is."""
        return 1 if any(result.error or result.left for result in self.results) else 0


def undo(workspace: Workspace, run: str) -> UndoReport:
    """Put back each cell that still holds what `run` wrote; the others are listed.

    Raises:
        UsageError: there is no such run, or it is undone already.
    """
    edits = {name: found for name, found in workspace.ledger.edits(run).items() if found}
    if not edits:
        raise UsageError(
            f"run {run} has nothing to undo: it changed no cell, or was undone already",
            hint="sheetcrm status lists the runs",
        )
    now = workspace.clock.now()
    by = workspace.ledger.start_run("undo", now)
    results = tuple(
        _undo_source(workspace, source, edits[source.name], run, by)
        for source in workspace.sources
        if source.name in edits
    )
    report = UndoReport(run=by, undone=run, results=results)
    counts = {
        "cells": sum(len(result.restored) for result in results),
        "left": sum(len(result.left) for result in results),
    }
    workspace.ledger.finish_run(
        by,
        at=workspace.clock.now(),
        outcome="failed" if any(result.error for result in results) else "ok",
        counts=counts,
    )
    return report


def _undo_source(
    workspace: Workspace, source: TabSource, edits: Sequence[Edit], run: str, by: str
) -> UndoneSource:
    try:
        reading = Planner(workspace, workspace.clock.now()).read(source)
        tab = reading.leads.tab
        rows = {lead: index for index, lead in enumerate(reading.identities.ids)}
        standing, left = _still_standing(tab, rows, edits)
        reversed_ = [_reversed(edit, tab, rows[edit.lead]) for edit in standing]
        plan = Plan(source=source.name, locator=source.locator, tab=tab, leads=(), edits=reversed_)
        workspace.ledger.intend(by, plan)
        source.write(tab, reversed_, run=by)
    except SourceError as error:
        return UndoneSource(source=source.name, error=error)
    workspace.ledger.undone(run, source.name, standing, by=by)
    return UndoneSource(source=source.name, restored=standing, left=left)


def _still_standing(
    tab: Tab, rows: Mapping[str, int], edits: Sequence[Edit]
) -> tuple[list[Edit], list[tuple[Edit, str]]]:
    """The edits whose cells still hold what the run wrote, and the others with the reason."""
    standing: list[Edit] = []
    left: list[tuple[Edit, str]] = []
    for edit in edits:
        column = tab.column(edit.header)
        if edit.lead not in rows:
            left.append((edit, "the lead is no longer in the tab"))
        elif column is None:
            left.append((edit, "the column is no longer in the tab"))
        elif not same(column.values[rows[edit.lead]], edit.after):
            left.append((edit, "changed since"))
        else:
            standing.append(edit)
    return standing, left


def _reversed(edit: Edit, tab: Tab, index: int) -> Edit:
    return Edit(
        lead=edit.lead,
        row=tab.rows[index],
        header=edit.header,
        before=edit.after,
        after=edit.before,
        reason="undo",
    )
