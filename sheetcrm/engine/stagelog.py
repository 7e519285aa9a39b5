"""What a run says to the log of stage moves in the team's own book (`log_tab` of [write])."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sheetcrm.core.memory import StageMove
from sheetcrm.core.plan import Plan
from sheetcrm.core.qualify.words import base_language
from sheetcrm.core.table.stagelog import LoggedMove, StageLog, undone
from sheetcrm.engine.workspace import Workspace


def log_of_sync(
    workspace: Workspace, plan: Plan, *, run: str, at: datetime, again: bool
) -> StageLog | None:
    """The moves that a plan makes; None where there are none, or no log is kept.

    Args:
        workspace: the rules and the ports.
        plan: what is about to be written.
        run: the id of the run that writes it.
        at: its moment, in the workspace's zone.
        again: whether the run has tried to write to this source before.
    """
    if not plan.logged:
        return None
    names = {record.lead: record.name for record in plan.leads}
    moves = [
        LoggedMove(
            at=_in_a_sheet(at),
            lead=move.lead,
            name=names.get(move.lead, ""),
            before=move.before,
            after=move.after,
            why=move.why,
            by=move.by,
            run=run,
        )
        for move in plan.moves
        if not move.refused
    ]
    return _log(workspace, plan.source, moves, but="" if again else run)


def log_of_undo(
    workspace: Workspace,
    source: str,
    moves: Sequence[StageMove],
    names: dict[str, str],
    *,
    run: str,
    by: str,
    at: datetime,
) -> StageLog | None:
    """The way back of moves that are undone; None where there are none, or no log is kept.

    Args:
        workspace: the rules and the ports.
        source: whose leads they are.
        moves: as the run `run` had made them.
        names: lead → name.
        run: the run that is undone.
        by: the id of the run that undoes it.
        at: its moment, in the workspace's zone.
    """
    if not moves or not workspace.rules.log_tab:
        return None
    why = undone(run, _language(workspace))
    back = [
        LoggedMove(
            at=_in_a_sheet(at),
            lead=move.lead,
            name=names.get(move.lead, ""),
            before=move.after,
            after=move.before,
            why=why,
            by="undo",
            run=by,
        )
        for move in moves
    ]
    return _log(workspace, source, back, but=by)


def _log(workspace: Workspace, source: str, moves: Sequence[LoggedMove], *, but: str) -> StageLog:
    """The log; runs that were cut off may have written into it, `but` this one has not."""
    rules = workspace.rules
    return StageLog(
        tab=rules.log_tab,
        moves=moves,
        language=_language(workspace),
        id_header=rules.outputs.get("id", ""),
        cut_off=frozenset(workspace.ledger.uncommitted(source)) - {but},
    )


def _language(workspace: Workspace) -> str:
    return base_language(workspace.rules.locale.language)


def _in_a_sheet(at: datetime) -> datetime:
    """To the second, and without a zone, as sheets know none."""
    return at.replace(tzinfo=None, microsecond=0)
