"""A ledger of any earlier version is brought up to date, in SQLite and in PostgreSQL."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Connection, inspect, text

from sheetcrm.adapters.ledger import open_ledger, schema
from sheetcrm.adapters.ledger.database import Database
from sheetcrm.adapters.ledger.migrate import settings
from sheetcrm.adapters.ledger.schema import HEAD, metadata
from sheetcrm.core.table.values import Edit, Override
from sheetcrm.errors import LedgerTooNewError
from tests.adapters.ledger_contract import T0, T1, draft, plan, record, run

VERSIONS = sorted(
    path.stem.partition("_")[0]
    for path in Path(schema.__file__).parent.glob("migrations/versions/[0-9]*.py")
)

OLD = """
INSERT INTO runs VALUES (1, '20261121-093000-abc', 'sync', :moment, :moment, 'ok', '{"cells": 3}');
INSERT INTO sources VALUES (1, 'expo', 'expo.xlsx › Leads', 1, :moment);
INSERT INTO people VALUES (1, 'sari@example.com', '+628123456789');
INSERT INTO leads VALUES (1, 1, 'L1', 1, 'print', 'Sari', 'id', :moment, NULL, NULL);
INSERT INTO written VALUES (1, '["Score",40,"Stage","MQL"]', 1);
INSERT INTO overrides VALUES (1, 'Stage', '["Customer"]', '["MQL"]', 'person', :moment);
INSERT INTO edits VALUES (1, 1, 1, 'L1', '["Score",null,40,"+40 city"]', NULL);
INSERT INTO scores VALUES (1, 1, 1, 40, '{"Fit": 40.0}', 'MQL', '+40 city', NULL);
INSERT INTO stage_moves VALUES (1, 1, 1, '', 'MQL', :moment, 'Score is 40', 'rule', NULL);
INSERT INTO messages VALUES (1, 'sari@example.com|welcome|1|1', 1, 1, 1, 'draft',
    'sari@example.com', 'welcome', 1, 'welcome/01-intro.id.md', 'id', 'jakarta-solar', 'due',
    'Sari', 'sari@example.com', 'Halo', 'Halo Sari', '<p>Halo Sari</p>', :raw, 'digest',
    '<1@example.com>', '2026-11-24', 'var/outbox/1.eml', :moment);
INSERT INTO message_events VALUES (1, 1, 'held', :moment, 'why not');
INSERT INTO suppressions VALUES (1, 'nobody@example.org', 'asked', :moment);
INSERT INTO intake VALUES ('halo@example.com', 7, 99, :moment);
"""


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a ledger may be made; nothing is there yet."""
    if request.param == "sqlite":
        return str(tmp_path / "ledger.db")
    return str(request.getfixturevalue("database"))


def migrate(connection: Connection, version: str) -> None:
    from alembic import command

    command.upgrade(settings(connection), version)


def made_by_the_first(address: str, *, then: str = "0001") -> None:
    """A ledger with something in every table, as version 0001 left it, migrated to `then`."""
    database = Database(address, wait=5)
    with database.writing() as connection:
        migrate(connection, "0001")
        moment = (
            T0 if connection.dialect.name == "postgresql" else T0.isoformat(timespec="microseconds")
        )
        for statement in OLD.split(";\n")[:-1]:
            values = {"moment": moment, "raw": b"Subject: Halo\r\n\r\nHalo\x00\xff"}
            used = {name: value for name, value in values.items() if f":{name}" in statement}
            connection.execute(text(statement), used)
        if connection.dialect.name == "postgresql":
            for table in inspect(connection).get_table_names():
                if table not in {"written", "overrides", "intake", "alembic_version"}:
                    connection.execute(text(f"SELECT setval('{table}_id_seq', 1)"))
        migrate(connection, then)
    database.close()


@pytest.mark.parametrize("version", VERSIONS)
def test_nothing_is_lost_on_the_way_from_any_version(address: str, version: str) -> None:
    made_by_the_first(address, then=version)
    ledger = open_ledger(address)
    memory = ledger.remember("expo")
    assert memory.leads["L1"].first_seen == T0
    assert memory.written == {("L1", "Score"): 40, ("L1", "Stage"): "MQL"}
    assert memory.standings["L1"][:2] == ("MQL", T0)
    assert [one.key for one in memory.messages] == ["sari@example.com|welcome|1|1"]
    assert memory.messages[0].note == "why not"
    (kept,) = ledger.drafts()
    assert kept.raw == b"Subject: Halo\r\n\r\nHalo\x00\xff"
    assert (kept.created_at, kept.source, kept.lead) == (T0, "expo", "L1")
    assert ledger.edits("20261121-093000-abc") == {
        "expo": [Edit("L1", 0, "Score", None, 40, "+40 city")]
    }
    assert ledger.overrides("expo") == [
        Override(lead="L1", header="Stage", value="Customer", computed="MQL", since=T0)
    ]
    assert ledger.lead("expo", "L1").record.phone == "+628123456789"
    run(ledger, plan(leads=[record("L2")], drafts=[draft("new", lead="L2")]), at=T1)
    assert len(ledger.drafts()) == 2  # and it works on
    ledger.close()


