"""The system says no at each single call of a save, one after the other.

SHEETCRM_FAULTS=1 tries every call; by default every seventh is tried.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sheetcrm.adapters.excel import Backups, ExcelSource
from sheetcrm.adapters.excel.csvsource import CsvSource
from sheetcrm.core.table.values import Edit
from sheetcrm.errors import SheetCrmError
from tests.adapters.excel.excel_books import kitchen_sink

STRIDE = int(os.environ.get("SHEETCRM_FAULTS", "7"))
NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
RUN = "20261122-100000-abc"
FILES = (io.BufferedRandom, io.BufferedReader, io.BufferedWriter, io.FileIO)
SPARED = {
    "close",
    "__enter__",
    "__exit__",
    "getpid",
    "urandom",
    "fspath",
    "_path_normpath",
    "get_terminal_size",
}


class Fault:
    """Raises at one call into the system that this thread makes, and counts them."""

    def __init__(self, number: int, at: int) -> None:
        self.number, self.at, self.count = number, at, 0
        self.said = ""

    def __call__(self, frame, event, called) -> None:
        if event != "c_call" or called.__name__ in SPARED:
            return
        mine = isinstance(getattr(called, "__self__", None), FILES)
        if not mine and called.__module__ not in {"posix", "fcntl", "_io"}:
            return
        self.count += 1
        if self.count == self.at:
            self.said = called.__name__
            raise OSError(self.number, os.strerror(self.number))


def workbook(folder: Path):
    return kitchen_sink(folder / "leads.xlsx", table=False)


def csv_file(folder: Path):
    path = folder / "leads.csv"
    path.write_text("Name,Email\nSari,sari@example.com\nBudi,budi@example.com\n", encoding="utf-8")
    return path


def score(source):
    tab = source.read(("Name", "E-mail", "Email"))
    edit = Edit(lead="1", row=tab.rows[0], header="Rank", before=None, after="A1")
    return lambda: source.write(tab, [edit], append=["Rank"], run=RUN)


def restore(source):
    backups = Backups(folder=source._path.parent / "var", now=NOW)
    backups.save(source._path, "20261121-100000-abc")
    score(ExcelSource("x", source._path))()
    (kept,) = source.backups()
    return lambda: source.restore(kept, run=RUN)


SAVES = {
    "workbook": (workbook, ExcelSource, score),
    "csv": (csv_file, CsvSource, score),
    "restore": (workbook, ExcelSource, restore),
}


@pytest.mark.slow
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO], ids=["full", "broken"])
@pytest.mark.parametrize("kind", SAVES)
def test_every_call_of_a_save_may_fail(tmp_path, monkeypatch, kind, number):
    make, source_of, prepared = SAVES[kind]
    monkeypatch.setattr("sheetcrm.adapters.excel.save._PAUSES", ())
    refused, at, seen = 0, 1, set()
    while True:
        folder = tmp_path / f"{at}"
        folder.mkdir()
        path = make(folder)
        backups = Backups(folder=folder / "var", now=NOW)
        save = prepared(source_of("x", path, backups=backups))
        before = path.read_bytes()
        fault = Fault(number, at)
        sys.setprofile(fault)
        try:
            save()
            done = hint = True
        except SheetCrmError as error:
            done, hint = False, bool(error.hint)
            refused += 1
        finally:
            sys.setprofile(None)
        changed = path.read_bytes() != before
        assert (changed, hint) == (done, True), (at, fault.said)
        left = [entry.name for entry in folder.iterdir() if entry.name not in {path.name, "var"}]
        assert not left, (at, fault.said)
        if (folder / "var").exists():
            assert not list((folder / "var").glob("*.part")), (at, fault.said)
        if fault.count < at:
            break
        seen.add(fault.said)
        at += STRIDE
    assert refused > 3
    assert {"fsync", "replace"} <= seen or STRIDE > 1
