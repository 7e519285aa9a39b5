"""`sheetcrm whatif`: what would other rules do to my leads?"""

from __future__ import annotations

from pathlib import Path

import click

from sheetcrm.bootstrap import find_root, open_workspace, other_rules
from sheetcrm.cli import output


@click.command(short_help="Show what changed rules would do; touch nothing.")
@click.option(
    "--config",
    "instead",
    multiple=True,
    required=True,
    type=click.Path(path_type=Path),
    metavar="OTHER",
    help="A changed scoring.toml or the like, or a folder of config files.",
)
@click.option("--source", "sources", multiple=True, metavar="NAME", help="Only this source.")
@click.option("--all", "everything", is_flag=True, help="Every lead, not the first ones.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def whatif(
    workspace: str,
    *,
    instead: tuple[Path, ...],
    sources: tuple[str, ...],
    everything: bool,
    as_json: bool,
) -> int:
    """Plan with changed rules, and show who would change stage and what would be written.

    Copy a file of config/, change the copy, and name it:  --config drafts/scoring.toml

    A file takes the place of the one of the same name, a folder that of all of them.
    """
    from sheetcrm.engine.whatif import whatif as compare

    root = find_root(workspace)
    with (
        open_workspace(root, first=sources[0] if sources else "", lasting=False) as opened,
        output.progress() as progress,
    ):
        found = compare(opened, other_rules(root, instead), only=sources, progress=progress)
    if as_json:
        output.json_out(found)
        return 0
    from sheetcrm.cli.rehearsal import show_comparison

    for one in found:
        show_comparison(one, everything=everything)
    output.next_step("nothing was changed; to keep it, copy the changed file into config/")
    return 0
