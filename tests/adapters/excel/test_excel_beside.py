"""Reports beside files that are not written: ours alone, made anew, nobody's work lost."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import openpyxl
import pytest

from sheetcrm.adapters.excel import Backups, FileSource, reportbook
from sheetcrm.adapters.excel.beside import UnwrittenSource, report_of
from sheetcrm.core.table.values import CellError
from sheetcrm.errors import SourceBusyError, SourceRefusedError
from sheetcrm.ports import Unwritten
from tests.adapters.excel.old_books import save_xlsb
from tests.adapters.excel.test_excel_contract import save_grid
from tests.adapters.tab_source_contract import KNOWN, LEADS, TabReadingContract, edit

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
COLUMNS = {
    "Row": [2, 3, 4],
    "Name": ["Sari Wulandari", "Iván Peña", "=1+1"],
    "Score": [40, 12.5, None],
    "Since": [date(2026, 3, 1), datetime(2026, 3, 1, 14, 30), None],
    "Why": ["+20 city\n+15 <budget>", "#N/A", "_x000D_ \x0b & “ñandú” ☀️"],
    "Odd": [True, CellError("#DIV/0!"), 2**60],
}


def wrapped(path, kind="beside"):
    backups = Backups(folder=path.parent / "var" / "backups", now=NOW)
    report = report_of(path) if kind == "beside" else None
    return UnwrittenSource(FileSource("expo", path), report=report, like=path, backups=backups)


@pytest.fixture
def source(tmp_path):
    save_xlsb(tmp_path / "leads.xlsb", LEADS)
    return wrapped(tmp_path / "leads.xlsb")


@pytest.fixture
def report(source, tmp_path):
    source.put_aside(source.read(KNOWN), COLUMNS)
    return tmp_path / "leads.scores.xlsx"


class TestUnwritten(TabReadingContract):
    @pytest.fixture
    def make(self, tmp_path):
        def workbook(grid):
            save_grid(tmp_path / "leads.xlsx", grid)
            return wrapped(tmp_path / "leads.xlsx")

        return workbook


def test_it_holds_the_columns_typed_below_a_frozen_header(report):
    sheet = openpyxl.load_workbook(report)["Leads"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0] == list(COLUMNS)
    assert rows[1:3] == [
        [2, "Sari Wulandari", 40, datetime(2026, 3, 1), "+20 city\n+15 <budget>", True],
        [3, "Iván Peña", 12.5, datetime(2026, 3, 1, 14, 30), "#N/A", "#DIV/0!"],
    ]
    kinds = [cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row]
    assert "".join(kinds) == "nsndsb" + "nsndse" + "nsnnss"
    assert rows[3][1:3] + rows[3][5:] == ["=1+1", None, str(2**60)]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:F4")
    assert (sheet["D2"].number_format, sheet["A1"].font.bold) == ("yyyy-mm-dd", True)
    assert "does not stay" in sheet["A1"].comment.text


@pytest.mark.parametrize(
    ("language", "says"),
    [("en", "does not stay"), ("id-ID", "tidak disimpan"), ("es", "ni se conserva")],
)
def test_it_says_what_it_is_in_the_teams_language(tmp_path, language, says):
    book = io.BytesIO()
    reportbook.make(book, "Leads", [("A",)], language=language)
    assert says in openpyxl.load_workbook(book).active["A1"].comment.text


def test_the_same_again_leaves_it_alone(source, report):
    before = report.read_bytes(), report.stat().st_mtime_ns
    assert source.put_aside(source.read(KNOWN), COLUMNS).cells == 0
    assert (report.read_bytes(), report.stat().st_mtime_ns) == before


def test_it_is_made_anew_when_something_else_is_to_be_said(source, report):
    receipt = source.put_aside(source.read(KNOWN), {"Name": ["Sari"], "Score": [41]})
    assert (receipt.cells, receipt.backup, receipt.problems) == (2, "", ())
    rows = list(openpyxl.load_workbook(report).active.values)
    assert rows == [("Name", "Score"), ("Sari", 41)]


def test_what_people_typed_into_it_is_kept_as_a_backup(source, report, tmp_path):
    book = openpyxl.load_workbook(report)
    book.active["H2"] = "called him"
    book.save(report)
    typed = report.read_bytes()
    tab = source.read(KNOWN)
    receipt = source.put_aside(tab, COLUMNS, run="20261124-100000-abc")
    assert receipt.cells == 18
    assert [problem.message for problem in receipt.problems] == [
        "leads.scores.xlsx had been changed by somebody, and was made anew"
    ]
    assert (tmp_path / receipt.backup).read_bytes() == typed
    assert "H1" not in {cell.coordinate for cell in openpyxl.load_workbook(report).active[1]}
    assert source.put_aside(tab, COLUMNS).cells == 0


@pytest.mark.parametrize("content", [None, b"", b"some text"])
def test_a_file_of_somebody_elses_is_not_taken_for_it(source, tmp_path, content):
    path = tmp_path / "leads.scores.xlsx"
    if content is None:
        save_grid(path, LEADS)
    else:
        path.write_bytes(content)
    before = path.read_bytes()
    with pytest.raises(SourceRefusedError) as caught:
        source.put_aside(source.read(KNOWN), COLUMNS)
    assert (caught.value.code == "not-ours") == (content is None)
    assert "leads.scores.xlsx" in str(caught.value)
    assert path.read_bytes() == before


def test_a_report_that_is_open_is_waited_for(source, report):
    report.with_name(f".~lock.{report.name}#").write_text(",Ana,desk,24.11.2026 10:00,file;")
    with pytest.raises(SourceBusyError, match=r"leads\.scores\.xlsx is open in LibreOffice by Ana"):
        source.put_aside(source.read(KNOWN), {"Name": ["x"]})


def test_a_report_without_leads_is_a_header(source, report):
    source.put_aside(source.read(KNOWN), {"Row": [], "Score": []})
    assert list(openpyxl.load_workbook(report).active.values) == [("Row", "Score")]


def test_write_false_puts_nothing_anywhere(tmp_path):
    save_grid(tmp_path / "leads.xlsx", LEADS)
    source = wrapped(tmp_path / "leads.xlsx", kind="")
    before = sorted(path.name for path in tmp_path.iterdir())
    tab = source.read(KNOWN)
    assert isinstance(source, Unwritten)
    assert (source.aside, source.put_aside(tab, COLUMNS).cells) == ("", 0)
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_its_sheet_is_never_written(source):
    tab = source.read(KNOWN)
    assert source.write(tab, []).cells == 0
    with pytest.raises(SourceRefusedError, match='as the config says write = "beside"'):
        source.write(tab, [edit(tab, 0, "Score", 1)])


def test_what_cannot_be_written_offers_a_report(tmp_path):
    path = tmp_path / "leads.xlsb"
    save_xlsb(path, LEADS)
    source = FileSource("expo", path, to_write=True)
    tab = source.read(KNOWN)
    offer = 'or set write = "beside" in the source, and the scores go into leads.scores.xlsx'
    assert [problem.hint.endswith(offer) for problem in tab.problems] == [True]
    with pytest.raises(SourceRefusedError) as caught:
        source.write(tab, [], append=["Score"])
    assert caught.value.hint.endswith(offer)
    assert list(FileSource("expo", path).read(KNOWN).problems) == []


def test_names_of_reports(tmp_path):
    assert report_of(tmp_path / "a.b.xls").name == "a.b.scores.xlsx"
    assert report_of(tmp_path / "a.xls", "Expo 1/2").name == "a.Expo 1-2.scores.xlsx"
