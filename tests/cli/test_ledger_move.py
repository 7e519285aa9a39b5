"""The ledger moves to another database, and the workspace goes on there."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest

from sheetcrm.bootstrap.keeping import ledger_line


@pytest.fixture
def synced(synced_sample: Path) -> Path:
    return synced_sample


def test_to_postgresql_and_back(synced: Path, run, database: str) -> None:
    config = synced / "config" / "sheetcrm.toml"
    text = config.read_text()
    before = run("--workspace", synced, "export", "siti@toko-maju.example", "--json").out
    said = run("--workspace", synced, "ledger", "move", database, "--write-config")
    assert said.code == 0, said.err
    assert "config/sheetcrm.toml:" in said.out
    assert config.read_text() == text.replace('"var/ledger.db"', f'"{database}"')
    after = run("--workspace", synced, "export", "siti@toko-maju.example", "--json").out
    assert json.loads(after)["person"] == json.loads(before)["person"]
    said = run("--workspace", synced, "sync", "--json")
    assert json.loads(said.out)["counts"]["cells"] == 0
    with psycopg.connect(database) as connection:
        assert connection.execute("SELECT count(*) FROM leads").fetchone() == (60,)
    said = run("--workspace", synced, "ledger", "move", "var/again.db", "--write-config")
    assert said.code == 0, said.err
    assert run("--workspace", synced, "status").code == 0
    (line,) = (one for one in config.read_text().splitlines() if one.startswith("ledger"))
    assert line.startswith('ledger = "var/again.db" ')
    assert "# what sheetcrm remembers" in line


def test_the_old_one_is_no_longer_opened(synced: Path, run) -> None:
    said = run("--workspace", synced, "ledger", "move", "var/new.db")
    assert said.code == 0
    line = 'ledger = "var/new.db"'
    assert line in said.out
    for command in ("sync", "status", "drafts"):
        said = run("--workspace", synced, command)
        assert (said.code, "was moved to" in said.err) == (1, True)
    config = synced / "config" / "sheetcrm.toml"
    config.write_text(config.read_text().replace('ledger = "var/ledger.db"', line))
    assert run("--workspace", synced, "status").code == 0


def test_the_config_may_not_have_the_line(synced: Path, run) -> None:
    config = synced / "config" / "sheetcrm.toml"
    lines = [line for line in config.read_text().splitlines() if not line.startswith("ledger ")]
    config.write_text("\n".join(lines))
    said = run("--workspace", synced, "ledger", "move", "var/new.db", "--write-config")
    assert (said.code, "has been moved" in said.err) == (2, True)
    assert 'ledger = "var/new.db"' in said.err


def test_a_password_comes_from_the_environment(
    synced: Path, run, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = database.replace("postgres@", "postgres:${PG_WORD}@")
    said = run("--workspace", synced, "ledger", "move", target)
    assert (said.code, "PG_WORD is not set" in said.err) == (2, True)
    monkeypatch.setenv("PG_WORD", "hunter2")
    said = run("--workspace", synced, "ledger", "move", target)
    assert said.code == 0
    assert "hunter2" not in said.out + said.err
    assert "${PG_WORD}" in said.out
    said = run("--workspace", synced, "status")
    assert (said.code, "${DATABASE_PASSWORD}@" in said.err) == (1, True)
    assert "hunter2" not in said.err


@pytest.mark.parametrize(
    ("target", "line"),
    [
        ("var/x.db", 'ledger = "var/x.db"'),
        ("postgresql://u@h/d", 'ledger = "postgresql://u@h/d"'),
        ("postgresql://u:pw@h/d", 'ledger = "postgresql://u:${DATABASE_PASSWORD}@h/d"'),
        ("postgresql://u:${X}@h/d", 'ledger = "postgresql://u:${X}@h/d"'),
    ],
)
def test_no_password_stands_in_the_config(target: str, line: str) -> None:
    assert ledger_line(target) == line
