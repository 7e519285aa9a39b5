"""The phases that a run may have."""

from __future__ import annotations

from datetime import datetime

from sheetcrm.engine.run import Done, Phase
from sheetcrm.engine.settling import Settling, is_settled
from sheetcrm.engine.sync import sync
from sheetcrm.engine.workspace import Progress, Workspace, silent


def sync_phase(workspace: Workspace, progress: Progress = silent) -> Phase:
    """Score, stage, write back, draft; nothing where that is proven to change nothing."""
    return Phase(name="sync", work=lambda until: _synced(workspace, until, progress))


def statuses_phase(workspace: Workspace, progress: Progress = silent) -> Phase:
    """Write what sending changed since the sync into the sheets; where it did, only."""
    return Phase(
        name="statuses",
        work=lambda until: _synced(workspace, until, progress),
        wanted=lambda before: any(phase.done.stale for phase in before),
    )


def _synced(workspace: Workspace, until: datetime | None, progress: Progress) -> Done:
    if is_settled(workspace, workspace.clock.now()):
        return Done(idle=True)
    settling = Settling(workspace)
    report = sync(workspace, until=until, progress=progress)
    settling.settle(report)
    return Done(
        counts=report.counts,
        errors=[result.error for result in report.results if result.error],
        run=report.run,
        report=report,
    )
