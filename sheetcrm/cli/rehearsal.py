"""A rehearsal of other rules on a terminal."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sheetcrm.cli import output
from sheetcrm.cli.show import more, some

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sheetcrm.core.memory import MessageDraft
    from sheetcrm.engine.whatif import Comparison, Refused


def show_comparison(found: Comparison, *, everything: bool) -> None:
    """One source under both rules."""
    output.say(f"{found.source} · {found.locator} · {found.leads} leads", style="bold")
    if not (found.moved or found.rescored or found.more or found.fewer or found.withdrawn):
        output.say("  nothing would be different")
        return
    show_stages(found)
    output.say(f"  {output.counted(found.rescored, 'score')} would be different")
    if found.moved:
        ways = Counter((lead.stage, lead.new_stage) for lead in found.moved)
        for (stage, new), count in ways.most_common():
            output.say(f"  {count} from {stage} to {new}")
        rows = [
            (
                lead.row,
                lead.name,
                f"{lead.stage} → {lead.new_stage}",
                f"{lead.score or 0:g} → {lead.new_score or 0:g}",
                lead.why,
            )
            for lead in some(found.moved, everything)
        ]
        output.table(
            f"{output.counted(len(found.moved), 'lead')} would be in another stage",
            ["row", "lead", "stage", "score", "why"],
            rows,
        )
        more(found.moved, everything)
    show_refused(found.refused, everything=everything)
    show_messages(found.more, "follow-up", "more would be written", everything=everything)
    show_messages(found.fewer, "follow-up", "fewer would be written", everything=everything)
    if found.withdrawn:
        output.say(f"  {output.counted(found.withdrawn, 'draft')} would be withdrawn")
    if found.problems:
        what = "more" if found.problems > 0 else "fewer"
        output.say(f"  {output.counted(abs(found.problems), 'thing')} {what} to look at")


def show_refused(refused: Sequence[Refused], *, everything: bool) -> None:
    """Who would stay in a stage that the other rules would take away."""
    if refused:
        rows = [
            (one.row, one.name, one.stage, one.new_stage, one.why)
            for one in some(refused, everything)
        ]
        output.table(
            f"{output.counted(len(refused), 'lead')} would stay, as that move is not allowed",
            ["row", "lead", "stays", "the rules say", "why"],
            rows,
        )
        more(refused, everything)


def show_stages(found: Comparison) -> None:
    """How many leads each stage has now, and would have."""
    names = dict.fromkeys((*found.new_stages, *found.stages))
    rows = []
    for name in names:
        now, then = found.stages.get(name, 0), found.new_stages.get(name, 0)
        rows.append((name, now, then, f"{then - now:+d}" if then != now else ""))
    output.table("", ["stage", "now", "then", ""], rows)


def show_messages(
    drafts: Sequence[MessageDraft], what: str, text: str, *, everything: bool
) -> None:
    """Messages that only one of the two would write."""
    if drafts:
        rows = [(d.to_name, d.sequence, d.template, d.subject) for d in some(drafts, everything)]
        headers = ["to", "sequence", "template", "subject"]
        output.table(f"{output.counted(len(drafts), what)} {text}", headers, rows)
        more(drafts, everything)
