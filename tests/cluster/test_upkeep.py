"""Taking over from the dead, and outages of the database."""

from __future__ import annotations

import asyncio
import threading

import pytest
from procrastinate import App, PsycopgConnector

from sheetcrm.cluster import duties, faults, handing
from sheetcrm.cluster.database import rows
from sheetcrm.cluster.database import shared as shared_of
from sheetcrm.cluster.duties import Duty, Planned
from sheetcrm.cluster.fleet import fleet
from sheetcrm.cluster.patience import PatientManager
from sheetcrm.cluster.upkeep import MOST_DEATHS, Upkeep

LEADS = Duty(workspace="acme", kind="sync", name="leads")


@pytest.fixture
def told():
    return []


@pytest.fixture
def dead(connection):
    """A job that a worker was at that has been silent for a minute."""
    connection.execute("INSERT INTO workspaces (name, signature, fault) VALUES ('acme', '', '')")
    duties.keep(connection, "acme", [Planned(duty=LEADS, schedule="0 0 1 1 *", zone="UTC")])
    handing.hand_out(connection)
    [(worker,)] = rows(
        connection,
        "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 minute')"
        " RETURNING id",
    )
    connection.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", (worker,))
    return connection


def take_over(shared, told, *, steady=100.0):
    async def go() -> None:
        connector = PsycopgConnector(conninfo=shared.conninfo, min_size=1)
        async with App(connector=connector).open_async():
            manager = PatientManager(connector, lambda text, **_: told.append(text))
            manager._since -= steady
            upkeep = Upkeep(shared, manager, threading.Event(), manager._say)
            await upkeep._take_over(30)

    asyncio.run(go())


def jobs(connection):
    return rows(connection, "SELECT status::text, attempts FROM procrastinate_jobs ORDER BY id")


def test_a_job_of_a_silent_worker_waits_for_another_one(dead, shared, told):
    take_over(shared, told)
    assert jobs(dead) == [("todo", 1)]
    assert "acme/leads: its worker fell silent" in told[0]


def test_where_a_newer_job_waits_the_old_one_is_out_of_its_way(dead, shared, told):
    dead.execute("UPDATE duties SET due_at = now()")
    handing.hand_out(dead)
    take_over(shared, told)
    assert jobs(dead) == [("todo", 0)]


def test_one_that_kills_its_workers_is_put_aside(dead, shared, told):
    dead.execute("UPDATE procrastinate_jobs SET attempts = %s", (MOST_DEATHS - 1,))
    take_over(shared, told)
    assert jobs(dead) == []
    assert rows(dead, "SELECT failures, said LIKE '%%died%%' FROM duties") == [(1, True)]
    assert [fault.passing for fault in faults.known(dead, "acme")] == [False]


def test_after_an_outage_nobody_is_taken_for_dead_at_once(dead, shared, told):
    take_over(shared, told, steady=10)
    assert jobs(dead) == [("doing", 0)]


def test_a_database_that_is_away_costs_a_round_and_no_worker(tmp_path, told):
    away = shared_of("postgresql://nobody@127.0.0.1:9/x")

    async def go() -> None:
        manager = PatientManager(
            PsycopgConnector(conninfo=away.conninfo), lambda text, **_: told.append(text)
        )
        upkeep = Upkeep(away, manager, threading.Event(), manager._say)
        rounds = asyncio.gather(
            upkeep.keep_going(every_seconds=0.01, takeover_seconds=5),
            upkeep.look_around(fleet(str(tmp_path)), every_seconds=0.01),
        )
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(rounds, timeout=0.5)

    asyncio.run(go())
    assert told == ["the database does not answer; waiting for it"]
