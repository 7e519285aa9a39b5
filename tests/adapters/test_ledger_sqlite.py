"""The ledger in a SQLite file: the contract, and what is particular to files."""

from __future__ import annotations

import platform
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from sheetcrm import __version__
from sheetcrm.adapters.ledger import SqlLedger, open_ledger
from sheetcrm.adapters.ledger.cells import dumps, loads
from sheetcrm.adapters.ledger.schema import HEAD
from sheetcrm.core.memory import Settled
from sheetcrm.core.outbox import Limits, Suppression
from sheetcrm.core.table.values import Override
from sheetcrm.errors import LedgerError, LedgerLockedError
from tests.adapters.ledger_contract import (
    T0,
    T1,
    LedgerContract,
    draft,
    edit,
    move,
    plan,
    record,
    run,
    written,
)
from tests.adapters.outbox_contract import OutboxContract


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "var" / "ledger.db"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """An empty ledger's file: making the tables anew for each test would take longer."""
    path = tmp_path_factory.mktemp("made") / "ledger.db"
    open_ledger(str(path)).close()
    return path.read_bytes()


@pytest.fixture
def fresh(path: Path, made: bytes) -> Iterator[SqlLedger]:
    path.parent.mkdir()
    path.write_bytes(made)
    ledger = open_ledger(str(path))
    yield ledger
    ledger.close()


@pytest.fixture
def ledger(fresh: SqlLedger) -> SqlLedger:
    return fresh


class TestSqlite(LedgerContract):
    @pytest.fixture
    def ledger(self, fresh: SqlLedger) -> SqlLedger:
        return fresh


class TestOutbox(OutboxContract):
    @pytest.fixture
    def ledger(self, fresh: SqlLedger) -> SqlLedger:
        return fresh


