"""`sheetcrm overrides`: the cells of ours that persons have set."""

from __future__ import annotations

import click

from sheetcrm.bootstrap import find_root, open_workspace
from sheetcrm.cli import output
from sheetcrm.cli.clocks import day
from sheetcrm.cli.show import FEW, said


@click.command(short_help="List the cells of ours that people have set.")
@click.option("--source", "sources", multiple=True, metavar="NAME", help="Only this source.")
@click.option("--all", "everything", is_flag=True, help="Every cell, not the first ones.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def overrides(workspace: str, *, sources: tuple[str, ...], everything: bool, as_json: bool) -> int:
    """List every cell of our columns in which a person's own value stands, and what it replaces.

    People win: such a cell stays as it is until somebody clears it, or `sheetcrm release` gives
    it back. Exit code: 0 fine · 1 a source cannot be read.
    """
    first = sources[0] if sources else ""
    with open_workspace(find_root(workspace), first=first, lasting=False) as opened:
        from sheetcrm.engine.overrides import overrides as find_overrides

        report = find_overrides(opened, only=sources)
        zone = opened.clock.now().tzinfo
    if as_json:
        output.json_out(
            [{**output.plain(cell)} for source in report.sources for cell in source.cells]
        )
    for source in report.sources:
        if source.error:
            output.complain(f"{source.source} · {source.error.message}")
            output.advise(source.error.hint)
        elif not as_json:
            cells = source.cells if everything else source.cells[:FEW]
            title = (
                f"{source.source} · {source.locator} · "
                f"{output.counted(len(source.cells), 'cell')} set by people"
            )
            rows = [
                (
                    one.cell,
                    one.name or one.lead,
                    one.header,
                    said(one.value),
                    said(one.computed),
                    day(one.since, zone) if one.since else "not synced yet",
                )
                for one in cells
            ]
            headers = ["cell", "lead", "column", "set to", "the rules say", "since"]
            if rows:
                output.table(title, headers, rows)
            else:
                output.say(title)
            if len(cells) < len(source.cells):
                output.say(f"  … and {len(source.cells) - len(cells)} more (--all shows them)")
    if not as_json and any(source.cells for source in report.sources):
        output.next_step("give one back to the rules: sheetcrm release CELL")
    return report.exit_code
