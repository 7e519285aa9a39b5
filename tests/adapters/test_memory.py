"""The ports in memory pass the contracts of all adapters."""

from __future__ import annotations

import pytest

from sheetcrm.adapters.memory import MemoryTabSource
from tests.adapters.tab_source_contract import LEADS, Make, TabSourceContract


class TestMemoryTab(TabSourceContract):
    @pytest.fixture
    def make(self) -> Make:
        return MemoryTabSource

    def touch(self, source) -> None:
        source.set_cell("A2", "Somebody else")


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
