"""What is older than it need be goes, once a day; that something was sent never does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Delete, Update, delete, func, or_, select, update

from sheetcrm.adapters.ledger.database import insert
from sheetcrm.adapters.ledger.health import unused_people
from sheetcrm.adapters.ledger.schema import (
    bodies,
    edits,
    marks,
    message_events,
    messages,
    metadata,
    people,
    runs,
    scores,
    sources,
)
from sheetcrm.core.memory import Retention
from sheetcrm.core.outbox.states import GOING, OPEN

_TIDIED = "tidied on"


def is_tidy(connection: Connection, at: datetime) -> bool:
    """Whether it was done today."""
    return connection.scalar(select(marks.c.value).where(marks.c.name == _TIDIED)) == _day(at)


def tidy(connection: Connection, retention: Retention, *, at: datetime) -> Mapping[str, int]:
    """Drop what is too old, and note that it was done; table → how many rows."""
    found = {
        name: count
        for name, statement in _statements(retention, at)
        if (count := connection.execute(statement).rowcount)
    }
    columns = (marks.c.name, marks.c.value)
    insert(connection, marks, columns, [(_TIDIED, _day(at))], key=columns[:1], update=columns[1:])
    return found


def _statements(retention: Retention, at: datetime) -> Iterator[tuple[str, Delete | Update]]:
    def older(days: int) -> Any:
        return select(runs.c.id).where(runs.c.started < at - timedelta(days=days))

    # What a run that was cut off intended may still stand in the sheet, however old it is.
    newest = select(sources.c.run_id).where(sources.c.id == edits.c.source_id).scalar_subquery()
    old_edits = edits.c.run_id.in_(older(retention.edits_days)) & (edits.c.run_id <= newest)
    yield "edits", delete(edits).where(old_edits)
    later = scores.alias("later")
    followed = select(later.c.id).where(
        later.c.lead_id == scores.c.lead_id, later.c.id > scores.c.id, later.c.undone_by.is_(None)
    )
    old_scores = scores.c.run_id.in_(older(retention.scores_days))
    yield "scores", delete(scores).where(old_scores, followed.exists())
    yield from _words(at - timedelta(days=retention.messages_days))
    yield "people", delete(people).where(people.c.id.in_(unused_people()))
    yield "runs", delete(runs).where(runs.c.id.in_(older(retention.runs_days)), _is_unused())


def _words(before: datetime) -> Iterator[tuple[str, Update]]:
    """Words of messages that are settled; the messages stay, so that none is repeated."""
    settled = select(messages.c.id).where(
        messages.c.state.not_in({*OPEN, *GOING}),
        func.coalesce(messages.c.sent_at, messages.c.created_at) < before,
    )
    old = bodies.c.message.in_(settled) & (bodies.c.raw != b"")
    yield "bodies", update(bodies).where(old).values(text="", html="", raw=b"")
    events = message_events.c.message.in_(settled) & (message_events.c.evidence != "")
    yield "message_events", update(message_events).where(events).values(evidence="")


def _is_unused() -> Any:
    """Whether nothing that is still known refers to a run."""
    referring = [
        column
        for table in metadata.sorted_tables
        for column in table.c
        if any(key.column is runs.c.id for key in column.foreign_keys)
    ]
    return ~or_(*(select(column).where(column == runs.c.id).exists() for column in referring))


def _day(at: datetime) -> str:
    return at.date().isoformat()
