"""A sender in a process of its own, to be killed at any moment.

::

    python -m tests.support.doomed_sender LEDGER SENT_LOG PORT LOCK HOURS

It sends what may go, over and over, and ends when nothing may go any more. HOURS is how far its
clock is ahead, so that leases and waits need not be sat out. Prints ``ready`` when it begins.
"""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from pathlib import Path

from sheetcrm.adapters.clock import local_time
from sheetcrm.adapters.ledger import open_ledger
from sheetcrm.adapters.mail.kept import KeptDrafts
from sheetcrm.adapters.mail.sentlog import FileSentLog
from sheetcrm.adapters.mail.smtp import SmtpMailer, SmtpServer
from sheetcrm.adapters.memory import MemoryTemplates
from sheetcrm.core.followup.rules import FollowUps, Sender, Sending
from sheetcrm.core.qualify.rules import Qualification
from sheetcrm.core.table.fields import Locale
from sheetcrm.engine.sending import send
from sheetcrm.engine.workspace import Rules, Workspace
from sheetcrm.ports import Ledger

ACCOUNT = "halo@example.com"


class Ahead:
    """A clock that is ahead of the machine's; nobody waits by it."""

    def __init__(self, hours: float) -> None:
        self._ahead = timedelta(hours=hours)

    def now(self) -> datetime:
        return local_time() + self._ahead

    def wait(self, time: timedelta) -> None:
        self._ahead += time


def workspace(ledger: Ledger, log: Path, port: int, lock: Path, hours: float) -> Workspace:
    """A workspace that only sends, as fast as it can."""
    sending = Sending(
        via="smtp",
        per_minute=1_000_000,
        per_day=1_000_000,
        per_domain=(("", 1_000_000),),
        opens=datetime.min.time(),
        closes=datetime.max.time(),
        weekdays=frozenset(range(7)),
    )
    server = SmtpServer(
        host="127.0.0.1", port=port, security="none", sender=ACCOUNT, timeout=30, final_timeout=30
    )
    return Workspace(
        rules=Rules(
            fields=(),
            locale=Locale(language="en", country="XX"),
            outputs={},
            qualification=Qualification(),
            followups=FollowUps(sender=Sender(address=ACCOUNT), sending=sending),
        ),
        sources=(),
        tables={},
        ledger=ledger,
        drafts=KeptDrafts(),
        templates=MemoryTemplates({}),
        clock=Ahead(hours),
        mailer=SmtpMailer(server, account=ACCOUNT, lock=lock),
        sent_log=FileSentLog(log),
    )


def main() -> None:
    """Send until nothing may go."""
    ledger, log, port, lock, hours = sys.argv[1:6]
    opened = workspace(open_ledger(ledger), Path(log), int(port), Path(lock), float(hours))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    limit = 1_000_000
    while True:
        report = send(opened, limit=limit)
        if report.error:
            raise report.error
        if not report.attempts:
            break


if __name__ == "__main__":
    main()
