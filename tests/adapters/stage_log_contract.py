"""What a source does that logs stage moves in another tab of its book.

A subclass gives what `TabSourceContract` wants, and two things more::

    class TestExcelLog(StageLogContract):
        def add_tab(self, source, title, grid): ...    # a person adds a tab with these cells
        def tab(self, source, title): ...              # its cells from A1, None where there is none
"""

from __future__ import annotations

from datetime import datetime

import pytest

from sheetcrm.core.table.stagelog import LoggedMove, StageLog
from sheetcrm.core.table.values import CellValue
from sheetcrm.errors import SourceChangedError, SourceRefusedError
from sheetcrm.ports import TabSource
from tests.adapters.tab_source_contract import KNOWN, LEADS, Grid, Make, edit, table

TITLE = "Stage log"
HEADERS = ["When", "Lead ID", "Name", "From", "To", "Why", "By", "Run"]
AT = datetime(2026, 11, 22, 9, 30, 5)
LATER = datetime(2026, 11, 23, 8, 0)
SARI = LoggedMove("sari", "Sari Wulandari", "Lead", "MQL", "+20 city · =1+1", "rule")
IVAN = LoggedMove("ivan", "Iván Peña", "", "Lead", "", "person")
NEXT = LoggedMove("sari", "Sari Wulandari", "MQL", "SQL", "+30 budget", "rule")


def log(*moves: LoggedMove, at: datetime = AT, run: str = "run-1", **parts) -> StageLog:
    return StageLog(tab=TITLE, moves=moves, at=at, run=run, **parts)


def row(move: LoggedMove, at: datetime = AT, run: str = "run-1") -> list[CellValue]:
    """As it stands in the tab."""
    return [None if part == "" else part for part in (at, *move, run)]


SARI_ROW, IVAN_ROW, NEXT_ROW = row(SARI), row(IVAN), row(NEXT, LATER, "run-2")


