"""Other rules on today's leads: who would change stage, and which follow-ups would be written.

Both are planned in full, with the same ledger and at the same moment, and nothing is touched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sheetcrm.core.memory import MessageDraft
from sheetcrm.core.plan import Plan
from sheetcrm.core.table.reading import display
from sheetcrm.engine.planning import Planned, Planner
from sheetcrm.engine.sync import chosen, ladder
from sheetcrm.engine.workspace import Progress, Rules, Workspace, silent


@dataclass(frozen=True, kw_only=True, slots=True)
class Changed:
    """A lead whose score or stage would be another."""

    row: int
    name: str
    score: float | None
    new_score: float | None
    stage: str
    new_stage: str
    why: str  #: by the other rules


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """A lead that would stay where it is, although the other rules say another stage."""

    row: int
    name: str
    stage: str
    new_stage: str  #: where it may not go
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """One source under both rules."""

    source: str
    locator: str
    leads: int
    stages: Mapping[str, int]  #: by the rules as they are
    new_stages: Mapping[str, int]  #: by the other rules; both in the order of their ladder
    moved: Sequence[Changed]  #: whose stage is another, the greatest change of score first
    rescored: int  #: how many scores are others, whether the stage is or not
    refused: Sequence[Refused]  #: moves that the other rules would make, and that are not allowed
    more: Sequence[MessageDraft]  #: follow-ups that only the other rules would write
    fewer: Sequence[MessageDraft]  #: and that only the rules as they are would write
    withdrawn: int  #: drafts that only the other rules would withdraw
    problems: int  #: how many problems more, or fewer if it is negative


def whatif(
    workspace: Workspace,
    rules: Rules,
    *,
    only: Sequence[str] = (),
    progress: Progress = silent,
) -> list[Comparison]:
    """Compare the workspace's rules with others, source by source.

    Args:
        workspace: the rules as they are, and the ports.
        rules: the other ones.
        only: names of the sources to look at; all of them where it is empty.
        progress: is told what is being done.

    Raises:
        ConfigError: a formula or template of either names what a source does not have.
        SourceError: a source cannot be read.
        UsageError: `only` names a source that is not in the config.
    """
    now = workspace.clock.now()
    progress("planning with the rules as they are", 0, 2)
    as_it_is = _plans(workspace, only, now)
    progress("planning with the other rules", 1, 2)
    other = replace(workspace, rules=rules)
    as_it_would_be = _plans(other, only, now)
    order, new_order = ladder(workspace), ladder(other)
    return [
        _compared(before, after, order, new_order)
        for before, after in zip(as_it_is, as_it_would_be, strict=True)
    ]


def _plans(workspace: Workspace, only: Sequence[str], now: datetime) -> list[Planned]:
    planner = Planner(workspace, now)
    sources = chosen(workspace, only)
    planned = [planner.plan(source, allow_empty=True) for source in sources]
    settled = planner.settle()
    return [settled.get(one.plan.source, one) for one in planned]


def _compared(
    before: Planned, after: Planned, order: Sequence[str], new_order: Sequence[str]
) -> Comparison:
    changed = list(_changed(before.plan, after.plan))
    moved = [lead for lead in changed if lead.stage != lead.new_stage]
    keys = {draft.key for draft in before.plan.drafts}
    new_keys = {draft.key for draft in after.plan.drafts}
    gone = {one.key for one in before.plan.withdrawn}
    return Comparison(
        source=after.plan.source,
        locator=after.plan.locator,
        leads=len(after.plan.leads),
        stages=_counted(before.qualified.stages, order),
        new_stages=_counted(after.qualified.stages, new_order),
        moved=sorted(moved, key=_change_of_score),
        rescored=sum(1 for lead in changed if lead.score != lead.new_score),
        refused=list(_refused(after.plan)),
        more=[draft for draft in after.plan.drafts if draft.key not in keys],
        fewer=[draft for draft in before.plan.drafts if draft.key not in new_keys],
        withdrawn=sum(1 for one in after.plan.withdrawn if one.key not in gone),
        problems=len(after.plan.problems) - len(before.plan.problems),
    )


def _changed(before: Plan, after: Plan) -> Iterator[Changed]:
    """The leads that are not as they were, in the order of the tab."""
    was = {lead.row: lead for lead in before.leads}
    for lead, name in zip(after.leads, _names(after), strict=True):
        old = was[lead.row]
        if (old.score, old.stage) != (lead.score, lead.stage):
            yield Changed(
                row=lead.row,
                name=name,
                score=old.score,
                new_score=lead.score,
                stage=old.stage,
                new_stage=lead.stage,
                why=lead.why,
            )


def _refused(plan: Plan) -> Iterator[Refused]:
    """The leads that may not move, in the order of the tab."""
    moves = {move.lead: move for move in plan.moves if move.refused}
    for lead, name in zip(plan.leads, _names(plan), strict=True):
        if move := moves.get(lead.lead):
            stage = move.before or lead.stage
            yield Refused(row=lead.row, name=name, stage=stage, new_stage=move.after, why=move.why)


def _names(plan: Plan) -> list[str]:
    """What each lead is called; without a name, address or number by its first cell."""
    first = plan.tab.columns[0].values if plan.tab.columns else [None] * len(plan.leads)
    return [
        lead.name or lead.email or lead.phone or display(cell)
        for lead, cell in zip(plan.leads, first, strict=True)
    ]


def _change_of_score(lead: Changed) -> float:
    return -abs((lead.new_score or 0) - (lead.score or 0))


def _counted(stages: Sequence[str], order: Sequence[str]) -> dict[str, int]:
    counts = Counter(stages)
    others = [stage for stage in counts if stage not in order]
    return {stage: counts[stage] for stage in (*order, *others)}
