"""`sheetcrm doctor`: is everything well on which the runs depend?"""

from __future__ import annotations

import click

from sheetcrm.bootstrap import find_root
from sheetcrm.cli import output

COLOURS = {"ok": "green", "look": "yellow", "wrong": "red"}


@click.command(short_help="Look at everything on which unattended runs depend.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def doctor(workspace: str, *, as_json: bool) -> int:
    """Look at config, sheets, ledger, clock, disk, logins, backups, last runs and schedule.

    Each line is ok, look (it works, but you should know) or wrong, with what to do. Logs in to
    mail servers and Google, and out again; sends and changes nothing. Exit code: 0 · 1 something
    is wrong.
    """
    from sheetcrm.bootstrap.doctor import diagnose

    root = find_root(workspace)
    found = []
    for finding in diagnose(root, say=output.waiting):
        found.append(finding)
        if not as_json:
            line(finding.state.value, finding.topic, finding.text, finding.hint)
    if as_json:
        output.json_out(found)
    return 1 if any(finding.state.value == "wrong" for finding in found) else 0


def line(state: str, topic: str, text: str, hint: str) -> None:
    """One finding."""
    colour = COLOURS[state] if state != "ok" else ""
    output.say(f"{state:<6} {topic:<14} {text}", style=colour)
    if hint:
        output.say(f"{'':<21} → {hint}", style="cyan")
