"""Locks of the system, names and rights of files, drives that are slow to let go, backups."""

from __future__ import annotations

import errno
import fcntl
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sheetcrm.adapters.excel import Backups, ExcelSource, save, write_cells
from sheetcrm.core.table.values import Edit
from sheetcrm.errors import SourceBusyError, SourceChangedError, SourceRefusedError
from tests.adapters.excel.excel_books import kitchen_sink, with_part

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


@pytest.fixture
def path(tmp_path) -> Path:
    return kitchen_sink(tmp_path / "leads.xlsx", table=False)


def score(path, *, value=9, run="", backups=None, **options):
    source = ExcelSource("x", path, backups=backups, **options)
    tab = source.read(("Name", "E-mail", "City", "Budget"))
    edit = Edit(lead="1", row=5, header="Score", before=None, after=value)
    return source.write(tab, [edit], run=run)


def untouched(path, before):
    return path.read_bytes() == before and not list(path.parent.glob(".~sheetcrm*"))


LOCKED = (
    "import fcntl, sys\nfile = open(sys.argv[1], 'r+b')\n"
    "fcntl.{}(file, fcntl.LOCK_EX)\nprint(flush=True)\nsys.stdin.read()\n"
)


@pytest.mark.parametrize("kind", ["flock", "lockf"])
def test_a_file_that_another_process_has_locked(path, kind):
    before = path.read_bytes()
    command = [sys.executable, "-c", LOCKED.format(kind), str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        other.stdout.readline()
        with pytest.raises(SourceBusyError, match="locked by") as caught:
            score(path)
        if Path("/proc/locks").exists():
            assert f"process {other.pid}" in caught.value.holder
        assert untouched(path, before)
        other.stdin.close()
    assert score(path).cells == 1


def test_readers_that_share_a_lock_are_no_hindrance(path):
    with path.open("rb") as reader:
        fcntl.flock(reader, fcntl.LOCK_SH)
        assert score(path).cells == 1


def test_a_left_over_lock_is_named_with_its_owner_and_what_to_delete(path):
    mark = path.with_name(f".~lock.{path.name}#")
    mark.write_text(",sari,old-laptop,01.01.2020 10:00,file:///home/sari;", encoding="utf-8")
    os.utime(mark, (0, 0))
    with pytest.raises(SourceBusyError, match="sari on old-laptop") as caught:
        score(path)
    assert mark.name in caught.value.hint


def test_hard_links_are_told(path, tmp_path):
    other = tmp_path / "copy.xlsx"
    other.hardlink_to(path)
    before = path.read_bytes()
    receipt = score(path)
    assert ["hard links" in problem.message for problem in receipt.problems] == [True]
    assert other.read_bytes() == before != path.read_bytes()


def test_a_link_to_a_link_in_another_folder(path, tmp_path):
    (tmp_path / "a").mkdir()
    first, second = tmp_path / "a" / "one.xlsx", tmp_path / "a" / "two.xlsx"
    first.symlink_to(Path("..") / path.name)
    second.symlink_to(first.name)
    assert score(second).cells == 1
    assert (first.is_symlink(), second.is_symlink()) == (True, True)
    assert sorted(entry.name for entry in (tmp_path / "a").iterdir()) == ["one.xlsx", "two.xlsx"]


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="Linux only")
def test_mode_owner_and_attributes_stay(path):
    path.chmod(0o664)
    if os.getuid() == 0:
        os.chown(path, 12345, 23456)
    try:
        os.setxattr(path, "user.team", b"sales")
    except OSError:
        pytest.skip("this file system has no attributes")
    kept = (path.stat().st_mode, path.stat().st_uid, path.stat().st_gid)
    old = path.stat().st_mtime_ns
    score(path)
    found = path.stat()
    assert (found.st_mode, found.st_uid, found.st_gid) == kept
    assert os.getxattr(path, "user.team") == b"sales"
    assert found.st_mtime_ns > old


AS_SOMEBODY = (
    "import encodings.cp437, fcntl, os, sys\n"
    "from sheetcrm.adapters.excel import write_cells\n"
    "from sheetcrm.errors import SourceRefusedError\n"
    "if os.getuid() == 0:\n    os.setgroups([])\n    os.setgid(65534)\n    os.setuid(65534)\n"
    "try:\n    write_cells(sys.argv[1], '', {'P5': 1})\n"
    "except SourceRefusedError as error:\n    print(error.code, error.message, sep='|')\n"
)


def test_a_folder_in_which_nothing_may_be_made():
    """As a user who may write the workbook, but not beside it."""
    with tempfile.TemporaryDirectory() as folder:
        path = kitchen_sink(Path(folder) / "leads.xlsx")
        path.chmod(0o666)
        before = path.read_bytes()
        Path(folder).chmod(0o555)
        command = [sys.executable, "-c", AS_SOMEBODY, str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd="/")
        Path(folder).chmod(0o755)
        assert done.stdout.startswith("read-only|leads.xlsx: its folder"), done.stdout
        assert untouched(path, before)


@pytest.mark.parametrize("number", [errno.EBUSY, errno.EACCES, errno.ETXTBSY])
@pytest.mark.parametrize("times", [2, 99])
def test_a_drive_that_is_busy_for_a_while(path, monkeypatch, number, times):
    """A server says so as long as another program has the file open."""
    before, replace, calls = path.read_bytes(), Path.replace, []
    monkeypatch.setattr(save, "_PAUSES", (0.0,) * 4)

    def busy(self, target):
        calls.append(target)
        if len(calls) <= times:
            raise OSError(number, os.strerror(number))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", busy)
    if times < 5:
        assert score(path).cells == 1
        return
    expected = SourceRefusedError if number == errno.EACCES else SourceBusyError
    with pytest.raises(expected):
        score(path)
    assert len(calls) == 5
    assert untouched(path, before)


