"""A mailbox in memory."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

from sheetcrm.core.hearing.arrivals import Arrivals, Arrived
from sheetcrm.core.hearing.mail import SIZE_LIMIT
from sheetcrm.core.outbox import InboxCursor

BATCH = 50  #: mails that are given at once


class MemoryInbox:
    """An `Inbox` that is a list of mails for each folder.

    Attributes:
        mails: folder → its mails; their UIDs count from 1.
        sent_ids: Message-IDs of what lies in the folder of sent mail.
        uidvalidity: changes when the mails are numbered anew.
    """

    def __init__(self, account: str = "halo@example.com") -> None:
        self.account = account
        self.mails: dict[str, list[Arrived]] = {"INBOX": []}
        self.sent_ids: set[str] = set()
        self.uidvalidity = 1

    @property
    def folders(self) -> tuple[str, ...]:
        """Where answers arrive."""
        return tuple(self.mails)

    @contextmanager
    def open(self) -> Iterator[MemoryInbox]:
        """It always is."""
        yield self

    def arrived(
        self, folder: str, after: InboxCursor | None, *, since: datetime
    ) -> Iterator[Arrivals]:
        """What is new in a folder."""
        mails = self.mails[folder]
        known = after.last_uid if after and after.uidvalidity == self.uidvalidity else 0
        new = [
            (uid, mail)
            for uid, mail in enumerate(mails, start=1)
            if uid > known and (known or mail.at >= since)
        ]
        for start in range(0, len(new), BATCH):
            some = new[start : start + BATCH]
            heads = tuple(Arrived(at=mail.at, raw=mail.raw[:SIZE_LIMIT]) for _, mail in some)
            yield Arrivals(mails=heads, uidvalidity=self.uidvalidity, last_uid=some[-1][0])
        if not new:
            yield Arrivals(mails=(), uidvalidity=self.uidvalidity, last_uid=len(mails))

    def sent(self, message_ids: Collection[str]) -> set[str]:
        """Those that were sent."""
        return self.sent_ids.intersection(message_ids)
