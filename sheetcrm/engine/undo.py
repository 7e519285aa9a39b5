"""Put back what a run wrote, wherever it still stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sheetcrm.core.memory import StageMove
from sheetcrm.core.plan import Plan
from sheetcrm.core.table.merge import Written, owned_column, same
from sheetcrm.core.table.values import CellValue, Edit, Tab
from sheetcrm.engine.planning import Planner
from sheetcrm.engine.reading import Reading
from sheetcrm.engine.release import RELEASED
from sheetcrm.engine.stagelog import log_of_undo
from sheetcrm.engine.sync import ROUNDS
from sheetcrm.engine.views import texts
from sheetcrm.engine.workspace import Workspace
from sheetcrm.errors import SourceChangedError, SourceError, TransientError, UsageError
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
        """0 fine · 1 something was left as it is · 75 try again later."""
        errors = [result.error for result in self.results if result.error]
        if any(result.left for result in self.results):
            return 1
        if errors and all(isinstance(error, TransientError) for error in errors):
            return 75
        return 1 if errors else 0


@dataclass(frozen=True, kw_only=True, slots=True)
class _Undo:
    """What is to be undone, and by which run."""

    workspace: Workspace
    run: str
    by: str
    edits: Mapping[str, Sequence[Edit]]  #: by source
    moves: Mapping[str, Sequence[StageMove]]


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
    work = _Undo(workspace=workspace, run=run, by=by, edits=edits, moves=moves)
    results = tuple(
        _undo_source(work, source) for source in workspace.sources if source.name in edits
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


def _undo_source(undo: _Undo, source: TabSource) -> UndoneSource:
    """Undo one source; where somebody saved it meanwhile, read and decide again."""
    failure: SourceError | None = None
    for _ in range(ROUNDS):
        try:
            return _put_back(undo, source, again=failure is not None)
        except SourceChangedError as error:
            failure = error
        except SourceError as error:
            failure = error
            break
    return UndoneSource(source=source.name, error=failure)


def _put_back(undo: _Undo, source: TabSource, *, again: bool) -> UndoneSource:
    """Read, decide, write; `again` where this undo has tried to before."""
    workspace, now = undo.workspace, undo.workspace.clock.now()
    reading = Planner(workspace, now).read(source)
    tab = reading.leads.tab
    rows = {lead: index for index, lead in enumerate(reading.identities.ids)}
    standing, left = _still_standing(reading, undo.edits[source.name], again=again)
    reversed_ = [_reversed(edit, tab, rows[edit.lead]) for edit in standing]
    reversed_ = [edit for edit in reversed_ if not same(edit.before, edit.after)]
    plan = Plan(source=source.name, locator=source.locator, tab=tab, leads=(), edits=reversed_)
    workspace.ledger.intend(undo.by, plan)
    wrote = {(edit.lead, edit.after) for edit in standing}
    moves = undo.moves.get(source.name, ())
    log = log_of_undo(
        workspace,
        source.name,
        [move for move in moves if (move.lead, move.after) in wrote],
        dict(zip(reading.identities.ids, texts(reading.leads, "name"), strict=True)),
        undone_run=undo.run,
        run=undo.by,
        at=now,
        again=again,
    )
    source.write(tab, reversed_, log=log, run=undo.by)
    workspace.ledger.undone(undo.run, source.name, standing, by=undo.by)
    return UndoneSource(source=source.name, restored=standing, left=left)


def _still_standing(
    reading: Reading, edits: Sequence[Edit], *, again: bool
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
        elif not _stands(edit, column.values[rows[edit.lead]], written, again=again):
            left.append((edit, "changed since"))
        else:
            standing.append(edit)
    return standing, left


def _stands(edit: Edit, now: CellValue, written: Written, *, again: bool) -> bool:
    """Whether a cell holds what the edit made of it.

    One that was given back may hold instead what we have written there since; and where this
    undo was interrupted, one may have been put back already.
    """
    if same(now, edit.after) or (again and same(now, edit.before)):
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
