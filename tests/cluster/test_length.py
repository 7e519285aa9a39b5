"""What a job costs the database does not hang on how many others wait."""

from __future__ import annotations

import pytest
from procrastinate.sql import queries

from sheetcrm.cluster.database import rows
from sheetcrm.cluster.duties import Duty, Planned, keep
from sheetcrm.cluster.handing import hand_out

WAITING = 5000
IN_EACH = 10
MANY = """
INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock)
SELECT 'sync', 'duty', %(name)s || workspace, %(name)s || workspace || '/' || turn
  FROM generate_series(1, %(each)s) AS turn, generate_series(1, %(count)s / %(each)s) AS workspace
 ORDER BY turn, workspace
"""
ROWS = """
SELECT sum(seq_tup_read + idx_tup_fetch)::int FROM pg_stat_xact_user_tables
 WHERE relname IN ('procrastinate_jobs', 'procrastinate_events')
"""
LOOKS = "SELECT pg_stat_get_xact_numscans('sheetcrm_jobs_lock'::regclass)"


@pytest.fixture
def worker(connection, shared):
    """The connection of a worker that is there already, and has its number."""
    with shared.connect() as other:
        [(number,)] = rows(other, queries["register_worker"])
        yield other, number


def put_in(connection, count, name="team"):
    connection.execute(MANY, {"count": count, "each": IN_EACH, "name": name})


def worked(worker):
    """One job is fetched and done; whether there was one."""
    connection, number = worker
    fetch = {"queues": ["sync", "mail"], "worker_id": number}
    [job] = connection.execute(queries["fetch_job"].encode(), fetch).fetchall()
    if job[0] is None:
        return False
    done = {"job_id": job[0], "status": "succeeded", "delete_job": True}
    connection.execute(queries["finish_job"].encode(), done)
    return True


def never_used(connection, worker):
    assert not worked(worker)


def used_and_empty(connection, worker):
    """As a quiet night leaves it: a worker is there, and the database knows that nothing waits."""
    put_in(connection, 2000, "before")
    connection.execute("DELETE FROM procrastinate_jobs")
    connection.execute("VACUUM ANALYZE procrastinate_jobs, procrastinate_events")
    assert not any(worked(worker) for _ in range(10))


def short(connection, worker):
    """As a quiet day leaves it: all that has ever waited is a handful."""
    put_in(connection, 50, "before")
    connection.execute("VACUUM ANALYZE procrastinate_jobs, procrastinate_events")
    while worked(worker):
        pass


def told(connection):
    """Hand out one job more, with which goes what the database is told of the length."""
    connection.execute("INSERT INTO workspaces (name, signature, fault) VALUES ('acme', '', '')")
    one = Duty(workspace="acme", kind="sync", name="s")
    keep(connection, "acme", [Planned(duty=one, schedule="0 0 1 1 *", zone="UTC")])
    assert hand_out(connection) == 1


def read(worker, figures):
    """What a job more makes of these figures of the worker's transaction."""
    with worker[0].transaction():
        [(before,)] = rows(worker[0], figures)  # those of the last second stand there, too
        assert worked(worker)
        [(after,)] = rows(worker[0], figures)
    return after - before


@pytest.mark.slow
@pytest.mark.parametrize("before", [never_used, used_and_empty, short])
def test_a_job_reads_a_few_rows_whoever_waits(connection, worker, before):
    before(connection, worker)
    put_in(connection, WAITING)
    told(connection)
    assert read(worker, ROWS) < 10 * IN_EACH
    assert read(worker, LOOKS)  # otherwise an index is read from its begin to its end
