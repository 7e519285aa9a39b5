"""A reading that began early is taken where it still holds, and only there."""

from __future__ import annotations

import shutil

import pytest
import xlsxwriter

from sheetcrm.adapters.excel import ExcelSource, early, source
from sheetcrm.adapters.excel.early import EarlyReading
from sheetcrm.bootstrap.files import MARK
from sheetcrm.bootstrap.sources import early_reading
from sheetcrm.core.table.values import Edit
from sheetcrm.errors import SourceError, SourceRefusedError
from tests.adapters.excel import excel_books
from tests.adapters.excel.excel_books import HEADERS, PEOPLE, kitchen_sink


@pytest.fixture
def reads(monkeypatch):
    """Counts how often this process reads a sheet."""
    asked = []
    read_sheet = source.read_sheet
    monkeypatch.setattr(source, "read_sheet", lambda *args: asked.append(args) or read_sheet(*args))
    return asked


def test_sheet_is_read_elsewhere_and_the_same(tmp_path, reads):
    path = kitchen_sink(tmp_path / "leads.xlsx")
    leads = ExcelSource("leads", path)
    with EarlyReading(path, "") as reading:
        leads.begun(reading)
        first = leads.read(HEADERS)
    assert not reads
    again = leads.read(HEADERS)
    assert len(reads) == 1
    assert first == again
    assert first.revision == again.revision


def test_child_runs_nothing_of_the_current_folder(tmp_path, monkeypatch, reads):
    path = kitchen_sink(tmp_path / "leads.xlsx")
    (tmp_path / "pickle.py").write_text("open('ran', 'w').close()")
    monkeypatch.chdir(tmp_path)
    leads = ExcelSource("leads", path)
    with EarlyReading(path, "") as reading:
        leads.begun(reading)
        assert leads.read(HEADERS).rows
    assert not reads
    assert not (tmp_path / "ran").exists()


def test_what_was_read_elsewhere_can_be_written(tmp_path):
    one = kitchen_sink(tmp_path / "one.xlsx")
    other = shutil.copyfile(one, tmp_path / "other.xlsx")
    with EarlyReading(one, "Leads") as reading:
        leads = ExcelSource("leads", one, "Leads")
        leads.begun(reading)
        write(leads)
    write(ExcelSource("leads", other, "Leads"))
    assert one.read_bytes() == other.read_bytes()


def write(leads):
    tab = leads.read(HEADERS)
    edit = Edit(lead="1", row=tab.rows[0], header="Score", before=None, after=7)
    assert leads.write(tab, [edit]).cells == 1


def test_file_saved_meanwhile_is_read_anew(tmp_path, monkeypatch, reads):
    path = kitchen_sink(tmp_path / "leads.xlsx")
    leads = ExcelSource("leads", path)
    with EarlyReading(path, "") as reading:
        leads.begun(reading)
        reading._child.wait()
        with monkeypatch.context() as patched:
            patched.setattr(excel_books, "PEOPLE", [["Somebody Else", *PEOPLE[0][1:]], *PEOPLE[1:]])
            kitchen_sink(tmp_path / "new.xlsx")
        shutil.move(tmp_path / "new.xlsx", path)
        names = next(c.values for c in leads.read(HEADERS).columns if c.header == "Name")
    assert names[0] == "Somebody Else"
    assert len(reads) == 1


def test_another_tab_is_read_by_itself(tmp_path, reads):
    path = kitchen_sink(tmp_path / "leads.xlsx")
    leads = ExcelSource("leads", path, "Leads")
    with EarlyReading(path, "Rates & more") as reading:
        leads.begun(reading)
        assert leads.read(HEADERS).title == "Leads"
    assert len(reads) == 1


def test_fault_is_told_by_the_reading_itself(tmp_path):
    leads = ExcelSource("leads", tmp_path / "missing.xlsx")
    with EarlyReading(tmp_path / "missing.xlsx", "") as reading:
        leads.begun(reading)
        with pytest.raises(SourceError, match=r"missing\.xlsx"):
            leads.read(HEADERS)
    kitchen_sink(tmp_path / "missing.xlsx")
    assert leads.read(HEADERS).rows


@pytest.mark.parametrize(
    ("config", "first", "of"),
    [
        ('[[source]]\nname="a"\nexcel="a.xlsx"\n[[source]]\nname="b"\nexcel="b.xlsx"', "", "a"),
        ('[[source]]\nname="a"\nexcel="a.xlsx"\n[[source]]\nname="b"\nexcel="b.xlsx"', "b", "b"),
        ('[[source]]\nname="a"\nexcel="a.xlsx"', "c", None),
        ('[[source]]\nname="a"\ngoogle="x"', "", None),
        ('[[source]]\nname="a"\nexcel=3', "", None),
        ("source = 3", "", None),
        ("[source]\nname=3", "", None),
        ("not toml", "", None),
        (None, "", None),
        ('[[source]]\nname="a"\nexcel="missing.xlsx"', "", None),
    ],
)
def test_a_glance_at_the_config_tells_what_is_read_first(tmp_path, monkeypatch, config, first, of):
    monkeypatch.setattr(early, "_WORTH_IT", 0)
    (tmp_path / "config").mkdir()
    for name in "ab":
        kitchen_sink(tmp_path / f"{name}.xlsx")
    if config is not None:
        (tmp_path / MARK).write_text(config, encoding="utf-8")
    with early_reading(tmp_path, first) as reading:
        assert (reading and reading.of) == (of and (tmp_path / f"{of}.xlsx", ""))


def test_small_workbooks_are_not_worth_a_process(tmp_path):
    assert not early.worth_it(kitchen_sink(tmp_path / "leads.xlsx"))
    (tmp_path / "big.xlsx").write_bytes(bytes(1 << 20))
    assert early.worth_it(tmp_path / "big.xlsx")


def test_a_child_that_dies_of_a_stray_cell_does_no_harm(tmp_path, reads):
    path = tmp_path / "stray.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Leads")
        sheet.write_row("A1", ["Name", "E-mail"])
        sheet.write("XFD1048576", "far out")
    with EarlyReading(path, "") as reading:
        leads = ExcelSource("leads", path)
        leads.begun(reading)
        with pytest.raises(SourceRefusedError) as caught:
            leads.read(HEADERS)
    assert caught.value.code == "too-wide"
    assert len(reads) == 1
