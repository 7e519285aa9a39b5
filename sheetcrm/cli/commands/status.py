"""`sheetcrm status`: where everything stands."""

from __future__ import annotations

import click

from sheetcrm.bootstrap import find_root, open_workspace
from sheetcrm.cli import output


@click.command(short_help="Show stages, waiting drafts and the last runs.")
@click.option("--runs", type=click.IntRange(min=1), default=5, help="How many runs.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def status(workspace: str, *, runs: int, as_json: bool) -> int:
    """Show where the leads stood at the last sync, without opening any sheet."""
    from sheetcrm.engine.status import status as status_of

    with open_workspace(find_root(workspace)) as opened:
        found = status_of(opened, runs=runs)
    if as_json:
        output.json_out(found)
        return 0
    for source, stages in found.stages.items():
        output.say(source, style="bold")
        if any(stages.values()):
            output.bars(stages)
            for stage, count in found.stalled[source].items():
                output.say(f"  too long in {stage}: {count}", style="yellow")
        else:
            output.say("  not synced yet")
    output.say(f"{len(found.drafts)} drafts wait")
    rows = [
        (
            r.id,
            r.kind,
            r.outcome or "cut off",
            ", ".join(f"{n} {k}" for k, n in r.counts.items() if n),
        )
        for r in found.runs
    ]
    if rows:
        output.table("last runs", ["run", "what", "outcome", "counts"], rows)
    output.next_step("see what would change now: sheetcrm plan")
    return 0
