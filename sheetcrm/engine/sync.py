"""Score, stage, write back, draft: plans every source first, then executes exactly the plans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sheetcrm.engine.planning import Planner
from sheetcrm.engine.report import Report, SourceResult
from sheetcrm.engine.workspace import Progress, Workspace, silent
from sheetcrm.core.plan import Plan
from sheetcrm.errors import SheetCrmError, SourceChangedError, SourceError, UsageError
from sheetcrm.ports import TabSource

ROUNDS = 4  #: how often a source that changes under our hands is planned again


def plan(
    workspace: Workspace,
    *,
    only: Sequence[str] = (),
    allow_empty: bool = False,
    progress: Progress = silent,
) -> Report:
    """What `sync` would do; touches nothing.

    Args:
        only: names of the sources to look at; all of them where it is empty.

    Raises:
        ConfigError: formulas or templates that name what a source does not have.
        UsageError: `only` names a source that is not in the config.
    """
    now = workspace.clock.now()
    planner = Planner(workspace, now)
    sources = chosen(workspace, only)
    results = []
    for index, source in enumerate(sources):
        progress(f"reading {source.locator}", index, len(sources))
        results.append(_plan_source(planner, source, allow_empty=allow_empty))
    progress("planned", len(sources), len(sources))
    return Report(dry_run=True, results=tuple(results), ladder=ladder(workspace))


def sync(
    workspace: Workspace,
    *,
    only: Sequence[str] = (),
    allow_empty: bool = False,
    progress: Progress = silent,
) -> Report:
    """Execute what `plan` decides, source by source; a source that fails leaves the others alone.

    Raises:
        ConfigError: formulas or templates that name what a source does not have; nothing was
            touched.
        LedgerError: the ledger cannot be used; the run stops.
    """
    now = workspace.clock.now()
    planner = Planner(workspace, now)
    sources = chosen(workspace, only)
    parts = 2 * len(sources)
    planned = []
    for index, source in enumerate(sources):
        progress(f"reading {source.locator}", index, parts)
        planned.append(_plan_source(planner, source, allow_empty=allow_empty))
    run = workspace.ledger.start_run("sync", now)
    results = []
    for index, (source, result) in enumerate(zip(sources, planned, strict=True)):
        progress(f"writing {source.locator}", len(sources) + index, parts)
        if result.plan:
            result = _execute(workspace, planner, source, result.plan, run, now, allow_empty)
        results.append(result)
    report = Report(run=run, results=tuple(results), ladder=ladder(workspace))
    outcome = "failed" if report.exit_code else "ok"
    workspace.ledger.finish_run(
        run, at=workspace.clock.now(), outcome=outcome, counts=report.counts
    )
    progress("done", parts, parts)
    return report


def chosen(workspace: Workspace, only: Sequence[str]) -> list[TabSource]:
    """The sources of these names, in the config's order.

    Raises:
        UsageError: one of the names is not a source.
    """
    names = [source.name for source in workspace.sources]
    for name in only:
        if name not in names:
            raise UsageError(
                f"there is no source {name!r}", hint=f"the config has: {', '.join(names)}"
            )
    return [source for source in workspace.sources if not only or source.name in only]


def ladder(workspace: Workspace) -> tuple[str, ...]:
    """The stages in order, those off the ladder last."""
    stages = workspace.rules.qualification.stages
    return tuple(stage.name for stage in sorted(stages, key=lambda stage: stage.off_ladder))


def _plan_source(planner: Planner, source: TabSource, *, allow_empty: bool) -> SourceResult:
    try:
        planned = planner.plan(source, allow_empty=allow_empty)
    except SourceError as error:
        return SourceResult(source=source.name, locator=source.locator, error=error)
    return SourceResult(source=source.name, locator=source.locator, plan=planned.plan)


def _execute(
    workspace: Workspace,
    planner: Planner,
    source: TabSource,
    plan: Plan,
    run: str,
    now: datetime,
    allow_empty: bool,  # noqa: FBT001
) -> SourceResult:
    """Write one source; where somebody saved it in the meantime, read and decide again."""
    failure: SheetCrmError | None = None
    for _ in range(ROUNDS):
        try:
            return _write(workspace, source, plan, run, now)
        except SourceChangedError as error:
            failure = error
            again = _plan_source(planner, source, allow_empty=allow_empty)
            if again.plan is None:
                return again
            plan = again.plan
        except SourceError as error:
            failure = error
            break
    return SourceResult(source=source.name, locator=source.locator, plan=plan, error=failure)


def _write(
    workspace: Workspace, source: TabSource, plan: Plan, run: str, now: datetime
) -> SourceResult:
    workspace.ledger.intend(run, plan)
    receipt = source.write(plan.tab, plan.edits, append=plan.append)
    drafts = [replace(draft, place=workspace.outbox.put(draft)) for draft in plan.drafts]
    plan = replace(plan, drafts=drafts)
    workspace.ledger.commit(run, plan, at=now)
    return SourceResult(source=source.name, locator=source.locator, plan=plan, receipt=receipt)
