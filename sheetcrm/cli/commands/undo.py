"""`sheetcrm undo`: put back what a run wrote."""

from __future__ import annotations

import click

from sheetcrm.bootstrap import find_root, open_workspace
from sheetcrm.cli import output
from sheetcrm.errors import UsageError


@click.command(short_help="Put back what a run wrote.")
@click.argument("run")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def undo(workspace: str, *, run: str, as_json: bool) -> int:
    """Put back each cell that still holds what RUN wrote; `last` is the newest sync.

    Cells that somebody changed since are left alone and listed.
    """
    from sheetcrm.engine.undo import undo as undo_run

    with open_workspace(find_root(workspace), exclusive=True, say=output.waiting) as opened:
        if run == "last":
            run = newest_sync(
                [(r.id, r.kind, r.counts.get("cells", 0)) for r in opened.ledger.runs(100)]
            )
        report = undo_run(opened, run)
    if as_json:
        output.json_out(report)
        return report.exit_code
    for result in report.results:
        if result.error:
            output.complain(f"{result.source} · {result.error.message}")
            output.advise(result.error.hint)
            continue
        output.say(
            f"{result.source}: {len(result.restored)} cells hold again what they held before"
        )
        for edit, reason in result.left[:20]:
            output.say(f"  left as it is: {edit.lead} {edit.header} ({reason})", style="yellow")
        if len(result.left) > 20:
            output.say(f"  … and {len(result.left) - 20} more (--json lists all)")
    output.next_step("drafts that the run made stay in the outbox; sync again: sheetcrm sync")
    return report.exit_code


def newest_sync(runs: list[tuple[str, str, int]]) -> str:
    """The newest sync that changed cells."""
    for run, kind, cells in runs:
        if kind == "sync" and cells:
            return run
    raise UsageError("no sync has changed a cell yet", hint="sheetcrm status lists the runs")
