"""The tables of the workers' database are made and kept up to date by whoever comes first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from sheetcrm.cluster import tables
from sheetcrm.cluster.database import rows, shared
from sheetcrm.errors import LedgerError, LedgerTooNewError, LedgerUnreachableError, UsageError


def names(connection):
    query = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1"
    return [name for (name,) in rows(connection, query)]


def test_many_workers_make_them_at_once(database):
    place = shared(f"{database}?schema=workers")

    def make() -> None:
        with place.connected() as connection:
            tables.prepare(place, connection)

    with ThreadPoolExecutor(6) as pool:
        for done in [pool.submit(make) for _ in range(6)]:
            done.result()
    with place.connected() as connection:
        assert {"duties", "workspaces", "procrastinate_jobs"} <= set(names(connection))


def test_they_share_a_database_with_others(database):
    for schema in ("one", "other"):
        place = shared(f"{database}?schema={schema}")
        with place.connected() as connection:
            tables.prepare(place, connection)
            assert "duties" in names(connection)
    with psycopg.connect(database) as connection:
        query = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        assert connection.execute(query).fetchone() == (0,)


def test_an_older_queue_gets_the_migrations_that_it_lacks(connection, shared):
    before, newest = tables._migrations()[-2:]
    connection.execute(
        "DROP TRIGGER procrastinate_trigger_status_events_update_v1 ON procrastinate_jobs"
    )
    connection.execute("UPDATE tables SET queue = %s", (before.name,))
    tables.prepare(shared, connection)
    assert rows(connection, "SELECT queue FROM tables") == [(newest.name,)]
    query = (
        "SELECT 1 FROM pg_trigger WHERE tgname = 'procrastinate_trigger_status_events_update_v1'"
    )
    assert rows(connection, query) == [(1,)]


def test_those_of_the_first_version_get_our_index(connection, shared):
    connection.execute("DROP INDEX sheetcrm_jobs_lock")
    connection.execute("UPDATE tables SET ours = 1")
    tables.prepare(shared, connection)
    assert rows(connection, "SELECT ours FROM tables") == [(tables.VERSION,)]
    assert rows(connection, "SELECT to_regclass('sheetcrm_jobs_lock') IS NOT NULL") == [(True,)]


def test_those_of_the_second_version_remember_what_was_told(connection, shared):
    connection.execute("INSERT INTO workspaces (name, signature, fault) VALUES ('acme', 'x', '')")
    connection.execute("DROP TABLE faults, told")
    connection.execute("UPDATE tables SET ours = 2")
    tables.prepare(shared, connection)
    assert {"faults", "told"} <= set(names(connection))
    assert rows(connection, "SELECT signature FROM workspaces") == [("",)], "looked at anew"


def test_newer_ones_are_refused(connection, shared):
    connection.execute("UPDATE tables SET queue = '99.99.99_01_newer.sql'")
    with pytest.raises(LedgerTooNewError) as caught:
        tables.prepare(shared, connection)
    assert caught.value.hint


def test_a_server_that_is_not_there():
    place = shared("postgresql://somebody:secret@127.0.0.1:9/x")
    with pytest.raises(LedgerUnreachableError) as caught, place.connected():
        pass
    assert "secret" not in caught.value.message


def test_a_fault_of_a_statement_is_in_our_words(connection, shared):
    with pytest.raises(LedgerError), shared.in_our_words():
        rows(connection, "SELECT nothing")


@pytest.mark.parametrize(
    "url", ["", "var/ledger.db", "mysql://x/y", "postgresql://h/d?schema=A-B", "postgresql://[/x"]
)
def test_no_such_database(url):
    with pytest.raises(UsageError) as caught:
        shared(url)
    assert caught.value.hint
