"""A workspace in one file, and back from it."""

from __future__ import annotations

import json
import shutil
import sqlite3
import threading
import zipfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sheetcrm.adapters.ledger import open_ledger
from sheetcrm.adapters.mail.sentlog import FileSentLog
from sheetcrm.core.outbox import digest_of

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.fixture
def synced(synced_sample: Path) -> Path:
    sample = synced_sample
    (sample / "secrets").mkdir(exist_ok=True)
    (sample / "secrets" / "service-account.json").write_text("hunter2")
    (sample / "config" / "mail.key").write_text("hunter2")
    (sample / "config" / ".env").write_text("hunter2")
    (sample / "var" / "unsubscribe.key").write_text("hunter2")
    return sample


@pytest.fixture
def archive(synced: Path, run, tmp_path: Path) -> Path:
    path = tmp_path / "elsewhere" / "backup.zip"
    assert run("--workspace", synced, "backup", "--to", path).code == 0
    return path


def contents(ledger: Path) -> list[str]:
    with closing(sqlite3.connect(ledger)) as found:
        return [line for line in found.iterdump() if "sqlite_stat" not in line]


def damage(ledger: Path) -> bytes:
    """Break a page that runs seldom read; gives what the file is now."""
    with closing(sqlite3.connect(ledger)) as found:
        name = "ix_people_phone_e164"
        (page,) = found.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", [name])
        size = found.execute("PRAGMA page_size").fetchone()[0]
        found.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(ledger.read_bytes())
    content[(page[0] - 1) * size : page[0] * size] = b"\x55" * size
    ledger.write_bytes(content)
    return bytes(content)


def test_it_holds_all_but_secrets_and_workbooks(synced: Path, run) -> None:
    said = run("--workspace", synced, "backup")
    assert said.code == 0
    (path,) = (synced / "var" / "archives").iterdir()
    assert str(path) in said.out
    assert all(word in said.out for word in ("secrets", "leads.xlsx", "var/unsubscribe.key"))
    with zipfile.ZipFile(path) as packed:
        names = set(packed.namelist())
        assert all(b"hunter2" not in packed.read(name) for name in names)
    drafts = {f"var/outbox/{one.name}" for one in (synced / "var" / "outbox").iterdir()}
    assert {"var/ledger.db", "config/stages.toml", "sheetcrm-backup.json"} | drafts <= names
    assert any(name.startswith("templates/welcome/") for name in names)
    assert path.stat().st_mode & 0o077 == 0


def test_it_becomes_a_workspace_where_it_is_unpacked(
    synced: Path, archive: Path, run, tmp_path: Path
) -> None:
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(tmp_path / "new")
    shutil.copy(synced / "leads.xlsx", tmp_path / "new")
    assert contents(tmp_path / "new" / "var" / "ledger.db") == contents(synced / "var/ledger.db")
    plan = json.loads(run("--workspace", tmp_path / "new", "plan", "--json").out)
    assert plan["counts"]["cells"] == 0


def test_it_is_made_while_a_run_writes(synced: Path, run, tmp_path: Path) -> None:
    stop = threading.Event()

    def work() -> None:
        with closing(open_ledger(str(synced / "var" / "ledger.db"))) as ledger:
            while not stop.is_set():
                name = ledger.start_run("sync", NOW)
                ledger.finish_run(name, at=NOW, outcome="ok", counts={"cells": 1})

    busy = threading.Thread(target=work)
    busy.start()
    try:
        for number in range(5):
            path = tmp_path / f"{number}.zip"
            assert run("--workspace", synced, "backup", "--to", path).code == 0
            assert run("backup", "--check", path).code == 0
    finally:
        stop.set()
        busy.join()


def test_only_the_newest_ones_stay(synced: Path, run) -> None:
    config = synced / "config" / "sheetcrm.toml"
    config.write_text(config.read_text() + "\n[backups]\nkeep = 2\n")
    folder = synced / "var" / "archives"
    folder.mkdir()
    for day in range(1, 5):
        (folder / f"sheetcrm-2025010{day}-000000.zip").write_bytes(b"old")
    (folder / "mine.zip").write_bytes(b"not one of ours")
    assert run("--workspace", synced, "backup").code == 0
    names = sorted(one.name for one in folder.iterdir())
    assert (names[0], names[1], len(names)) == ("mine.zip", "sheetcrm-20250104-000000.zip", 3)


