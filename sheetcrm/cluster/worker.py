"""A worker: takes jobs from the queue, one at a time, and does its share of the upkeep."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass

from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import ConnectorException

from sheetcrm.cluster.attempt import Attempts
from sheetcrm.cluster.database import Shared
from sheetcrm.cluster.duties import TELL, Duty
from sheetcrm.cluster.fleet import Fleet
from sheetcrm.cluster.handing import TASK
from sheetcrm.cluster.patience import PatientManager
from sheetcrm.cluster.saying import Say
from sheetcrm.cluster.tables import prepare
from sheetcrm.cluster.upkeep import Upkeep
from sheetcrm.cluster.work import Work

_SAME_SIGNAL = 1.0  # seconds in which whoever starts us may say it twice: to us, and to all
_PAUSE = 2.0  # seconds until a worker that lost its place in the queue takes a new one


@dataclass(frozen=True, kw_only=True, slots=True)
class Worker:
    """What a worker is told."""

    shared: Shared
    fleet: Fleet
    work: Work
    queues: tuple[str, ...] = ()  #: kinds of duties; all of them where there are none
    takeover_seconds: float = 30.0  #: after which a silent worker counts as dead
    tick_seconds: float = 5.0  #: between two looks at what is due
    survey_seconds: float = 60.0  #: between two looks at the workspaces


def serve(worker: Worker, say: Say) -> None:
    """Work until SIGTERM or SIGINT; then finish the job at hand and return.

    A second signal ends the process at once, which is safe, too: others take the job over.

    Args:
        worker: what to do.
        say: is told what was done, and what is wrong, a line each.

    Raises:
        LedgerError: the database cannot be used.
    """
    for name in ("procrastinate", "psycopg.pool"):  # what matters of it, we say ourselves
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    with worker.shared.connected() as connection:
        prepare(worker.shared, connection)
    asyncio.run(_serve(worker, say))


async def _serve(worker: Worker, say: Say) -> None:
    attempts = Attempts(worker.shared, worker.fleet, worker.work, say)
    connector = PsycopgConnector(
        conninfo=worker.shared.conninfo, min_size=1, max_size=3, reconnect_timeout=10
    )
    app = App(connector=connector)
    app.job_manager = manager = PatientManager(connector, say)

    @app.task(name=TASK)
    def duty(workspace: str, kind: str, name: str) -> None:
        attempts.attempt(Duty(workspace=workspace, kind=kind, name=name))

    upkeep = Upkeep(worker.shared, manager, attempts.stopping, say)
    async with app.open_async():
        working = asyncio.create_task(_take_jobs(worker, app, say))

        def stop() -> None:
            say("stopping after the job at hand; once more to stop at once")
            attempts.stopping.set()
            manager.hurried = True
            working.cancel()

        with _on_signals(stop):
            await _together(
                working,
                upkeep.keep_going(
                    every_seconds=worker.tick_seconds, takeover_seconds=worker.takeover_seconds
                ),
                upkeep.look_around(worker.fleet, every_seconds=worker.survey_seconds),
            )
    attempts.close()


async def _take_jobs(worker: Worker, app: App, say: Say) -> None:
    """Take jobs until cancelled; a worker whose place in the queue is gone takes a new one."""
    say(f"at work on {', '.join(worker.queues) or 'everything'}")
    while True:
        with contextlib.suppress(ConnectorException):
            await app.run_worker_async(
                queues=[*(worker.queues or worker.work), TELL],  # every worker tells
                fetch_job_polling_interval=1.0,
                delete_jobs="always",  # duties tell what came of it; a long table is a slow queue
                install_signal_handlers=False,
                update_heartbeat_interval=worker.takeover_seconds / 4,
                stalled_worker_timeout=max(3600.0, 10 * worker.takeover_seconds),
            )
        await asyncio.sleep(_PAUSE)


async def _together(working: asyncio.Task[None], *beside: Coroutine[object, object, None]) -> None:
    """Wait for the work to be cancelled, with these beside it; a fault of one ends all."""
    tasks = [asyncio.create_task(one) for one in beside]
    done, _ = await asyncio.wait([working, *tasks], return_when=asyncio.FIRST_COMPLETED)
    for task in (working, *tasks):
        task.cancel()
    await asyncio.gather(working, *tasks, return_exceptions=True)
    for task in done - {working}:
        task.result()


@contextlib.contextmanager
def _on_signals(stop: Callable[[], None]) -> Iterator[None]:
    """Stop at the first signal, end the process at the second."""
    loop = asyncio.get_running_loop()
    signals = (signal.SIGTERM, signal.SIGINT)
    asked: list[float] = []

    def heard() -> None:
        if not asked:
            asked.append(loop.time())
            stop()
        elif loop.time() - asked[0] > _SAME_SIGNAL:
            os._exit(128 + signal.SIGTERM)

    for one in signals:
        loop.add_signal_handler(one, heard)
    try:
        yield
    finally:
        for one in signals:
            loop.remove_signal_handler(one)
