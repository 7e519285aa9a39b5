"""Messages: rendered follow-ups with their bytes, each known by its key."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, exists, func, or_, select

from sheetcrm.adapters.ledger.database import AnyRow, chunks, delete_where, insert, update_where
from sheetcrm.adapters.ledger.schema import bodies, leads, message_events, messages, people, sources
from sheetcrm.core.memory import (
    GONE,
    MessageDraft,
    MessageEvent,
    MessageRecord,
    Renewal,
    Wish,
    Withdrawal,
)
from sheetcrm.core.outbox import OPEN


def to_source(connection: Connection, source_id: int) -> list[MessageRecord]:
    """Messages to the leads of a source, and to the persons who they are, oldest first.

    So are those to others with the same phone number: who is one person is not decided here.
    """
    here = select(leads.c.id).where(leads.c.source_id == source_id)
    who = select(leads.c.person_id).where(
        leads.c.source_id == source_id, leads.c.person_id.is_not(None)
    )
    return records(
        connection,
        or_(
            messages.c.lead_id.in_(here),
            messages.c.person_id.in_(who),
            _by_the_same_phone(source_id),
        ),
    )


def to_lead(connection: Connection, lead_id: int, person_id: int | None) -> list[MessageRecord]:
    """Messages to one lead, and to the person who it is, oldest first."""
    to_it = messages.c.lead_id == lead_id
    if person_id is None:
        return records(connection, to_it)
    return records(connection, or_(to_it, messages.c.person_id == person_id))


def waiting(connection: Connection) -> list[MessageDraft]:
    """Drafts with all that was rendered, oldest first."""
    return whole(connection, messages.c.state == "draft")


def whole(connection: Connection, condition: ColumnElement[bool]) -> list[MessageDraft]:
    """Messages with all that was rendered, oldest first."""
    query = (
        select(
            messages,
            *(bodies.c[name] for name in ("text", "html", "raw")),
            leads.c.key.label("lead"),
            sources.c.key.label("source"),
        )
        .join_from(messages, leads)
        .join(sources)
        .join(bodies)
        .where(condition)
        .order_by(messages.c.created_at, messages.c.id)
    )
    return [_draft(row) for row in connection.execute(query)]


def records(connection: Connection, condition: ColumnElement[bool]) -> list[MessageRecord]:
    """Messages without their bytes, with all that happened to them, oldest first."""
    query = (
        select(
            messages.c.id,
            leads.c.key.label("lead"),
            sources.c.key.label("source"),
            messages.c.to_addr.label("to_address"),
            func.coalesce(people.c.phone_e164, "").label("phone"),
            *(messages.c[name] for name in _RECORDED),
        )
        .join_from(messages, leads)
        .join(sources)
        .join(people, messages.c.person_id == people.c.id, isouter=True)
        .where(condition)
        .order_by(messages.c.created_at, messages.c.id)
    )
    rows = [dict(row) for row in connection.execute(query).mappings()]
    happened = _events(connection, [row["id"] for row in rows])
    found = []
    for row in rows:
        events = tuple(happened.get(row.pop("id"), ()))
        note = events[-1].evidence if events else ""
        found.append(MessageRecord(events=events, note=note, **row))
    return found


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
    columns = [column for column in messages.c if column.name in _KEPT]
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
    _keep_bodies(connection, drafts)


def add(
    connection: Connection,
    run_id: int,
    draft: MessageDraft,
    lead_id: int,
    *,
    reason: str,
    at: datetime,
) -> bool:
    """Add a draft that a person wants, and note it; False where its key is known."""
    if connection.scalar(select(messages.c.id).where(messages.c.key == draft.key)):
        return False
    keep(connection, run_id, [draft], {draft.lead: lead_id}, at=at)
    note(connection, [(id_, "again", at, reason) for id_ in _drafts(connection, [draft.key])])
    return True


def renew(connection: Connection, renewed: Sequence[Renewal], *, at: datetime) -> None:
    """Put what is written now in the place of messages that wait; nobody has approved it yet."""
    given = {one.key: one for one in renewed}
    for id_, key in _drafts(connection, list(given), states={*OPEN, "held"}).items():
        one = given[key]
        if one.draft is None:
            update_where(connection, messages.c.id, [id_], state="held")
            note(connection, [(id_, "held", at, one.reason)])
            continue
        values = _values(one.draft)
        new = {name: value for name, value in values.items() if name in _RENEWED}
        update_where(connection, messages.c.id, [id_], **new, approved_by="", approved_at=None)
        said = {"text": one.draft.text, "html": one.draft.html, "raw": one.draft.raw}
        update_where(connection, bodies.c.message, [id_], **said)
        note(connection, [(id_, "renewed", at, one.reason)])


def heed(connection: Connection, wishes: Sequence[Wish], *, at: datetime) -> None:
    """Do what persons say of drafts in the sheet, and note it."""
    drafts = _drafts(connection, [wish.key for wish in wishes])
    said = {wish.key: wish for wish in wishes}
    for id_, key in drafts.items():
        wish = said[key]
        approved = wish.state == "approved"
        by = {"approved_by": "in the sheet", "approved_at": at} if approved else {}
        update_where(connection, messages.c.id, [id_], state=wish.state, **by)
        note(connection, [(id_, wish.state, at, f"“{wish.word}” in the sheet")])


def cancel(connection: Connection, withdrawn: Sequence[Withdrawal], *, at: datetime) -> None:
    """Take back those of these messages that have not gone out, with the reason as an event."""
    given = {one.key: one for one in withdrawn}
    waiting = _drafts(connection, list(given), states=OPEN)
    drafts = {id_: given[key] for id_, key in waiting.items()}
    for state in {one.state for one in drafts.values()}:
        ids = [id_ for id_, one in drafts.items() if one.state == state]
        update_where(connection, messages.c.id, ids, state=state)
    note(connection, [(id_, one.state, at, one.reason) for id_, one in drafts.items()])


def note_gone(connection: Connection, keys: Collection[str], *, at: datetime) -> None:
    """Those of these messages that are drafts lie no longer where they were put; noted once."""
    drafts = _drafts(connection, list(keys))
    told = _events(connection, list(drafts))
    new = [id_ for id_ in drafts if all(event.kind != GONE for event in told.get(id_, ()))]
    note(connection, [(id_, GONE, at, "sent by hand, or deleted") for id_ in new])


def discard(connection: Connection, keys: Collection[str]) -> None:
    """Forget those of these messages that are drafts."""
    ids = list(_drafts(connection, list(keys)))
    delete_where(connection, message_events.c.message, ids)
    delete_where(connection, bodies.c.message, ids)
    delete_where(connection, messages.c.id, ids)


def note(connection: Connection, rows: Sequence[tuple[int, str, datetime, str]]) -> None:
    """What happened to messages: the number of each, what, when, and what tells it."""
    columns = [column for column in message_events.c if column.name != "id"]
    insert(connection, message_events, columns, rows)


def _by_the_same_phone(source_id: int) -> ColumnElement[bool]:
    """Whether the person of a message has the phone number of one of the source's leads."""
    written_to, other, here = people.alias("written_to"), people.alias("other"), leads.alias()
    return exists().where(
        written_to.c.id == messages.c.person_id,
        other.c.phone_e164 == written_to.c.phone_e164,
        here.c.person_id == other.c.id,
        here.c.source_id == source_id,
    )


