"""Since when the rule of a sequence holds for a lead: what no cell of a sheet can tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sheetcrm.core.followup.lead import LeadView
from sheetcrm.core.followup.rules import FollowUps
from sheetcrm.core.followup.rules import Sequence as Series
from sheetcrm.core.followup.signals import Signals
from sheetcrm.core.memory import Enrolment, Standing
from sheetcrm.core.table.values import CellError

Entered = Mapping[tuple[str, str], Enrolment]  #: lead, sequence → what its rule said last


def needs_memory(sequence: Series) -> bool:
    """Whether anything hangs on when the sequence's rule turned true."""
    dated = sequence.start_on or sequence.yearly_on
    if not sequence.when or dated:
        return False
    return bool(sequence.again_days or sequence.expires_days or sequence.steps[0].after_days)


def enrol(
    rules: FollowUps,
    signals: Signals,
    leads: Sequence[LeadView],
    known: Entered,
    *,
    standings: Mapping[str, Standing],
    now: datetime,
) -> list[Enrolment]:
    """The rules that turned true or false since they were asked last.

    A rule that looks at the stage holds since the lead is there, where nothing is known of it. One
    that gives an error says neither.
    """
    found = []
    for sequence in rules.sequences:
        if not needs_memory(sequence):
            continue
        answers, asks_stage = signals.of(sequence.when), signals.asks_stage(sequence.when)
        for lead in leads:
            answer = answers[lead.number]
            before = known.get((lead.id, sequence.name))
            if isinstance(answer, CellError) or (answer is True) is bool(before and before.holds):
                continue
            since = now
            standing = standings.get(lead.id)
            if before is None and asks_stage and standing and standing.stage == lead.stage:
                since = standing.since
            found.append(Enrolment(lead.id, sequence.name, answer is True, since))
    return found
