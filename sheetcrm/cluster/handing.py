"""Hands out what is due: from duties to jobs of the queue, in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from procrastinate import SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Job
from procrastinate.manager import JobManager

from sheetcrm.cluster import duties
from sheetcrm.cluster.database import Connection, rows
from sheetcrm.cluster.duties import Duty

TASK = "duty"  #: the only task of the queue; a job's arguments are those of its duty
_OUTGROWN = """
SELECT (SELECT count(*) FROM procrastinate_jobs) > 100 + 2 * greatest(reltuples, 0)
  FROM pg_class WHERE oid = 'procrastinate_jobs'::regclass
"""
_manager = JobManager(SyncPsycopgConnector())  # never opened: the connection is always ours


def hand_out(connection: Connection) -> int:
    """Put the duties that are due into the queue; none that waits there already.

    The duty is due later and the job is there, or neither: whatever happens in between.

    Returns:
        How many jobs were made.
    """
    with connection.transaction():
        made = _handed_out(connection)
    _tell_length(connection)
    return made


def job(duty: Duty) -> Job:
    """The job of a duty.

    Its lock is that of the workspace: a workspace's sources go one after the other, as a person
    in two of them hears from us once, and as a run by hand excludes them all, too.
    """
    return Job(
        queue=duty.kind,
        lock=duty.workspace,
        queueing_lock=duty.key,
        task_name=TASK,
        task_kwargs={"workspace": duty.workspace, "kind": duty.kind, "name": duty.name},
    )


def duty_of(job: Job) -> Duty:
    """The duty that a job is for."""
    return Duty(**{name: str(value) for name, value in job.task_kwargs.items()})


def _handed_out(connection: Connection) -> int:
    due = duties.claim(connection)
    if not due:
        return 0
    there = rows(
        connection,
        "SELECT queueing_lock FROM procrastinate_jobs"
        " WHERE status = 'todo' AND queueing_lock = ANY(%s)",
        [duty.key for duty in due],
    )
    waiting = {key for (key,) in there}
    ready = [duty for duty in due if duty.key not in waiting]
    return _enqueue(connection, [job(duty) for duty in _taking_turns(ready)])


def _taking_turns(ready: Sequence[Duty]) -> list[Duty]:
    """First one of each workspace, then another of each: nobody waits for a big one to end."""
    before: defaultdict[str, int] = defaultdict(int)
    turns = []
    for duty in ready:
        turns.append((before[duty.workspace], duty))
        before[duty.workspace] += 1
    return [duty for _, duty in sorted(turns, key=lambda turn: turn[0])]


def _enqueue(connection: Connection, jobs: Sequence[Job]) -> int:
    """All at once; one by one where somebody put one of them in at the same moment."""
    if not jobs:
        return 0  # the queue takes no empty list
    try:
        with connection.transaction():
            return len(_manager.batch_defer_jobs(list(jobs), connection=connection))
    except AlreadyEnqueued:
        return sum(_enqueued(connection, one) for one in jobs)


def _enqueued(connection: Connection, job: Job) -> bool:
    try:
        with connection.transaction():  # a failure would spoil the whole transaction
            _manager.defer_job(job, connection=connection)
    except AlreadyEnqueued:
        return False
    return True


def _tell_length(connection: Connection) -> None:
    """Tell PostgreSQL how long the queue is, once that is more than twice what it believes.

    It would notice a minute later. A queue that was empty when it looked last, as after each quiet
    hour, is planned for as an empty one until then: each fetch of a job compares every job that
    waits with every other.
    """
    if rows(connection, _OUTGROWN) == [(True,)]:
        connection.execute("ANALYZE (SKIP_LOCKED) procrastinate_jobs, procrastinate_events")
