"""What goes when, to whom and why, in the days to come; and what is held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from sheetcrm.core.followup import FollowUpPlan, Upcoming
from sheetcrm.core.followup.lead import clean_text
from sheetcrm.core.memory import MessageRecord
from sheetcrm.engine.planning import Planned, Planner
from sheetcrm.engine.sync import chosen
from sheetcrm.engine.workspace import Workspace
from sheetcrm.errors import SourceError

NAME_LIMIT = 60  #: characters that are shown of a name


@dataclass(frozen=True, kw_only=True, slots=True)
class DueMessage:
    """A message on the day on which it would go."""

    day: date
    source: str
    lead: str
    row: int
    name: str
    address: str
    stage: str
    sequence: str
    step: int
    template: str  #: path of the file, "" where there is none for this lead
    state: str  #: of one that waits, such as ``draft``; "" for one that is not written yet
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldMessage:
    """A message that is due and does not go."""

    source: str
    lead: str
    row: int
    name: str
    address: str
    sequence: str
    step: int
    since: date | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class DueReport:
    """The days to come."""

    messages: Sequence[DueMessage]  #: the earliest first
    held: Sequence[HeldMessage]
    limit: int  #: messages in a day
    errors: Sequence[SourceError] = ()

    @cached_property
    def days(self) -> Mapping[date, int]:
        """Day → how many would go."""
        return Counter(message.day for message in self.messages)

    @property
    def exit_code(self) -> int:
        """0 fine · 1 a source cannot be read."""
        return 1 if self.errors else 0


def due(workspace: Workspace, *, days: int = 14, only: Sequence[str] = ()) -> DueReport:
    """What would go in so many days from today on, if nothing changed but the calendar.

    Sources are looked at in their order, as a run does; a person whom an earlier one writes to
    hears from a later one after the gap.

    Raises:
        ConfigError: formulas or templates name what a source does not have.
        UsageError: `only` names a source that is not in the config.
    """
    now = workspace.clock.now()
    planner = Planner(workspace, now)
    plans: dict[str, Planned] = {}
    errors: list[SourceError] = []
    for source in chosen(workspace, only):
        try:
            plans[source.name] = planner.plan(source)
        except SourceError as error:
            errors.append(error)
    plans |= planner.settle()
    until = now.date() + timedelta(days=days)
    followups = {name: planned.followups for name, planned in plans.items()}
    found = _foretold(followups, now.date(), until)
    messages = [m for name, plan in followups.items() for m in _messages(name, plan, found[name])]
    return DueReport(
        messages=sorted(messages, key=lambda one: one.day),
        held=[one for name, plan in followups.items() for one in _held(name, plan)],
        limit=workspace.rules.followups.sending.per_day,
        errors=errors,
    )


def _foretold(
    plans: Mapping[str, FollowUpPlan], today: date, until: date
) -> dict[str, list[Upcoming]]:
    """What each source would send.

    Whoever stands in several sources is looked at day by day, as one source's message delays
    another's.
    """
    seen = Counter(email for plan in plans.values() for email in {x.email for x in plan.leads})
    shared = {email for email, count in seen.items() if email and count > 1}
    found = {
        name: plan.forecast.of([x for x in plan.leads if x.email not in shared], until)[0]
        for name, plan in plans.items()
    }
    told: list[MessageRecord] = []
    for day in range((until - today).days + 1) if shared else ():
        for name, plan in plans.items():
            leads = [lead for lead in plan.leads if lead.email in shared]
            to, more = plan.forecast.of(leads, today + timedelta(days=day), others=told)
            told += more
            found[name] += to
    return found


def _messages(source: str, plan: FollowUpPlan, found: Sequence[Upcoming]) -> list[DueMessage]:
    leads = {lead.id: lead for lead in plan.leads}
    return [
        DueMessage(
            day=one.day,
            source=source,
            lead=one.lead,
            row=leads[one.lead].row,
            name=clean_text(leads[one.lead].name, NAME_LIMIT),
            address=one.person,
            stage=leads[one.lead].stage,
            sequence=one.sequence,
            step=one.step,
            template=one.template,
            state=one.state,
            why=one.why,
        )
        for one in found
    ]


def _held(source: str, plan: FollowUpPlan) -> list[HeldMessage]:
    """What is due and waits for a person; what only waits for its day is not held."""
    leads = {lead.id: lead for lead in plan.leads}
    return [
        HeldMessage(
            source=source,
            lead=one.lead,
            row=leads[one.lead].row,
            name=clean_text(leads[one.lead].name, NAME_LIMIT),
            address=leads[one.lead].email,
            sequence=one.sequence,
            step=one.step,
            since=one.on,
            reason=one.reason,
        )
        for one in plan.waits
        if one.until is None
    ]
