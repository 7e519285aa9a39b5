"""Drafts of a time in which the team sent them by hand, after sheetcrm has begun to send."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sheetcrm.adapters.mail.eml import EmlDrafts
from sheetcrm.adapters.mail.kept import KeptDrafts
from sheetcrm.core.memory import MessageDraft
from tests.adapters.draft_box_contract import draft
from tests.core.followup.world import record


@pytest.fixture
def files(tmp_path: Path) -> EmlDrafts:
    return EmlDrafts(tmp_path)


@pytest.fixture
def laid(files: EmlDrafts) -> MessageDraft:
    message = draft()
    return replace(message, place=files.put(message))


def test_what_lies_in_the_ledger_alone_is_there_and_cannot_be_gone():
    kept, message = KeptDrafts(), draft(place="")
    assert (kept.put(message), kept.place(message)) == ("", "")
    assert kept.holds(message)
    assert kept.withdraw(message)
    assert kept.gone([record(message)]) == set()


def test_a_file_is_taken_away_before_its_message_goes_another_way(files, laid):
    kept = KeptDrafts(files)
    assert kept.holds(laid)
    assert kept.gone([record(laid, place=laid.place)]) == set()
    assert kept.withdraw(laid)
    assert not Path(laid.place).exists()


def test_one_whose_file_is_gone_may_have_been_sent(files, laid):
    kept = KeptDrafts(files)
    Path(laid.place).unlink()
    assert not kept.holds(laid)
    assert not kept.withdraw(laid)
    assert kept.gone([record(laid, place=laid.place)]) == {laid.key}


@pytest.mark.parametrize("place", ["imap:halo@example.com", "gmail:r-17"])
def test_nobody_looks_into_a_mailbox_any_more(files, place):
    kept, message = KeptDrafts(files), draft(place=place)
    assert not kept.holds(message)
    assert not kept.withdraw(message)
    assert kept.gone([record(message, place=place)]) == {message.key}
