"""Looks how a workspace is doing, and tells whom its config names: the duty ``tell``.

The rules are those of a run on one machine (`sheetcrm.bootstrap.telling`); only what was told is
remembered where all workers see it, and a look stands in the place of a run.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sheetcrm.bootstrap import tell
from sheetcrm.cluster import faults
from sheetcrm.cluster.database import Connection, rows
from sheetcrm.cluster.duties import TELL, Duty, Planned
from sheetcrm.cluster.faults import Fault
from sheetcrm.cluster.work import Outcome
from sheetcrm.config.unattended import NotifyConfig, glance
from sheetcrm.core.schedule.noticing import Health, Told
from sheetcrm.errors import TransientError, UsageError

EVERY = "H/15 * * * *"  #: when somebody looks
# A worker that froze while it told lets others do so.
_ASLEEP = "SET LOCAL idle_in_transaction_session_timeout = '2min'"


def looks(workspace: str, root: Path, zone: str) -> list[Planned]:
    """The duty to look how the workspace is doing; none where nobody wants to hear of it."""
    if not _notify(root).somebody:
        return []
    duty = Duty(workspace=workspace, kind=TELL, name="notify")
    return [Planned(duty=duty, schedule=EVERY, zone=zone)]


def look(connection: Connection, workspace: str, root: Path) -> Outcome:
    """Tell what is due. Two that look at once tell once: the second one waits for the first.

    What was told is noted after it was: who dies in between tells it again.
    """
    said = _notify(root)
    with connection.transaction():
        before, now = _alone(connection, workspace)
        found = faults.known(connection, workspace)
        since = min((fault.since for fault in found), default=before.since)
        errors = [fault.error for fault in found]
        telling = tell(root, said, replace(before, since=since), _health(found), errors, now=now)
        _remember(connection, workspace, telling.told)
        if not telling.unheard:
            faults.seen(connection, workspace)
    if telling.wrong:
        return Outcome(said="; ".join(telling.wrong), error=TransientError(telling.wrong[0]))
    return Outcome(said=f"faults: {len(found)}" if found else "all is well")


def _notify(root: Path) -> NotifyConfig:
    """Who wants to hear of it, also where the config is wrong elsewhere."""
    try:
        said = glance(root, os.environ)
    except UsageError:
        said = None
    return said.notify if said else NotifyConfig()


def _health(found: Sequence[Fault]) -> Health:
    if not found:
        return Health.WELL
    return Health.LATER if all(fault.passing for fault in found) else Health.FAILED


def _alone(connection: Connection, workspace: str) -> tuple[Told, datetime]:
    """What was told, and the time, for us alone until the transaction ends."""
    connection.execute(_ASLEEP)
    connection.execute(
        "SELECT pg_advisory_xact_lock(hashtext(current_schema() || ' tell ' || %s))", (workspace,)
    )
    [(now,)] = rows(connection, "SELECT clock_timestamp()")
    query = "SELECT since, reason, at FROM told WHERE workspace = %s"
    for since, reason, at in rows(connection, query, workspace):
        return Told(since=since, reason=reason, at=at), now
    return Told(), now


def _remember(connection: Connection, workspace: str, told: Told) -> None:
    """Keep what was told; nothing while all is well, or of a workspace that is gone."""
    if told == Told():
        connection.execute("DELETE FROM told WHERE workspace = %s", (workspace,))
        return
    connection.execute(
        """
        INSERT INTO told (workspace, since, reason, at)
        SELECT name, %s, %s, %s FROM workspaces WHERE name = %s
            ON CONFLICT (workspace) DO UPDATE
           SET since = excluded.since, reason = excluded.reason, at = excluded.at
        """,
        (told.since, told.reason, told.at, workspace),
    )
