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
        output.say(
            f"  {output.counted(stalled.total(), 'lead')} too long in one stage: {where}",
            style="yellow",
        )
    unanswered = [one for one in plan.waiting if one.answer_by]
    if not unanswered:
        return
    late = sum(one.late for one in unanswered)
    count = output.counted(len(unanswered), "lead")
    output.say(f"  {count} without a first answer, {late} of them too late", style="yellow")
    if names:
        _table(plan, unanswered if everything else unanswered[:FEW])


def names_of(plan: Plan) -> dict[str, str]:
    """Lead → what a person calls it: its name, its address, else where it stands."""
    return {
        lead.lead: lead.name or lead.email or f"row {row} ({lead.lead})"
        for lead, row in zip(plan.leads, plan.tab.rows, strict=True)
    }


def _table(plan: Plan, unanswered: Sequence[Waiting]) -> None:
    called = names_of(plan)
    rows = [
        (
            called[one.lead],
            one.stage,
            f"{one.answer_by:%Y-%m-%d %H:%M}{' (too late)' if one.late else ''}",
        )
        for one in unanswered
    ]
    output.table("waiting for a first answer", ["lead", "stage", "until"], rows)
