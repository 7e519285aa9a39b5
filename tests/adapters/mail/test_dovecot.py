"""The inbox on a real Dovecot."""

from __future__ import annotations

import imaplib
import shutil
import time
from dataclasses import replace
from datetime import datetime
from itertools import count

import pytest

from sheetcrm.adapters.mail.imap import ImapInbox
from sheetcrm.adapters.mail.imap_connection import connected
from sheetcrm.adapters.mail.imap_drafts import ImapDrafts
from sheetcrm.adapters.mail.imap_login import ImapLogin
from sheetcrm.ports import Inbox
from tests.adapters.draft_box_contract import as_record
from tests.adapters.inbox_contract import NOW, InboxContract
from tests.core.followup.world import lead, plan
from tests.support.mail_servers import PASSWORD
from tests.support.real_mail import servers as servers  # noqa: PLC0414  a fixture

pytestmark = pytest.mark.slow
_NUMBERS = count(1)


@pytest.fixture
def login(servers) -> ImapLogin:
    """A mailbox that is empty."""
    return ImapLogin(
        host="127.0.0.1",
        port=servers.imap,
        security="none",
        user=f"halo{next(_NUMBERS)}@surya.example",
        secret=PASSWORD,
    )


class TestInbox(InboxContract):
    @pytest.fixture
    def inbox(self, servers, login) -> Inbox:
        self.servers, self.login = servers, login
        return ImapInbox(login, folders=["INBOX"])

    def put(self, raw: bytes, at: datetime = NOW, *, folder: str = "INBOX") -> None:
        with imaplib.IMAP4("127.0.0.1", self.servers.imap) as wire:
            wire.login(self.login.user, PASSWORD)
            when = at.strftime('"%d-%b-%Y %H:%M:%S %z"')
            assert wire.append(folder, None, when, raw)[0] == "OK"

    def number_anew(self) -> None:
        time.sleep(1.1)  # a new UIDVALIDITY is the time in seconds
        folder = self.servers.root / "mail" / self.login.user
        for path in (*folder.glob("dovecot*"), *folder.glob("cur/dovecot*")):
            path.unlink()


def test_nothing_is_marked_as_read(servers, login) -> None:
    with connected(login) as connection:
        connection.append("INBOX", "", b"Subject: x\r\n\r\ny\r\n")
    inbox = ImapInbox(login, folders=["INBOX"])
    with inbox.open() as session:
        [found] = session.arrived("INBOX", None, since=NOW.replace(year=2020))
    assert found.mails
    with imaplib.IMAP4("127.0.0.1", servers.imap) as wire:
        wire.login(login.user, PASSWORD)
        wire.select("INBOX", readonly=True)
        assert wire.uid("SEARCH", "UNSEEN")[1] == [b"1"]


def test_a_folder_with_any_name(servers, login) -> None:
    with connected(login) as connection:
        wire = connection._wire
        wire.create('"Balasan &AOE-rbol"')
        assert "Balasan árbol" in [name for name, _ in connection.folders()]
        connection.append("Balasan árbol", "", b"Subject: x\r\n\r\ny\r\n")
        assert connection.examine("Balasan árbol")[1] == 2
    shutil.rmtree(servers.root / "mail" / login.user)


def test_drafts(servers, login) -> None:
    box = ImapDrafts(login)
    first, other = plan([lead(id="L1")]).drafts[0], "<sc.q@x.example>"
    raw = first.raw.replace(first.message_id.encode(), other.encode())
    drafts = [first, replace(first, key="other", message_id=other, raw=raw)]
    places = [box.put(one) for one in drafts]
    assert [box.put(one) for one in drafts] == places
    known = [as_record(one, place) for one, place in zip(drafts, places, strict=True)]
    assert box.gone(known) == set()
    assert box.withdraw(drafts[0])
    assert not box.withdraw(drafts[0])
    assert [box.holds(one) for one in drafts] == [False, True]
    assert box.gone(known) == {drafts[0].key}
    box.close()
    with imaplib.IMAP4("127.0.0.1", servers.imap) as wire:
        wire.login(login.user, PASSWORD)
        wire.select("Drafts", readonly=True)
        assert wire.uid("SEARCH", "DRAFT")[1] == [b"2"]
