"""Whatever goes wrong while writing, the workbook is whole and nothing is left beside it."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from sheetcrm.adapters.excel import Backups, ExcelSource, save, verify, write_cells
from sheetcrm.core.table.values import Edit
from sheetcrm.errors import SourceBusyError, SourceChangedError, SourceRefusedError
from tests.adapters.excel.excel_books import kitchen_sink

KNOWN = ("Name", "E-mail", "City", "Budget")


@pytest.fixture
def path(tmp_path) -> Path:
    return kitchen_sink(tmp_path / "leads.xlsx", table=False)


def excel_mark(path: Path, name: str) -> None:
    """Excel's owner file, as it lies beside an open workbook."""
    ansi = bytes([len(name)]) + name.encode("cp1252", "replace").ljust(54)
    wide = len(name).to_bytes(2, "little") + name.encode("utf-16-le").ljust(108, b" ")
    path.with_name(f"~${path.name}").write_bytes(ansi + wide)


def score(source: ExcelSource):
    tab = source.read(KNOWN)
    return source.write(tab, [Edit(lead="1", row=5, header="Score", before=None, after=9)])


def test_open_in_excel(path):
    before = path.read_bytes()
    excel_mark(path, "Jan Havlíček")
    source = ExcelSource("x", path)
    assert source.busy() == "Jan Havlíček"
    assert source.read(KNOWN).headers
    with pytest.raises(SourceBusyError, match="open in Excel by Jan Havlíček") as caught:
        score(source)
    assert (caught.value.holder, path.read_bytes()) == ("Jan Havlíček", before)


def test_open_in_libreoffice(path):
    mark = path.with_name(f".~lock.{path.name}#")
    mark.write_text(",budi,desk-7,22.11.2026 10:00,file:///home/budi;", encoding="utf-8")
    source = ExcelSource("x", path)
    with pytest.raises(SourceBusyError, match="LibreOffice by budi on desk-7"):
        score(source)
    mark.unlink()
    assert source.busy() is None
    assert score(source).cells == 1


def test_opened_while_we_were_writing(path, monkeypatch):
    before, check = path.read_bytes(), verify.check

    def slow(*args) -> None:
        check(*args)
        excel_mark(path, "Sari")

    monkeypatch.setattr("sheetcrm.adapters.excel.writing.check", slow)
    with pytest.raises(SourceBusyError, match="Sari"):
        score(ExcelSource("x", path))
    assert_untouched(path, before)


def test_saved_while_we_were_writing(path, monkeypatch):
    check = verify.check

    def slow(*args) -> None:
        check(*args)
        monkeypatch.undo()
        write_cells(path, "", {"B6": "somebody's own"})

    monkeypatch.setattr("sheetcrm.adapters.excel.writing.check", slow)
    with pytest.raises(SourceChangedError):
        score(ExcelSource("x", path))
    assert openpyxl_value(path, "B6") == "somebody's own"
    assert openpyxl_value(path, "H5") is None


@pytest.mark.parametrize("step", ["fsync", "replace", "write", "copystat"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EACCES])
def test_system_says_no(path, monkeypatch, step, number):
    before = path.read_bytes()
    monkeypatch.setattr(save, "_PAUSES", (0.0,) * 3)

    def refuse(*_, **__):
        raise OSError(number, os.strerror(number))

    place = {
        "fsync": (os, "fsync"),
        "replace": (Path, "replace"),
        "write": (save.Archive, "copy"),
        "copystat": (save.shutil, "copystat"),
    }[step]
    monkeypatch.setattr(*place, refuse)
    with pytest.raises(SourceRefusedError) as caught:
        score(ExcelSource("x", path))
    monkeypatch.undo()
    codes = {errno.ENOSPC: "disk-full", errno.EIO: "system", errno.EACCES: "no-permission"}
    assert caught.value.code == codes[number]
    assert_untouched(path, before)


