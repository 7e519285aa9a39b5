"""`sheetcrm due`: what goes when, to whom and why."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import click

from sheetcrm.bootstrap import find_root, open_workspace
from sheetcrm.cli import output
from sheetcrm.cli.show import more, some

if TYPE_CHECKING:
    from datetime import date

    from sheetcrm.engine.due import DueMessage, DueReport


@click.command(short_help="Show what goes when, to whom and why.")
@click.option("--days", type=click.IntRange(0, 366), default=14, help="So many days from today.")
@click.option("--source", "sources", multiple=True, metavar="NAME", help="Only this source.")
@click.option("--all", "everything", is_flag=True, help="List every message of a day.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def due(
    workspace: str, *, days: int, sources: tuple[str, ...], everything: bool, as_json: bool
) -> int:
    """Show the follow-ups of the next days if nothing changed but the calendar, and what is held.

    A draft that waits is shown on the first day on which it can go. Nothing is written.
    """
    with open_workspace(find_root(workspace), first=sources[0] if sources else "") as opened:
        from sheetcrm.engine.due import due as due_of

        report = due_of(opened, days=days, only=sources)
    if as_json:
        output.json_out({**output.plain(report), "days": output.plain(report.days)})
        return report.exit_code
    for error in report.errors:
        output.complain(error.message)
        if error.hint:
            output.advise(error.hint)
    for day, messages in groupby(report.messages, key=lambda one: one.day):
        show_day(day, list(messages), report.limit, everything=everything)
    if not report.messages:
        output.say(f"nothing goes in the next {days} days")
    show_held(report, everything=everything)
    output.next_step("everything about one lead: sheetcrm explain LEAD")
    return report.exit_code


def show_day(day: date, messages: list[DueMessage], limit: int, *, everything: bool) -> None:
    """One day, with its total."""
    over = len(messages) - limit
    title = f"{day:%A} {day} · {len(messages)} of {limit}"
    if over > 0:
        title += f" · {over} over the limit will go later"
    rows = [
        (
            one.name or one.address or one.lead,
            f"{one.sequence} {one.step}",
            one.template.rpartition("/")[2] or "NO TEMPLATE",
            " · ".join(part for part in (one.stage, one.why, one.state) if part),
        )
        for one in some(messages, everything)
    ]
    output.table(title, ["to", "step", "template", "why"], rows)
    more(messages, everything)


def show_held(report: DueReport, *, everything: bool) -> None:
    """What is due and waits for somebody."""
    if not report.held:
        return
    several = len({one.source for one in report.held}) > 1
    rows = [
        (
            one.name or one.address or one.lead,
            f"{one.source} {one.row}" if several else one.row,
            f"{one.sequence} {one.step}",
            one.since,
            one.reason,
        )
        for one in some(report.held, everything)
    ]
    output.table(f"{len(report.held)} held", ["lead", "row", "step", "due since", "why"], rows)
    more(report.held, everything)
