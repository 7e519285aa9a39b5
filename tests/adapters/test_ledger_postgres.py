"""The ledger in PostgreSQL: the contract, on a real server."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from sheetcrm.adapters.ledger import SqlLedger, open_ledger
from sheetcrm.adapters.ledger.exclusive import ledger_lock
from sheetcrm.adapters.ledger.schema import metadata
from sheetcrm.errors import LedgerError, LedgerLockedError, LedgerUnreachableError
from tests.adapters.ledger_contract import T0, LedgerContract, draft, plan, record
from tests.adapters.outbox_contract import OutboxContract
from tests.support.postgres import Server


@pytest.fixture(scope="module")
def made(postgres: Server) -> Iterator[str]:
    """A ledger that is emptied after each test: to make one for each would take far longer."""
    url = postgres.fresh()
    open_ledger(url).close()
    yield url
    postgres.drop(url)


@pytest.fixture
def url(made: str) -> Iterator[str]:
    yield made
    names = ", ".join(metadata.tables)
    with psycopg.connect(made) as connection:
        connection.execute(f"TRUNCATE {names}".encode())


@pytest.fixture
def ledger(url: str) -> Iterator[SqlLedger]:
    ledger = open_ledger(url)
    yield ledger
    ledger.close()


class TestPostgres(LedgerContract):
    @pytest.fixture
    def ledger(self, url: str) -> Iterator[SqlLedger]:
        ledger = open_ledger(url)
        yield ledger
        ledger.close()


class TestOutbox(OutboxContract):
    @pytest.fixture
    def ledger(self, url: str) -> Iterator[SqlLedger]:
        ledger = open_ledger(url)
        yield ledger
        ledger.close()


class TestFaults:
    def test_a_failed_commit_leaves_nothing(self, ledger: SqlLedger) -> None:
        name = ledger.start_run("sync", T0)
        twice = [draft("a"), draft("b", message_id=draft("a").message_id)]
        with pytest.raises(LedgerError):
            ledger.commit(name, plan(leads=[record("L1")], drafts=twice), at=T0)
        assert ledger.remember("expo").leads == {}

    def test_a_database_that_is_not_there(self, url: str) -> None:
        with pytest.raises(LedgerError) as caught:
            open_ledger(f"{url}_not_there")
        assert "does not exist" in caught.value.message
        assert caught.value.hint

    def test_a_server_that_does_not_answer_is_tried_later(self, url: str) -> None:
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1]
        with pytest.raises(LedgerUnreachableError) as caught:
            open_ledger(f"postgresql://somebody:secret@127.0.0.1:{port}/leads")
        assert "secret" not in caught.value.message
        assert caught.value.hint

    def test_a_session_that_was_cut_is_tried_later(self, ledger: SqlLedger, url: str) -> None:
        with pytest.raises(LedgerUnreachableError), ledger._database.writing() as connection:
            connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")
        assert ledger.runs() == []  # and the next one is a new one

    def test_a_lock_that_somebody_waits_for_in_vain(self, ledger: SqlLedger, url: str) -> None:
        with psycopg.connect(url) as other:
            other.execute("LOCK TABLE runs")
            patient = open_ledger(f"{url}?options=-c lock_timeout%3D50ms")
            with pytest.raises(LedgerLockedError):
                patient.start_run("sync", T0)
            patient.close()


class TestSchemas:
    """Workspaces that share a database, each in a schema of its own."""

    def test_each_remembers_its_own(self, database: str) -> None:
        one, other = (open_ledger(f"{database}?schema={name}") for name in ("acme", "toko"))
        run = one.start_run("sync", T0)
        assert [record.id for record in one.runs()] == [run]
        assert other.runs() == []
        one.close()
        other.close()
        again = open_ledger(f"{database}?options=-c lock_timeout%3D9s&schema=acme")
        assert [record.id for record in again.runs()] == [run]
        again.close()
        with psycopg.connect(database) as connection:
            tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
            assert connection.execute(tables).fetchone() == (0,)

    def test_several_make_one_at_once(self, database: str) -> None:
        def make() -> None:
            open_ledger(f"{database}?schema=acme").close()

        with ThreadPoolExecutor(4) as pool:
            for done in [pool.submit(make) for _ in range(4)]:
                done.result()

    def test_each_has_its_own_lock(self, database: str) -> None:
        one, other = (f"{database}?schema={name}" for name in ("acme", "toko"))
        raises = pytest.raises(LedgerLockedError)
        with ledger_lock(one), ledger_lock(other), raises, ledger_lock(one):
            pass

    @pytest.mark.parametrize("name", ["Acme", "a;b", 'a"b', "pg_x", "1a", "a" * 64])
    def test_a_name_that_no_schema_has(self, database: str, name: str) -> None:
        with pytest.raises(LedgerError) as caught:
            open_ledger(f"{database}?schema={name}")
        assert caught.value.hint


class TestExclusive:
    """Machines with one ledger take turns."""

    def test_the_second_one_is_told_to_come_later(self, url: str) -> None:
        with ledger_lock(url), pytest.raises(LedgerLockedError) as caught, ledger_lock(url):
            pass
        assert caught.value.hint
        with ledger_lock(url):
            pass

    def test_other_things_are_locked_apart(self, url: str) -> None:
        with ledger_lock(url, "source expo"), ledger_lock(url, "source web"), ledger_lock(url):
            pass

    def test_a_holder_that_is_killed_lets_go_at_once(self, url: str) -> None:
        code = (
            "import sys, time\n"
            "from sheetcrm.adapters.ledger.exclusive import ledger_lock\n"
            "with ledger_lock(sys.argv[1]):\n"
            "    print('mine', flush=True)\n"
            "    time.sleep(60)\n"
        )
        holder = subprocess.Popen(
            [sys.executable, "-c", code, url], stdout=subprocess.PIPE, text=True
        )
        with holder:
            assert holder.stdout
            assert holder.stdout.readline() == "mine\n"
            with pytest.raises(LedgerLockedError), ledger_lock(url):
                pass
            holder.kill()
        for _ in range(100):
            try:
                with ledger_lock(url):
                    return
            except LedgerLockedError:
                time.sleep(0.02)
        pytest.fail("the lock outlived its holder by two seconds")

    def test_it_outlives_what_the_ledger_itself_does(self, url: str, ledger: SqlLedger) -> None:
        with ledger_lock(url):
            ledger.start_run("sync", T0)
            with pytest.raises(LedgerLockedError), ledger_lock(url):
                pass

    def test_a_file_has_none(self, tmp_path: Path) -> None:
        path = str(tmp_path / "ledger.db")
        with ledger_lock(path), ledger_lock(path):
            assert not list(tmp_path.iterdir())
