"""`sheetcrm init`: a new workspace from the starter."""

from __future__ import annotations

from pathlib import Path

import click

from sheetcrm.bootstrap import create_workspace
from sheetcrm.cli import output
from sheetcrm.errors import UsageError

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
@click.option(
    "--country", metavar="NAME", help="Where your team is: sets time zone, language and currency."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def init(folder: str, *, sample: bool, trade: str, country: str | None, as_json: bool) -> int:
    """Make a new workspace in FOLDER: config, templates, and with --sample a workbook.

    Files that are there already are never overwritten.
    """
    if sample and country:
        raise UsageError(
            "the sample is of a team in Indonesia", hint="leave out --sample, or --country"
        )
    root = Path(folder).expanduser().resolve()
    own = "" if trade == TRADES[0] else trade
    made, home = create_workspace(root, sample=sample, trade=own, country=country or "")
    if as_json:
        files = [str(path) for path in made]
        output.json_out({"workspace": str(root), "files": files, "locale": output.plain(home)})
        return 0
    output.say(f"{root}: {len(made)} files")
    for name in sorted({path.relative_to(root).parts[0] for path in made}):
        output.say(f"  {name}")
    if country:
        output.say(f"for {home.country}: {home.timezone} · {home.language} · {home.currency}")
    where = "" if root == Path.cwd() else f"cd {folder} && "
    if sample:
        output.next_step(f"{where}sheetcrm check")
    else:
        config = root / "config" / "sheetcrm.toml"
        output.next_step(f"name your workbook in {config}, then: {where}sheetcrm check")
    return 0
