"""`sheetcrm try`: what would this formula say of my leads?"""

from __future__ import annotations

import sys

import click

from sheetcrm.bootstrap import find_root, open_workspace
from sheetcrm.cli import output
from sheetcrm.cli.trying import show_faults, show_trial


@click.command("try", short_help="Try a formula on your leads; touch nothing.")
@click.argument("formula", nargs=-1)
@click.option("--source", default="", metavar="NAME", help="On the leads of this source.")
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=20,
    show_default=True,
    help="How many leads to show; the counts are always of all.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def try_(
    workspace: str, *, formula: tuple[str, ...], source: str, limit: int, as_json: bool
) -> int:
    """Evaluate FORMULA for every lead, and show what it reads beside what it gives.

    Put it between ' and ':  sheetcrm try '=[@Budget]>=50000000'

    Without FORMULA it is asked for, and needs no quotes around it.
    """
    from sheetcrm.engine.trial import try_formula

    text, notes = understood(" ".join(formula) or asked())
    with open_workspace(find_root(workspace), lasting=False) as opened:
        trial = try_formula(opened, text, source=source, limit=limit)
    if as_json:
        output.json_out(trial)
        return trial.exit_code
    for note in notes:
        output.advise(note)
    if trial.faults:
        show_faults(trial)
    else:
        show_trial(trial)
    return trial.exit_code


def asked() -> str:
    """The formula from whoever sits there, or from a pipe; no shell has touched it."""
    if sys.stdin.isatty():
        return str(click.prompt("Formula", err=True))
    return sys.stdin.read()


def understood(text: str) -> tuple[str, list[str]]:
    """The formula without the quotes that Windows leaves around it, and with its ``=``."""
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] == "'":
        text = text[1:-1].strip()
    if text.startswith("=") or not text:
        return text, []
    return f"={text}", [f"a formula begins with =, so this was read as ={text}"]
