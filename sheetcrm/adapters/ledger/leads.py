"""The leads of a source: who they are, since when, and whether they are still there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from sheetcrm.adapters.ledger import people as persons
from sheetcrm.adapters.ledger.database import AnyRow, insert, update_where
from sheetcrm.adapters.ledger.people import Person
from sheetcrm.adapters.ledger.schema import leads, people
from sheetcrm.core.memory import KnownLead, LeadRecord


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """Where a lead stands in the database."""

    id: int
    person_id: int | None


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


def kept(connection: Connection, source_id: int) -> dict[str, Kept]:
    """Where the leads of a source stand."""
    query = select(leads.c.key, leads.c.id, leads.c.person_id)
    rows = connection.execute(query.where(leads.c.source_id == source_id)).all()
    return {key: Kept(id=id_, person_id=person_id) for key, id_, person_id in rows}


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
) -> dict[str, Kept]:
    """Remember a tab's leads; those that it no longer has are gone, and may come back.

    Args:
        connection: in a transaction that writes.
        source_id: the source.
        records: all leads of its tab.
        at: now.
        seen_at: when the tab was seen before.
    """
    stored = _stored(connection, source_id)
    found = persons.assign(connection, records, _persons(stored))
    here = {
        record.lead: (_id(found.get(record.lead)), record.fingerprint, record.name, record.language)
        for record in records
    }
    new = [(source_id, key, *values, at) for key, values in here.items() if key not in stored]
    insert(connection, leads, _NEW, new)
    _change(connection, [(row, here[key]) for key, row in stored.items() if key in here])
    gone = [row.id for key, row in stored.items() if key not in here and row.gone_at is None]
    update_where(connection, leads.c.id, gone, last_seen=seen_at, gone_at=at)
    return kept(connection, source_id)


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


def _change(connection: Connection, both: Sequence[tuple[AnyRow, tuple[object, ...]]]) -> None:
    """Update those that are not as they were, and those that are back."""
    names = [f"new_{column.name}" for column in _STATE]
    changed = [
        {"lead": row.id, **dict(zip(names, values, strict=True))}
        for row, values in both
        if row.gone_at is not None or values != tuple(row[-len(_STATE) :])
    ]
    if changed:
        state: dict[Any, Any] = {
            column: bindparam(name) for column, name in zip(_STATE, names, strict=True)
        }
        connection.execute(
            update(leads)
            .where(leads.c.id == bindparam("lead"))
            .values({**state, leads.c.last_seen: None, leads.c.gone_at: None}),
            changed,
        )
