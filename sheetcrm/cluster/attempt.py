"""One attempt at a duty: does it, and notes what came of it, also where that takes patience."""

from __future__ import annotations

import gc
import os
import socket
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sheetcrm.bootstrap import crash_log
from sheetcrm.cluster import duties, faults
from sheetcrm.cluster.database import Connection, Shared
from sheetcrm.cluster.duties import TELL, Duty
from sheetcrm.cluster.fleet import Fleet
from sheetcrm.cluster.saying import Say
from sheetcrm.cluster.telling import look
from sheetcrm.cluster.work import Outcome, Work
from sheetcrm.errors import LedgerUnreachableError, SheetCrmError

_PAUSE = 1.0  # seconds between two attempts to reach the database
_Answer = TypeVar("_Answer")


class Attempts:
    """What a worker process does, one thing at a time."""

    def __init__(self, shared: Shared, fleet: Fleet, work: Work, say: Say) -> None:
        self.holder = f"{socket.gethostname()}:{os.getpid()}"  #: who we are, for people
        self.stopping = threading.Event()  #: wait for nothing any more
        self._shared = shared
        self._fleet = fleet
        self._work = work
        self._say = say
        self._connection: Connection | None = None
        self._loaded = False

    def attempt(self, duty: Duty) -> None:
        """Do it and note how it went; what goes wrong is noted, too.

        Raises:
            LedgerUnreachableError: the workers' database is away, and we are to stop.
        """
        self._noting(lambda connection: duties.begun(connection, duty, self.holder))
        start = time.monotonic()
        outcome = self._done(duty)
        seconds = time.monotonic() - start
        self._tidy()
        self._noting(lambda connection: self._note(connection, duty, outcome))
        failed = "failed: " if outcome.error else ""
        self._say(
            f"{duty}: {failed}{outcome.said or 'nothing to do'} ({seconds:.1f} s)",
            job=str(duty),
            kind=duty.kind,
            failed=bool(failed),
            seconds=round(seconds, 3),
        )

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection:
            self._connection.close()

    def _done(self, duty: Duty) -> Outcome:
        root = self._fleet.root(duty.workspace)
        try:
            if duty.kind == TELL:
                return self._noting(lambda connection: look(connection, duty.workspace, root))
            return self._work[duty.kind](root, duty.name, self._sharing(duty))
        except SheetCrmError as error:
            return Outcome(said=" ".join(error.message.split()), error=error)
        except Exception as error:  # noqa: BLE001  a bug costs one attempt, not the worker
            place = crash_log(root, traceback.format_exc())
            said = f"a bug in sheetcrm: {type(error).__name__}, written down in {place}"
            return Outcome(said=said, error=SheetCrmError(said))

    def _sharing(self, duty: Duty) -> list[Path]:
        """The folders of the other workspaces that send from the account."""
        if duty.kind != "mail":
            return []
        names = self._noting(lambda connection: duties.sharing(connection, duty))
        return [self._fleet.root(name) for name in names]

    def _tidy(self) -> None:
        """Let go of what the attempt made; what the first one has loaded stays, and is passed over.

        A run on the command line leaves that to the end of its process, which here never comes.
        """
        gc.collect()
        if not self._loaded:
            gc.freeze()
            self._loaded = True

    def _note(self, connection: Connection, duty: Duty, outcome: Outcome) -> None:
        if outcome.error is None:
            duties.done(connection, duty, self.holder, outcome.said)
            if outcome.again_at:
                duties.due_by(connection, duty, outcome.again_at)
        else:
            duties.failed(connection, duty, outcome.said, passing=outcome.passing)
        if duty.kind != TELL and not outcome.unsure:  # that one cannot tell is nothing to be told
            faults.noted(connection, duty, outcome.faults)

    def _noting(self, note: Callable[[Connection], _Answer]) -> _Answer:
        """Note something in the database; while that is away, wait for it."""
        while True:
            try:
                with self._shared.in_our_words():
                    if self._connection is None or self._connection.closed:
                        self._connection = self._shared.connect()
                    return note(self._connection)
            except LedgerUnreachableError:
                if self.stopping.wait(_PAUSE):
                    raise
