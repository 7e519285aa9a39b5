"""Put a source's file back to how it was before a run, and make the ledger agree with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sheetcrm.core.plan import Plan
from sheetcrm.core.table.values import Tab
from sheetcrm.engine.sync import chosen
from sheetcrm.engine.workspace import Workspace
from sheetcrm.errors import SourceError, UsageError
from sheetcrm.ports import Backup, Restorable, TabSource, Versioned


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """A copy of a source's file, as it was before a run."""

    source: str
    locator: str
    backup: Backup
    rows: int | None  #: how many leads that run wrote there; None where the ledger does not know


@dataclass(frozen=True, kw_only=True, slots=True)
class RestoreReport:
    """What a restore did."""

    run: str
    restored: Kept
    kept: str  #: where the state that was replaced lies; "" where the file was so already
    sources: Sequence[str]  #: all sources in that file
    cells: int  #: of ours that hold again what they held then


def backups(workspace: Workspace, only: str = "") -> list[Kept]:
    """The copies that there are, source by source, the newest first.

    Raises:
        UsageError: `only` names a source that is not in the config.
    """
    found: list[Kept] = []
    for source in chosen(workspace, [only] if only else []):
        copies = source.backups() if isinstance(source, Restorable) else []
        rows = workspace.ledger.rows_written(source.name) if copies else {}
        found += [
            Kept(source=source.name, locator=source.locator, backup=copy, rows=rows.get(copy.run))
            for copy in copies
        ]
    return found


def histories(workspace: Workspace, only: str = "") -> dict[str, str]:
    """Source → where its versions are found, for those of which somebody else keeps them.

    Raises:
        UsageError: `only` names a source that is not in the config.
    """
    sources = chosen(workspace, [only] if only else [])
    return {source.name: source.history for source in sources if isinstance(source, Versioned)}


def find_backup(workspace: Workspace, source: str, which: str = "") -> Kept:
    """The copy of a source whose id begins with `which`; the newest where that is "" or ``last``.

    Raises:
        UsageError: there is none, or more than one.
    """
    found = backups(workspace, source)
    if not found and source in (kept := histories(workspace, source)):
        raise UsageError(
            f"of {source}, sheetcrm keeps no backups, as Google keeps all versions itself",
            hint=f"{kept[source]}; to take back what a run wrote: sheetcrm undo RUN",
        )
    if not found:
        raise UsageError(
            f"there is no backup of {source}",
            hint="one is made before the first sync of a day that changes something",
        )
    if which in {"", "last"}:
        return found[0]
    fitting = [kept for kept in found if kept.backup.run.startswith(which)]
    if len(fitting) != 1:
        what = "no backup" if not fitting else f"{len(fitting)} backups"
        raise UsageError(
            f"{source} has {what} whose id begins with {which!r}",
            hint=f"its backups: {', '.join(kept.backup.run for kept in fitting or found)}",
        )
    return fitting[0]


def restore(workspace: Workspace, kept: Kept) -> RestoreReport:
    """Put a copy in the place of its source's file, which is itself kept first.

    What sheetcrm had written since then is noted as taken back, in every source of that file, so
    that no later run takes the old values for edits of persons; people's own edits come back
    with the file. If it is cut off anywhere, either state is known to the next run.

    Raises:
        SourceError: the file is busy or cannot be replaced; nothing was changed.
    """
    ledger, copy = workspace.ledger, kept.backup
    workspace.claim(kept.source)
    now = workspace.clock.now()
    by = ledger.start_run("restore", now)
    sources = [s for s in workspace.sources if isinstance(s, Restorable) and copy in s.backups()]
    plans = [_plan(workspace, source, copy.run) for source in sources]
    for plan in plans:
        ledger.intend(by, plan)
    first = next(source for source in sources if source.name == kept.source)
    try:
        replaced = first.restore(copy, run=by)
    except SourceError:
        for plan in plans:
            ledger.intend(by, replace(plan, edits=()))
        ledger.finish_run(by, at=workspace.clock.now(), outcome="failed", counts={})
        raise
    for plan in plans:
        ledger.rewound(plan.source, copy.run, plan.edits, by=by, at=now)
    cells = sum(len(plan.edits) for plan in plans)
    ledger.finish_run(by, at=workspace.clock.now(), outcome="ok", counts={"cells": cells})
    return RestoreReport(
        run=by, restored=kept, kept=replaced, sources=[s.name for s in sources], cells=cells
    )


def _plan(workspace: Workspace, source: TabSource, run: str) -> Plan:
    """The plan that turns our cells back, as far as the ledger knows them; the tab is not read."""
    unread = Tab(source=source.name, title="", header_row=0, rows=(), columns=())
    return Plan(
        source=source.name,
        locator=source.locator,
        tab=unread,
        leads=(),
        edits=workspace.ledger.turned_back(source.name, run),
    )
