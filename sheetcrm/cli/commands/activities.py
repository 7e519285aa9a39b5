"""`sheetcrm activities`: who visited, called and showed how much."""

from __future__ import annotations

import click

from sheetcrm.bootstrap import find_root, open_workspace
from sheetcrm.cli import output
from sheetcrm.cli.show import more, show_problems, some


@click.command(short_help="Show what each sales person did lately.")
@click.option(
    "--days", type=click.IntRange(min=1), default=30, show_default=True, help="How far back."
)
@click.option("--all", "everything", is_flag=True, help="Every line, not the first ones.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def activities(workspace: str, *, days: int, everything: bool, as_json: bool) -> int:
    """Count the visits, calls and demos of each sales person, and list those of nobody's lead.

    They come from the tabs that the config names as [[activities]].
    """
    with open_workspace(find_root(workspace), first="", lasting=False) as opened:
        from sheetcrm.engine.history import activity_report

        found = activity_report(opened, days=days)
    if as_json:
        output.json_out(found)
        return 0
    rows = [
        (
            person.by or "(nobody named)",
            sum(person.counts.values()),
            ", ".join(f"{kind} {count}" for kind, count in person.counts.items()),
            f"{person.last:%Y-%m-%d}",
        )
        for person in found.people
    ]
    output.say(f"{found.total} activities; of the last {days} days:")
    output.table("", ["who", "in all", "what", "last"], rows)
    if found.nobody:
        unmatched = [
            (
                f"{a.tab} row {a.row}",
                f"{a.day:%Y-%m-%d}",
                a.kind,
                a.lead or a.email or a.phone or a.name,
            )
            for a in some(found.nobody, everything)
        ]
        title = f"of nobody's lead: {len(found.nobody)}; correct the id, e-mail or phone"
        output.table(title, ["where", "day", "what", "whose"], unmatched)
        more(found.nobody, everything)
    show_problems(found.problems, everything=everything)
    return 0
