"""The ports in memory pass the contracts of all adapters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sheetcrm.adapters.memory import (
    FixedClock,
    MemoryDrafts,
    MemoryLedger,
    MemoryTabSource,
    MemoryTemplates,
)
from tests.adapters.draft_box_contract import DraftBoxContract
from tests.adapters.ledger_contract import LedgerContract
from tests.adapters.outbox_contract import OutboxContract
from tests.adapters.stage_log_contract import StageLogContract
from tests.adapters.tab_source_contract import LEADS, Make, TabSourceContract
from tests.adapters.template_store_contract import MakeStore, TemplateStoreContract


class TestMemoryTab(TabSourceContract):
    @pytest.fixture
    def make(self) -> Make:
        return MemoryTabSource

    def touch(self, source) -> None:
        source.set_cell("A2", "Somebody else")


class TestMemoryLog(StageLogContract):
    @pytest.fixture
    def make(self) -> Make:
        return MemoryTabSource

    def touch(self, source) -> None:
        source.set_cell("A2", "Somebody else")

    def add_tab(self, source, title, grid) -> None:
        source.tabs[title] = [list(row) for row in grid]

    def tab(self, source, title):
        rows = source.tabs.get(title)
        width = max(map(len, rows), default=0) if rows else 0
        return rows and [[*row, *[None] * (width - len(row))] for row in rows]


class TestMemoryLedger(LedgerContract):
    @pytest.fixture
    def ledger(self) -> MemoryLedger:
        return MemoryLedger()


class TestMemoryOutbox(OutboxContract):
    @pytest.fixture
    def ledger(self) -> MemoryLedger:
        return MemoryLedger()


class TestMemoryDrafts(DraftBoxContract):
    @pytest.fixture
    def outbox(self) -> MemoryDrafts:
        return MemoryDrafts()

    def stored(self, outbox, place: str) -> bytes | None:
        return outbox.messages.get(place)


class TestMemoryTemplates(TemplateStoreContract):
    @pytest.fixture
    def make(self) -> MakeStore:
        return MemoryTemplates


class TestFixedClock:
    def test_it_stands_still_until_it_is_moved(self) -> None:
        clock = FixedClock(datetime(2026, 11, 22, tzinfo=UTC))
        assert clock.now() == clock.now() == datetime(2026, 11, 22, tzinfo=UTC)
        clock.move(timedelta(days=1))
        assert clock.now() == datetime(2026, 11, 23, tzinfo=UTC)

    def test_it_shows_no_naive_time(self) -> None:
        with pytest.raises(ValueError, match="zone"):
            FixedClock(datetime(2026, 11, 22))


class TestPeople:
    """What people do to a sheet while nobody looks."""

    def test_sorting_moves_whole_rows_blanks_last(self) -> None:
        source = MemoryTabSource(LEADS)
        source.sort_rows("C")
        assert [row[0] for row in source.grid] == ["Name", "Iván Peña", "Sari Wulandari", "=1+1"]

    def test_sorting_mixed_kinds_follows_excel(self) -> None:
        source = MemoryTabSource([["Name", "X"], ["a", True], ["b", "text"], ["c", 2], ["d", None]])
        source.sort_rows("B", reverse=True)
        assert [row[0] for row in source.grid] == ["Name", "a", "b", "c", "d"]

    def test_inserting_and_deleting_shift_the_rows_below(self) -> None:
        source = MemoryTabSource(LEADS)
        source.insert_row(3, ["Budi", "budi@example.com"])
        source.delete_row(2)
        assert [row[0] for row in source.grid] == ["Name", "Budi", "Iván Peña", "=1+1"]

    def test_typing_far_away_grows_the_grid(self) -> None:
        source = MemoryTabSource(LEADS)
        source.set_cell("AB9", "note")
        assert source.grid[8][27] == "note"
        assert source.read().columns[-1].letter == "AB"

    def test_an_address_must_be_one(self) -> None:
        with pytest.raises(ValueError, match="7C"):
            MemoryTabSource(LEADS).set_cell("7C", "x")
