"""Messages: rendered follow-ups with their bytes, each known by its key."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, or_, select

from sheetcrm.adapters.ledger.database import AnyRow, chunks, delete_where, insert, update_where
from sheetcrm.adapters.ledger.schema import leads, message_events, messages, sources
from sheetcrm.core.memory import MessageDraft, MessageRecord, Withdrawal


def to_source(connection: Connection, source_id: int) -> list[MessageRecord]:
    """Messages to the leads of a source, and to the persons who they are, oldest first."""
    here = select(leads.c.id).where(leads.c.source_id == source_id)
    who = select(leads.c.person_id).where(
        leads.c.source_id == source_id, leads.c.person_id.is_not(None)
    )
    return _records(connection, or_(messages.c.lead_id.in_(here), messages.c.person_id.in_(who)))


def to_lead(connection: Connection, lead_id: int, person_id: int | None) -> list[MessageRecord]:
    """Messages to one lead, and to the person who it is, oldest first."""
    to_it = messages.c.lead_id == lead_id
    if person_id is None:
        return _records(connection, to_it)
    return _records(connection, or_(to_it, messages.c.person_id == person_id))


def waiting(connection: Connection) -> list[MessageDraft]:
    """Drafts with all that was rendered, oldest first."""
    query = (
        select(messages, leads.c.key.label("lead"), sources.c.key.label("source"))
        .join_from(messages, leads)
        .join(sources)
        .where(messages.c.state == "draft")
        .order_by(messages.c.created_at, messages.c.id)
    )
    return [_draft(row) for row in connection.execute(query)]


def keep(
    connection: Connection,
    run_id: int,
    drafts: Sequence[MessageDraft],
    ids: Mapping[str, int],
    *,
    at: datetime,
) -> None:
    """Add the drafts whose keys are not known; the others stay as they were."""
    persons = _persons(connection, sorted({ids[draft.lead] for draft in drafts}))
    columns = [column for column in messages.c if column.name != "id"]
    rows = []
    for draft in drafts:
        lead_id = ids[draft.lead]
        values = _values(draft) | {
            "lead_id": lead_id,
            "person_id": persons[lead_id],
            "run_id": run_id,
            "created_at": draft.created_at or at,
        }
        rows.append(tuple(values[column.name] for column in columns))
    insert(connection, messages, columns, rows, key=(messages.c.key,))


def cancel(connection: Connection, withdrawn: Sequence[Withdrawal], *, at: datetime) -> None:
    """Cancel those of these messages that are drafts, with the reason as an event."""
    reasons = {one.key: one.reason for one in withdrawn}
    drafts = _drafts(connection, list(reasons))
    update_where(connection, messages.c.id, list(drafts), state="cancelled")
    columns = [column for column in message_events.c if column.name != "id"]
    rows = [(id_, "cancelled", at, reasons[key]) for id_, key in drafts.items()]
    insert(connection, message_events, columns, rows)


def discard(connection: Connection, keys: Collection[str]) -> None:
    """Forget those of these messages that are drafts."""
    ids = list(_drafts(connection, list(keys)))
    delete_where(connection, message_events.c.message, ids)
    delete_where(connection, messages.c.id, ids)


_SAME = (  # columns that are called as the draft's own parts
    *("key", "state", "person", "sequence", "step", "template", "language", "segment", "why"),
    *("to_name", "subject", "text", "html", "raw", "message_id", "due_on", "place"),
)


def _drafts(connection: Connection, keys: Sequence[str]) -> dict[int, str]:
    """Number → key of those messages that are drafts."""
    query = select(messages.c.id, messages.c.key).where(messages.c.state == "draft")
    return {
        id_: key
        for part in chunks(keys)
        for id_, key in connection.execute(query.where(messages.c.key.in_(part))).all()
    }


def _persons(connection: Connection, lead_ids: Sequence[int]) -> dict[int, int | None]:
    query = select(leads.c.id, leads.c.person_id)
    return {
        lead_id: person_id
        for part in chunks(lead_ids)
        for lead_id, person_id in connection.execute(query.where(leads.c.id.in_(part))).all()
    }


def _values(draft: MessageDraft) -> dict[str, object]:
    return {name: getattr(draft, name) for name in _SAME} | {
        "to_addr": draft.to_address,
        "sha256": hashlib.sha256(draft.raw).hexdigest(),
    }


def _draft(row: AnyRow) -> MessageDraft:
    return MessageDraft(
        source=row.source,
        lead=row.lead,
        to_address=row.to_addr,
        created_at=row.created_at,
        **{name: getattr(row, name) for name in _SAME},
    )


def _records(connection: Connection, condition: ColumnElement[bool]) -> list[MessageRecord]:
    event = message_events.c
    newest = select(event.evidence).where(event.message == messages.c.id)
    note = newest.order_by(event.id.desc()).limit(1).scalar_subquery()
    query = (
        select(
            leads.c.key.label("lead"),
            sources.c.key.label("source"),
            func.coalesce(note, "").label("note"),
            *(messages.c[name] for name in ("key", "person", "sequence", "step", "state")),
            *(messages.c[name] for name in ("message_id", "subject", "created_at")),
        )
        .join_from(messages, leads)
        .join(sources)
        .where(condition)
        .order_by(messages.c.created_at, messages.c.id)
    )
    return [MessageRecord(**row) for row in connection.execute(query).mappings()]
