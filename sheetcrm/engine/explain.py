"""One lead: every rule's share, every criterion, its way through the stages, its messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sheetcrm.core.followup import FollowUpPlan, Upcoming
from sheetcrm.core.memory import LeadRecord, LeadState, MessageDraft, PastScore, StageMove
from sheetcrm.core.qualify import Contribution
from sheetcrm.core.table.names import fold
from sheetcrm.core.table.values import CellValue, Override, Problem
from sheetcrm.engine.planning import Planned, Planner
from sheetcrm.engine.sync import chosen
from sheetcrm.engine.workspace import Workspace
from sheetcrm.errors import UsageError

YEAR = timedelta(days=366)


@dataclass(frozen=True, kw_only=True, slots=True)
class Explanation:
    """Why a lead stands where it stands."""

    source: str
    lead: str
    name: str
    email: str
    row: int
    stage: str
    computed_stage: str
    days_in_stage: int
    stalled: datetime | None  #: since when it has been in its stage for too long
    answer_by: datetime | None  #: until when it should have its first answer, if it has none
    why: str
    next_question: str
    contributions: Sequence[Contribution]
    frameworks: Mapping[str, Mapping[str, bool | None]]  #: name → criterion → yes, no, unknown
    verdicts: Mapping[str, str]  #: name of a framework → ``3/4 met``
    disagreement: str  #: what the frameworks say where they disagree
    outputs: Mapping[str, CellValue]  #: header → what was computed
    overrides: Sequence[Override]
    refused: Sequence[StageMove]
    grade: str  #: ``A1`` to ``D4``, "" where the team does not grade
    scores: Sequence[PastScore]  #: how it was scored up to now, each time that it changed
    state: LeadState | None  #: what the ledger knows, None before the first sync
    drafts: Sequence[MessageDraft]  #: follow-ups that the next sync would write
    follow_up: str  #: what comes next, or why nothing does
    upcoming: Sequence[Upcoming]  #: what would go in the year to come, if nothing changed
    problems: Sequence[Problem]


def explain(workspace: Workspace, who: str, *, only: Sequence[str] = ()) -> list[Explanation]:
    """Every lead that `who` may mean: an id, an e-mail address, a row number, or part of a name.

    Raises:
        UsageError: there is none.
    """
    planner = Planner(workspace, workspace.clock.now())
    sources = chosen(workspace, only)
    plans = [planner.plan(source) for source in sources]
    found = []
    settled = planner.settle()
    for source, plan in zip(sources, plans, strict=True):
        planned = settled.get(source.name, plan)
        found += [
            _explain(workspace, planned, index) for index in matching(planned.plan.leads, who)
        ]
    if not found:
        raise nobody(who)
    return found


def nobody(who: str) -> UsageError:
    """What is said where `matching` finds no lead in any source."""
    return UsageError(
        f"no lead is called {who!r}",
        hint="give a lead id, an e-mail address, a row number, or part of a name",
    )


def matching(leads: Sequence[LeadRecord], who: str) -> list[int]:
    """The leads that `who` means exactly; where there is none, those whose name has it in it."""
    wanted = who.strip().casefold()
    exact = [
        index
        for index, lead in enumerate(leads)
        if wanted in {lead.lead.casefold(), lead.email.casefold(), str(lead.row)}
    ]
    return exact or [
        index for index, lead in enumerate(leads) if lead.name and fold(who) in fold(lead.name)
    ]


def _explain(workspace: Workspace, planned: Planned, index: int) -> Explanation:
    plan, qualified = planned.plan, planned.qualified
    lead = plan.leads[index]
    state = workspace.ledger.lead(plan.source, lead.lead)
    return Explanation(
        source=plan.source,
        lead=lead.lead,
        name=lead.name,
        email=lead.email,
        row=lead.row,
        stage=lead.stage,
        computed_stage=qualified.computed[index],
        days_in_stage=qualified.waits.days[index],
        stalled=qualified.waits.stalled[index],
        answer_by=qualified.waits.answer_by[index],
        why=lead.why,
        next_question=qualified.next_question[index],
        contributions=qualified.explain(index),
        frameworks={
            name: {criterion: answers[index] for criterion, answers in result.answers.items()}
            for name, result in qualified.frameworks.items()
        },
        verdicts={
            name: f"{result.summary(index)} {result.outcome(index)}"
            for name, result in qualified.frameworks.items()
        },
        disagreement=qualified.disagreement[index],
        outputs={header: values[index] for header, values in planned.outputs.items()},
        overrides=[override for override in plan.overrides if override.lead == lead.lead],
        refused=[move for move in plan.moves if move.refused and move.lead == lead.lead],
        grade=qualified.grades[index] if qualified.grades else "",
        scores=_changes(state.scores if state else ()),
        state=state,
        drafts=[draft for draft in plan.drafts if draft.lead == lead.lead],
        follow_up=planned.followups.due[index],
        upcoming=_upcoming(workspace, planned.followups, index),
        problems=[problem for problem in plan.problems if problem.row == lead.row],
    )


def _upcoming(workspace: Workspace, plan: FollowUpPlan, index: int) -> Sequence[Upcoming]:
    """What would go to one lead; other rows of the person come before it where they do."""
    until = workspace.clock.now().date() + YEAR
    found, _ = plan.forecast.of(plan.leads, until, only=plan.leads[index])
    return [one for one in found if one.lead == plan.leads[index].id]


def _changes(scores: Sequence[PastScore]) -> list[PastScore]:
    """Without those that only brought another stage or reason."""
    points = [(past.score, dict(past.scores)) for past in scores]
    return [past for i, past in enumerate(scores) if not i or points[i] != points[i - 1]]
