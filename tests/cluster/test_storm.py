"""Thousands of sources, four workers, and everything that goes wrong in a long night.

`SHEETCRM_STORM` says how many sources; `make cluster` takes 2,000.
"""

from __future__ import annotations

import csv
import itertools
import os
import random
import signal
import threading
import time
from pathlib import Path

import psycopg
import pytest

from sheetcrm.adapters.ledger import exclusive
from sheetcrm.cluster import jobs
from sheetcrm.cluster.database import rows
from sheetcrm.cluster.database import shared as shared_of
from sheetcrm.cluster.tables import prepare
from tests.support.postgres import running
from tests.support.workers import stopped, until, workers, workspace

SOURCES = int(os.environ.get("SHEETCRM_STORM", "200"))
IN_EACH = 10
WORKERS = 4
TAKEOVER_SECONDS = 5

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server():
    """A server of our own, as it will be restarted."""
    with running() as server:
        if server.restart is None:
            pytest.skip("the server of SHEETCRM_TEST_PG is not ours to be restarted")
        yield server


@pytest.fixture
def place(server):
    place = shared_of(server.fresh())
    with place.connected() as connection:
        prepare(place, connection)
    return place


@pytest.fixture
def folder(place, tmp_path):
    """The workspaces, their ledgers in the workers' database."""
    url = url_of(place)
    for number in range(SOURCES // IN_EACH):
        name = f"team{number:03}"
        workspace(tmp_path / "fleet" / name, f"{url}?schema={name}", sources=IN_EACH)
    return tmp_path / "fleet"


def url_of(place):
    with place.connected() as connection:
        info = connection.info
        return f"postgresql://{info.user}@{info.host}:{info.port}/{info.dbname}"


def test_every_source_is_synced_and_none_twice_at_once(server, place, folder, tmp_path):
    log = tmp_path / "log"
    arguments = ("--workspaces", str(folder), "--database", url_of(place))
    quiet = threading.Event()
    with workers(WORKERS, *arguments, "--takeover", str(TAKEOVER_SECONDS), log=log) as crew:
        until(lambda: done(place) > SOURCES * 0.3, seconds=SOURCES, log=log)
        pushing = threading.Thread(target=push, args=(place, quiet))
        pushing.start()
        victim = at_work(place, {process.pid for process in crew})
        dead = next(process for process in crew if process.pid == victim)
        dead.kill()
        dead.wait()
        until(lambda: done(place) > SOURCES * 0.6, seconds=SOURCES, log=log)
        quiet.set()
        pushing.join()
        server.restart(4)
        until(lambda: done(place) == SOURCES and idle(place), seconds=SOURCES + 60, log=log)
        living = [process for process in crew if process is not dead]
        assert [process.poll() for process in living] == [None] * (WORKERS - 1)
        assert [stopped(process) for process in living] == [0] * (WORKERS - 1)
    told = log.read_text()
    assert "fell silent, another one takes over" in told
    assert "Traceback" not in told
    assert_all_written(folder)
    assert_never_two_at_once(place, most_cut=1 + WORKERS)


def test_a_worker_that_freezes_and_wakes_up_overlaps_with_nobody(place, tmp_path):
    """A virtual machine that is paused does that: another one takes over what it is still at.

    The two see folders of their own, as two machines would, so that no file lock excludes them.
    """
    log = tmp_path / "log"
    here, there = (
        workspace(tmp_path / name / "team", f"{url_of(place)}?schema=team", leads=10_000)
        for name in ("here", "there")
    )
    arguments = ("--database", url_of(place), "--takeover", "2")
    first = workers(1, *arguments, "--workspaces", str(here), log=log)
    second = workers(1, *arguments, "--workspaces", str(there), log=log)
    with first as [frozen]:
        until(lambda: ledger_is_locked(place), log=log)
        frozen.send_signal(signal.SIGSTOP)
        with second as [other]:
            until(lambda: "another run of sheetcrm is at work" in log.read_text(), log=log)
            assert "another one takes over" in log.read_text()
            frozen.send_signal(signal.SIGCONT)
            until(lambda: log.read_text().count("10000 leads") == 2, seconds=120, log=log)
            until(lambda: idle(place), log=log)
            assert [stopped(frozen), stopped(other)] == [0, 0]
    assert "Traceback" not in log.read_text()
    assert_never_two_at_once(place, most_cut=0)


def push(place, quiet):
    """Somebody who keeps asking for sources, such as their owners by hand."""
    chance = random.Random(7)
    while not quiet.wait(0.05):
        with place.connected() as connection:
            team = chance.randrange(SOURCES // IN_EACH)
            jobs.retry(connection, f"team{team:03}/s000{chance.randrange(IN_EACH)}")


def done(place):
    """How many sources have been synced at least once."""
    with place.connected() as connection:
        [(count,)] = rows(connection, "SELECT count(*) FROM duties WHERE said LIKE '%%leads%%'")
        return count


def idle(place):
    """Whether nothing is due, waits or runs."""
    with place.connected() as connection:
        return {line.state for line in jobs.lines(connection)} == {jobs.State.PLANNED}


def ledger_is_locked(place):
    """Whether somebody is at work with the ledger of `team`: the lock that no machine hides."""
    number = exclusive._number("team run") % 2**64
    with place.connected() as connection:
        query = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND objid = %s"
        return rows(connection, query, number >> 32, number % 2**32) != []


def at_work(place, pids):
    """One of the processes that are in the middle of a job, and stay so: it is stopped there."""
    found = []

    def look():
        for pid in busy(place) & pids:
            os.kill(pid, signal.SIGSTOP)
            time.sleep(0.2)  # what it has told the database until now has arrived
            if pid in busy(place):
                found.append(pid)
                return True
            os.kill(pid, signal.SIGCONT)
        return False

    until(look)
    return found[0]


def busy(place) -> set[int]:
    """The processes that have a job at hand."""
    with place.connected() as connection:
        return {
            int(line.holder.rpartition(":")[2] or 0)
            for line in jobs.lines(connection)
            if line.state is jobs.State.RUNNING and line.seconds is None
        }


def assert_all_written(folder: Path):
    for path in folder.glob("*/*.csv"):
        with path.open(encoding="utf-8") as file:
            stages = [row["Stage"] for row in csv.DictReader(file)]
        assert stages == ["Contact", "Contact", "MQL", "MQL", "MQL"], path


def assert_never_two_at_once(place, *, most_cut):
    """By the begin and end of every run of every workspace; runs that were cut off have no end."""
    cut = 0
    with psycopg.connect(place.conninfo) as connection:
        query = "SELECT nspname FROM pg_namespace WHERE nspname ~ '^team' ORDER BY 1"
        schemas = [schema for (schema,) in connection.execute(query)]
        assert schemas
        for schema in schemas:
            query = f"SELECT started, finished FROM {schema}.runs ORDER BY started, id"
            runs = connection.execute(query.encode()).fetchall()
            for (_, finished), (started, _) in itertools.pairwise(runs):
                assert finished is None or finished <= started, schema
            cut += sum(finished is None for _, finished in runs)
    assert cut <= most_cut
