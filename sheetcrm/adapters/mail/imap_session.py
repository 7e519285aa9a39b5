"""An open mailbox: what is new in it, and what was sent."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone

from sheetcrm.adapters.mail.imap_connection import ImapConnection
from sheetcrm.core.hearing.arrivals import Arrivals, Arrived
from sheetcrm.core.hearing.mail import SIZE_LIMIT
from sheetcrm.core.outbox import InboxCursor

BATCH = 50  #: mails that are fetched at once

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATED = re.compile(
    rb'INTERNALDATE "([ \d]\d)-(\w{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)"'
)
_NUMBERED = re.compile(rb"\bUID (\d+)")
_ASKED = f"(UID INTERNALDATE BODY.PEEK[]<0.{SIZE_LIMIT}>)"


class ImapSession:
    """An open mailbox."""

    def __init__(self, connection: ImapConnection, sent: str) -> None:
        self._connection = connection
        self._sent = sent

    def arrived(
        self, folder: str, after: InboxCursor | None, *, since: datetime
    ) -> Iterator[Arrivals]:
        """What is new in a folder, oldest first, a few mails at a time; at least once.

        Where the server has numbered its mails anew, or at the first time, that is all that
        arrived since a moment.
        """
        connection = self._connection
        validity, following = connection.examine(folder)
        known = after.last_uid if after and after.uidvalidity == validity else 0
        if known:
            # The last mail of all matches n:* whatever n is (RFC 3501, 6.4.8).
            uids = [uid for uid in connection.search("UID", f"{known + 1}:*") if uid > known]
        else:
            uids = connection.search("SINCE", _day(since - timedelta(days=1)))
        for start in range(0, len(uids), BATCH):
            some = uids[start : start + BATCH]
            mails = tuple(self._fetched(some, since))
            yield Arrivals(mails=mails, uidvalidity=validity, last_uid=some[-1])
        if not uids:
            newest = following - 1 if following else max(connection.search("ALL"), default=0)
            yield Arrivals(mails=(), uidvalidity=validity, last_uid=max(known, newest))

    def sent(self, message_ids: Collection[str]) -> set[str]:
        """Those of these messages that lie in the folder of sent mail; absence proves nothing."""
        if not message_ids:
            return set()
        self._connection.examine(self._connection.special("\\Sent", self._sent))
        return {one for one in message_ids if self._connection.with_id(one)}

    def _fetched(self, uids: Sequence[int], since: datetime) -> list[Arrived]:
        found: dict[int, Arrived] = {}
        for told, raw in self._connection.fetch(uids, _ASKED):
            number = _NUMBERED.search(told)
            if number:
                found[int(number[1])] = Arrived(at=_moment(told) or since, raw=raw)
        return [found[uid] for uid in sorted(found)]


def _day(moment: datetime) -> str:
    """A date as IMAP writes it; the server's day may be another one than ours."""
    at = moment.astimezone(UTC)
    return f"{at.day}-{_MONTHS[at.month - 1]}-{at.year}"


def _moment(told: bytes) -> datetime | None:
    """When the server took a mail, if it says it."""
    found = _DATED.search(told)
    if not found or found[2].decode() not in _MONTHS:
        return None
    offset = timedelta(hours=int(found[8]), minutes=int(found[9]))
    month = _MONTHS.index(found[2].decode()) + 1
    day, year, hour, minute, second = (int(found[i]) for i in (1, 3, 4, 5, 6))
    try:
        zone = timezone(-offset if found[7] == b"-" else offset)
        return datetime(year, month, day, hour, minute, second, tzinfo=zone)
    except ValueError:
        return None
