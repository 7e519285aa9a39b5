"""`sheetcrm backtest`: did the rules tell who would buy?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from sheetcrm.bootstrap import find_root, open_workspace, other_rules
from sheetcrm.cli import output


@click.command(short_help="Hold the rules against leads that were won and lost.")
@click.option("--won", required=True, metavar="FORMULA", help="TRUE for a lead that was won.")
@click.option(
    "--lost",
    default="",
    metavar="FORMULA",
    help="TRUE for one that was lost; all others are open, and left out.",
)
@click.option(
    "--half",
    type=click.Choice(["first", "second"]),
    help="Only half of the leads: make rules on one half, judge them on the other.",
)
@click.option(
    "--config",
    "instead",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="OTHER",
    help="Judge changed rules: a changed scoring.toml, or a folder of config files.",
)
@click.option("--source", default="", metavar="NAME", help="On the leads of this source.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def backtest(
    workspace: str,
    *,
    won: str,
    lost: str,
    half: str | None,
    instead: tuple[Path, ...],
    source: str,
    as_json: bool,
) -> int:
    """Score leads whose end is known, and show how well the scores told that end.

    For instance:  sheetcrm backtest --won '=[@Purchases]>0' --lost '=[@Status]="Not interested"'

    Nothing is written. Without --lost everybody counts as lost who was not won. What people have
    set in the sheet, and where leads stand, is left out: it is the rules that are judged.
    """
    from sheetcrm.engine.backtest import backtest as hold_against

    root = find_root(workspace)
    with (
        open_workspace(root, first=source, lasting=False) as opened,
        output.progress() as progress,
    ):
        if instead:
            opened = replace(opened, rules=other_rules(root, instead))  # noqa: PLW2901 - the same
        found = hold_against(
            opened, won, lost=lost, half=half or "", source=source, progress=progress
        )
    if as_json:
        output.json_out(found)
        return 0
    from sheetcrm.cli.hindsight import show_hindsight

    show_hindsight(found)
    return 0
