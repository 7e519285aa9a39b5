"""The queue's manager that outlives a restart of the database.

Procrastinate's worker gives up when one of its own calls fails, and a job whose end could not be
noted would hold its lock for good, as its worker is alive. So those calls wait for the database.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

import psycopg
from procrastinate import PsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager, NotificationCallback

from sheetcrm.cluster.saying import Say

_PAUSE = 1.0  # seconds between two attempts
_TOLD_EVERY = 60.0  # seconds
_Answer = TypeVar("_Answer")


class PatientManager(JobManager):
    """Tries again what failed because the database was away."""

    def __init__(self, connector: PsycopgConnector, say: Say) -> None:
        super().__init__(connector)
        self.hurried = False  #: stop waiting: what cannot be noted now is left to the others
        self._say = say
        self._since = time.monotonic()
        self._told: float | None = None

    @property
    def steady_seconds(self) -> float:
        """For how long the database has been there without a gap that we noticed."""
        return time.monotonic() - self._since

    def away(self) -> None:
        """Note that the database did not answer."""
        self._since = time.monotonic()
        if self._told is None or self._since - self._told > _TOLD_EVERY:
            self._told = self._since
            self._say("the database does not answer; waiting for it")

    def away_or_raise(self, error: ConnectorException) -> None:
        """Note that the database did not answer; a fault of another kind is raised."""
        if not isinstance(error.__cause__, psycopg.OperationalError):
            raise error
        self.away()

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> Job | None:
        """The next job; none where the database is away, as one looks again soon."""
        try:
            return await super().fetch_job(queues, worker_id)
        except ConnectorException as error:
            self.away_or_raise(error)
            await asyncio.sleep(_PAUSE)
            return None

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:  # noqa: FBT001
        """Note a job's end; one that others took over meanwhile is theirs."""
        finish = super().finish_job
        try:
            await self._insisting(lambda: finish(job, status, delete_job))
        except ConnectorException as error:
            if not isinstance(error.__cause__, psycopg.errors.RaiseException):
                raise

    async def update_heartbeat(self, worker_id: int) -> None:
        """Say that we live."""
        update = super().update_heartbeat
        await self._insisting(lambda: update(worker_id))

    async def unregister_worker(self, worker_id: int) -> None:
        """Say that we end; the others notice it anyway."""
        try:
            await super().unregister_worker(worker_id)
        except ConnectorException as error:
            self.away_or_raise(error)

    async def listen_for_jobs(
        self, *, on_notification: NotificationCallback, queues: Iterable[str] | None = None
    ) -> None:
        """Hear of new jobs at once; without that they are looked for every second."""
        listen = super().listen_for_jobs
        await self._insisting(lambda: listen(on_notification=on_notification, queues=queues))

    async def _insisting(self, call: Callable[[], Awaitable[_Answer]]) -> _Answer:
        while True:
            try:
                return await call()
            except ConnectorException as error:
                self.away_or_raise(error)
                if self.hurried:
                    raise
            await asyncio.sleep(_PAUSE)
