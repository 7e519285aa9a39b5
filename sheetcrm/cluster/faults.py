"""What goes wrong in the workspaces, as far as somebody may have to be told of it.

A fault that passes by itself is forgotten when it has; one that a person should look at stays until
somebody was told, so that what is over before anybody looks is told nevertheless, as `run` would.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sheetcrm.cluster.database import Connection, rows
from sheetcrm.cluster.duties import Duty
from sheetcrm.errors import SheetCrmError, TransientError

_KEPT = "1 hour"  # that what is over waits for somebody who looks; there need be nobody


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """Something that is wrong, or was since somebody looked."""

    message: str
    passing: bool
    since: datetime

    @property
    def error(self) -> SheetCrmError:
        """The same as what a run would have met with."""
        return (TransientError if self.passing else SheetCrmError)(self.message)


def noted(connection: Connection, duty: Duty, errors: Sequence[SheetCrmError]) -> None:
    """Note what is wrong with a duty from now on: these, and nothing else.

    Whatever the words, it lasts since the duty was last done without any.
    """
    found = {" ".join(error.message.split()): isinstance(error, TransientError) for error in errors}
    key = (duty.workspace, duty.kind, duty.name)
    with connection.transaction():
        since = _since(connection, key) if found else None
        connection.execute(
            """
            WITH old AS (
                 DELETE FROM faults
                  WHERE (workspace, kind, name) = (%s, %s, %s) AND over_at < now() - %s::interval)
            UPDATE faults SET over_at = now()
             WHERE (workspace, kind, name) = (%s, %s, %s)
               AND over_at IS NULL AND message <> ALL(%s)
            """,
            (*key, _KEPT, *key, list(found)),
        )
        for message, passing in found.items():
            _noted(connection, key, message, (passing, since))


def known(connection: Connection, workspace: str) -> list[Fault]:
    """What is wrong in a workspace now, or was since somebody looked; its config first."""
    found = rows(
        connection,
        """
        SELECT fault, false, now() FROM workspaces WHERE name = %s AND fault <> ''
        UNION ALL (
        SELECT message, passing, since FROM faults
         WHERE workspace = %s AND (over_at IS NULL OR NOT passing AND NOT seen)
         ORDER BY kind, name, message)
        """,
        workspace,
        workspace,
    )
    return [Fault(message=row[0], passing=row[1], since=row[2]) for row in found]


def seen(connection: Connection, workspace: str) -> None:
    """Somebody was told, where that was due. Belongs into the transaction in which it was looked.

    So that what came up meanwhile is left for the next time.
    """
    connection.execute(
        """
        WITH old AS (DELETE FROM faults WHERE workspace = %s AND over_at < now())
        UPDATE faults SET seen = true
         WHERE workspace = %s AND since < now() AND over_at IS NULL AND NOT seen
        """,
        (workspace, workspace),
    )


def _since(connection: Connection, key: tuple[str, str, str]) -> datetime:
    query = (
        "SELECT coalesce(min(since), now()) FROM faults"
        " WHERE (workspace, kind, name) = (%s, %s, %s) AND over_at IS NULL"
    )
    [(since,)] = rows(connection, query, *key)
    found: datetime = since
    return found


def _noted(
    connection: Connection,
    key: tuple[str, str, str],
    message: str,
    state: tuple[bool, datetime | None],
) -> None:
    """Note one, whether it passes, and since when."""
    known = connection.execute(
        """
        UPDATE faults
           SET passing = %s, since = CASE WHEN over_at IS NULL THEN since ELSE %s END,
               seen = seen AND over_at IS NULL, over_at = NULL
         WHERE (workspace, kind, name, message) = (%s, %s, %s, %s)
        """,
        (*state, *key, message),
    )
    if not known.rowcount:  # unless the duty is gone
        connection.execute(
            "INSERT INTO faults (workspace, kind, name, message, passing, since)"
            " SELECT workspace, kind, name, %s, %s, %s FROM duties"
            " WHERE (workspace, kind, name) = (%s, %s, %s)",
            (message, *state, *key),
        )
