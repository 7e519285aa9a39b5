"""`sheetcrm release`: give cells that persons have set back to the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sheetcrm.bootstrap import find_root, open_workspace
from sheetcrm.cli import output
from sheetcrm.cli.show import said
from sheetcrm.errors import UsageError

if TYPE_CHECKING:
    from sheetcrm.engine.release import ReleaseReport


@click.command(short_help="Give cells that people have set back to the rules.")
@click.argument("what", nargs=-1, metavar="[LEAD|CELL]...")
@click.option("--column", metavar="NAME", default="", help="Only cells of this column of ours.")
@click.option("--all-of", "whole", metavar="SOURCE", default="", help="All cells of a source.")
@click.option("--source", "sources", multiple=True, metavar="NAME", help="Only in this source.")
@click.option("--dry-run", is_flag=True, help="Only say what would be given back.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def release(
    workspace: str,
    *,
    what: tuple[str, ...],
    column: str,
    whole: str,
    sources: tuple[str, ...],
    dry_run: bool,
    as_json: bool,
) -> int:
    """Let the rules decide again about cells that people have set.

    LEAD is an id, an e-mail address, a row number of the sheet, or part of a name: all of its
    cells. CELL is an address such as K7, or expo!K7. The sheet itself is not changed: the next sync
    writes what the rules say.
    """
    if not (what or column or whole):
        raise UsageError(
            "say which cells: a lead, a cell, --column NAME or --all-of SOURCE",
            hint="sheetcrm overrides lists them",
        )
    if whole and what:
        raise UsageError("--all-of takes all cells of a source", hint="leave out leads and cells")
    only = (whole,) if whole else sources
    with open_workspace(find_root(workspace), exclusive=not dry_run) as opened:
        from sheetcrm.engine.release import Choice
        from sheetcrm.engine.release import release as give_back

        report = give_back(opened, Choice(what=what, column=column, only=only), dry_run=dry_run)
    if as_json:
        output.json_out({"run": report.run, "dry_run": dry_run, "cells": report.cells})
    else:
        show(report, dry_run=dry_run)
    for error in report.errors:
        output.complain(error.message)
        output.advise(error.hint)
    return report.exit_code


def show(report: ReleaseReport, *, dry_run: bool) -> None:
    """What is given back, what becomes of it, and how to take that back."""
    several = len({one.cell.source for one in report.cells}) > 1
    rows = [
        (
            f"{one.cell.source}!{one.cell.cell}" if several else one.cell.cell,
            one.cell.name or one.cell.lead,
            one.cell.header,
            said(one.cell.value),
            f"{said(one.next)} ({one.note})" if one.note else said(one.next),
        )
        for one in report.cells
    ]
    will = "would be given back" if dry_run else "given back to the rules"
    headers = ["cell", "lead", "column", "now", "after a sync"]
    if rows:
        output.table(f"{output.counted(len(rows), 'cell')} {will}", headers, rows)
    if dry_run:
        output.next_step("nothing was changed; to do it, leave out --dry-run")
    elif report.run:
        output.next_step("have the rules' values written: sheetcrm sync")
        output.next_step(f"take it back: sheetcrm undo {report.run}")