_SAME = (  # columns that are called as the draft's own parts
    *("key", "state", "person", "sequence", "step", "template", "language", "segment", "why"),
    *("to_name", "subject", "message_id", "due_on", "place", "digest", "not_before", "expires"),
    *("country", "zone"),
)
_KEPT = {*_SAME, "to_addr", "sha256", "lead_id", "person_id", "run_id", "created_at"}
_RENEWED = {  # what another text may change; who it is for and which step it is stay
    *("state", "template", "language", "segment", "why", "to_name", "to_addr", "subject", "sha256"),
    *("due_on", "digest", "not_before", "expires", "country", "zone"),
}
_RECORDED = (
    *("key", "person", "sequence", "step", "state", "message_id", "subject", "created_at"),
    *("sent_at", "not_before", "digest", "to_name", "place"),
)


def _drafts(
    connection: Connection, keys: Sequence[str], *, states: Collection[str] = ("draft",)
) -> dict[int, str]:
    """Number → key of those messages that are drafts, or in another of these states."""
    query = select(messages.c.id, messages.c.key).where(messages.c.state.in_(states))
    return {
        id_: key
        for part in chunks(keys)
        for id_, key in connection.execute(query.where(messages.c.key.in_(part))).all()
    }


def _keep_bodies(connection: Connection, drafts: Sequence[MessageDraft]) -> None:
    """The bodies of those messages that have none yet."""
    given = {draft.key: draft for draft in drafts}
    query = select(messages.c.id, messages.c.key).outerjoin(bodies)
    rows = [
        (id_, given[key].text, given[key].html, given[key].raw)
        for part in chunks(list(given))
        for id_, key in connection.execute(
            query.where(messages.c.key.in_(part), bodies.c.message.is_(None))
        ).all()
    ]
    insert(connection, bodies, list(bodies.c), rows)


def _events(connection: Connection, ids: Sequence[int]) -> dict[int, list[MessageEvent]]:
    """Message → what happened to it, the oldest first."""
    happened: dict[int, list[MessageEvent]] = {}
    query = select(message_events).order_by(message_events.c.id)
    for part in chunks(ids):
        for row in connection.execute(query.where(message_events.c.message.in_(part))):
            event = MessageEvent(row.kind, row.at, row.evidence)
            happened.setdefault(row.message, []).append(event)
    return happened


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
        text=row.text,
        html=row.html,
        raw=row.raw,
        **{name: getattr(row, name) for name in _SAME},
    )
