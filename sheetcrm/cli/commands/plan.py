"""`sheetcrm plan`: what would change, and why."""

from __future__ import annotations

import click

from sheetcrm.bootstrap import find_root, open_workspace
from sheetcrm.cli import output
from sheetcrm.cli.show import report_json, show_plan


@click.command(short_help="Show what a sync would change; touch nothing.")
@click.option("--source", "sources", multiple=True, metavar="NAME", help="Only this source.")
@click.option("--all", "everything", is_flag=True, help="Every line, not the first ones.")
@click.option("--allow-empty", is_flag=True, help="Go on where a tab lost all its leads.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def plan(
    workspace: str, *, sources: tuple[str, ...], everything: bool, allow_empty: bool, as_json: bool
) -> int:
    """Show every cell, stage and follow-up that a sync would change, and change nothing."""
    first = sources[0] if sources else ""
    with (
        open_workspace(find_root(workspace), first=first, say=output.waiting) as opened,
        output.progress() as progress,
    ):
        from sheetcrm.engine.sync import plan as plan_workspace

        report = plan_workspace(opened, only=sources, allow_empty=allow_empty, progress=progress)
    if as_json:
        output.json_out(report_json(report))
        return report.exit_code
    for result in report.results:
        show_plan(result, report.ladder, everything=everything)
    output.next_step("nothing was changed; to do it: sheetcrm sync")
    return report.exit_code
