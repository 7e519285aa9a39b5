"""`sheetcrm check`: is all well?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sheetcrm.bootstrap import find_root, open_workspace
from sheetcrm.cli import output
from sheetcrm.cli.show import show_problems

if TYPE_CHECKING:
    from sheetcrm.engine.check import CheckedSource


@click.command(short_help="Look for mistakes: config, headers, formulas, templates.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--all", "everything", is_flag=True, help="List every problem, not the first ten.")
@click.pass_obj
def check(workspace: str, *, as_json: bool, everything: bool) -> int:
    """Look at config, sources, headers, formulas and templates; change nothing.

    Exit code: 0 all is well · 1 a source cannot be read · 2 config or templates are wrong.
    """
    from sheetcrm.engine.check import check as check_workspace

    with open_workspace(find_root(workspace)) as opened:
        report = check_workspace(opened)
    if as_json:
        output.json_out(report)
        return report.exit_code
    for source in report.sources:
        show_source(source, everything=everything)
    for fault in report.faults:
        output.complain(str(fault))
    if report.exit_code:
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
    output.table("", ["field", "found in column"], list(source.fields.items()))
    if source.missing:
        output.say(f"  no column for: {', '.join(source.missing)} (they read as blank)")
    if source.new_columns:
        output.say(f"  the first sync adds: {', '.join(source.new_columns)}")
    show_problems(source.problems, everything=everything)
