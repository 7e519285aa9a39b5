"""`sheetcrm approve`: say which drafts may go out."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

import click

from sheetcrm.bootstrap import find_root, open_workspace
from sheetcrm.cli import output
from sheetcrm.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sheetcrm.core.memory import MessageDraft
    from sheetcrm.engine.workspace import Workspace


@click.command(short_help="Say which drafts may go out.")
@click.argument("names", metavar="[DRAFT]…", nargs=-1)
@click.option("--all", "every", is_flag=True, help="All that wait.")
@click.option("--sequence", metavar="NAME", default="", help="Only those of this sequence.")
@click.option("--skip", "never", is_flag=True, help="These shall never go out.")
@click.option("--by", metavar="NAME", default="", help="Whose word it is; else your login name.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def approve(
    workspace: str,
    *,
    names: tuple[str, ...],
    every: bool,
    sequence: str,
    never: bool,
    by: str,
    as_json: bool,
) -> int:
    """Let drafts go out just as they are: what you saw is what is sent.

    DRAFT is an id that sheetcrm drafts shows, a lead's id or an address. Without one, each draft
    is shown and asked about. Nothing is sent yet: that is sheetcrm send.
    """
    from sheetcrm.engine.approval import approve as let_go
    from sheetcrm.engine.approval import chosen, must_send, skip

    with open_workspace(find_root(workspace)) as opened:
        if not never:
            must_send(opened)
        drafts = chosen(opened, names, sequence=sequence)
        who = by or getpass.getuser()
        if drafts and not (names or every):
            return one_by_one(opened, drafts, who)
        if not (drafts or as_json):
            output.say("no draft waits")
            return 0
        done = (skip if never else let_go)(opened, drafts, by=who)
    if as_json:
        output.json_out({"skipped" if never else "approved": done})
        return 0
    output.say(f"{output.counted(len(done), 'draft')} {'skipped' if never else 'approved'}")
    if not never:
        output.next_step("send them: sheetcrm send --yes")
    return 0


def one_by_one(workspace: Workspace, drafts: Sequence[MessageDraft], by: str) -> int:
    """Show each draft and ask."""
    from sheetcrm.engine.approval import approve as let_go
    from sheetcrm.engine.approval import skip

    if not output.on_terminal():
        raise UsageError(
            "nobody is there to ask", hint="name drafts, or approve all of them: --all"
        )
    counts = {"y": 0, "n": 0, "l": 0}
    for place, draft in enumerate(drafts, 1):
        show(draft, place, len(drafts))
        answer = click.prompt(
            "Send it? [y]es, [n]o (never), [l]ater, [q]uit",
            type=click.Choice(["y", "n", "l", "q"]),
            show_choices=False,
        )
        if answer == "q":
            break
        counts[answer] += 1
        if answer == "y":
            let_go(workspace, [draft], by=by)
        elif answer == "n":
            skip(workspace, [draft], by=by)
    output.say(f"{counts['y']} approved, {counts['n']} skipped")
    if counts["y"]:
        output.next_step("send them: sheetcrm send --yes")
    return 0


def show(draft: MessageDraft, place: int, total: int) -> None:
    """One draft as it will read."""
    output.say()
    output.say(f"{place} of {total} · {draft.why}", style="dim")
    output.say(f"To: {draft.to_name} <{draft.to_address}>", style="bold")
    output.say(f"Subject: {draft.subject}", style="bold")
    output.say()
    output.say(draft.text)
