"""What keeps the queue going, done by whichever worker comes first."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable

import psycopg
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status

from sheetcrm.cluster import duties, faults
from sheetcrm.cluster.database import Shared
from sheetcrm.cluster.duties import TELL, Duty
from sheetcrm.cluster.fleet import Fleet
from sheetcrm.cluster.handing import duty_of, hand_out
from sheetcrm.cluster.patience import PatientManager
from sheetcrm.cluster.saying import Say
from sheetcrm.cluster.survey import survey
from sheetcrm.errors import LedgerUnreachableError, SheetCrmError

MOST_DEATHS = 3  #: of workers, one after the other, by the same job


class Upkeep:
    """Rounds that one worker at a time makes."""

    def __init__(
        self,
        shared: Shared,
        manager: PatientManager,
        stopping: threading.Event,
        say: Say,
    ) -> None:
        self._shared = shared
        self._manager = manager
        self._stopping = stopping
        self._say = say

    async def keep_going(self, *, every_seconds: float, takeover_seconds: float) -> None:
        """Hand out what is due, and take over the jobs of silent workers."""

        async def share() -> None:
            await asyncio.to_thread(self._hand_out)
            await self._take_over(takeover_seconds)

        while True:
            await self._alone("hand out", share)
            await asyncio.sleep(every_seconds)

    async def look_around(self, fleet: Fleet, *, every_seconds: float) -> None:
        """Look which workspaces there are, and what they want."""
        while True:
            await self._alone("look around", lambda: asyncio.to_thread(self._survey, fleet))
            await asyncio.sleep(every_seconds)

    async def _alone(self, what: str, share: Callable[[], Awaitable[None]]) -> None:
        """Do it unless somebody else does just now; a database that is away costs the round."""
        try:
            async with await psycopg.AsyncConnection.connect(
                self._shared.conninfo, autocommit=True
            ) as connection:
                query = "SELECT pg_try_advisory_lock(hashtext(%s))"
                cursor = await connection.execute(query, (f"{self._shared.schema} {what}",))
                if await cursor.fetchone() == (True,):
                    await share()
        except (psycopg.OperationalError, LedgerUnreachableError):
            self._manager.away()
        except ConnectorException as error:
            self._manager.away_or_raise(error)

    def _hand_out(self) -> None:
        with self._shared.connected() as connection:
            hand_out(connection)

    def _survey(self, fleet: Fleet) -> None:
        with self._shared.connected() as connection:
            if changed := survey(connection, fleet, self._stopping.is_set):
                self._say(f"{changed} workspace{'s' * (changed != 1)} new or changed")
                hand_out(connection)

    async def _take_over(self, silent_seconds: float) -> None:
        """Let others do what dead workers were at.

        After an outage of the database everybody was silent: then nobody is taken for dead until
        all have had the time to say that they live.
        """
        if self._manager.steady_seconds < silent_seconds:
            return
        for job in await self._manager.get_stalled_jobs(seconds_since_heartbeat=silent_seconds):
            duty = duty_of(job)
            if job.attempts + 1 >= MOST_DEATHS:
                self._say(f"{duty}: {MOST_DEATHS} workers died of it", job=str(duty))
                await asyncio.to_thread(self._give_up, duty)
                await self._manager.finish_job(job, Status.FAILED, delete_job=True)
            else:
                self._say(f"{duty}: its worker fell silent, another one takes over", job=str(duty))
                await self._again(job)

    async def _again(self, job: Job) -> None:
        try:
            await self._manager.retry_job(job)
        except UniqueViolation:
            # A newer job waits for the same duty. It covers this one, which would block it for
            # good: Procrastinate's own way of retrying fails here.
            await self._manager.finish_job(job, Status.FAILED, delete_job=True)

    def _give_up(self, duty: Duty) -> None:
        said = f"{MOST_DEATHS} workers died while they were at it, out of memory perhaps"
        with self._shared.connected() as connection:
            duties.failed(connection, duty, said, passing=False)
            if duty.kind != TELL:
                faults.noted(connection, duty, [SheetCrmError(f"{duty}: {said}")])
