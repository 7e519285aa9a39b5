"""`sheetcrm explain`: one lead, every reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sheetcrm.bootstrap import find_root, open_workspace
from sheetcrm.cli import output
from sheetcrm.cli.clocks import day
from sheetcrm.cli.show import said

if TYPE_CHECKING:
    from datetime import tzinfo

    from sheetcrm.engine.explain import Explanation

WAITING = {"draft": "the draft waits", "approved": "approved, waits for its time"}
SCORES = 10  #: of the past that are shown
ANSWERS = {True: "yes", False: "no", None: "unknown"}


@click.command(short_help="Show why one lead stands where it stands.")
@click.argument("lead")
@click.option("--source", "sources", multiple=True, metavar="NAME", help="Only this source.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def explain(workspace: str, *, lead: str, sources: tuple[str, ...], as_json: bool) -> int:
    """Show every rule's share, the open questions, the stages and the messages of LEAD.

    LEAD is an id, an e-mail address, a row number of the sheet, or part of a name.
    """
    with open_workspace(find_root(workspace), first=sources[0] if sources else "") as opened:
        from sheetcrm.engine.explain import explain as explain_lead

        found = explain_lead(opened, lead, only=sources)
        zone = opened.clock.now().tzinfo
    if as_json:
        output.json_out(found)
        return 0
    if len(found) > 5:
        rows = [(e.lead, e.row, e.name, e.email, e.stage) for e in found]
        output.table(f"{len(found)} leads", ["id", "row", "name", "e-mail", "stage"], rows)
        output.next_step("say which: sheetcrm explain ID")
        return 0
    for explanation in found:
        show(explanation, zone)
    return 0


def show(lead: Explanation, zone: tzinfo | None) -> None:
    """One lead on the terminal, its days as the workspace counts them."""
    output.say(f"{lead.name or lead.email or lead.lead} · {lead.stage}", style="bold")
    output.say(f"  {lead.lead} · {lead.source} row {lead.row} · {lead.email or 'no e-mail'}")
    if lead.stage:
        output.say(f"  {lead.days_in_stage} days in {lead.stage}")
    if lead.stalled:
        output.say(f"  too long there since {lead.stalled:%Y-%m-%d}", style="yellow")
    if lead.answer_by:
        output.say(f"  first answer due by {lead.answer_by:%Y-%m-%d %H:%M}", style="yellow")
    if lead.why:
        output.say(f"  {lead.why}")
    rows = [(part.score, part.rule, part.text) for part in lead.contributions]
    output.table("score", ["group", "rule", "points"], rows)
    if lead.grade:
        output.say(f"  grade: {lead.grade}")
    for name, answers in lead.frameworks.items():
        told = " · ".join(f"{criterion}: {ANSWERS[yes]}" for criterion, yes in answers.items())
        output.say(f"  {name} {lead.verdicts[name]} · {told}")
    if lead.disagreement:
        output.say(f"  the frameworks disagree: {lead.disagreement}", style="yellow")
    if lead.next_question:
        output.say(f"  ask next: {lead.next_question}")
    for override in lead.overrides:
        output.say(
            f"  {override.header}: {said(override.value)} was set by a person and is kept; "
            f"the rules say {said(override.computed)}; to let them decide, clear the cell "
            f"or: sheetcrm release {lead.lead} --column {override.header!r}",
            style="yellow",
        )
    for move in lead.refused:
        what = "waits for a person to move it" if move.asked else "not moved"
        output.say(f"  {what} to {move.after}: {move.why}", style="yellow")
    show_history(lead, zone)
    output.say(f"  follow-up: {lead.follow_up}")
    if lead.upcoming:
        output.say("  and then, if nothing changes:")
    for one in lead.upcoming:
        state = f" ({WAITING.get(one.state, one.state)})" if one.state else ""
        file = one.template or "no template for this lead"
        output.say(f"  {one.day} {one.sequence} step {one.step}: {file}{state}")
    for problem in lead.problems:
        output.say(f"  {problem.place}: {problem.message}", style="yellow")


def show_history(lead: Explanation, zone: tzinfo | None) -> None:
    """The lead's scores, its way through the stages, and its messages."""
    state = lead.state
    if state is None:
        output.say("  not synced yet")
        return
    for past in lead.scores[-SCORES:]:
        parts = ", ".join(f"{name} {points:g}" for name, points in past.scores.items())
        output.say(f"  {day(past.at, zone)} score {past.score or 0:g} ({parts})")
    for move in state.moves:
        at = day(move.at, zone) if move.at else ""
        output.say(f"  {at} {move.before or 'new'} → {move.after} ({move.by}: {move.why})")
    for message in state.messages:
        at = day(message.heard_at, zone)
        came = f"{message.state}: {message.note}" if message.note else message.state
        output.say(f"  {at} {message.called}: {message.subject} ({came})")