def test_a_damaged_ledger_makes_none_and_drives_out_none(synced: Path, archive: Path, run) -> None:
    damage(synced / "var" / "ledger.db")
    said = run("--workspace", synced, "backup")
    assert said.code == 1
    assert "is damaged" in said.err
    assert "sheetcrm backup --restore FILE" in said.err
    assert not (synced / "var" / "archives").exists()
    assert run("--workspace", synced, "backup", "--check", archive).code == 0


def test_one_that_is_there_is_not_written_over(synced: Path, archive: Path, run) -> None:
    before = archive.read_bytes()
    said = run("--workspace", synced, "backup", "--to", archive)
    assert (said.code, archive.read_bytes()) == (2, before)
    assert "there already" in said.err


class TestCheck:
    def test_a_whole_one(self, archive: Path, run) -> None:
        said = run("backup", "--check", archive)
        assert (said.code, "is whole" in said.out) == (0, True)

    @pytest.mark.parametrize("share", [0.0, 0.3, 0.99])
    def test_a_cut_one(self, archive: Path, run, share: float) -> None:
        content = archive.read_bytes()
        archive.write_bytes(content[: int(len(content) * share)])
        said = run("backup", "--check", archive)
        assert (said.code, "no whole backup" in said.err) == (2, True)

    def test_a_changed_file(self, archive: Path, run, tmp_path: Path) -> None:
        other = tmp_path / "changed.zip"
        with zipfile.ZipFile(archive) as packed, zipfile.ZipFile(other, "w") as changed:
            for name in packed.namelist():
                more = b"#" if name == "config/stages.toml" else b""
                changed.writestr(name, packed.read(name) + more)
        said = run("backup", "--check", other)
        assert (said.code, "config/stages.toml" in said.err) == (2, True)

    @pytest.mark.parametrize("name", ["../evil.toml", "/evil.toml", "config/../../evil.toml"])
    def test_a_file_that_leads_outside(
        self, synced: Path, archive: Path, run, tmp_path: Path, name: str
    ) -> None:
        other = tmp_path / "evil.zip"
        with zipfile.ZipFile(archive) as packed, zipfile.ZipFile(other, "w") as changed:
            manifest = json.loads(packed.read("sheetcrm-backup.json"))
            # SHA-256 of nothing: FIPS 180-4
            manifest["files"][name] = (
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
            )
            changed.writestr("sheetcrm-backup.json", json.dumps(manifest))
            changed.writestr(name, b"")
            for one in packed.namelist():
                if one != "sheetcrm-backup.json":
                    changed.writestr(one, packed.read(one))
        for arguments in (["--check", other], ["--restore", other, "--yes"]):
            assert run("--workspace", synced, "backup", *arguments).code == 2
        assert not list(tmp_path.rglob("evil.toml"))

    def test_what_is_no_backup(self, run, tmp_path: Path) -> None:
        (tmp_path / "a.zip").write_text("a letter to the bank")
        with zipfile.ZipFile(tmp_path / "b.zip", "w") as other:
            other.writestr("a.txt", "text")
        for name in ("a.zip", "b.zip", "none.zip"):
            said = run("backup", "--check", tmp_path / name)
            assert said.code == 2, name


