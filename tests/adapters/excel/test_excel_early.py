"""A reading that began early is taken where it still holds, and only there."""

from __future__ import annotations

import shutil

import pytest

from sheetcrm.adapters.excel import ExcelSource, grid
from sheetcrm.errors import SourceError
from tests.adapters.excel import excel_books
from tests.adapters.excel.excel_books import HEADERS, PEOPLE, kitchen_sink


@pytest.fixture
def reads(monkeypatch):
    """Counts how often calamine is asked for a sheet."""
    asked = []
    values = grid._values
    monkeypatch.setattr(grid, "_values", lambda *args: asked.append(args) or values(*args))
    return asked


def test_sheet_is_read_once_and_the_same(tmp_path, reads):
    path = kitchen_sink(tmp_path / "leads.xlsx")
    source = ExcelSource("leads", path)
    source.begin()
    early = source.read(HEADERS)
    assert len(reads) == 1
    again = source.read(HEADERS)
    assert len(reads) == 2
    assert (early.columns, early.rows, early.problems) == (
        again.columns,
        again.rows,
        again.problems,
    )


def test_file_saved_meanwhile_is_read_anew(tmp_path, monkeypatch):
    path = kitchen_sink(tmp_path / "leads.xlsx")
    source = ExcelSource("leads", path)
    source.begin()
    source._early._seen.result()
    with monkeypatch.context() as patched:
        patched.setattr(excel_books, "PEOPLE", [["Somebody Else", *PEOPLE[0][1:]], *PEOPLE[1:]])
        kitchen_sink(tmp_path / "new.xlsx")
    shutil.move(tmp_path / "new.xlsx", path)
    names = next(c.values for c in source.read(HEADERS).columns if c.header == "Name")
    assert names[0] == "Somebody Else"


def test_fault_is_told_by_the_reading_itself(tmp_path):
    source = ExcelSource("leads", tmp_path / "missing.xlsx")
    source.begin()
    with pytest.raises(SourceError, match=r"missing\.xlsx"):
        source.read(HEADERS)
    kitchen_sink(tmp_path / "missing.xlsx")
    assert source.read(HEADERS).rows
