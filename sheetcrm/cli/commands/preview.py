"""`sheetcrm preview`: all drafts on one page."""

from __future__ import annotations

import click

from sheetcrm.bootstrap import find_root, open_workspace, write_preview
from sheetcrm.cli import output


@click.command(short_help="Make a page that shows every draft.")
@click.option("--open", "open_it", is_flag=True, help="Open it in the browser.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def preview(workspace: str, *, open_it: bool, as_json: bool) -> int:
    """Make one page that shows every draft as on a desktop and on a phone."""
    from sheetcrm.core.followup.gallery import gallery

    root = find_root(workspace)
    with open_workspace(root) as opened:
        waiting = opened.ledger.drafts()
    path = write_preview(root, gallery(waiting, f"{len(waiting)} drafts"))
    if as_json:
        output.json_out({"page": str(path), "drafts": len(waiting)})
        return 0
    output.say(f"{len(waiting)} drafts on one page: {path}")
    if open_it:
        click.launch(path.as_uri())
    else:
        output.next_step("open that file in your browser, or: sheetcrm preview --open")
    return 0
