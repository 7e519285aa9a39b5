"""Plans and their results on a terminal, and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from sheetcrm.cli import output
from sheetcrm.cli.output import counted
from sheetcrm.cli.waiting import names_of, show_waiting
from sheetcrm.core.table.reading import display

if TYPE_CHECKING:
    from sheetcrm.core.plan import Plan
    from sheetcrm.core.table.values import CellValue, Problem
    from sheetcrm.engine.report import Report, SourceResult

T = TypeVar("T")

FEW = 12


def show_plan(result: SourceResult, ladder: Sequence[str], *, everything: bool = False) -> None:
    """What would change in one source."""
    plan = result.plan
    if plan is None:
        complain_of(result)
        return
    output.say(
        f"{result.source} · {result.locator} · {counted(len(plan.leads), 'lead')}", style="bold"
    )
    output.bars(in_order(result.stages, ladder))
    if plan.aside:
        show_aside(plan.aside.place, "would go into")
    elif plan.changes_nothing:
        output.say("  nothing to change")
    if plan.append:
        output.say(f"  new columns: {', '.join(plan.append)}")
    by_header = Counter(edit.header for edit in plan.edits)
    if by_header:
        cells = ", ".join(f"{header} {count}" for header, count in by_header.items())
        output.say(f"  {counted(len(plan.edits), 'cell')} would change: {cells}")
    if plan.logged:
        output.say(f"  {counted(plan.logged, 'move')} would be logged in “{plan.log_tab}”")
    show_moves(plan, everything=everything)
    show_waiting(plan, everything=everything)
    show_overrides(plan)
    if plan.drafts:
        rows = [
            (draft.due_on, draft.to_name, draft.subject, draft.template)
            for draft in some(plan.drafts, everything)
        ]
        title = f"{counted(len(plan.drafts), 'follow-up')} would be written"
        output.table(title, ["due", "to", "subject", "template"], rows)
        more(plan.drafts, everything)
    show_withdrawn(plan, "would be withdrawn", everything=everything)
    show_problems(plan.problems, everything=everything)


def show_result(result: SourceResult, ladder: Sequence[str]) -> None:
    """What was done in one source."""
    plan = result.plan
    if plan is None:
        complain_of(result)
        return
    output.say(
        f"{result.source} · {result.locator} · {counted(len(plan.leads), 'lead')}", style="bold"
    )
    output.bars(in_order(result.stages, ladder))
    if plan.aside:
        new = result.receipt and result.receipt.cells
        show_aside(plan.aside.place, "went into" if new else "stand already in")
    else:
        cells = len(plan.edits) if result.receipt else 0
        added = f", new columns: {', '.join(plan.append)}" if plan.append else ""
        output.say(
            f"  {counted(cells, 'cell')} written{added}" if cells else "  nothing had to change"
        )
    if result.receipt and result.receipt.logged:
        output.say(f"  {counted(result.receipt.logged, 'move')} logged in “{plan.log_tab}”")
    if result.receipt and result.receipt.recalculated:
        output.say(f"  {counted(result.receipt.recalculated, 'cell')} of formulas calculated anew")
    if result.receipt and result.receipt.backup:
        output.say(f"  the workbook as it was: {result.receipt.backup}")
    if plan.drafts:
        output.say(f"  {counted(len(plan.drafts), 'new follow-up')} in the outbox")
    show_withdrawn(plan, "withdrawn")
    show_overrides(plan)
    refused = sum(move.refused for move in plan.moves)
    if refused:
        output.say(f"  not moved: {counted(refused, 'lead')} (sheetcrm plan lists them)")
    show_waiting(plan, names=False)
    noted = result.receipt.problems if result.receipt else ()
    show_problems([*plan.problems, *noted])


def show_aside(place: str, how: str) -> None:
    """What becomes of a sheet that is not written."""
    said = f"the scores {how} {place}" if place else "the scores are kept in the ledger"
    output.say(f"  the sheet itself is not written; {said}")


def complain_of(result: SourceResult) -> None:
    """Say why a source could not be synced."""
    if result.error:
        output.complain(f"{result.source} · {result.error.message}")
        if result.error.hint:
            output.advise(result.error.hint)


def show_moves(plan: Plan, *, everything: bool) -> None:
    """Who would go where; first of all those who would not, as a person may want to decide."""
    names = names_of(plan)
    scores = {lead.lead: lead.score for lead in plan.leads}
    rows = [
        (
            names[move.lead],
            move.before or "new",
            move.after + (" (asked)" if move.asked else " (refused)" if move.refused else ""),
            f"{scores.get(move.lead) or 0:g}",
            move.why,
        )
        for move in some(sorted(plan.moves, key=lambda move: not move.refused), everything)
    ]
    if rows:
        output.table("stages", ["lead", "from", "to", "score", "why"], rows)
        more(plan.moves, everything)


def show_withdrawn(plan: Plan, what: str, *, everything: bool = False) -> None:
    """The drafts whose leads may no longer get them."""
    if not plan.withdrawn:
        return
    names = names_of(plan)
    shown = [
        f"{names.get(one.lead, one.lead)} ({one.reason})"
        for one in some(plan.withdrawn, everything)
    ]
    count = counted(len(plan.withdrawn), "draft")
    output.say(f"  {count} {what}: {', '.join(shown)}", style="yellow")
    more(plan.withdrawn, everything)


def show_overrides(plan: Plan) -> None:
    """The cells that a person has set."""
    names = names_of(plan)
    for override in plan.overrides[:FEW]:
        output.say(
            f"  kept, because a person set it: {override.header} of {names[override.lead]} = "
            f"{said(override.value)} (the rules say {said(override.computed)})",
            style="yellow",
        )
    if len(plan.overrides) > FEW:
        output.say(
            f"  … and {len(plan.overrides) - FEW} more cells that people set (sheetcrm overrides)"
        )


def show_problems(problems: Sequence[Problem], *, everything: bool = False) -> None:
    """What cannot be read, with its place."""
    shown = some(problems, everything)
    if shown:
        rows = [(p.place, p.message, p.hint) for p in shown]
        output.table(
            f"{counted(len(problems), 'thing')} to look at", ["where", "what", "what to do"], rows
        )
        more(problems, everything)


def said(value: CellValue) -> str:
    """A cell's value on the terminal; a blank one is a dash."""
    return display(value) or "–"


