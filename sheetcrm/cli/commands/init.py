"""`sheetcrm init`: a new workspace from the starter."""

from __future__ import annotations

from pathlib import Path

import click

from sheetcrm.bootstrap import create_workspace
from sheetcrm.cli import output

TRADES = ("solar", "property", "training", "services")  #: the starter's own first


@click.command(short_help="Make a new workspace.")
@click.argument("folder", default=".")
@click.option("--sample", is_flag=True, help="With a sample workbook of 60 leads to try things on.")
@click.option(
    "--templates",
    "trade",
    type=click.Choice(TRADES),
    default=TRADES[0],
    show_default=True,
    help="Whose mails to begin with.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def init(folder: str, *, sample: bool, trade: str, as_json: bool) -> int:
    """Make a new workspace in FOLDER: config, templates, and with --sample a workbook.

    Files that are there already are never overwritten.
    """
    root = Path(folder).expanduser().resolve()
    made = create_workspace(root, sample=sample, trade="" if trade == TRADES[0] else trade)
    if as_json:
        output.json_out({"workspace": str(root), "files": [str(path) for path in made]})
        return 0
    output.say(f"{root}: {len(made)} files")
    for name in sorted({path.relative_to(root).parts[0] for path in made}):
        output.say(f"  {name}")
    where = "" if root == Path.cwd() else f"cd {folder} && "
    if sample:
        output.next_step(f"{where}sheetcrm check")
    else:
        config = root / "config" / "sheetcrm.toml"
        output.next_step(f"name your workbook in {config}, then: {where}sheetcrm check")
    return 0