@pytest.mark.parametrize("how", ["at once", "by migrations"])
def test_what_they_make_is_what_the_schema_says(address: str, how: str) -> None:
    from alembic import command
    from alembic.script import ScriptDirectory

    database = Database(address, wait=5)
    if how == "at once":
        open_ledger(address).close()
    else:
        made_by_the_first(address, then=HEAD)
    with database.writing() as connection:
        config = settings(connection)
        assert ScriptDirectory.from_config(config).get_heads() == [HEAD]
        command.check(config)
    database.close()


def test_both_ways_give_the_same_tables(address: str, tmp_path: Path) -> None:
    """What Alembic's comparison leaves out: checks, names, defaults."""
    open_ledger(address).close()
    database = Database(address, wait=5)
    with database.writing() as connection:
        at_once = described(connection)
        metadata.drop_all(connection)
        connection.execute(text("DROP TABLE alembic_version"))
        migrate(connection, HEAD)
        assert described(connection) == at_once
    database.close()


def test_a_ledger_of_a_newer_sheetcrm_is_refused(address: str) -> None:
    open_ledger(address).close()
    database = Database(address, wait=5)
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        before = described(connection)
    with pytest.raises(LedgerTooNewError, match="9999") as caught:
        open_ledger(address)
    assert "update" in caught.value.hint
    with database.reading() as connection:
        assert described(connection) == before
    database.close()


def test_a_new_file_may_be_opened_by_many_at_once(tmp_path: Path) -> None:
    def open_it(file: Path, together: Barrier) -> None:
        database = Database(str(file), wait=20)
        together.wait()
        with database.reading() as connection:
            assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        database.close()

    with ThreadPoolExecutor(6) as pool:
        for number in range(60):
            together = Barrier(6)
            opened = [pool.submit(open_it, tmp_path / f"{number}.db", together) for _ in range(6)]
            assert [one.result() for one in opened] == [None] * 6


@pytest.mark.parametrize(
    "old",
    [
        pytest.param(False, id="fresh"),
        pytest.param(True, id="of the first version", marks=pytest.mark.slow),
    ],
)
def test_four_processes_may_start_at_once(address: str, old: bool) -> None:
    if old:
        made_by_the_first(address)
    code = (
        "import sys\n"
        "from datetime import UTC, datetime\n"
        "from sheetcrm.adapters.ledger import open_ledger\n"
        "print('ready', flush=True)\n"
        "sys.stdin.readline()\n"
        "for _ in range(2):\n"
        "    ledger = open_ledger(sys.argv[1])\n"
        "    ledger.start_run('sync', datetime(2026, 11, 22, tzinfo=UTC))\n"
        "    ledger.close()\n"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, address],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for one in started:
        assert one.stdout
        one.stdout.readline()
    for one in started:
        assert one.stdin
        one.stdin.write("go\n")
        one.stdin.flush()
    ends = [one.communicate(timeout=60)[1] for one in started]
    assert ends == ["", "", "", ""]
    ledger = open_ledger(address)
    assert len(ledger.runs(100)) == 8 + old
    ledger.close()


def described(connection: Connection) -> dict[str, object]:
    """All that the database says of its tables."""
    found = inspect(connection)
    return {
        table: {
            "columns": sorted(
                (one["name"], str(one["type"]), one["nullable"], one["default"])
                for one in found.get_columns(table)
            ),
            "keys": found.get_pk_constraint(table)["constrained_columns"],
            "unique": sorted(map(str, found.get_unique_constraints(table))),
            "foreign": sorted(map(str, found.get_foreign_keys(table))),
            "indexes": sorted(map(str, found.get_indexes(table))),
            "checks": sorted(map(str, found.get_check_constraints(table))),
        }
        for table in found.get_table_names()
        if table != "alembic_version"
    }