class TestFile:
    def test_it_outlives_its_process(self, path: Path) -> None:
        first = open_ledger(str(path))
        edits = [edit("L1", "Score", None, 40)]
        name = run(
            first,
            plan(leads=[record("L1")], edits=edits, written=written(edits), drafts=[draft()]),
        )
        before, drafts = first.remember("expo"), first.drafts()
        first.close()
        second = open_ledger(f"sqlite:///{path}")
        assert second.remember("expo") == before
        assert second.drafts() == drafts
        assert second.edits(name) == {"expo": edits}
        second.close()
        assert [one.name for one in path.parent.iterdir()] == ["ledger.db"]

    def test_it_is_safe_against_power_cuts_and_other_writers(self, ledger: SqlLedger) -> None:
        with ledger._database.reading() as connection:
            found = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
            }
        assert found == {
            "journal_mode": "wal",
            "synchronous": 2,
            "busy_timeout": 30_000,
            "foreign_keys": 1,
        }

    def test_a_run_that_finds_nothing_new_writes_nothing_but_the_time(
        self, ledger: SqlLedger
    ) -> None:
        leads = [record(f"L{i}") for i in range(20)]
        cells = {(lead.lead, "Score"): lead.score for lead in leads}
        over = [Override(lead="L3", header="Stage", value="SQL", computed="MQL")]
        decided = plan(leads=leads, written=cells, overrides=over, moves=[move("L1", "", "MQL")])
        run(ledger, decided)
        seen: list[str] = []
        event.listen(
            ledger._database._engine,
            "before_cursor_execute",
            lambda _c, _k, statement, *_: seen.append(statement),
        )
        name = ledger.start_run("sync", T1)
        seen.clear()
        again = plan(leads=leads, written=cells, overrides=over)
        ledger.intend(name, again)
        ledger.commit(name, again, at=T1)
        writing = [text for text in seen if not text.startswith(("SELECT", "BEGIN", "PRAGMA"))]
        assert [text.split()[:3] for text in writing] == [
            ["DELETE", "FROM", "edits"],
            ["UPDATE", "sources", "SET"],
            ["DELETE", "FROM", "marks"],
        ]

    def test_what_is_settled_counts_until_anybody_writes(
        self, ledger: SqlLedger, path: Path
    ) -> None:
        found = Settled(inputs='{"leads.xlsx": "äöü"}', since=T0, until=T1)
        assert ledger.settled() is None
        assert not ledger.settle(found)  # nobody watched
        ledger.watch()
        run(ledger, plan(leads=[record("L1")]))
        assert ledger.settle(found)
        ledger.finish_run(ledger.start_run("run", T1), at=T1, outcome="ok", counts={})
        other = open_ledger(str(path))
        assert (other.settled(), ledger.settled()) == (found, found)
        other.commit(other.start_run("sync", T1), plan(), at=T1)
        assert (other.settled(), ledger.settled()) == (None, None)
        other.close()

    def test_nothing_is_settled_where_somebody_else_wrote_meanwhile(
        self, ledger: SqlLedger, path: Path
    ) -> None:
        other = open_ledger(str(path))
        ledger.watch()
        other.outbox.suppress([Suppression("a@example.com", "asked", T0)])
        run(ledger, plan(leads=[record("L1")]))
        assert not ledger.settle(Settled(inputs="{}", since=T0, until=T1))
        assert ledger.settled() is None
        ledger.watch()
        other.watch()  # two that want to: neither may
        assert not ledger.settle(Settled(inputs="{}", since=T0, until=T1))
        other.close()

    def test_a_run_knows_which_versions_worked(self, ledger: SqlLedger) -> None:
        name = ledger.start_run("sync", T0)
        begun = ledger.runs()[0].details["versions"]
        assert begun == {
            "sheetcrm": __version__,
            "python": platform.python_version(),
            "ledger": HEAD,
        }
        ledger.finish_run(name, at=T1, outcome="ok", counts={}, details={"phases": []})
        assert ledger.runs()[0].details == {"versions": begun, "phases": []}

    def test_last_seen_is_kept_when_a_lead_goes(self, ledger: SqlLedger, path: Path) -> None:
        for days, leads in enumerate([["L1", "L2"], ["L1", "L2"], ["L1"], ["L1"]]):
            at = T0 + timedelta(days=days)
            run(ledger, plan(leads=[record(lead) for lead in leads]), at=at)
        with sqlite3.connect(path) as found:
            rows = found.execute("SELECT key, last_seen, gone_at FROM leads ORDER BY key")
            assert rows.fetchall() == [
                ("L1", None, None),
                ("L2", "2026-11-23T09:30:00.000000+00:00", "2026-11-24T09:30:00.000000+00:00"),
            ]
        found.close()

    def test_an_override_keeps_the_time_when_it_was_first_seen(
        self, ledger: SqlLedger, path: Path
    ) -> None:
        for at, computed in ((T0, "MQL"), (T1, "SQL")):
            over = Override(lead="L1", header="Stage", value="Customer", computed=computed)
            run(ledger, plan(leads=[record("L1")], overrides=[over]), at=at)
        with sqlite3.connect(path) as found:
            rows = found.execute("SELECT computed, since FROM overrides")
            assert rows.fetchall() == [('["SQL"]', "2026-11-22T09:30:00.000000+00:00")]
        found.close()

    def test_the_history_of_scores_grows_only_with_changes(
        self, ledger: SqlLedger, path: Path
    ) -> None:
        for score in (40, 40.0, 50, 50, 40):
            run(ledger, plan(leads=[record("L1", score=score)]))
        with sqlite3.connect(path) as found:
            rows = found.execute("SELECT score FROM scores ORDER BY id")
            assert rows.fetchall() == [(40.0,), (50.0,), (40.0,)]
        found.close()


