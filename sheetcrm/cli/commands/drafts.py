"""`sheetcrm drafts`: the follow-ups that wait for a person."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sheetcrm.bootstrap import find_root, open_workspace
from sheetcrm.cli import output
from sheetcrm.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sheetcrm.core.memory import MessageDraft
    from sheetcrm.engine.renew import Waiting

GONE = "file gone: sent or deleted"


@click.command(short_help="List the follow-ups that wait for you, or have them written anew.")
@click.option("--limit", type=click.IntRange(min=1), default=None, help="At most this many.")
@click.option("--show", "whole", is_flag=True, help="With their text.")
@click.option("--renew", "anew", is_flag=True, help="Throw them away: sync writes them anew.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def drafts(workspace: str, *, limit: int | None, whole: bool, anew: bool, as_json: bool) -> int:
    """List the follow-ups in the outbox. Nothing is sent: open a file in your mail program.

    With --renew, after templates or data changed, those whose files still lie in the outbox are
    thrown away. One whose file is gone may have been sent, and is never written again.
    """
    from sheetcrm.engine.renew import renew, waiting

    if anew and (limit or whole):
        raise UsageError("--renew takes all drafts", hint="leave out --limit and --show")
    with open_workspace(find_root(workspace), exclusive=anew) as opened:
        found = (renew if anew else waiting)(opened)
    if as_json:
        output.json_out(as_plain(found, limit))
    elif anew:
        show_renewed(found)
    elif not (found.here or found.gone):
        output.say("no follow-up waits")
        output.next_step("make some: sheetcrm sync")
    else:
        show_waiting(found, limit=limit, whole=whole)
    return 0


def as_plain(found: Waiting, limit: int | None) -> list[dict[str, object]]:
    """The drafts as JSON, each with whether its file lies in the outbox."""
    every = [(draft, True) for draft in found.here] + [(draft, False) for draft in found.gone]
    return [{**output.plain(draft), "in_outbox": here} for draft, here in every[:limit]]


def show_renewed(found: Waiting) -> None:
    """What was thrown away, and what was not."""
    output.say(f"{output.counted(len(found.here), 'draft')} thrown away")
    if found.gone:
        rows = [(d.due_on, d.to_name or d.to_address, d.subject, GONE) for d in found.gone]
        output.table(f"{len(found.gone)} left", ["due", "to", "subject", "why"], rows)
    if found.here:
        output.next_step("write them anew: sheetcrm sync")
    else:
        output.next_step("nothing to write anew; what waits: sheetcrm drafts")


def show_waiting(found: Waiting, *, limit: int | None, whole: bool) -> None:
    """The drafts on the terminal, those with a file in front."""
    from sheetcrm.engine.approval import short_id

    every = [*found.here, *found.gone]
    shown = every if limit is None else [*languages_mixed(found.here), *found.gone][:limit]
    gone = {draft.key for draft in found.gone}
    if whole:
        show_texts(shown, gone)
    else:
        rows = [
            (
                *(short_id(d.key), d.due_on, d.to_name or d.to_address, d.subject),
                *(f"{d.sequence} {d.step}", d.language),
                *([GONE if d.key in gone else ""] if gone else []),
            )
            for d in shown
        ]
        headers = ["id", "due", "to", "subject", "step", "language"]
        output.table("", headers + ["file"] * bool(gone), rows)
    place = found.here[0].place if found.here else ""
    if place:
        output.say(f"{len(found.here)} drafts wait in {Path(place).parent}")
    if found.gone:
        output.say(f"{len(found.gone)} more: {GONE}")
    if found.here and not place:
        output.say(f"{len(found.here)} drafts wait for your word")
        output.next_step(
            "look at all of them in a browser: sheetcrm preview; let them go: sheetcrm approve"
        )
    else:
        output.next_step("look at all of them in a browser: sheetcrm preview")


def show_texts(shown: Sequence[MessageDraft], gone: set[str]) -> None:
    """Drafts as they read."""
    for draft in shown:
        output.say()
        output.say(f"To: {draft.to_name} <{draft.to_address}>", style="bold")
        output.say(f"Subject: {draft.subject}", style="bold")
        output.say(f"({draft.why})", style="dim")
        if draft.key in gone:
            output.say(f"({GONE})", style="yellow")
        output.say()
        output.say(draft.text)


def languages_mixed(drafts: Sequence[MessageDraft]) -> list[MessageDraft]:
    """The same drafts, the first of each language in front."""
    first = {draft.language: draft for draft in reversed(drafts)}
    front = [draft for draft in drafts if first[draft.language] is draft]
    return front + [draft for draft in drafts if first[draft.language] is not draft]
