"""What a run says to the log of stage moves in the team's own book (`log_tab` of [write])."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sheetcrm.core.memory import Memory, StageMove
from sheetcrm.core.plan import Plan
from sheetcrm.core.table.language import base_language
from sheetcrm.core.table.stagelog import LoggedMove, StageLog, undone
from sheetcrm.engine.workspace import Workspace


def log_of_sync(
    workspace: Workspace, plan: Plan, *, run: str, at: datetime, again: bool
) -> StageLog | None:
    """The moves that a plan makes; None where nothing is to be logged.

    Args:
        workspace: the rules, which name a tab for the log, and the ports.
        plan: what is about to be written.
        run: the id of the run that writes it.
        at: its moment, in the workspace's zone.
        again: whether the run has tried to write to this source before.
    """
    names = {record.lead: record.name for record in plan.leads} if plan.logged else {}
    moves = [
        LoggedMove(
            lead=move.lead,
            name=names.get(move.lead, ""),
            before=move.before,
            after=move.after,
            why=move.why,
            by=move.by,
        )
        for move in plan.moves
        if not move.refused
    ]
    return _log(workspace, plan.source, moves, run=run, at=at, again=again)


def log_of_undo(
    workspace: Workspace,
    source: str,
    moves: Sequence[StageMove],
    names: Mapping[str, str],
    *,
    undone_run: str,
    run: str,
    at: datetime,
    again: bool,
) -> StageLog | None:
    """The way back of moves that are undone; None where nothing is to be logged.

    Args:
        workspace: the rules and the ports.
        source: whose leads they are.
        moves: as the run that is undone had made them.
        names: lead → name.
        undone_run: the run that is undone.
        run: the id of the run that undoes it.
        at: its moment, in the workspace's zone.
        again: whether the run has tried to write to this source before.
    """
    if not moves or not workspace.rules.log_tab:
        return None
    why = undone(undone_run, _language(workspace))
    back = [
        LoggedMove(
            lead=move.lead,
            name=names.get(move.lead, ""),
            before=move.after,
            after=move.before,
            why=why,
            by="undo",
        )
        for move in moves
    ]
    return _log(workspace, source, back, run=run, at=at, again=again)


def log_to_be(workspace: Workspace, at: datetime) -> StageLog | None:
    """The log that a sync would append to, still without moves; None where none is kept."""
    rules = workspace.rules
    if not rules.log_tab:
        return None
    return StageLog(
        tab=rules.log_tab,
        moves=(),
        at=at.replace(tzinfo=None, microsecond=0),
        run="",
        language=_language(workspace),
        id_header=rules.outputs.get("id", ""),
    )


def _log(
    workspace: Workspace,
    source: str,
    moves: Sequence[LoggedMove],
    *,
    run: str,
    at: datetime,
    again: bool,
) -> StageLog | None:
    """The log of these moves, and of what runs that were cut off may have said in it."""
    rules, ledger = workspace.rules, workspace.ledger
    cut_off = frozenset(one for one in ledger.uncommitted(source) if again or one != run)
    if not moves and not cut_off:
        return None
    return StageLog(
        tab=rules.log_tab,
        moves=moves,
        at=at.replace(tzinfo=None, microsecond=0),
        run=run,
        language=_language(workspace),
        id_header=rules.outputs.get("id", ""),
        cut_off=cut_off,
        stages=_stages(ledger.remember(source)) if cut_off else {},
    )


def _stages(memory: Memory) -> dict[str, str]:
    """Every lead that is known, or that a run meant to write, and where it stands."""
    meant = dict.fromkeys((lead for lead, _ in memory.pending), "")
    return meant | {lead: standing.stage for lead, standing in memory.standings.items()}


def _language(workspace: Workspace) -> str:
    return base_language(workspace.rules.locale.language)
