"""`sheetcrm upgrade-config`: the config of an older sheetcrm as this one reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sheetcrm.bootstrap import find_root
from sheetcrm.bootstrap.upgrading import config_texts, config_upgrade, write_config
from sheetcrm.cli import output

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sheetcrm.config.upgrades import Upgrade


@click.command(short_help="After an update: what your config says otherwise now.")
@click.option("--write", is_flag=True, help="Change the files; the old ones stay as *.toml.bak.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def upgrade_config(workspace: str, *, write: bool, as_json: bool) -> int:
    """Show which keys of your config are called otherwise now, or gone, and which are new.

    With --write the files are changed: only those keys, and the line that says for which version
    they were made. Comments, order and everything else stay to the byte.
    """
    root = find_root(workspace)
    texts = config_texts(root)
    found = config_upgrade(texts)
    kept = write_config(root, found.texts) if write else {}
    if as_json:
        output.json_out({"upgrade": found, "kept": kept})
        return 0
    show(found, texts)
    for path in kept.values():
        output.say(f"the old one is kept: {path}")
    if not found.texts:
        output.say(f"nothing to do: your config is one of sheetcrm {found.made_for}")
    elif write:
        output.next_step("look at the result: sheetcrm check")
    else:
        output.next_step("nothing was changed; to do it: sheetcrm upgrade-config --write")
    return 0


def show(found: Upgrade, before: Mapping[str, str]) -> None:
    """What changes, line by line, and what there is to be used."""
    for change in found.changes:
        output.say(f"config/{change}")
    for name, text in found.texts.items():
        for line in difference(name, before[name], text):
            output.say(line)
    if found.new:
        output.say(f"new since sheetcrm {found.made_for}, if you want it:")
        for key, about in found.new:
            output.say(f"  {key}: {about.partition('. ')[0].rstrip('.')}")


def difference(name: str, before: str, after: str) -> Iterator[str]:
    """A unified diff."""
    import difflib

    place = f"config/{name}"
    lines = (before.splitlines(), after.splitlines())
    return difflib.unified_diff(*lines, place, place, n=1, lineterm="")
