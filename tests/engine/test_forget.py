"""What forgetting somebody takes away outside of the ledger and the files."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import closing

import pytest

from sheetcrm.adapters.ledger import open_ledger
from sheetcrm.adapters.memory import MemoryDrafts, MemoryTabSource
from sheetcrm.core.memory import MessageDraft, PersonFile
from sheetcrm.engine.forget import forget
from sheetcrm.engine.sync import sync
from sheetcrm.errors import MailerUnavailableError
from sheetcrm.ports import Trace
from tests.engine.team import GRID, Make

DINA = ["Dina", "dina@example.com", "Jakarta", None, "en", "too"]


class NoFiles:
    """A folder in which nobody is named."""

    def find(self, person: PersonFile) -> list[Trace]:
        del person
        return []

    def erase(self, traces: Collection[Trace], person: PersonFile) -> None:
        del person
        assert not traces


def test_a_draft_that_waits_in_a_mailbox_goes_and_the_others_stay(make: Make) -> None:
    with closing(open_ledger("sqlite://")) as ledger:
        workspace = make(MemoryTabSource([*GRID, DINA]), ledger=ledger)
        sync(workspace)
        assert isinstance(workspace.drafts, MemoryDrafts)
        assert len(workspace.drafts.messages) == 2
        forget(workspace, NoFiles(), "dina@example.com")
        assert len(workspace.drafts.messages) == 2
        forget(workspace, NoFiles(), "dina@example.com", sure=True)
        assert [place.split("|")[0] for place in workspace.drafts.messages] == [
            "memory › budi@example.com"
        ]


def test_a_mailbox_that_does_not_answer_leaves_the_ledger_to_be_asked_again(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def withdraw(self: MemoryDrafts, draft: MessageDraft) -> bool:
        raise MailerUnavailableError("no mailbox")

    with closing(open_ledger("sqlite://")) as ledger:
        workspace = make(MemoryTabSource([*GRID, DINA]), ledger=ledger)
        sync(workspace)
        monkeypatch.setattr(MemoryDrafts, "withdraw", withdraw)
        with pytest.raises(MailerUnavailableError):
            forget(workspace, NoFiles(), "dina@example.com", sure=True)
        assert [one.addresses for one in ledger.persons(["dina@example.com"])] == [
            ("dina@example.com",)
        ]
