"""`sheetcrm check`: is all well?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sheetcrm.bootstrap import find_root, open_workspace
from sheetcrm.cli import output
from sheetcrm.cli.show import show_aside, show_problems
from sheetcrm.core.table.names import as_written

if TYPE_CHECKING:
    from sheetcrm.engine.check import CheckedSource


@click.command(short_help="Look for mistakes: config, headers, formulas, templates.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--all", "everything", is_flag=True, help="List every problem, not the first ten.")
@click.pass_obj
def check(workspace: str, *, as_json: bool, everything: bool) -> int:
    """Look at config, sources, headers, formulas and templates; change nothing.

    Exit code: 0 all is well · 1 a source cannot be read or written · 2 config or templates are
    wrong · 75 try again later.
    """
    from sheetcrm.engine.check import check as check_workspace

    with open_workspace(find_root(workspace), say=output.waiting) as opened:
        report = check_workspace(opened)
    if as_json:
        output.json_out(report)
        return report.exit_code
    for source in report.sources:
        show_source(source, everything=everything)
    for tab in report.activities:
        output.say(f"{tab.name} · {tab.activities} activities", style="bold")
        show_problems(tab.problems, everything=everything)
    for note in report.notes:
        output.say(f"  {note}", style="yellow")
    for error in report.table_errors:
        output.complain(error.message)
        if error.hint:
            output.advise(error.hint)
    for fault in report.faults:
        output.complain(str(fault))
    if report.exit_code == 75:
        output.advise("try again later: sheetcrm check")
    elif report.exit_code:
        output.advise("mend these, then: sheetcrm check")
    else:
        output.next_step("all is well; see what would change: sheetcrm plan")
    return report.exit_code


def show_source(source: CheckedSource, *, everything: bool) -> None:
    """One source: what was found in it."""
    if source.error:
        output.complain(f"{source.source} · {source.error.message}")
        if source.error.hint:
            output.advise(source.error.hint)
        return
    output.say(f"{source.source} · {source.locator}", style="bold")
    output.say(f"  {source.leads} leads below the header in row {source.header_row}")
    rows = [(as_written(name), header) for name, header in source.fields.items()]
    output.table("", ["field", "found in column"], rows)
    if source.nobody:
        output.complain(
            f"{source.source}: no column for a name, an e-mail address or a phone number"
        )
        output.advise(
            "is it the right tab, and has it a header row? Else name your column in [fields]"
        )
    if source.others:
        output.say(f"  columns that are no field: {', '.join(source.others)}")
        output.say(
            "  (rules may name them by their header; [fields.…] headers gives one a meaning)"
        )
    for name, places in source.missed.items():
        said = ", ".join(places[:3]) + (" …" if len(places) > 3 else "")
        text = f"  no column for {as_written(name)}, which {said} asks for: it reads as unknown"
        output.say(text, style="yellow")
    if source.aside is not None:
        show_aside(source.aside, "will go into")
    if source.new_columns:
        output.say(f"  the first sync adds: {', '.join(source.new_columns)}")
    if source.taken_over:
        output.say(f"  there already, and ours from now on: {', '.join(source.taken_over)}")
        output.say("  (what people have put there is kept; blank cells are filled)")
    if source.obstacle:
        output.complain(f"{source.source} · a sync could not write: {source.obstacle.message}")
        if source.obstacle.hint:
            output.advise(source.obstacle.hint)
    show_problems(source.problems, everything=everything)
