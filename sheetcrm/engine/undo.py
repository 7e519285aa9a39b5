"""Put back what a run wrote, wherever it still stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sheetcrm.core.memory import StageMove
from sheetcrm.core.plan import Plan
from sheetcrm.core.table.merge import Written, owned_column, same
from sheetcrm.core.table.values import CellValue, Edit, Tab
from sheetcrm.engine.planning import Planner
from sheetcrm.engine.reading import Reading
from sheetcrm.engine.release import RELEASED
from sheetcrm.engine.stagelog import log_of_undo
from sheetcrm.engine.views import texts
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

    Of a run that gave cells back, what persons had set in them is theirs again.

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
    moves = workspace.ledger.moves(run)
    by = workspace.ledger.start_run("undo", now)
    results = tuple(
        _undo_source(
            workspace, source, edits[source.name], moves.get(source.name, ()), run=run, by=by
        )
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
    workspace: Workspace,
    source: TabSource,
    edits: Sequence[Edit],
    moves: Sequence[StageMove],
    *,
    run: str,
    by: str,
) -> UndoneSource:
    now = workspace.clock.now()
    try:
        reading = Planner(workspace, now).read(source)
        tab = reading.leads.tab
        rows = {lead: index for index, lead in enumerate(reading.identities.ids)}
        standing, left = _still_standing(reading, edits)
        reversed_ = [_reversed(edit, tab, rows[edit.lead]) for edit in standing]
        reversed_ = [edit for edit in reversed_ if not same(edit.before, edit.after)]
        plan = Plan(source=source.name, locator=source.locator, tab=tab, leads=(), edits=reversed_)
        workspace.ledger.intend(by, plan)
        wrote = {(edit.lead, edit.after) for edit in standing}
        back = [move for move in moves if (move.lead, move.after) in wrote]
        names = dict(zip(reading.identities.ids, texts(reading.leads, "name"), strict=True))
        log = log_of_undo(workspace, source.name, back, names, undone_run=run, run=by, at=now)
        source.write(tab, reversed_, log=log, run=by)
    except SourceError as error:
        return UndoneSource(source=source.name, error=error)
    workspace.ledger.undone(run, source.name, standing, by=by)
    return UndoneSource(source=source.name, restored=standing, left=left)


def _still_standing(
    reading: Reading, edits: Sequence[Edit]
) -> tuple[list[Edit], list[tuple[Edit, str]]]:
    """The edits whose cells nobody has changed since, and the others with the reason."""
    tab, written = reading.leads.tab, reading.memory.written
    rows = {lead: index for index, lead in enumerate(reading.identities.ids)}
    standing: list[Edit] = []
    left: list[tuple[Edit, str]] = []
    for edit in edits:
        column = owned_column(tab, edit.header)
        if edit.lead not in rows:
            left.append((edit, "the lead is no longer in the tab"))
        elif column is None:
            left.append((edit, "the column is no longer in the tab"))
        elif not _stands(edit, column.values[rows[edit.lead]], written):
            left.append((edit, "changed since"))
        else:
            standing.append(edit)
    return standing, left


def _stands(edit: Edit, now: CellValue, written: Written) -> bool:
    """Whether a cell holds what the edit made of it.

    One that was given back may hold instead what we have written there since.
    """
    if same(now, edit.after):
        return True
    cell = (edit.lead, edit.header)
    return edit.reason == RELEASED and cell in written and same(now, written[cell])


def _reversed(edit: Edit, tab: Tab, index: int) -> Edit:
    """The edit that makes the cell what it was; one that was given back is the person's again."""
    column = owned_column(tab, edit.header)
    assert column is not None
    return Edit(
        lead=edit.lead,
        row=tab.rows[index],
        header=column.header,
        before=column.values[index],
        after=edit.after if edit.reason == RELEASED else edit.before,
        reason="undo",
    )
