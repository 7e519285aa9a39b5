"""What every outbox must do: a subclass gives a fixture `outbox`, fresh, and `stored`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sheetcrm.core.memory import MessageDraft, MessageRecord
from sheetcrm.ports import DraftBox
from tests.adapters import ledger_contract


def draft(key: str = "sari/welcome/1/1", text: str = "Halo", **parts) -> MessageDraft:
    """A message whose bytes say which one it is, as every real message's do."""
    plain = ledger_contract.draft(key, **parts)
    raw = f"Message-ID: {plain.message_id}\r\nSubject: Halo\r\n\r\n{text}\r\n".encode()
    return ledger_contract.draft(key, **parts | {"raw": raw + b"\x00\xff"})


def as_record(one: MessageDraft, place: str) -> MessageRecord:
    """The message as the ledger remembers it."""
    names = ("key", "lead", "person", "sequence", "step", "state", "message_id", "subject")
    same = {name: getattr(one, name) for name in names}
    return MessageRecord(**same, created_at=ledger_contract.T0, place=place)


class DraftBoxContract:
    """Subclassed by the tests of every adapter."""

    @pytest.fixture
    def outbox(self) -> DraftBox:
        raise NotImplementedError

    def stored(self, outbox: DraftBox, place: str) -> bytes | None:
        """The bytes that lie at a place, None where nothing does."""
        raise NotImplementedError

    def test_a_message_lies_where_it_was_said_to(self, outbox: DraftBox) -> None:
        planned = outbox.place(draft())
        assert self.stored(outbox, planned) is None
        place = outbox.put(draft())
        assert place == planned
        assert self.stored(outbox, place) == draft().raw

    def test_a_message_that_lies_there_is_left_alone(self, outbox: DraftBox) -> None:
        place = outbox.put(draft())
        assert outbox.put(draft(text="another text")) == place
        assert self.stored(outbox, place) == draft().raw

    def test_each_key_has_its_own_place(self, outbox: DraftBox) -> None:
        drafts = [
            draft("sari/welcome/1/1"),
            draft("sari/welcome/2/1", step=2),
            draft("sari/welcome/1/2"),
            draft("sari/news/1/1", sequence="news"),
            draft("budi/welcome/1/1", person="budi@example.com", to_address="budi@example.com"),
        ]
        places = [outbox.put(one) for one in drafts]
        assert len(set(places)) == len(drafts)
        assert all(self.stored(outbox, place) is not None for place in places)

    def test_a_message_can_be_taken_away(self, outbox: DraftBox) -> None:
        kept = replace(draft(), place=outbox.put(draft()))
        other = draft("sari/welcome/1/2", text="another")
        place = outbox.put(other)
        assert outbox.holds(kept)
        assert outbox.withdraw(kept)
        assert not outbox.holds(kept)
        assert self.stored(outbox, kept.place) is None
        assert not outbox.withdraw(kept)
        assert not outbox.withdraw(draft("sari/welcome/2/1", step=2, place=""))
        assert self.stored(outbox, place) == other.raw
        assert outbox.withdraw(replace(other, place=place))

    def test_it_tells_of_many_which_were_taken_away(self, outbox: DraftBox) -> None:
        assert outbox.gone([]) == set()
        drafts = [draft(f"sari/welcome/{step}/1", step=step) for step in (1, 2, 3)]
        known = [as_record(one, outbox.put(one)) for one in drafts]
        assert outbox.gone(known) == set()
        outbox.withdraw(replace(drafts[1], place=known[1].place))
        assert outbox.gone(known) == {known[1].key}

    @pytest.mark.parametrize(
        "name",
        ["", "../../etc/passwd", 'a"b<c>|?*:', "名前 😀", "x" * 300, "CON", ". .", "new\nline"],
    )
    def test_any_name_is_safe(self, outbox: DraftBox, name: str) -> None:
        place = outbox.put(draft(to_name=name, segment=name))
        assert self.stored(outbox, place) == draft().raw
