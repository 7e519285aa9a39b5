"""What is wrong with single leads: rules that gave an error, stages nobody knows, no reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sheetcrm.core.qualify.evaluation import Evaluation
from sheetcrm.core.qualify.ladder import Ladder, Verdict
from sheetcrm.core.table.names import nearest
from sheetcrm.core.table.spoken import Spoken
from sheetcrm.core.table.values import Problem

_SHOWN = 3


def lead_problems(
    work: Evaluation,
    ladder: Ladder,
    verdicts: Sequence[Verdict],
    reason: Callable[[int, str], str],
) -> list[tuple[int, Problem]]:
    """Index of each lead with a problem, and the problem, in the order of the leads.

    Args:
        work: what was evaluated, with its faults.
        ladder: the stages.
        verdicts: where each lead stands.
        reason: why a lead (its index) is in a stage beside the ladder; "" where nobody said.
    """
    found = []
    for index, verdict in enumerate(verdicts):
        if index in work.faults:
            found.append((index, _faulty(work.faults[index])))
        stage = ladder.named(verdict.after)
        if stage is None and verdict.by_person:
            found.append((index, _unknown_stage(verdict.after, ladder)))
        if stage is not None and stage.off_ladder and not reason(index, stage.name):
            found.append((index, _without_reason(stage.name, configured=bool(stage.reason))))
        if stage is not None and stage.until and work.until[stage.name][index] is None:
            found.append((index, _without_date(stage.name)))
    return found


def _faulty(faults: Mapping[str, str]) -> Problem:
    """One problem for all rules that could not be read for a lead."""
    shown = [f"{rule} ({given})" for rule, given in list(faults.items())[:_SHOWN]]
    more = len(faults) - len(shown)
    rules = ", ".join(shown)
    listed = Spoken("{} and {} more", rules, more) if more else rules
    return Problem(
        message=Spoken("rules that cannot be read for this lead: {}", listed),
        hint="mend the cells that they name; until then they count as unknown, "
        "and the lead is not moved down",
    )


def _unknown_stage(stage: str, ladder: Ladder) -> Problem:
    meant = nearest(stage, ladder.names)
    hint = f"did you mean {meant}? " if meant else ""
    return Problem(
        message=Spoken(
            "somebody wrote the stage {}, which is none of ours; it is kept", repr(stage)
        ),
        hint=f"{hint}the stages are: {', '.join(ladder.names)}",
    )


def _without_reason(stage: str, *, configured: bool) -> Problem:
    if configured:
        hint = "write why into the column that the reason is taken from"
    else:
        hint = f"give the stage {stage} a reason formula in the config"
    return Problem(message=Spoken("{} without a reason", stage.lower()), hint=hint)


def _without_date(stage: str) -> Problem:
    return Problem(
        message=Spoken("{} without a date", stage.lower()),
        hint="write until when into the column that the date is taken from; "
        "without it nobody comes back by itself",
    )
