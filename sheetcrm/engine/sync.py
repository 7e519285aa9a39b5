"""Score, stage, write back, draft: plans every source first, then executes exactly the plans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from sheetcrm.core.memory import MessageDraft, Wish, Withdrawal, is_repetition
from sheetcrm.core.plan import Plan
from sheetcrm.engine.planning import Planner
from sheetcrm.engine.report import Report, SourceResult
from sheetcrm.engine.unwritten import carry_out
from sheetcrm.engine.workspace import Progress, Workspace, silent
from sheetcrm.errors import (
    MailerError,
    SourceChangedError,
    SourceError,
    SourceLeftError,
    UsageError,
)
from sheetcrm.ports import Foreseeing, Kept, TabSource

if TYPE_CHECKING:
    from sheetcrm.core.table.stagelog import StageLog

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
        workspace: the rules and the ports.
        only: names of the sources to look at; all of them where it is empty.
        allow_empty: go on where a tab that had leads has none now.
        progress: is told what is being done.

    Raises:
        ConfigError: formulas or templates that name what a source does not have.
        UsageError: `only` names a source that is not in the config.
    """
    run = _Run(workspace, allow_empty=allow_empty)
    sources = chosen(workspace, only)
    results = run.plan_all(sources, progress, parts=len(sources))
    results = list(map(_foreseen, sources, results))
    progress("planned", len(sources), len(sources))
    return Report(dry_run=True, results=tuple(results), ladder=ladder(workspace))


def sync(
    workspace: Workspace,
    *,
    only: Sequence[str] = (),
    allow_empty: bool = False,
    until: datetime | None = None,
    progress: Progress = silent,
) -> Report:
    """Execute what `plan` decides, source by source; a source that fails leaves the others alone.

    Args:
        workspace: the rules and the ports.
        only: names of the sources to sync; all of them where it is empty.
        allow_empty: go on where a tab that had leads has none now.
        until: no source is begun from then on; those that were are finished. Those for which an
            earlier sync had no time come first, so that none is left for ever.
        progress: is told what is being done.

    Raises:
        ConfigError: formulas or templates that name what a source does not have; nothing was
            touched.
        LedgerError: the ledger cannot be used; the run stops.
    """
    waiting = _left_before(workspace)
    run = _Run(workspace, allow_empty=allow_empty, until=until)
    sources = sorted(chosen(workspace, only), key=lambda source: source.name not in waiting)
    parts = 2 * len(sources)
    planned = run.plan_all(sources, progress, parts=parts)
    run.start()
    results = []
    for index, (source, result) in enumerate(zip(sources, planned, strict=True)):
        progress(f"writing {source.locator}", len(sources) + index, parts)
        results.append(run.execute(source, result.plan) if result.plan else result)
    names = [source.name for source in workspace.sources]
    results.sort(key=lambda result: names.index(result.source))
    report = Report(run=run.id, results=tuple(results), ladder=ladder(workspace))
    run.finish(report, left=_still_left(report, waiting))
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


def _left_before(workspace: Workspace) -> set[str]:
    """The sources for which the last sync had no time, as far as it is among the newest runs."""
    syncs = (run for run in workspace.ledger.runs() if run.kind == "sync" and run.finished)
    last = next(syncs, None)
    return set(last.details.get("left", ())) if last else set()


def _still_left(report: Report, waiting: set[str]) -> list[str]:
    """The sources that wait for a sync: those of this one, and of `waiting` what it did not try."""
    left = {one.source for one in report.results if isinstance(one.error, SourceLeftError)}
    return sorted(left | (waiting - {one.source for one in report.results}))


def _foreseen(source: TabSource, result: SourceResult) -> SourceResult:
    """The result, its plan with what the source can tell of the write beforehand."""
    plan = result.plan
    if plan is None or not plan.edits or not isinstance(source, Foreseeing):
        return result
    try:
        told = source.foresee(plan.tab, plan.edits, append=plan.append)
    except SourceError:  # whatever it is, a sync will say it
        return result
    return replace(result, plan=replace(plan, problems=[*plan.problems, *told]))


