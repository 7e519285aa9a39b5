"""Leads that stand still, and leads that wait for a first answer, on a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sheetcrm.cli import output

if TYPE_CHECKING:
    from sheetcrm.core.plan import Plan, Waiting

FEW = 12


def show_waiting(plan: Plan, *, names: bool = True, everything: bool = False) -> None:
    """How many stand still in which stage, and who waits for an answer until when."""
    stalled = Counter(one.stage for one in plan.waiting if one.stalled)
    if stalled:
        where = ", ".join(f"{stage} {count}" for stage, count in stalled.items())
        output.say(f"  {_leads(stalled.total())} too long in one stage: {where}", style="yellow")
    unanswered = [one for one in plan.waiting if one.answer_by]
    if not unanswered:
        return
    late = sum(one.late for one in unanswered)
    output.say(
        f"  {_leads(len(unanswered))} without a first answer, {late} of them too late",
        style="yellow",
    )
    if names:
        _table(plan, unanswered if everything else unanswered[:FEW])


def _table(plan: Plan, unanswered: Sequence[Waiting]) -> None:
    called = {lead.lead: lead.name or lead.email or lead.lead for lead in plan.leads}
    rows = [
        (
            called.get(one.lead, one.lead),
            one.stage,
            f"{one.answer_by:%Y-%m-%d %H:%M}{' (too late)' if one.late else ''}",
        )
        for one in unanswered
    ]
    output.table("waiting for a first answer", ["lead", "stage", "until"], rows)


def _leads(count: int) -> str:
    return f"{count} lead{'s' * (count != 1)}"
