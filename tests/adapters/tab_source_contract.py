"""What every lead tab must do, whether it lies in memory, in a workbook or in a spreadsheet.

A subclass gives two things::

    class TestExcelTab(TabSourceContract):
        @pytest.fixture
        def make(self, tmp_path):
            def workbook(grid): ...      # write the grid as it is, text as text, from cell A1
                return ExcelTabSource(...)
            return workbook

        def touch(self, source): ...     # somebody else changes any cell and saves
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime

import pytest

from sheetcrm.core.table.values import CellValue, Edit, Tab
from sheetcrm.errors import HeaderError, SourceChangedError
from sheetcrm.ports import TabSource

Grid = list[list[CellValue]]
Make = Callable[[Grid], TabSource]

KNOWN = ("Name", "Email", "Budget", "Since", "Score")

LEADS: Grid = [
    ["Name", "Email", "Budget", "Since", "Score"],
    ["Sari Wulandari", "sari@example.com", 5_000_000, date(2026, 3, 1), 40],
    ["Iván Peña", "ivan@example.org", 1200.5, date(2026, 4, 2), None],
    ["=1+1", "odd@example.net", None, None, 7],
]

TITLED: Grid = [
    ["Leads of the spring fair", None, None, None, None],
    [None, None, None, None, None],
    *LEADS[:2],
    [None, None, None, None, None],
    *LEADS[2:],
]

VALUES = [
    pytest.param(0, id="zero"),
    pytest.param(12, id="int"),
    pytest.param(-3, id="negative"),
    pytest.param(2**53, id="big-int"),
    pytest.param(12.5, id="float"),
    pytest.param(0.1 + 0.2, id="float-of-17-digits"),
    pytest.param(1.5e-7, id="small-float"),
    pytest.param(True, id="true"),
    pytest.param(False, id="false"),
    pytest.param("SQL", id="text"),
    pytest.param("=1+1", id="text-like-a-formula"),
    pytest.param("+6281234567", id="text-like-a-sum"),
    pytest.param("007", id="text-like-a-number"),
    pytest.param("TRUE", id="text-like-a-boolean"),
    pytest.param("2026-03-01", id="text-like-a-date"),
    pytest.param("#N/A", id="text-like-an-error"),
    pytest.param("'quoted", id="apostrophe"),
    pytest.param("  padded  ", id="padded"),
    pytest.param('<b> & "more" </b>', id="markup"),
    pytest.param("two\nlines ☀️ — ñandú", id="newline-and-emoji"),
    pytest.param(date(2026, 3, 1), id="date"),
    pytest.param(datetime(2026, 3, 1, 14, 30), id="datetime"),
]


def same(found: CellValue, expected: CellValue) -> bool:
    """Equal and of one kind; an integer may come back as a float, as sheets have one number."""
    number = isinstance(expected, int | float) and not isinstance(expected, bool)
    if number:
        return isinstance(found, int | float) and not isinstance(found, bool) and found == expected
    return type(found) is type(expected) and found == expected


def table(tab: Tab) -> dict[str, list[CellValue]]:
    return {column.header: list(column.values) for column in tab.columns}


def edit(tab: Tab, index: int, header: str, after: CellValue) -> Edit:
    column = tab.column(header)
    before = column.values[index] if column else None
    return Edit(lead=f"L{index}", row=tab.rows[index], header=header, before=before, after=after)


class TabReadingContract:
    """Subclassed by the tests of every adapter, those among them that only read."""

    @pytest.fixture
    def make(self) -> Make:
        """A source that holds exactly this grid, its first row being row 1."""
        raise NotImplementedError

    def test_reads_rows_columns_and_addresses(self, make: Make) -> None:
        tab = make(LEADS).read(KNOWN)
        assert tab.header_row == 1
        assert list(tab.rows) == [2, 3, 4]
        assert tab.headers == ["Name", "Email", "Budget", "Since", "Score"]
        assert [column.letter for column in tab.columns] == list("ABCDE")
        assert tab.address("Budget", 1) == "C3"
        for place, column in enumerate(tab.columns):
            expected = [row[place] for row in LEADS[1:]]
            assert all(map(same, column.values, expected)), (column, expected)

    def test_says_which_source_it_is(self, make: Make) -> None:
        source = make(LEADS)
        assert source.name
        assert source.locator
        assert source.read(KNOWN).source == source.name

    def test_finds_the_header_below_title_rows_and_skips_blank_rows(self, make: Make) -> None:
        tab = make(TITLED).read(KNOWN)
        assert tab.header_row == 3
        assert list(tab.rows) == [4, 6, 7]
        assert table(tab)["Name"] == ["Sari Wulandari", "Iván Peña", "=1+1"]
        assert tab.address("Email", 2) == "B7"

    def test_names_blank_and_repeated_headers_by_their_cell(self, make: Make) -> None:
        grid: Grid = [
            ["Name", "Budget", None, "Budget", "Email"],
            ["Sari", 1, "note", 2, "sari@example.com"],
            ["Budi", 3, None, 4, "budi@example.com"],
        ]
        tab = make(grid).read(("Name", "Email", "Budget"))
        assert tab.headers == ["Name", "Budget", "C1", "Budget (D1)", "Email"]
        assert table(tab)["C1"] == ["note", None]
        assert list(map(float, table(tab)["Budget (D1)"])) == [2.0, 4.0]

    def test_a_header_without_leads_is_an_empty_tab(self, make: Make) -> None:
        tab = make(LEADS[:1]).read(KNOWN)
        assert list(tab.rows) == []
        assert tab.headers == ["Name", "Email", "Budget", "Since", "Score"]

    def test_an_empty_tab_has_no_header(self, make: Make) -> None:
        with pytest.raises(HeaderError) as caught:
            make([]).read(KNOWN)
        assert caught.value.hint

    def test_reading_twice_gives_the_same(self, make: Make) -> None:
        source = make(LEADS)
        assert source.read(KNOWN) == source.read(KNOWN)


class TabSourceContract(TabReadingContract):
    """Subclassed by the tests of every adapter that writes."""

    def touch(self, source: TabSource) -> None:
        """Somebody else changes any cell and saves."""
        raise NotImplementedError

    @pytest.mark.parametrize("value", VALUES)
    def test_a_value_comes_back_as_it_was_written(self, make: Make, value: CellValue) -> None:
        source = make(LEADS)
        tab = source.read(KNOWN)
        receipt = source.write(tab, [edit(tab, 1, "Score", value)])
        assert receipt.cells == 1
        column = source.read(KNOWN).column("Score")
        assert column is not None
        assert same(column.values[1], value), column.values[1]

    @pytest.mark.parametrize("value", VALUES)
    def test_a_value_comes_back_from_an_appended_column(self, make: Make, value: CellValue) -> None:
        source = make(LEADS)
        tab = source.read(KNOWN)
        source.write(tab, [edit(tab, 0, "Why", value)], append=["Why"])
        column = source.read(KNOWN).column("Why")
        assert column is not None
        assert same(column.values[0], value), column.values[0]

    def test_none_clears_a_cell(self, make: Make) -> None:
        source = make(LEADS)
        tab = source.read(KNOWN)
        source.write(tab, [edit(tab, 0, "Score", None)])
        assert table(source.read(KNOWN))["Score"][0] is None

    def test_nothing_else_changes(self, make: Make) -> None:
        source = make(TITLED)
        tab = source.read(KNOWN)
        before = table(tab)
        source.write(tab, [edit(tab, 0, "Score", 41), edit(tab, 2, "Score", None)])
        after = source.read(KNOWN)
        assert (after.header_row, list(after.rows)) == (tab.header_row, list(tab.rows))
        assert _without(table(after), "Score") == _without(before, "Score")
        assert table(after)["Score"] == [41, None, None]

    def test_appends_columns_at_the_right_in_order(self, make: Make) -> None:
        source = make(TITLED)
        tab = source.read(KNOWN)
        edits = [edit(tab, 0, "Stage", "SQL"), edit(tab, 2, "Why", "+20 city")]
        receipt = source.write(tab, edits, append=["Stage", "Why", "Next question"])
        after = source.read(KNOWN)
        assert list(receipt.appended) == ["Stage", "Why", "Next question"]
        assert after.headers == [*tab.headers, "Stage", "Why", "Next question"]
        assert [after.columns[i].letter for i in (5, 6, 7)] == ["F", "G", "H"]
        assert table(after)["Stage"] == ["SQL", None, None]
        assert table(after)["Why"] == [None, None, "+20 city"]
        assert _without(table(after), "Stage", "Why", "Next question") == table(tab)

    def test_no_edits_leave_it_untouched(self, make: Make) -> None:
        source = make(LEADS)
        tab = source.read(KNOWN)
        receipt = source.write(tab, [])
        assert (receipt.cells, list(receipt.appended)) == (0, [])
        after = source.read(KNOWN)
        assert after == tab
        assert after.revision == tab.revision

    def test_refuses_when_somebody_changed_it_meanwhile(self, make: Make) -> None:
        source = make(LEADS)
        tab = source.read(KNOWN)
        self.touch(source)
        changed = table(source.read(KNOWN))
        with pytest.raises(SourceChangedError) as caught:
            source.write(tab, [edit(tab, 0, "Score", 99)], append=["Stage"])
        assert caught.value.hint
        assert table(source.read(KNOWN)) == changed

    def test_a_tab_read_before_our_own_write_is_stale_too(self, make: Make) -> None:
        source = make(LEADS)
        tab = source.read(KNOWN)
        source.write(tab, [edit(tab, 0, "Score", 50)])
        with pytest.raises(SourceChangedError):
            source.write(tab, [edit(tab, 1, "Score", 60)])
        scores = table(source.read(KNOWN))["Score"]
        assert scores == [50, None, 7]

    def test_write_after_write_on_fresh_reads(self, make: Make) -> None:
        source = make(LEADS)
        for value in (1, "two", None, 4.5):
            tab = source.read(KNOWN)
            source.write(tab, [edit(tab, 2, "Score", value)])
            assert same(table(source.read(KNOWN))["Score"][2], value)

    def test_an_edit_to_a_column_that_is_not_there_is_a_bug(self, make: Make) -> None:
        """The caller's mistake, not the source's: `ValueError`, and nothing is written."""
        source = make(LEADS)
        tab = source.read(KNOWN)
        with pytest.raises(ValueError, match="Nowhere"):
            source.write(tab, [edit(tab, 0, "Score", 99), edit(tab, 0, "Nowhere", 1)])
        assert source.read(KNOWN) == tab


def _without(columns: dict[str, list[CellValue]], *headers: str) -> dict[str, Sequence[CellValue]]:
    return {header: values for header, values in columns.items() if header not in headers}