class _Run:
    """One execution: everything in it happens at one moment, under one id."""

    def __init__(
        self, workspace: Workspace, *, allow_empty: bool, until: datetime | None = None
    ) -> None:
        self.id = ""
        self._workspace = workspace
        self._now = workspace.clock.now()
        self._planner = Planner(workspace, self._now)
        self._allow_empty = allow_empty
        self._until = until

    def start(self) -> None:
        self.id = self._workspace.ledger.start_run("sync", self._now)

    def finish(self, report: Report, *, left: Sequence[str]) -> None:
        self._workspace.ledger.finish_run(
            self.id,
            at=self._workspace.clock.now(),
            outcome="failed" if report.exit_code else "ok",
            counts=report.counts,
            details={
                "left": left,
                "errors": [
                    {"message": one.error.message, "hint": one.error.hint}
                    for one in report.results
                    if one.error
                ],
            },
        )
        ledger = self._workspace.ledger
        if isinstance(ledger, Kept):
            ledger.tidy(self._workspace.retention, at=self._now)

    def plan_all(
        self, sources: Sequence[TabSource], progress: Progress, *, parts: int
    ) -> list[SourceResult]:
        """Plan each source; those that later ones had news for are decided once more."""
        results = []
        for index, source in enumerate(sources):
            progress(f"reading {source.locator}", index, parts)
            results.append(self.left(source) if self._is_over() else self.plan(source))
        settled = self._planner.settle()
        return [
            replace(result, plan=settled[result.source].plan)
            if result.source in settled
            else result
            for result in results
        ]

    def left(self, source: TabSource) -> SourceResult:
        """A source for which there is no time."""
        error = SourceLeftError(
            f"{source.locator}: not begun, as the run's time was over",
            hint="the next run goes on; give it more time where that happens often",
        )
        return SourceResult(source=source.name, locator=source.locator, error=error)

    def plan(self, source: TabSource) -> SourceResult:
        try:
            planned = self._planner.plan(source, allow_empty=self._allow_empty)
        except SourceError as error:
            return SourceResult(source=source.name, locator=source.locator, error=error)
        return SourceResult(source=source.name, locator=source.locator, plan=planned.plan)

    def execute(self, source: TabSource, plan: Plan) -> SourceResult:
        """Write one source; where somebody saved it meanwhile, read and decide again."""
        failure: SourceError | None = None
        for _ in range(ROUNDS):
            try:
                return self._write(source, plan, again=failure is not None)
            except SourceChangedError as error:
                failure = error
                again = self.plan(source)
                if again.plan is None:
                    return again
                plan = again.plan
            except SourceError as error:
                failure = error
                break
        return SourceResult(source=source.name, locator=source.locator, plan=plan, error=failure)

    def _is_over(self) -> bool:
        return self._until is not None and self._workspace.clock.now() >= self._until

    def _write(self, source: TabSource, plan: Plan, *, again: bool) -> SourceResult:
        """Note, write, keep the drafts, confirm: a crash in between loses and repeats nothing."""
        workspace = self._workspace
        log = self._log(plan, again=again)
        workspace.ledger.intend(self.id, plan)
        receipt = carry_out(source, plan, log=log, run=self.id)
        withdrawn, wishes, stuck = self._take_away(plan)
        drafts, failure = self._put(plan.drafts)
        renewed = [
            replace(one, draft=self._stated(one.draft)) if one.draft else one
            for one in plan.renewed
        ]
        plan = replace(plan, drafts=drafts, renewed=renewed, withdrawn=withdrawn, wishes=wishes)
        workspace.ledger.commit(self.id, plan, at=self._now)
        return SourceResult(
            source=source.name,
            locator=source.locator,
            plan=plan,
            receipt=receipt,
            error=stuck or failure,
        )

    def _log(self, plan: Plan, *, again: bool) -> StageLog | None:
        """The moves that are to be logged; `again` where this run has tried to before."""
        if not plan.log_tab:
            return None
        from sheetcrm.engine.stagelog import log_of_sync  # noqa: PLC0415 - few teams keep one

        return log_of_sync(self._workspace, plan, run=self.id, at=self._now, again=again)

    def _put(self, drafts: Sequence[MessageDraft]) -> tuple[list[MessageDraft], MailerError | None]:
        """Lay the drafts into the outbox; those after a failure are written by the next run."""
        workspace = self._workspace
        placed: list[MessageDraft] = []
        for draft in drafts:
            try:
                stated = self._stated(draft)
                placed.append(replace(stated, place=workspace.drafts.put(draft)))
            except MailerError as error:
                return placed, error
        return placed, None

    def _stated(self, draft: MessageDraft) -> MessageDraft:
        """A message as the config says: it waits for a person, or goes by itself."""
        workspace = self._workspace
        auto = workspace.mailer and workspace.rules.followups.sending.approve == "auto"
        by_itself = auto and not is_repetition(draft.key)
        return replace(draft, state="queued") if by_itself else draft

    def _take_away(self, plan: Plan) -> tuple[list[Withdrawal], list[Wish], MailerError | None]:
        """Take the files of withdrawn and skipped drafts away, as far as that can be done.

        After a failure the next run withdraws what is left. What a person wants skipped is skipped
        all the same: our word has taken the place of theirs by then.
        """
        workspace = self._workspace
        never = {wish.key for wish in plan.wishes if wish.state == "skipped"}
        keys = never.union(one.key for one in plan.withdrawn)
        waiting = (
            [draft for draft in workspace.ledger.drafts() if draft.key in keys] if keys else []
        )
        lay: dict[str, bool] = {}  # key → whether it lay there still
        failure = None
        try:
            for draft in waiting:
                lay[draft.key] = workspace.drafts.withdraw(draft)
        except MailerError as error:
            failure = error
        left = {draft.key for draft in waiting} - lay.keys()
        withdrawn = [
            one
            if lay.get(one.key, True)
            else replace(one, reason=f"{one.reason}; its file was gone already, sent or deleted")
            for one in plan.withdrawn
            if one.key not in left
        ]
        return withdrawn, [wish for wish in plan.wishes if lay.get(wish.key, True)], failure
