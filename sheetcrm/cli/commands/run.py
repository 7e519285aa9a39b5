"""`sheetcrm run`: everything that is to be done regularly, once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import click

from sheetcrm.bootstrap import alone, find_root, idle_run, open_workspace, watched
from sheetcrm.cli import output
from sheetcrm.cli.durations import Duration
from sheetcrm.cli.runs import phase_line
from sheetcrm.cli.show import complain_of, report_json, show_result

if TYPE_CHECKING:
    from pathlib import Path

    from sheetcrm.bootstrap import Watch
    from sheetcrm.engine.run import PhaseResult, RunReport


@click.command(short_help="Do all that is due, once: for cron.")
@click.option(
    "--deadline",
    metavar="TIME",
    type=Duration(),
    help="Begin nothing more after this time (10m, 1h30m); what is begun is finished.",
)
@click.option("--log", metavar="FILE", default="", help="Note what is done there; - is stderr.")
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default=None,
    help="Left out: text on a terminal, JSON lines elsewhere.",
)
@click.option("--verbose", "-v", is_flag=True, help="Say what was done in cron, too.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def run(
    workspace: str,
    *,
    deadline: timedelta | None,
    log: str,
    log_format: str | None,
    verbose: bool,
    as_json: bool,
) -> int:
    """Read the mailbox, sync, send what is due, and write what that changed into the sheets.

    Meant to be started every hour or so. Phases that the workspace does not use are left out, and
    one that fails leaves the others alone. Where nobody is looking (cron), it says nothing unless
    a person is needed.
    """
    root = find_root(workspace)
    shape = log_format or ""
    told = {"say": output.waiting, "complain": output.complain}
    with alone(root), watched(root, log=log, shape=shape, **told) as watch:
        report = idle_run(root, watch) or whole_run(root, deadline, watch)
        watch.ended(report)
    if as_json:
        output.json_out(run_json(report))
    else:
        show(report, looking=verbose or output.on_terminal())
    return report.exit_code


def whole_run(root: Path, deadline: timedelta | None, watch: Watch) -> RunReport:
    """All phases that the workspace has."""
    with (
        open_workspace(root, exclusive=True, first="", say=output.waiting) as opened,
        output.progress() as progress,
    ):
        from sheetcrm.engine.phases import phases_of
        from sheetcrm.engine.run import run as run_phases

        until = opened.clock.now() + deadline if deadline else None
        phases = phases_of(opened, progress)
        return run_phases(
            opened.ledger,
            opened.clock,
            phases,
            until=until,
            begun=watch.begun,
            ended=watch.phase,
        )


def show(report: RunReport, *, looking: bool) -> None:
    """What each phase did; where nobody is looking, only what went wrong."""
    for warning in report.warnings:
        output.complain(warning.message)
        output.advise(warning.hint)
    for phase in report.phases:
        if looking:
            output.say(phase_line(phase.name, phase.outcome, phase.seconds, phase.done.counts))
        show_phase(phase, looking=looking)
    if looking:
        output.next_step(f"all of it: sheetcrm runs {report.run}")


def show_phase(phase: PhaseResult, *, looking: bool) -> None:
    """What a phase did, as far as somebody wants to know."""
    if phase.outcome.value == "left":
        output.complain(f"{phase.name}: not begun, as the run's time was over")
        output.advise("the next run goes on; give it more time where that happens often")
    if phase.done.report:
        for result in phase.done.report.results:
            if result.error:
                complain_of(result)
            elif looking:
                show_result(result, phase.done.report.ladder)
        return
    for error in phase.done.errors:
        output.complain(f"{phase.name} · {error.message}")
        if error.hint:
            output.advise(error.hint)


def run_json(report: RunReport) -> dict[str, object]:
    """A run as JSON."""
    return {
        "run": report.run,
        "outcome": report.outcome.value,
        "exit_code": report.exit_code,
        "seconds": report.seconds,
        "counts": report.counts,
        "warnings": [warning.message for warning in report.warnings],
        "phases": [
            {
                "name": phase.name,
                "outcome": phase.outcome.value,
                "seconds": phase.seconds,
                "counts": output.plain(phase.done.counts),
                "errors": [error.message for error in phase.done.errors],
                "sync": report_json(phase.done.report) if phase.done.report else None,
            }
            for phase in report.phases
        ],
    }
