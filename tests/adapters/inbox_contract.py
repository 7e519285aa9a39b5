"""What every inbox must do: a subclass gives a fixture `inbox`, and ways to fill it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sheetcrm.core.hearing.mail import SIZE_LIMIT
from sheetcrm.core.outbox import InboxCursor
from sheetcrm.ports import Inbox

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
SINCE = NOW - timedelta(days=14)
OLD = NOW - timedelta(days=30)


def mail(name: str) -> bytes:
    return f"Message-ID: <{name}@example.com>\r\nSubject: {name}\r\n\r\nHalo\r\n".encode()


class InboxContract:
    """Subclassed by the tests of every adapter."""

    @pytest.fixture
    def inbox(self) -> Inbox:
        raise NotImplementedError

    def put(self, raw: bytes, at: datetime = NOW, *, folder: str = "INBOX") -> None:
        """Let a mail arrive."""
        raise NotImplementedError

    def number_anew(self) -> None:
        """Give all mails new UIDs."""
        raise NotImplementedError

    def read(
        self, inbox: Inbox, after: InboxCursor | None = None
    ) -> tuple[list[bytes], InboxCursor]:
        with inbox.open() as session:
            found = list(session.arrived("INBOX", after, since=SINCE))
        mails = [mail.raw for arrivals in found for mail in arrivals.mails]
        return mails, InboxCursor(found[-1].uidvalidity, found[-1].last_uid, NOW)

    def test_at_first_what_is_not_old_is_read(self, inbox: Inbox) -> None:
        self.put(mail("old"), OLD)
        self.put(mail("new"), NOW - timedelta(hours=1))
        with inbox.open() as session:
            (found,) = session.arrived("INBOX", None, since=SINCE)
        assert [(one.raw, one.at) for one in found.mails] == [
            (mail("new"), NOW - timedelta(hours=1))
        ]

    def test_then_only_what_is_new(self, inbox: Inbox) -> None:
        self.put(mail("1"))
        self.put(mail("2"))
        mails, cursor = self.read(inbox)
        assert mails == [mail("1"), mail("2")]
        assert self.read(inbox, cursor) == ([], cursor)
        self.put(mail("3"), OLD)  # moved here, from another folder
        mails, after = self.read(inbox, cursor)
        assert mails == [mail("3")]
        assert after.last_uid > cursor.last_uid
        assert self.read(inbox, after) == ([], after)

    def test_a_mailbox_that_is_numbered_anew_is_read_again(self, inbox: Inbox) -> None:
        self.put(mail("1"))
        _, cursor = self.read(inbox)
        self.number_anew()
        mails, after = self.read(inbox, cursor)
        assert mails == [mail("1")]
        assert after.uidvalidity != cursor.uidvalidity

    def test_an_old_mailbox_is_not_read_from_its_beginning_later(self, inbox: Inbox) -> None:
        assert self.read(inbox)[0] == []
        self.put(mail("old"), OLD)
        mails, cursor = self.read(inbox)
        assert mails == []
        self.put(mail("new"))
        assert self.read(inbox, cursor)[0] == [mail("new")]

    def test_many_mails_come_in_batches(self, inbox: Inbox) -> None:
        for number in range(120):
            self.put(mail(f"{number}"))
        with inbox.open() as session:
            found = list(session.arrived("INBOX", None, since=SINCE))
        assert len(found) > 1
        assert [one for arrivals in found for one in arrivals.mails] == [
            one for arrivals in found for one in sorted(arrivals.mails, key=lambda m: m.at)
        ]
        cursors = [one.last_uid for one in found]
        assert cursors == sorted(set(cursors))
        assert sum(len(arrivals.mails) for arrivals in found) == 120

    def test_only_the_beginning_of_a_large_mail_is_read(self, inbox: Inbox) -> None:
        raw = mail("large") + b"x" * 70 + b"\r\n"
        self.put(raw + (b"y" * 70 + b"\r\n") * (SIZE_LIMIT // 70))
        [found], _ = self.read(inbox)
        assert len(found) == SIZE_LIMIT
        assert found.startswith(raw)

    def test_what_lies_in_the_folder_of_sent_mail(self, inbox: Inbox) -> None:
        self.put(mail("sent"), folder="Sent")
        with inbox.open() as session:
            asked = ["<sent@example.com>", "<other@example.com>"]
            assert session.sent(asked) == {"<sent@example.com>"}
            assert session.sent([]) == set()
