"""The leads of a source: who they are, since when, and whether they are still there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from sheetcrm.adapters.ledger import people as persons
from sheetcrm.adapters.ledger.database import AnyRow, insert, update_where
from sheetcrm.adapters.ledger.people import Person
from sheetcrm.adapters.ledger.schema import leads, people
from sheetcrm.core.memory import KnownLead, LeadRecord


def known(connection: Connection, source_id: int) -> dict[str, KnownLead]:
    """The leads of a source, those that are gone among them."""
    query = select(leads.c.key, leads.c.fingerprint, leads.c.first_seen, leads.c.gone_at)
    query = query.where(leads.c.source_id == source_id).order_by(leads.c.id)
    rows = connection.execute(query).all()
    return {
        key: KnownLead(
            lead=key,
            fingerprint=fingerprint,
            first_seen=first_seen,
            gone=gone_at is not None,
        )
        for key, fingerprint, first_seen, gone_at in rows
    }


def ids(connection: Connection, source_id: int) -> dict[str, int]:
    """The numbers by which other tables know the leads of a source."""
    query = select(leads.c.key, leads.c.id).where(leads.c.source_id == source_id)
    return {row[0]: row[1] for row in connection.execute(query).all()}


def find(connection: Connection, source_id: int, key: str) -> AnyRow | None:
    """One lead with the person whom it is."""
    return connection.execute(
        select(leads, people.c.email_norm, people.c.phone_e164)
        .join_from(leads, people, isouter=True)
        .where(leads.c.source_id == source_id, leads.c.key == key)
    ).first()


def keep(
    connection: Connection,
    source_id: int,
    records: Sequence[LeadRecord],
    *,
    at: datetime,
    seen_at: datetime | None,
) -> dict[str, int]:
    """Remember a tab's leads; those that it no longer has are gone, and may come back.

    Args:
        connection: in a transaction that writes.
        source_id: the source.
        records: all leads of its tab.
        at: now.
        seen_at: when the tab was seen before.

    Returns:
        The numbers by which other tables know the source's leads, those that are gone among them.
    """
    stored = _stored(connection, source_id)
    found = persons.assign(connection, records, _persons(stored))
    here = {
        record.lead: (_id(found.get(record.lead)), record.fingerprint, record.name, record.language)
        for record in records
    }
    new = [(source_id, key, *values, at) for key, values in here.items() if key not in stored]
    insert(connection, leads, _NEW, new)
    _change(connection, stored, here)
    gone = [row[1] for key, row in stored.items() if key not in here and row[2] is None]
    update_where(connection, leads.c.id, gone, last_seen=seen_at, gone_at=at)
    return ids(connection, source_id) if new else {key: row[1] for key, row in stored.items()}


_STATE = (leads.c.person_id, leads.c.fingerprint, leads.c.name, leads.c.language)
_NEW = (leads.c.source_id, leads.c.key, *_STATE, leads.c.first_seen)


def _id(person: Person | None) -> int | None:
    return person.id if person else None


def _stored(connection: Connection, source_id: int) -> dict[str, AnyRow]:
    query = (
        select(
            leads.c.key,
            leads.c.id,
            leads.c.gone_at,
            people.c.email_norm,
            people.c.phone_e164,
            *_STATE,
        )
        .join_from(leads, people, isouter=True)
        .where(leads.c.source_id == source_id)
    )
    return {row[0]: row for row in connection.execute(query).all()}


def _persons(stored: Mapping[str, AnyRow]) -> dict[str, Person]:
    """The person of each lead; leads that share one share the object."""
    all_: dict[int, Person] = {}
    found = {}
    for key, _, _, email, phone, person_id, *_ in stored.values():
        if person_id is not None:
            if person_id not in all_:
                all_[person_id] = Person(id=person_id, email=email, phone=phone)
            found[key] = all_[person_id]
    return found


def _change(
    connection: Connection, stored: Mapping[str, AnyRow], here: Mapping[str, tuple[object, ...]]
) -> None:
    """Update those that are not as they were, and those that are back."""
    names = [f"new_{column.name}" for column in _STATE]
    changed = [
        {"lead": id_, **dict(zip(names, here[key], strict=True))}
        for key, id_, gone_at, _, _, *state in stored.values()
        if key in here and (gone_at is not None or here[key] != tuple(state))
    ]
    if changed:
        values: dict[Any, Any] = {c: bindparam(name) for c, name in zip(_STATE, names, strict=True)}
        connection.execute(
            update(leads)
            .where(leads.c.id == bindparam("lead"))
            .values({**values, leads.c.last_seen: None, leads.c.gone_at: None}),
            changed,
        )