class TestMigrations:
    def test_alembic_is_imported_only_where_there_is_work(self, path: Path) -> None:
        open_ledger(str(path)).close()
        code = (
            "import sys\n"
            "from sheetcrm.adapters.ledger import open_ledger\n"
            "open_ledger(sys.argv[1]).close()\n"
            "print('alembic' in sys.modules)\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == "False"


class TestFaults:
    def test_another_file_is_refused_and_left_alone(self, path: Path) -> None:
        path.parent.mkdir()
        path.write_text("not a database, but a letter to the bank\n" * 50)
        before = path.read_bytes()
        with pytest.raises(LedgerError) as caught:
            open_ledger(str(path))
        assert str(path) in caught.value.message
        assert "other file" in caught.value.hint
        assert caught.value.__cause__ is not None
        assert path.read_bytes() == before

    def test_a_folder_is_no_ledger(self, path: Path) -> None:
        path.mkdir(parents=True)
        with pytest.raises(LedgerError) as caught:
            open_ledger(str(path))
        assert caught.value.hint

    def test_a_folder_that_cannot_be_made(self, tmp_path: Path) -> None:
        (tmp_path / "var").write_text("a file")
        with pytest.raises(LedgerError) as caught:
            open_ledger(str(tmp_path / "var" / "ledger.db"))
        assert caught.value.hint

    def test_another_run_holds_it(self, path: Path) -> None:
        ledger = open_ledger(str(path), wait=0.05)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerLockedError) as caught:
            ledger.start_run("sync", T0)
        assert caught.value.hint
        with pytest.raises(LedgerLockedError):
            ledger.outbox.begin("a message", owner="run", account="smtp", at=T0)
        assert ledger.outbox.refusal("a message", owner="run", limits=Limits(), now=T0)
        assert ledger.runs() == []  # reading goes on
        other.execute("ROLLBACK")
        other.close()
        assert ledger.start_run("sync", T0)
        ledger.close()

    def test_a_damaged_ledger(self, path: Path) -> None:
        ledger = open_ledger(str(path))
        run(ledger, plan(leads=[record(f"L{i}") for i in range(500)]))
        ledger.close()
        content = bytearray(path.read_bytes())
        content[4096:] = b"\x55" * (len(content) - 4096)
        path.write_bytes(content)
        with pytest.raises(LedgerError) as caught:
            open_ledger(str(path)).close()
        assert caught.value.hint

    def test_a_failed_commit_leaves_nothing(self, ledger: SqlLedger) -> None:
        name = ledger.start_run("sync", T0)
        twice = [draft("a"), draft("b", message_id=draft("a").message_id)]
        decided = plan(leads=[record("L1")], drafts=twice)
        with pytest.raises(LedgerError):
            ledger.commit(name, decided, at=T0)
        assert ledger.remember("expo").leads == {}

    @pytest.mark.parametrize(
        "url", ["nonsense://host/db", "mysql://host/db", "sqlite+nodriver:///x", "://"]
    )
    def test_an_address_that_is_none(self, url: str) -> None:
        with pytest.raises(LedgerError) as caught:
            open_ledger(url)
        assert caught.value.hint

    def test_a_password_is_not_shown(self) -> None:
        with pytest.raises(LedgerError) as caught:
            open_ledger("nonsense://user:secret@host/db")
        assert "secret" not in caught.value.message


class TestCells:
    def test_the_text_is_small_and_plain(self) -> None:
        values = [None, True, 1, 1.0, "1", '"']
        assert dumps(values) == '[null,true,1,1.0,"1","\\""]'
        assert loads(dumps(values)) == values

    def test_what_is_no_cell_value_is_a_bug(self) -> None:
        with pytest.raises(TypeError, match="not a cell value"):
            dumps([object()])  # type: ignore[list-item]


@pytest.mark.slow
class TestBig:
    """100,000 leads × 8 outputs."""

    @pytest.fixture
    def big(self):
        leads = [
            record(f"L{i:06}", why=f"+{i % 50} city · unknown: timing") for i in range(100_000)
        ]
        cells = {
            (lead.lead, header): value
            for i, lead in enumerate(leads)
            for header, value in (
                ("Lead ID", lead.lead),
                ("Score", i % 100 + 0.5),
                ("Stage", "MQL"),
                ("Why", lead.why),
                ("Segment", "jakarta-solar"),
                ("Next follow-up", T0.date()),
                ("Next question", None),
                ("Email status", "DRAFT"),
            )
        }
        return plan(leads=leads, written=cells)

    def test_a_first_run_and_one_that_changes_nothing(self, ledger: SqlLedger, big) -> None:
        run(ledger, big)
        memory = ledger.remember("expo")
        assert memory.written == big.written
        run(ledger, big, at=T1)
        assert ledger.remember("expo") == memory
