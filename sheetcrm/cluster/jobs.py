"""What waits, what is at work, what failed: the duties with their jobs, for people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from procrastinate import SyncPsycopgConnector
from procrastinate.manager import JobManager

from sheetcrm.cluster.database import Connection, Shared, rows
from sheetcrm.cluster.handing import hand_out


class State(StrEnum):
    """Where a duty stands."""

    RUNNING = "running"  #: a worker is at it
    WAITING = "waiting"  #: for a worker
    FAILED = "failed"  #: the last time; it is tried again
    PLANNED = "planned"  #: until its time comes


@dataclass(frozen=True, kw_only=True, slots=True)
class JobLine:
    """A duty and how it stands."""

    id: str  #: ``acme/leads``
    kind: str
    state: State
    holder: str  #: host and process that are at it, or were last
    since: datetime | None  #: when that began
    due_at: datetime
    schedule: str
    zone: str
    failures: int  #: in a row
    said: str  #: what came of it the last time
    seconds: float | None  #: how long it took then


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """A workspace whose config is wrong."""

    workspace: str
    message: str


_LINES = """
SELECT d.workspace || '/' || d.name, d.kind,
       CASE WHEN job.doing THEN 'running'
            WHEN job.key IS NOT NULL OR d.due_at <= now() THEN 'waiting'
            WHEN d.failures > 0 THEN 'failed' ELSE 'planned' END,
       d.holder, d.begun_at, d.due_at, d.schedule, d.zone, d.failures, d.said,
       extract(epoch FROM d.ended_at - d.begun_at)::float
  FROM duties d
  LEFT JOIN (
       SELECT queueing_lock AS key, bool_or(status = 'doing') AS doing FROM procrastinate_jobs
        WHERE status IN ('todo', 'doing') GROUP BY queueing_lock) AS job
    ON job.key = d.kind || ' ' || d.workspace || '/' || d.name
 WHERE d.workspace || '/' || d.name LIKE %s
 ORDER BY d.due_at, 1
"""


def lines(connection: Connection, pattern: str = "*") -> list[JobLine]:
    """The duties whose id fits a pattern (``acme/*``), what comes first first."""
    found = rows(connection, _LINES, _like(pattern))
    names = JobLine.__dataclass_fields__
    return [
        JobLine(**{**dict(zip(names, row, strict=True)), "state": State(row[2])}) for row in found
    ]


def faults(connection: Connection) -> list[Fault]:
    """The workspaces whose config is wrong."""
    query = "SELECT name, fault FROM workspaces WHERE fault <> '' ORDER BY name"
    return [Fault(workspace=name, message=fault) for name, fault in rows(connection, query)]


def retry(connection: Connection, pattern: str) -> int:
    """Let the duties that fit the pattern be due now, as if they had never failed; how many."""
    done = connection.execute(
        "UPDATE duties SET due_at = now(), failures = 0 WHERE workspace || '/' || name LIKE %s",
        (_like(pattern),),
    )
    hand_out(connection)
    return done.rowcount


def cancel(shared: Shared, connection: Connection, pattern: str) -> int:
    """Take the jobs of the duties that fit the pattern out of the queue; how many.

    What is at work goes on. They are due again when their schedule says so.
    """
    waiting = rows(
        connection,
        "SELECT id FROM procrastinate_jobs WHERE status = 'todo'"
        " AND (args ->> 'workspace') || '/' || (args ->> 'name') LIKE %s",
        _like(pattern),
    )
    queue = SyncPsycopgConnector(conninfo=shared.conninfo, min_size=1, max_size=1)
    queue.open()
    try:
        manager = JobManager(queue)
        return sum(manager.cancel_job_by_id(job, delete_job=True) for (job,) in waiting)
    finally:
        queue.close()


def _like(pattern: str) -> str:
    """A pattern with * as one of SQL."""
    escaped = pattern.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return escaped.replace("*", "%")
