"""What is to be done regularly: one row for each source, with when it is due and how it went.

A duty stays due until it has been done: a job that is lost costs a repetition and nothing else.
All times are those of the database's clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sheetcrm.cluster.database import Connection, rows
from sheetcrm.cluster.schedules import following

TELL = "tell"  #: the kind of those that look whether somebody must be told
AT_ONCE = 2000  #: duties that one tick hands out
SHORTEST_PAUSE, LONGEST_PAUSE = 30, 3600  #: seconds after failures: 30, 60, 120 … an hour


@dataclass(frozen=True, kw_only=True, slots=True)
class Duty:
    """Something to be done regularly in a workspace."""

    workspace: str
    kind: str  #: ``sync``, ``mail`` or ``tell``
    name: str  #: of the source, of the account, or ``notify``

    def __str__(self) -> str:
        """What people call it: ``acme/leads``."""
        return f"{self.workspace}/{self.name}"

    @property
    def key(self) -> str:
        """What no other duty is called."""
        return f"{self.kind} {self}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """A duty with its schedule."""

    duty: Duty
    schedule: str  #: five fields of cron
    zone: str


def keep(connection: Connection, workspace: str, planned: Sequence[Planned]) -> None:
    """These are the duties of the workspace from now on.

    New ones are due at once, and so are those that failed: what was wrong may be mended.
    """
    names = [f"{one.duty.kind} {one.duty.name}" for one in planned]
    connection.execute(
        "DELETE FROM duties WHERE workspace = %s AND NOT kind || ' ' || name = ANY(%s)",
        (workspace, names),
    )
    add(connection, workspace, planned)


def add(connection: Connection, workspace: str, planned: Sequence[Planned]) -> None:
    """These are duties of the workspace from now on, beside those that it has; as in `keep`."""
    for one in planned:
        connection.execute(
            """
            INSERT INTO duties (workspace, kind, name, schedule, zone) VALUES (%s, %s, %s, %s, %s)
            ON CONFLICT (workspace, kind, name) DO UPDATE
               SET schedule = excluded.schedule, zone = excluded.zone,
                   due_at = CASE WHEN duties.failures > 0 THEN now() ELSE duties.due_at END
            """,
            (workspace, one.duty.kind, one.duty.name, one.schedule, one.zone),
        )


def claim(connection: Connection) -> list[Duty]:
    """The duties that are due; from here on they are due again when their schedule says so.

    Only those that no other tick holds. Belongs into the transaction that hands them out.
    """
    due = rows(
        connection,
        """
        SELECT workspace, kind, name, schedule, zone, now() FROM duties
         WHERE due_at <= now() ORDER BY due_at, kind = %s LIMIT %s FOR UPDATE SKIP LOCKED
        """,
        TELL,  # who looks how it went comes after it
        AT_ONCE,
    )
    duties = [Duty(workspace=row[0], kind=row[1], name=row[2]) for row in due]
    times = [
        following(row[3], row[4], duty.key, row[5]) for duty, row in zip(duties, due, strict=True)
    ]
    connection.execute(
        """
        UPDATE duties SET due_at = next.due_at
          FROM unnest(%s::text[], %s::text[], %s::text[], %s::timestamptz[])
               AS next (workspace, kind, name, due_at)
         WHERE (duties.workspace, duties.kind, duties.name)
             = (next.workspace, next.kind, next.name)
        """,
        (
            [duty.workspace for duty in duties],
            [duty.kind for duty in duties],
            [duty.name for duty in duties],
            times,
        ),
    )
    return duties


def sharing(connection: Connection, duty: Duty) -> list[str]:
    """The other workspaces that have a duty of this name: the same account, where it is mail."""
    query = "SELECT workspace FROM duties WHERE kind = %s AND name = %s AND workspace <> %s"
    found = rows(connection, query, duty.kind, duty.name, duty.workspace)
    return sorted(workspace for (workspace,) in found)


def begun(connection: Connection, duty: Duty, holder: str) -> None:
    """Note that `holder` is at work on it."""
    connection.execute(
        "UPDATE duties SET begun_at = now(), ended_at = NULL, holder = %s"
        " WHERE (workspace, kind, name) = (%s, %s, %s)",
        (holder, duty.workspace, duty.kind, duty.name),
    )


def done(connection: Connection, duty: Duty, holder: str, said: str) -> None:
    """Note that it has been done."""
    connection.execute(
        "UPDATE duties SET ended_at = now(), failures = 0, said = %s"
        " WHERE (workspace, kind, name, holder) = (%s, %s, %s, %s)",
        (said, duty.workspace, duty.kind, duty.name, holder),
    )


def failed(connection: Connection, duty: Duty, said: str, *, passing: bool) -> None:
    """Note that it failed. What passes is tried again soon, what needs a person not too often.

    The pause doubles with each failure in a row, up to an hour.
    """
    connection.execute(
        """
        UPDATE duties
           SET ended_at = now(), failures = failures + 1, said = %s,
               due_at = greatest(
                   now() + make_interval(secs => least(%s * 2.0 ^ least(failures, 20), %s)),
                   CASE WHEN %s THEN now() ELSE due_at END)
         WHERE (workspace, kind, name) = (%s, %s, %s)
        """,
        (said, SHORTEST_PAUSE, LONGEST_PAUSE, passing, duty.workspace, duty.kind, duty.name),
    )


def due_by(connection: Connection, duty: Duty, at: datetime) -> None:
    """Let it be due at a moment where it would be later."""
    connection.execute(
        "UPDATE duties SET due_at = least(due_at, %s) WHERE (workspace, kind, name) = (%s, %s, %s)",
        (at, duty.workspace, duty.kind, duty.name),
    )