class StageLogContract:
    """Subclassed by the tests of every adapter whose books have more than one tab."""

    @pytest.fixture
    def make(self) -> Make:
        """A source that holds exactly this grid, its first row being row 1."""
        raise NotImplementedError

    def touch(self, source: TabSource) -> None:
        """Somebody else changes any cell of the leads and saves."""
        raise NotImplementedError

    def add_tab(self, source: TabSource, title: str, grid: Grid) -> None:
        """A person adds a tab with these cells."""
        raise NotImplementedError

    def tab(self, source: TabSource, title: str) -> Grid | None:
        """The cells of a tab from A1, or None where there is none."""
        raise NotImplementedError

    def test_the_tab_is_made_and_the_leads_are_written_too(self, make: Make) -> None:
        source = make(LEADS)
        tab = source.read(KNOWN)
        receipt = source.write(tab, [edit(tab, 0, "Score", 77)], log=log(SARI, IVAN))
        assert (receipt.cells, receipt.logged) == (1, 2)
        assert self.tab(source, TITLE) == [HEADERS, SARI_ROW, IVAN_ROW]
        assert table(source.read(KNOWN))["Score"] == [77, None, 7]

    def test_a_new_tab_speaks_the_teams_language(self, make: Make) -> None:
        source = make(LEADS)
        moves = log(SARI, language="es", id_header="Clave")
        source.write(source.read(KNOWN), [], log=moves)
        made = self.tab(source, TITLE)
        assert made is not None
        assert made[0] == ["Cuándo", "Clave", "Nombre", "De", "A", "Motivo", "Por", "Ejecución"]
        assert made[1][6] == "regla"

    def test_rows_are_appended_below_what_stands_there(self, make: Make) -> None:
        source = make(LEADS)
        source.write(source.read(KNOWN), [], log=log(SARI, IVAN))
        tab = source.read(KNOWN)
        receipt = source.write(
            tab, [edit(tab, 1, "Score", 5)], log=log(NEXT, at=LATER, run="run-2")
        )
        assert receipt.logged == 1
        assert self.tab(source, TITLE) == [HEADERS, SARI_ROW, IVAN_ROW, NEXT_ROW]

    def test_a_move_alone_is_logged_and_the_leads_stay_as_they_were(self, make: Make) -> None:
        source = make(LEADS)
        before = table(source.read(KNOWN))
        receipt = source.write(source.read(KNOWN), [], log=log(SARI))
        assert (receipt.cells, receipt.logged) == (0, 1)
        assert table(source.read(KNOWN)) == before

    def test_columns_may_stand_in_another_order_beside_the_teams_own(self, make: Make) -> None:
        source = make(LEADS)
        theirs: Grid = [
            ["Our log", None, None, None, None, None],
            [None, None, None, None, None, None],
            ["Ke", "Who thinks so", "KAPAN", "id LEAD", "Dari", "Remarks"],
            ["MQL", "Budi", AT, "old", "Lead", "a note"],
        ]
        self.add_tab(source, TITLE, theirs)
        source.write(source.read(KNOWN), [], log=log(SARI, IVAN))
        new = [["MQL", None, AT, "sari", "Lead"], ["Lead", None, AT, "ivan"]]
        found = self.tab(source, TITLE)
        assert found is not None
        assert [_trimmed(row) for row in found] == [*map(_trimmed, theirs), *new]

    def test_an_empty_tab_of_that_name_is_taken(self, make: Make) -> None:
        source = make(LEADS)
        self.add_tab(source, "STAGE LOG", [])
        source.write(source.read(KNOWN), [], log=log(SARI))
        assert self.tab(source, "STAGE LOG") == [HEADERS, SARI_ROW]
        assert self.tab(source, TITLE) is None

    def test_a_tab_that_is_something_else_is_refused_and_nothing_written(self, make: Make) -> None:
        source = make(LEADS)
        theirs: Grid = [["City", "When", "By"], ["Bandung", AT, "Budi"]]
        self.add_tab(source, TITLE, theirs)
        tab = source.read(KNOWN)
        before = table(tab)
        with pytest.raises(SourceRefusedError, match="Stage log") as foreseen:
            source.rehearse_log(log())
        with pytest.raises(SourceRefusedError, match="Stage log") as caught:
            source.write(tab, [edit(tab, 0, "Score", 99)], log=log(SARI))
        assert caught.value.code == foreseen.value.code == "log-tab"
        assert "log_tab" in caught.value.hint
        assert self.tab(source, TITLE) == theirs
        assert table(source.read(KNOWN)) == before

    def test_whether_it_could_be_written_is_told_beforehand_and_nothing_changed(
        self, make: Make
    ) -> None:
        source = make(LEADS)
        source.read(KNOWN)
        source.rehearse_log(log())
        assert self.tab(source, TITLE) is None
        source.write(source.read(KNOWN), [], log=log(SARI))
        source.rehearse_log(log())
        assert self.tab(source, TITLE) == [HEADERS, SARI_ROW]

    def test_what_a_run_that_was_cut_off_has_logged_is_not_logged_again(self, make: Make) -> None:
        source = make(LEADS)
        source.write(source.read(KNOWN), [], log=log(SARI))
        again = log(SARI, IVAN, at=LATER, run="run-2", cut_off=["run-0", "run-1"])
        receipt = source.write(source.read(KNOWN), [], log=again)
        assert receipt.logged == 1
        assert self.tab(source, TITLE) == [HEADERS, SARI_ROW, row(IVAN, LATER, "run-2")]

    def test_what_a_run_that_was_cut_off_did_not_bring_about_is_taken_back(
        self, make: Make
    ) -> None:
        source = make(LEADS)
        elsewhere = IVAN._replace(lead="of another source")
        source.write(source.read(KNOWN), [], log=log(SARI, IVAN, elsewhere))
        other = SARI._replace(after="SQL")
        known = {"sari": "Lead", "ivan": "", "budi": "Lead"}
        found = log(other, at=LATER, run="run-2", cut_off=["run-1"], stages=known)
        assert source.write(source.read(KNOWN), [], log=found).logged == 3
        why = "run run-1 was cut off before it counted"
        back = SARI._replace(before="MQL", after="Lead", why=why, by="undo")
        gone = IVAN._replace(before="Lead", after="", why=why, by="undo")
        rows = [row(move, LATER, "run-2") for move in (back, gone, other)]
        assert self.tab(source, TITLE) == [HEADERS, SARI_ROW, IVAN_ROW, row(elsewhere), *rows]

    def test_where_all_stands_there_already_nothing_is_written(self, make: Make) -> None:
        source = make(LEADS)
        source.write(source.read(KNOWN), [], log=log(SARI))
        tab = source.read(KNOWN)
        receipt = source.write(tab, [], log=log(SARI, cut_off=["run-1"]))
        assert receipt.logged == 0
        assert source.read(KNOWN).revision == tab.revision

    def test_no_tab_is_made_for_nothing(self, make: Make) -> None:
        source = make(LEADS)
        tab = source.read(KNOWN)
        assert source.write(tab, [], log=log(cut_off=["run-1"])).logged == 0
        assert self.tab(source, TITLE) is None
        assert source.read(KNOWN).revision == tab.revision

    def test_nothing_is_logged_where_the_leads_have_changed(self, make: Make) -> None:
        source = make(LEADS)
        tab = source.read(KNOWN)
        self.touch(source)
        with pytest.raises(SourceChangedError):
            source.write(tab, [edit(tab, 0, "Score", 99)], log=log(SARI))
        assert self.tab(source, TITLE) is None

    def test_new_columns_and_the_log_come_in_one_write(self, make: Make) -> None:
        source = make(LEADS)
        tab = source.read(KNOWN)
        source.write(tab, [edit(tab, 0, "Stage", "MQL")], append=["Stage"], log=log(SARI))
        assert table(source.read(KNOWN))["Stage"] == ["MQL", None, None]
        assert self.tab(source, TITLE) == [HEADERS, SARI_ROW]

    def test_people_may_delete_and_sort_rows(self, make: Make) -> None:
        source = make(LEADS)
        rows: Grid = [HEADERS, NEXT_ROW, SARI_ROW]
        self.add_tab(source, TITLE, rows)
        source.write(source.read(KNOWN), [], log=log(IVAN))
        assert self.tab(source, TITLE) == [*rows, IVAN_ROW]


def _trimmed(row: list[CellValue]) -> list[CellValue]:
    while row and row[-1] is None:
        row = row[:-1]
    return row
