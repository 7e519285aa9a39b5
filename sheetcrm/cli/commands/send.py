"""`sheetcrm send`: hand what was approved to the mail server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sheetcrm.bootstrap import find_root, open_workspace
from sheetcrm.cli import output
from sheetcrm.cli.durations import Duration

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from sheetcrm.engine.sending import Attempt, Due, SendReport


@click.command(short_help="Send what was approved; shows it first.")
@click.option("--yes", is_flag=True, help="Really send.")
@click.option("--limit", type=click.IntRange(min=1), default=None, help="At most this many.")
@click.option("--deadline", metavar="TIME", type=Duration(), help="Begin none after this time.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def send(
    workspace: str, *, yes: bool, limit: int | None, deadline: timedelta | None, as_json: bool
) -> int:
    """Send the messages that were approved and are due, within the limits of [sending].

    Without --yes it only shows them, unless [sending] approve is "auto". The first time, one
    message is sent and no more, so that you can look at it.
    """
    from sheetcrm.engine.sending import due
    from sheetcrm.engine.sending import send as send_now

    with open_workspace(find_root(workspace), exclusive=True) as opened:
        if not yes and opened.rules.followups.sending.approve != "auto":
            waiting = due(opened)
            if as_json:
                output.json_out({"dry_run": True, "due": waiting.now[:limit], **later(waiting)})
            else:
                show_due(waiting, limit, drafts=len(opened.ledger.drafts()))
            return 0
        with output.progress() as progress:
            until = opened.clock.now() + deadline if deadline else None
            report = send_now(opened, limit=limit, until=until, progress=progress)
    if as_json:
        output.json_out({"dry_run": False, **as_plain(report)})
    else:
        show(report)
    return report.exit_code


def as_plain(report: SendReport) -> dict[str, object]:
    """A report as JSON."""
    found = output.plain(report)
    assert isinstance(found, dict)
    error = report.error
    return {**found, "counts": report.counts, "error": error.message if error else None}


def later(waiting: Due) -> dict[str, object]:
    """What waits for its time, as JSON."""
    pauses = output.plain(waiting.pauses)
    return {"later": waiting.later, "next_at": output.plain(waiting.next_at), "pauses": pauses}


def show_due(waiting: Due, limit: int | None, *, drafts: int) -> None:
    """What would go."""
    from sheetcrm.engine.outbox import words_of

    for pause in waiting.pauses:
        output.say(words_of(pause), style="yellow")
    rows = [(r.to_address, r.subject, f"{r.sequence} {r.step}") for r in waiting.now[:limit]]
    if rows:
        output.table("due now", ["to", "subject", "step"], rows)
        output.say(f"{output.counted(len(rows), 'message')} would be sent; nothing was")
    else:
        output.say("nothing is due to be sent just now")
    show_later(waiting.later, waiting.next_at)
    if rows:
        output.next_step("send them: sheetcrm send --yes")
    elif drafts:
        wait = "waits" if drafts == 1 else "wait"
        counted = output.counted(drafts, "draft")
        output.next_step(f"{counted} {wait} for your word: sheetcrm approve")


def show_later(count: int, at: datetime | None) -> None:
    """What waits for its time."""
    if count and at:
        counted = f"{output.counted(count, 'message')} that {'was' if count == 1 else 'were'}"
        wait = "waits for its time" if count == 1 else "wait for their time, the first"
        output.say(f"{counted} approved {wait} until {at:%Y-%m-%d %H:%M}")


def show(report: SendReport) -> None:
    """What was sent and what was not."""
    from sheetcrm.core.outbox import Verdict
    from sheetcrm.engine.outbox import way_on, words_of

    for attempt in report.attempts:
        if attempt.answer.verdict is not Verdict.SENT:
            output.say(line(attempt), style="yellow")
    if report.cut_off:
        output.say(f"{report.cut_off} unknown: sending was cut off before", style="yellow")
    sent = report.count(Verdict.SENT)
    output.say(f"{sent} sent from {report.account}")
    if not report.waiting and report.next_at:
        output.say(f"the next may go at {report.next_at:%Y-%m-%d %H:%M}")
    if report.waiting:
        when = f", until {report.next_at:%Y-%m-%d %H:%M}" if report.next_at else ""
        output.say(f"{report.waiting} more are due and wait: {report.why}{when}")
    for pause in report.pauses:
        output.complain(words_of(pause))
        if pause.until is None:
            output.advise(f"go on: {way_on(pause)}")
    if report.error:
        output.complain(report.error.message)
        output.advise(report.error.hint)
    if report.count(Verdict.UNKNOWN):
        output.advise("nobody knows of the unknown ones: sheetcrm outbox --state unknown")
    if report.first_time:
        output.next_step("look at it in your own mailbox; then the rest: sheetcrm send --yes")


def line(attempt: Attempt) -> str:
    """One message that did not simply go."""
    answer = attempt.answer
    code = f"{answer.code} " if answer.code else ""
    return f"{attempt.to_address}: {answer.verdict.value}: {code}{answer.text}"
