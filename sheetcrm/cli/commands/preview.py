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
    from sheetcrm.core.followup.gallery_words import words
    from sheetcrm.engine.renew import waiting

    root = find_root(workspace)
    with open_workspace(root) as opened:
        found = waiting(opened)
        locale = opened.rules.locale
    drafts = found.here
    path = write_preview(root, gallery(drafts, words(locale.language, locale.country)))
    if as_json:
        output.json_out({"page": str(path), "drafts": len(drafts), "left_out": len(found.gone)})
        return 0
    output.say(f"{output.counted(len(drafts), 'draft')} on one page: {path}")
    if found.gone:
        output.say(f"{len(found.gone)} left out: their files are gone, sent or deleted")
    if open_it:
        click.launch(path.as_uri())
    else:
        output.next_step("open that file in your browser, or: sheetcrm preview --open")
    return 0