def test_a_file_system_that_really_is_full(path):
    """With a limit on file sizes the kernel itself stops the write half way."""
    before = path.read_bytes()
    program = (
        "import resource, signal, sys\n"
        "from sheetcrm.adapters.excel import write_cells\n"
        "from sheetcrm.errors import SourceRefusedError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))\n"
        "try:\n    write_cells(sys.argv[1], '', {'P5': 1})\n"
        "except SourceRefusedError as error:\n    print(error.code)\n"
    )
    command = [sys.executable, "-c", program, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "system"
    assert_untouched(path, before)


def test_what_does_not_verify_is_not_saved(path, monkeypatch):
    before = path.read_bytes()
    monkeypatch.setattr("sheetcrm.adapters.excel.verify.read_back", lambda *_: "something else")
    with pytest.raises(SourceRefusedError, match="H5") as caught:
        score(ExcelSource("x", path))
    assert caught.value.code == "not-verified"
    assert_untouched(path, before)


def test_verification_sees_any_other_change(path, monkeypatch, tmp_path):
    """A writer that damages something foreign is found out, whatever it is."""
    copy = save.Archive.copy

    def damaging(self, out, replaced):
        copy(self, out, replaced)
        other = kitchen_sink(tmp_path / "other.xlsx").read_bytes()
        out.seek(0)
        out.truncate()
        out.write(other)

    before = path.read_bytes()
    monkeypatch.setattr(save.Archive, "copy", damaging)
    with pytest.raises(SourceRefusedError) as caught:
        score(ExcelSource("x", path))
    assert caught.value.code == "not-verified"
    (tmp_path / "other.xlsx").unlink()
    assert_untouched(path, before)


def test_symbolic_link_stays_one_and_the_mode_too(path, tmp_path):
    path.chmod(0o640)
    folder = tmp_path / "links"
    folder.mkdir()
    link = folder / "ours.xlsx"
    link.symlink_to(path)
    assert score(ExcelSource("x", link)).cells == 1
    assert link.is_symlink()
    assert (path.stat().st_mode & 0o777, openpyxl_value(path, "H5")) == (0o640, 9)


def test_first_write_of_a_day_is_backed_up(path, tmp_path):
    before, folder = path.read_bytes(), tmp_path / "var" / "backups"
    backups = Backups(folder=folder, now=datetime(2026, 11, 22, 10, tzinfo=UTC))
    source = ExcelSource("x", path, backups=backups)
    receipt = score(source)
    assert Path(receipt.backup).read_bytes() == before
    tab = source.read(KNOWN)
    again = source.write(tab, [Edit(lead="1", row=6, header="Score", before=None, after=3)])
    assert (again.cells, again.backup) == (1, "")
    assert [file.name for file in folder.iterdir()] == [Path(receipt.backup).name]


def test_left_overs_of_killed_runs_are_swept(path):
    left = path.with_name(".~sheetcrm-4194399-abcd.tmp")
    left.write_bytes(b"half")
    score(ExcelSource("x", path))
    assert not left.exists()


@pytest.mark.slow
def test_killed_at_any_moment_the_workbook_is_old_or_new(path, tmp_path):
    program = (
        "import sys\nfrom sheetcrm.adapters.excel import write_cells\nprint(flush=True)\n"
        "for n in range(99999):\n    write_cells(sys.argv[1], '', {'P5': n + 1})\n"
    )
    for wait in range(12):
        command = [sys.executable, "-c", program, str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as running:
            running.stdout.readline()
            with pytest.raises(subprocess.TimeoutExpired):
                running.wait(0.03 + wait * 0.017)
            running.kill()
        assert openpyxl_value(path, "B5") == "Sari Wulandari"
        assert ExcelSource("x", path).read(KNOWN).headers
    score(ExcelSource("x", path))
    assert not list(path.parent.glob(".~sheetcrm*"))


def assert_untouched(path: Path, before: bytes) -> None:
    assert path.read_bytes() == before
    assert not list(path.parent.glob(".~sheetcrm*"))


def openpyxl_value(path, address):
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(path)["Leads"][address].value
