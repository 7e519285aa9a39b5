"""`sheetcrm ledger`: what sheetcrm remembers, and where."""

from __future__ import annotations

import click

from sheetcrm.bootstrap import find_root, ledger_line, move_ledger, write_ledger_line
from sheetcrm.cli import output


@click.group(short_help="Move what sheetcrm remembers to another database.")
def ledger() -> None:
    """The ledger holds what was sent, to whom, and what stood in our cells last."""


@ledger.command(short_help="Copy the whole ledger elsewhere, and go on there.")
@click.argument("target")
@click.option("--write-config", is_flag=True, help="Change [workspace] ledger in the config, too.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def move(workspace: str, *, target: str, write_config: bool, as_json: bool) -> int:
    """Copy everything to TARGET, compare both row by row, and mark the old ledger as moved.

    TARGET is a file, or postgresql://user:${DATABASE_PASSWORD}@host/database (in single quotes, so
    that the shell leaves the name of the password alone). It must hold no ledger with data. The
    old one is kept, but no longer opened. Stop workers and servers of the workspace first.
    """
    root = find_root(workspace)
    moved = move_ledger(root, target)
    line = ledger_line(target)
    place = write_ledger_line(root, line) if write_config else ""
    if as_json:
        output.json_out({"moved": moved, "line": line, "written": place})
        return 0
    output.say(
        f"{moved.rows} rows of {moved.tables} tables are in {moved.after} now, each compared"
    )
    output.say(f"  {moved.before} is kept, and no longer opened")
    if place:
        output.next_step(f"{place} says now: {line}")
    else:
        output.next_step(f"write into config/sheetcrm.toml, below [workspace]: {line}")
    return 0
