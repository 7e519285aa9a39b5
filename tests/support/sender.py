"""Sends what was approved in a process of its own, which can be watched or killed.

python -m tests.support.sender LEDGER SENT_LOG PORT NOW
"""

from __future__ import annotations

import sys
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sheetcrm.adapters.ledger import open_ledger
from sheetcrm.adapters.mail.eml import EmlDrafts
from sheetcrm.adapters.mail.sentlog import FileSentLog
from sheetcrm.adapters.mail.smtp import SmtpMailer, SmtpServer
from sheetcrm.adapters.mail.templates import FolderTemplates
from sheetcrm.adapters.memory.clock import FixedClock
from sheetcrm.core.followup.rules import FollowUps, Sender, Sending
from sheetcrm.core.qualify.rules import Qualification
from sheetcrm.core.table.fields import Locale
from sheetcrm.engine.sending import send
from sheetcrm.engine.workspace import Rules, Workspace

ACCOUNT = "halo@example.com"


def main(ledger: str, log: str, port: str, now: str) -> None:
    """Send everything that may go."""
    folder = Path(log).parent
    server = SmtpServer(host="127.0.0.1", port=int(port), security="none", sender=ACCOUNT)
    followups = FollowUps(
        sender=Sender(address=ACCOUNT, name="Halo"),
        sending=Sending(per_minute=100_000, per_day=100_000),
    )
    rules = Rules(
        fields=(), locale=Locale(), outputs={}, qualification=Qualification(), followups=followups
    )
    with closing(open_ledger(ledger)) as opened, closing(FileSentLog(Path(log))) as sent:
        report = send(
            Workspace(
                rules=rules,
                sources=(),
                tables={},
                ledger=opened,
                drafts=EmlDrafts(folder / "outbox"),
                templates=FolderTemplates(folder / "templates"),
                clock=FixedClock(datetime.fromisoformat(now)),
                mailer=SmtpMailer(server, account=ACCOUNT, lock=folder / "mail.lock"),
                sent_log=sent,
            ),
            limit=1_000,
        )
    sys.stdout.write(f"{len(report.attempts)} {report.error or report.why}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
