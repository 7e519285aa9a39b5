"""`sheetcrm restore`: the workbook as it was before a run."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from sheetcrm.bootstrap import find_root, open_workspace
from sheetcrm.cli import output
from sheetcrm.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sheetcrm.engine.restore import Kept


@click.command(short_help="List backups of your workbooks, or put one back.")
@click.argument("source", default="")
@click.argument("which", default="")
@click.option("--list", "only_list", is_flag=True, help="List the backups and do nothing.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def restore(
    workspace: str, *, source: str, which: str, only_list: bool, yes: bool, as_json: bool
) -> int:
    """Put the whole workbook of SOURCE back to how it was before the run WHICH.

    WHICH is the beginning of a backup's id, and the newest one where it is left out. What
    stands in the workbook now is kept as a backup first. Without SOURCE the backups are listed.
    To take back only what a run wrote, and keep what people typed since: sheetcrm undo.
    """
    from sheetcrm.engine.restore import backups, find_backup, histories
    from sheetcrm.engine.restore import restore as restore_backup

    changing = bool(source) and not only_list
    with open_workspace(find_root(workspace), exclusive=changing) as opened:
        if not changing:
            show(backups(opened, source), histories(opened, source), as_json=as_json)
            return 0
        kept = find_backup(opened, source, which)
        if not (yes or agreed(kept)):
            output.next_step("nothing was changed")
            return 0
        report = restore_backup(opened, kept)
    if as_json:
        output.json_out(report)
        return 0
    others = [name for name in report.sources if name != source]
    also = f" (and {', '.join(others)}, in the same file)" if others else ""
    output.say(f"{source}{also} is again as it was before {kept.backup.run}")
    if report.kept:
        output.say(f"  what it was until now: {report.kept}")
        output.next_step(f"take this back: sheetcrm restore {source} {report.run}")
    output.next_step("see what a sync would write now: sheetcrm plan")
    return 0


def show(found: Sequence[Kept], elsewhere: Mapping[str, str], *, as_json: bool) -> None:
    """The backups, source by source, and where Google keeps versions itself."""
    if as_json:
        output.json_out(found)
        return
    for source, place in elsewhere.items():
        output.say(f"{source}: Google keeps all versions, {place}")
    if not found:
        if not elsewhere:
            output.say("there are no backups yet; the first sync that changes something makes one")
        return
    rows = [
        (
            kept.source,
            kept.backup.run,
            f"{kept.backup.at.astimezone():%Y-%m-%d %H:%M}",
            size(kept.backup.size),
            "?" if kept.rows is None else kept.rows,
        )
        for kept in found
    ]
    headers = ["source", "as it was before", "when", "size", "leads that this run wrote"]
    output.table(f"{len(found)} backup{'s' * (len(found) > 1)}", headers, rows)
    output.next_step("put one back: sheetcrm restore SOURCE ID")


def size(count: int) -> str:
    """Bytes as people say them."""
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.0f} KB"


def agreed(kept: Kept) -> bool:
    """Ask; where nobody can answer, say how to ask for it.

    Raises:
        UsageError: there is no terminal.
    """
    if not (sys.stdin.isatty() and output.on_terminal()):
        raise UsageError(
            f"this would replace {kept.locator} as a whole; nothing was changed",
            hint=f"if you mean it: sheetcrm restore {kept.source} {kept.backup.run} --yes",
        )
    return click.confirm(
        f"Replace {kept.locator} by its state of {kept.backup.at.astimezone():%Y-%m-%d %H:%M}, "
        f"before {kept.backup.run}? (A backup of what it is now is made first.)"
    )
