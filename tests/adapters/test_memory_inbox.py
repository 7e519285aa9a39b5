from __future__ import annotations

import re
from datetime import datetime

import pytest

from sheetcrm.adapters.memory import MemoryInbox
from sheetcrm.core.hearing.arrivals import Arrived
from sheetcrm.ports import Inbox
from tests.adapters.inbox_contract import NOW, InboxContract


class TestMemoryInbox(InboxContract):
    @pytest.fixture
    def inbox(self) -> Inbox:
        self.box = MemoryInbox()
        return self.box

    def put(self, raw: bytes, at: datetime = NOW, *, folder: str = "INBOX") -> None:
        if folder == "Sent":
            self.box.sent_ids.add(re.search(rb"<.*?>", raw)[0].decode())
        else:
            self.box.mails[folder].append(Arrived(at=at, raw=raw))

    def number_anew(self) -> None:
        self.box.uidvalidity += 1