def test_saved_by_somebody_while_the_drive_was_busy(path, monkeypatch):
    replace, theirs = Path.replace, kitchen_sink(path.with_name("theirs.xlsx")).read_bytes()
    monkeypatch.setattr(save, "_PAUSES", (0.0,) * 4)

    def busy(self, target):
        monkeypatch.setattr(Path, "replace", replace)
        path.write_bytes(theirs)
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))

    monkeypatch.setattr(Path, "replace", busy)
    with pytest.raises(SourceChangedError):
        score(path)
    assert untouched(path, theirs)


def test_marked_as_final_needs_a_yes(path):
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties"
    with_part(path, "docProps/custom.xml", lambda _: (
        b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"'
        b' xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
        b'<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="2" name="_MarkAsFinal">'
        b"<vt:bool>true</vt:bool></property></Properties>"
    ))  # fmt: skip
    with_part(path, "_rels/.rels", lambda data: data.replace(
        b"</Relationships>",
        b'<Relationship Id="rId99" Type="%b" Target="docProps/custom.xml"/></Relationships>' % kind,
    ))  # fmt: skip
    before = path.read_bytes()
    with pytest.raises(SourceRefusedError, match="final") as caught:
        score(path)
    assert (caught.value.code, "write_protected" in caught.value.hint) == ("final", True)
    assert untouched(path, before)
    assert score(path, write_protected=True).cells == 1


# Backups


def names(folder):
    return sorted(file.name for file in folder.iterdir())


def test_backups_are_named_by_file_and_run_and_sort_by_time(path, tmp_path):
    folder = tmp_path / "var"
    runs = ["20261120-093000-zzz", "20261121-093000-aaa", "20261122-093000-mmm"]
    for day, run in enumerate(runs):
        backups = Backups(folder=folder, now=NOW - timedelta(days=2 - day))
        kept = score(path, value=day, run=run, backups=backups).backup
        assert Path(kept).name in names(folder)
    assert [run in name for run, name in zip(runs, names(folder), strict=True)] == [True] * 3
    found = Backups(folder=folder, now=NOW).of(path)
    assert [backup.run for backup in found] == runs[::-1]
    assert found[0].at == datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    other = kitchen_sink(tmp_path / "other.xlsx")
    assert Backups(folder=folder, now=NOW).of(other) == []


@pytest.mark.parametrize(
    ("limits", "left"),
    [({"keep": 2}, [0, 1]), ({"keep": 1}, [0]), ({"days": 2}, [0, 1, 2]), ({"megabytes": 2}, [0, 1]),
     ({"days": 1, "keep": 1, "megabytes": 1}, [0])],
)  # fmt: skip
def test_old_backups_go_when_a_new_one_was_made(path, tmp_path, limits, left):
    folder = tmp_path / "var"
    for day in range(5):
        backups = Backups(folder=folder, now=NOW - timedelta(days=day))
        run = f"{backups.now:%Y%m%d-%H%M%S}-abc"
        kept = Path(backups.save(path, run))
        kept.write_bytes(bytes(900_000))
    backups = Backups(folder=folder, now=NOW, **limits)
    backups.prune(path)
    expected = [f"{NOW - timedelta(days=day):%Y%m%d}" for day in left]
    assert [backup.run[:8] for backup in backups.of(path)] == expected


def test_a_write_that_fails_throws_no_backup_away(path, tmp_path, monkeypatch):
    folder = tmp_path / "var"
    for day in (3, 2, 1):
        at = NOW - timedelta(days=day)
        Backups(folder=folder, now=at).save(path, f"{at:%Y%m%d-%H%M%S}-abc")

    def refuse(*_):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", refuse)
    before = path.read_bytes()
    with pytest.raises(SourceRefusedError):
        score(path, backups=Backups(folder=folder, now=NOW, keep=1))
    monkeypatch.undo()
    assert untouched(path, before)
    assert len(names(folder)) == 3
    score(path, backups=Backups(folder=folder, now=NOW, keep=1))
    assert len(names(folder)) == 1


def test_a_day_is_the_teams_own(path, tmp_path):
    """22 November in Jakarta begins at 17:00 UTC of the day before."""
    from zoneinfo import ZoneInfo

    folder = tmp_path / "var"
    evening = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)
    for hours in (0, 2, 3):
        at = (evening + timedelta(hours=hours)).astimezone(ZoneInfo("Asia/Jakarta"))
        run = f"{at.astimezone(UTC):%Y%m%d-%H%M%S}-abc"
        score(path, value=hours, run=run, backups=Backups(folder=folder, now=at))
    assert len(names(folder)) == 2


def test_a_backup_folder_that_cannot_be_made_stops_the_write(path, tmp_path):
    before = path.read_bytes()
    (tmp_path / "var").write_text("a file is in the way")
    with pytest.raises(SourceRefusedError, match="backed up") as caught:
        score(path, backups=Backups(folder=tmp_path / "var", now=NOW))
    assert (caught.value.code, "folder" in caught.value.hint) == ("no-backup", True)
    assert untouched(path, before)


def test_half_backups_of_killed_runs_are_swept(path, tmp_path):
    folder = tmp_path / "var"
    folder.mkdir()
    (folder / "leads.3f9a1c.20260101-000000-abc.bak.xlsx.part").write_bytes(b"half")
    score(path, backups=Backups(folder=folder, now=NOW))
    assert len(names(folder)) == 1


def test_write_cells_goes_the_same_way(path):
    path.with_name(f".~lock.{path.name}#").write_text(",budi,desk-7,x,y;", encoding="utf-8")
    with pytest.raises(SourceBusyError):
        write_cells(path, "", {"P5": 1})
