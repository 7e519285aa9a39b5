"""`sheetcrm backup`: ledger, config and templates in one file, and back from it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sheetcrm.bootstrap import (
    backup as make_backup,
)
from sheetcrm.bootstrap import (
    check_backup,
    find_root,
    restore_backup,
    restore_changes,
)
from sheetcrm.cli import output
from sheetcrm.cli.commands.restore import size
from sheetcrm.errors import UsageError

if TYPE_CHECKING:
    from sheetcrm.bootstrap import Archived, PutBack

_FILE = click.Path(path_type=Path)


@click.command(short_help="Put ledger, config and templates into one file, or back from it.")
@click.option("--to", metavar="FILE", default="", help="The file, or a folder; else var/archives.")
@click.option("--check", type=_FILE, metavar="FILE", help="Only look whether a backup is whole.")
@click.option("--restore", type=_FILE, metavar="FILE", help="Put a backup back.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask before putting one back.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def backup(
    workspace: str, *, to: str, check: Path | None, restore: Path | None, yes: bool, as_json: bool
) -> int:
    """Put what sheetcrm remembers and your rules into one file, also while a run is at work.

    Secrets are never in it, nor your workbooks: copies of these lie in var/backups, and sheetcrm
    restore puts them back. Keep the file on another disk; people's addresses stand in it.
    """
    if bool(to) + bool(check) + bool(restore) > 1:
        raise UsageError("--to, --check and --restore exclude each other", hint="give one of them")
    if check:
        return shown(check_backup(check), "is whole", as_json=as_json)
    root = find_root(workspace)
    if restore:
        return put_back(root, restore, yes=yes, as_json=as_json)
    return shown(make_backup(root, to), "made", as_json=as_json, made=True)


def shown(found: Archived, what: str, *, as_json: bool, made: bool = False) -> int:
    """Say what an archive holds."""
    if as_json:
        output.json_out(found)
        return 0
    files = found.manifest.files
    output.say(f"{found.path} {what}: {len(files)} files, {size(found.size)}")
    output.say(f"  {found.manifest.made} · {found.rows} rows of {found.manifest.ledger_from}")
    if found.manifest.left_out:
        output.say(f"  not in it: {', '.join(found.manifest.left_out)}")
    if made:
        output.next_step("keep it on another disk")
    return 0


def put_back(root: Path, archive: Path, *, yes: bool, as_json: bool) -> int:
    """Put an archive back, once somebody has agreed."""
    found = restore_changes(root, check_backup(archive))
    if not (yes or agreed(found)):
        output.next_step("nothing was changed")
        return 0
    done = restore_backup(root, found)
    if as_json:
        output.json_out(done)
        return 0
    output.say(f"the ledger is again as it was on {found.archived.manifest.made}")
    for name in done.changes:
        output.say(f"  put back: {name}")
    if done.damaged:
        output.say(f"  the damaged ledger: {done.damaged}", style="yellow")
    if done.before:
        output.say(f"  what was there until now: {done.before}")
    if done.sent_log:
        output.next_step("what was sent since then is known to sent.log: sheetcrm outbox reconcile")
    output.next_step("see what a sync would write now: sheetcrm plan")
    return 0


def agreed(found: PutBack) -> bool:
    """Ask; where nobody can answer, say how to ask for it.

    Raises:
        UsageError: there is no terminal.
    """
    files = f" and {len(found.changes)} files" if found.changes else ""
    question = f"the ledger{files} by the state of {found.archived.manifest.made}"
    if not (sys.stdin.isatty() and output.on_terminal()):
        raise UsageError(
            f"this would replace {question}; nothing was changed",
            hint="if you mean it, add --yes",
        )
    for name in found.changes:
        output.say(f"  would be put back: {name}")
    return click.confirm(f"Replace {question}? (What is there now is put into a backup first.)")
