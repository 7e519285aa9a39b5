"""Runs, and the sources that they worked on."""

from __future__ import annotations

import json
import platform
import secrets
from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select, update

from sheetcrm import __version__
from sheetcrm.adapters.ledger import database
from sheetcrm.adapters.ledger.database import AnyRow
from sheetcrm.adapters.ledger.schema import HEAD, runs, sources
from sheetcrm.core.memory import RunRecord
from sheetcrm.errors import UsageError

_BASE32 = "abcdefghijklmnopqrstuvwxyz234567"


def start(connection: Connection, kind: str, at: datetime) -> str:
    """Begin a run; its id is the time in UTC and three random characters."""
    moment = f"{at.astimezone(UTC):%Y%m%d-%H%M%S}"
    taken = set(connection.scalars(select(runs.c.key).where(runs.c.key.startswith(moment))))
    key = _key(moment)
    while key in taken:
        key = _key(moment)
    details = json.dumps({"versions": _versions()})
    connection.execute(insert(runs).values(key=key, kind=kind, started=at, details=details))
    return key


def wants_a_look(connection: Connection, own: Collection[str], at: datetime) -> bool:
    """Whether the newest run never ended or was on another day, unless it is one of these."""
    columns = (runs.c.key, runs.c.started, runs.c.finished)
    row = connection.execute(select(*columns).order_by(runs.c.id.desc()).limit(1)).first()
    if row is None or row.key in own:
        return False
    return row.finished is None or row.started.date() != at.astimezone(UTC).date()


def number(connection: Connection, key: str) -> int:
    """The number of the run with this id.

    Raises:
        UsageError: there is none.
    """
    found: int | None = connection.scalar(select(runs.c.id).where(runs.c.key == key))
    if found is None:
        raise UsageError(f"there is no run {key}", hint="sheetcrm status lists the runs")
    return found


def finish(
    connection: Connection,
    run_id: int,
    *,
    at: datetime,
    outcome: str,
    counts: Mapping[str, int],
    details: Mapping[str, object],
) -> None:
    """Close a run, adding to its details."""
    known = connection.scalar(select(runs.c.details).where(runs.c.id == run_id)) or "{}"
    values = {
        "finished": at,
        "outcome": outcome,
        "counts": json.dumps(dict(counts)),
        "details": json.dumps({**json.loads(known), **details}, ensure_ascii=False),
    }
    connection.execute(update(runs).where(runs.c.id == run_id).values(values))


def newest(connection: Connection, limit: int) -> list[RunRecord]:
    """The newest runs first."""
    rows = connection.execute(select(runs).order_by(runs.c.id.desc()).limit(limit))
    return [
        RunRecord(
            id=row.key,
            kind=row.kind,
            started=row.started,
            finished=row.finished,
            outcome=row.outcome,
            counts=json.loads(row.counts),
            details=json.loads(row.details),
        )
        for row in rows
    ]


def after(connection: Connection, run_id: int) -> list[str]:
    """The ids of the runs that began after this one, the oldest first."""
    return list(
        connection.scalars(select(runs.c.key).where(runs.c.id > run_id).order_by(runs.c.id))
    )


def source(connection: Connection, key: str) -> AnyRow | None:
    """A source, None for one that no run has worked on."""
    return connection.execute(select(sources).where(sources.c.key == key)).first()


def ensure_source(connection: Connection, key: str, locator: str) -> AnyRow:
    """A source, made where it is not known yet, and where it is now."""
    columns = (sources.c.key, sources.c.locator)
    found = source(connection, key)
    if found is None or found.locator != locator:
        database.insert(
            connection, sources, columns, [(key, locator)], key=columns[:1], update=columns[1:]
        )
        found = source(connection, key)
    assert found is not None
    return found


def confirm_source(connection: Connection, found: AnyRow, run_id: int, at: datetime) -> None:
    """The run has written the source."""
    newest_run = max(run_id, found.run_id or 0)  # a run that was overtaken comes too late
    connection.execute(
        update(sources).where(sources.c.id == found.id).values(run_id=newest_run, seen_at=at)
    )


def _versions() -> dict[str, str]:
    """What works now, for whoever asks later why a run did what it did."""
    return {"sheetcrm": __version__, "python": platform.python_version(), "ledger": HEAD}


def _key(moment: str) -> str:
    return f"{moment}-{''.join(secrets.choice(_BASE32) for _ in range(3))}"
