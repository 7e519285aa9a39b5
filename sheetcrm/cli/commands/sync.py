"""`sheetcrm sync`: score, stage, write back, draft."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from sheetcrm.bootstrap import find_root, open_workspace
from sheetcrm.cli import output
from sheetcrm.cli.show import complain_of, report_json, show_plan, show_result
from sheetcrm.errors import TransientError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sheetcrm.engine.report import Report

PAUSE = 5.0  #: seconds between two attempts


@click.command(short_help="Score, stage, write back and draft follow-ups.")
@click.option("--source", "sources", multiple=True, metavar="NAME", help="Only this source.")
@click.option("--dry-run", is_flag=True, help="The same as `sheetcrm plan`.")
@click.option("--allow-empty", is_flag=True, help="Go on where a tab lost all its leads.")
@click.option(
    "--wait",
    metavar="MINUTES",
    type=click.FloatRange(min=0),
    default=0,
    help="Wait for workbooks that are open, and for Google where it does not answer.",
)
@click.option("--verbose", "-v", is_flag=True, help="Say what was done in cron, too.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def sync(
    workspace: str,
    *,
    sources: tuple[str, ...],
    dry_run: bool,
    allow_empty: bool,
    wait: float,
    verbose: bool,
    as_json: bool,
) -> int:
    """Write scores, stages and reasons into your sheets and follow-ups into the outbox.

    Only the columns named in [write] are touched. Where nobody is looking (cron), it says
    nothing unless a person is needed.
    """
    with (
        open_workspace(
            find_root(workspace),
            exclusive=not dry_run,
            first=sources[0] if sources else "",
            say=output.waiting,
        ) as opened,
        output.progress() as progress,
    ):
        from sheetcrm.engine.sync import plan as plan_workspace
        from sheetcrm.engine.sync import sync as sync_workspace

        work = plan_workspace if dry_run else sync_workspace
        report = work(opened, only=sources, allow_empty=allow_empty, progress=progress)
        if wait and not dry_run:
            report = when_free(
                report,
                60 * wait,
                lambda names: work(opened, only=names, allow_empty=allow_empty, progress=progress),
            )
    if as_json:
        output.json_out(report_json(report))
        return report.exit_code
    show(report, dry_run=dry_run, looking=verbose or output.on_terminal())
    return report.exit_code


def show(report: Report, *, dry_run: bool, looking: bool) -> None:
    """What was done, or would be; where nobody is looking, only what went wrong."""
    for result in report.results:
        if result.error:
            complain_of(result)
        elif dry_run:
            show_plan(result, report.ladder)
        elif looking:
            show_result(result, report.ladder)
    if dry_run:
        output.next_step("nothing was changed; to do it: sheetcrm sync")
    elif looking and report.exit_code == 0:
        output.next_step("look: sheetcrm drafts · one lead: sheetcrm explain NAME")
        output.next_step("take it back: sheetcrm undo last")


def when_free(report: Report, seconds: float, again: Callable[[Sequence[str]], Report]) -> Report:
    """Sync the sources that were busy once more, until all are free or the time is up."""
    end = time.monotonic() + seconds
    while busy := [r.source for r in report.results if isinstance(r.error, TransientError)]:
        left = end - time.monotonic()
        if left <= 0:
            break
        time.sleep(min(PAUSE, left))
        news = {result.source: result for result in again(busy).results}
        results = tuple(news.get(result.source, result) for result in report.results)
        report = replace(report, results=results)
    return report