def in_order(counts: Mapping[str, int], ladder: Sequence[str]) -> dict[str, int]:
    """Counts in the ladder's order; stages that a person made up come last."""
    others = [stage for stage in counts if stage not in ladder]
    return {stage: counts.get(stage, 0) for stage in (*ladder, *others)}


def some(items: Sequence[T], everything: bool) -> Sequence[T]:  # noqa: FBT001
    """The first few, or all."""
    return items if everything else items[:FEW]


def more(items: Sequence[object], everything: bool) -> None:  # noqa: FBT001
    """Say how many are not shown."""
    if not everything and len(items) > FEW:
        output.say(f"  … and {len(items) - FEW} more (--all shows them)")


def report_json(report: Report) -> dict[str, Any]:
    """A report as JSON: everything but the tab itself and the messages' bytes."""
    sources = []
    for result in report.results:
        plan = result.plan
        sources.append(
            {
                "source": result.source,
                "locator": result.locator,
                "error": result.error.message if result.error else None,
                "stages": in_order(result.stages, report.ladder),
                "written": result.receipt.cells if result.receipt else 0,
                "logged": result.receipt.logged if result.receipt else 0,
                "recalculated": result.receipt.recalculated if result.receipt else 0,
                "backup": result.receipt.backup if result.receipt else "",
                "aside": plan.aside.place if plan and plan.aside else None,
                "notes": output.plain(result.receipt.problems) if result.receipt else [],
                "plan": {
                    "append": plan.append,
                    "edits": plan.edits,
                    "moves": plan.moves,
                    "waiting": plan.waiting,
                    "overrides": plan.overrides,
                    "drafts": plan.drafts,
                    "withdrawn": plan.withdrawn,
                    "problems": plan.problems,
                }
                if plan
                else None,
            }
        )
    return {
        "run": report.run,
        "dry_run": report.dry_run,
        "exit_code": report.exit_code,
        "counts": report.counts,
        "sources": output.plain(sources),
    }
