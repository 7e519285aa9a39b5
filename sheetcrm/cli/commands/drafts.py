"""`sheetcrm drafts`: the follow-ups that wait for a person."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sheetcrm.bootstrap import find_root, open_workspace
from sheetcrm.cli import output

if TYPE_CHECKING:
    from sheetcrm.core.memory import MessageDraft


@click.command(short_help="List the follow-ups that wait for you.")
@click.option("--limit", type=click.IntRange(min=1), default=None, help="At most this many.")
@click.option("--show", "whole", is_flag=True, help="With their text.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def drafts(workspace: str, *, limit: int | None, whole: bool, as_json: bool) -> int:
    """List the follow-ups in the outbox. Nothing is sent: open a file in your mail program."""
    root = find_root(workspace)
    with open_workspace(root) as opened:
        waiting = opened.ledger.drafts()
    if as_json:
        output.json_out(waiting[:limit])
        return 0
    if not waiting:
        output.say("no follow-up waits")
        output.next_step("make some: sheetcrm sync")
        return 0
    shown = waiting if limit is None else languages_mixed(waiting)[:limit]
    if whole:
        for draft in shown:
            output.say()
            output.say(f"To: {draft.to_name} <{draft.to_address}>", style="bold")
            output.say(f"Subject: {draft.subject}", style="bold")
            output.say(f"({draft.why})", style="dim")
            output.say()
            output.say(draft.text)
    else:
        rows = [
            (d.due_on, d.to_name, d.subject, d.segment, f"{d.sequence} {d.step}", d.language)
            for d in shown
        ]
        output.table("", ["due", "to", "subject", "segment", "step", "language"], rows)
    output.say(f"{len(waiting)} drafts wait in {Path(waiting[0].place).parent}")
    output.next_step("look at all of them in a browser: sheetcrm preview")
    return 0


def languages_mixed(drafts: list[MessageDraft]) -> list[MessageDraft]:
    """The same drafts, the first of each language in front."""
    first = {draft.language: draft for draft in reversed(drafts)}
    front = [draft for draft in drafts if first[draft.language] is draft]
    return front + [draft for draft in drafts if first[draft.language] is not draft]