class TestRestore:
    def test_ledger_and_rules_are_again_what_they_were(
        self, synced: Path, archive: Path, run
    ) -> None:
        ledger, rules = synced / "var" / "ledger.db", synced / "config" / "scoring.toml"
        before, text = contents(ledger), rules.read_text()
        rules.write_text(text.replace("points = 20", "points = 21"))
        (synced / "attachments").mkdir(exist_ok=True)
        (synced / "attachments" / "new.txt").write_text("new")
        assert run("--workspace", synced, "sync").code == 0
        after = contents(ledger)
        assert after != before
        outbox = {one.name for one in (synced / "var" / "outbox").iterdir()}
        said = run("--workspace", synced, "backup", "--restore", archive)
        assert (said.code, "--yes" in said.err) == (2, True)
        assert contents(ledger) == after
        said = run("--workspace", synced, "backup", "--restore", archive, "--yes", "--json")
        assert said.code == 0, said.err
        done = json.loads(said.out)
        assert done["changes"] == ["config/scoring.toml"]
        assert (contents(ledger), rules.read_text()) == (before, text)
        assert (synced / "attachments" / "new.txt").read_text() == "new"
        assert {one.name for one in (synced / "var" / "outbox").iterdir()} == outbox
        with zipfile.ZipFile(done["before"]) as kept:  # and the way back
            assert b"points = 21" in kept.read("config/scoring.toml")
        assert run("--workspace", synced, "backup", "--restore", done["before"], "--yes").code == 0
        assert contents(ledger) == after

    def test_somebody_who_reads_meanwhile_goes_on(self, synced: Path, archive: Path, run) -> None:
        run("--workspace", synced, "sync")
        with closing(open_ledger(str(synced / "var" / "ledger.db"))) as ledger:
            newest = ledger.runs()
            assert run("--workspace", synced, "backup", "--restore", archive, "--yes").code == 0
            assert len(ledger.runs()) < len(newest)

    def test_over_a_damaged_ledger(self, synced: Path, archive: Path, run) -> None:
        ledger = synced / "var" / "ledger.db"
        before = contents(ledger)
        ledger.write_bytes(b"no database at all" * 4096)
        assert run("--workspace", synced, "status").code == 1
        said = run("--workspace", synced, "backup", "--restore", archive, "--yes")
        assert said.code == 0, said.err
        assert contents(ledger) == before
        kept = ledger.with_name("ledger.db.damaged1")
        assert str(kept) in said.out
        assert kept.read_bytes().startswith(b"no database")

    def test_over_one_that_is_damaged_only_in_its_middle(
        self, synced: Path, archive: Path, run
    ) -> None:
        """The rules that are there now are kept, and the file as it was."""
        ledger, scoring = synced / "var" / "ledger.db", synced / "config" / "scoring.toml"
        before, bytes_before = contents(ledger), damage(ledger)
        scoring.write_text(scoring.read_text() + "\n# of today\n")
        said = run("--workspace", synced, "backup", "--restore", archive, "--yes", "--json")
        assert said.code == 0, said.err
        assert contents(ledger) == before
        done = json.loads(said.out)
        assert Path(done["damaged"]).read_bytes() == bytes_before
        with zipfile.ZipFile(done["before"]) as kept:
            assert kept.read("config/scoring.toml").endswith(b"# of today\n")

    def test_a_ledger_that_is_in_use_is_none_that_is_damaged(
        self, synced: Path, archive: Path, run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from sheetcrm.adapters.ledger import moving

        patient = moving.Database
        monkeypatch.setattr(moving, "Database", lambda path, *, wait: patient(path, wait=0.05))
        ledger = synced / "var" / "ledger.db"
        before = contents(ledger)
        with closing(sqlite3.connect(ledger, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            said = run("--workspace", synced, "backup", "--restore", archive, "--yes")
            other.execute("ROLLBACK")
        assert (said.code, "in use" in said.err) == (75, True)
        assert not list((synced / "var").glob("*.damaged*"))
        assert contents(ledger) == before

    def test_what_went_out_since_then_does_not_go_again(
        self, synced: Path, archive: Path, run
    ) -> None:
        config = synced / "config" / "followups.toml"
        text = config.read_text()
        place = text.index("[sending]") + len("[sending]\n")
        config.write_text(
            f'{text[:place]}via = "smtp"\n{text[place:]}\n'
            '[smtp]\nhost = "127.0.0.1"\nport = 9\nsecurity = "none"\n'
        )
        with closing(open_ledger(str(synced / "var" / "ledger.db"))) as ledger:
            key = ledger.drafts()[0].key
        log = FileSentLog(synced / "var" / "sent.log")
        log.add(digest_of(key), NOW)  # it went out after the backup was made
        log.close()
        lines = (synced / "var" / "sent.log").read_bytes()
        with zipfile.ZipFile(archive) as packed:
            assert "var/sent.log" not in packed.namelist()
        config_of_today = config.read_text()
        said = run("--workspace", synced, "backup", "--restore", archive, "--yes")
        assert (said.code, "reconcile" in said.out) == (0, True)
        config.write_text(config_of_today)
        assert (synced / "var" / "sent.log").read_bytes() == lines
        said = run("--workspace", synced, "send", "--yes")
        assert (said.code, "sent.log tells of 1 message" in said.err) == (1, True)

    def test_a_database_is_not_replaced(self, sample: Path, run, database: str) -> None:
        config = sample / "config" / "sheetcrm.toml"
        config.write_text(config.read_text().replace('"var/ledger.db"', f'"{database}"'))
        assert run("--workspace", sample, "sync").code == 0
        path = sample / "backup.zip"
        said = run("--workspace", sample, "backup", "--to", path)
        assert said.code == 0
        assert run("backup", "--check", path).code == 0
        said = run("--workspace", sample, "backup", "--restore", path, "--yes")
        assert (said.code, "ledger move" in said.err) == (2, True)
