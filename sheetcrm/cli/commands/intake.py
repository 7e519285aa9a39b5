"""`sheetcrm intake`: read what is new in the mailbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sheetcrm.bootstrap import find_root, open_workspace
from sheetcrm.cli import output

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sheetcrm.engine.intake import IntakeReport

WORDS: Mapping[str, str] = {
    "replied": "replied",
    "auto_reply": "automatic reply",
    "bounced": "bounced",
    "soft_bounce": "did not arrive this time",
    "refused": "refused because of us",
    "unsubscribed": "wants no more",
    "complained": "complained",
    "unclear": "to be looked at",
    "arrived": "has arrived after all",
}


@click.command(short_help="Read replies, bounces and unsubscribes from your mailbox.")
@click.option("--verbose", "-v", is_flag=True, help="Say what was heard in cron, too.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def intake(workspace: str, *, verbose: bool, as_json: bool) -> int:
    """Read what is new in the mailbox of [imap], and stop what is answered by it.

    Replies end sequences, automatic ones pause them, bounces and unsubscribes are never written to
    again. Nothing in the mailbox is changed, not even what is marked as read. Exit code: 0 fine ·
    1 sending was paused, and a person should look.
    """
    with open_workspace(find_root(workspace)) as opened:
        from sheetcrm.engine.intake import intake as hear_back

        report = hear_back(opened, opened.clock.now())
        unclear = opened.ledger.outbox.unclear()
    if as_json:
        output.json_out(intake_json(report))
    elif verbose or output.on_terminal():
        show_intake(report)
        if unclear:
            output.next_step(f"{len(unclear)} wait for you: sheetcrm inbox")
    if report.paused:
        output.complain(f"sending is paused: {report.paused}")
        output.advise("mend it with your mail provider, then: sheetcrm resume")
    return report.exit_code


def show_intake(report: IntakeReport) -> None:
    """What was heard, on a terminal."""
    output.say(f"{output.counted(report.read, 'new mail')}, {len(report.news)} about us")
    rows = [
        (
            WORDS.get(one.kind, one.kind),
            one.person,
            f"{one.sequence} {one.step}" if one.step else "",
            one.said,
        )
        for one in report.news
    ]
    if rows:
        output.table("", ["what", "who", "step", "said"], rows)


def intake_json(report: IntakeReport) -> dict[str, object]:
    """An intake as JSON."""
    return {"counts": report.counts, "news": report.news, "paused": report.paused}
