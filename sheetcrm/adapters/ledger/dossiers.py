"""All that the ledger knows of one person, whatever table it stands in."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    Table,
    and_,
    func,
    or_,
    select,
    tuple_,
)

from sheetcrm.adapters.ledger import schema
from sheetcrm.adapters.ledger.cells import loads
from sheetcrm.adapters.ledger.edits import unpacked
from sheetcrm.adapters.ledger.followups import PERSON
from sheetcrm.adapters.ledger.schema import bodies, edits, leads, messages, people, sources, unclear
from sheetcrm.core.memory import PersonFile

_BY_LEAD = (
    *(schema.written, schema.overrides, schema.scores, schema.stage_moves),
    schema.enrolments,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ids:
    """By what one person is known: numbers of rows, addresses, phone numbers."""

    people: tuple[int, ...] = ()
    leads: tuple[int, ...] = ()
    addresses: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()

    @property
    def messages(self) -> ColumnElement[bool]:
        """Which messages went to this person."""
        nobodys = and_(messages.c.person_id.is_(None), messages.c.lead_id.in_(self.leads))
        return or_(
            messages.c.person_id.in_(self.people),
            nobodys,
            messages.c.person.in_(self.addresses),
            func.lower(messages.c.to_addr).in_(self.addresses),
        )

    @property
    def edits(self) -> ColumnElement[bool]:
        """Which edits were made to this person's rows; a row of `edits` names its lead by key."""
        keys = select(leads.c.source_id, leads.c.key).where(leads.c.id.in_(self.leads))
        return tuple_(edits.c.source_id, edits.c.lead).in_(keys)

    @property
    def unclear(self) -> ColumnElement[bool]:
        """Which mails that nobody has decided on came from this person, or are about them."""
        keys = select(messages.c.key).where(self.messages)
        return or_(
            func.lower(unclear.c.sender).in_(self.addresses),
            unclear.c.person.in_(self.addresses),
            unclear.c.key.in_(keys),
        )

    @property
    def scopes(self) -> tuple[str, ...]:
        """Of pauses."""
        return tuple(f"{PERSON}{address}" for address in self.addresses)


def find(connection: Connection, who: Collection[str]) -> list[Ids]:
    """The persons whom these addresses, numbers and ids of leads may mean."""
    who = tuple(who)
    known = [people.c.email_norm.in_(who), people.c.phone_e164.in_(who)]
    written = [messages.c.person.in_(who), func.lower(messages.c.to_addr).in_(who)]
    persons = {
        *connection.scalars(select(people.c.id).where(or_(*known))),
        *connection.scalars(select(leads.c.person_id).where(leads.c.key.in_(who))),
        *connection.scalars(select(messages.c.person_id).where(or_(*written))),
    }
    found = [_of_person(connection, one) for one in sorted(persons - {None})]
    without = leads.c.person_id.is_(None) & leads.c.key.in_(who)
    loose = connection.scalars(select(leads.c.id).where(without).order_by(leads.c.id))
    found += [Ids(leads=(lead,)) for lead in loose]
    alone = _addresses_alone(connection, who, found)
    return [*found, *(Ids(addresses=(one,)) for one in alone)]


def describe(connection: Connection, ids: Ids) -> PersonFile:
    """One person's file."""
    rows = connection.execute(
        select(sources.c.key, leads.c.key, leads.c.name)
        .join_from(leads, sources)
        .where(leads.c.id.in_(ids.leads))
        .order_by(leads.c.id)
    ).all()
    called = connection.scalars(select(messages.c.to_name).where(ids.messages).distinct())
    names = dict.fromkeys(name for name in (*(row[2] for row in rows), *called) if name)
    tables = {name: list(_readable(connection, name, query)) for name, query in _queries(ids)}
    return PersonFile(
        names=tuple(names),
        addresses=ids.addresses,
        phones=ids.phones,
        leads=tuple((row[0], row[1]) for row in rows),
        tables={name: found for name, found in tables.items() if found},
        related=_related(connection, ids),
        ids=ids,
    )


def ids_of(person: PersonFile) -> Ids:
    """By what the person of a file is known, if at all."""
    if isinstance(person.ids, Ids):
        return person.ids
    return Ids(addresses=person.addresses, phones=person.phones)


def _of_person(connection: Connection, person: int) -> Ids:
    row = connection.execute(select(people).where(people.c.id == person)).one()
    own = messages.c.person_id == person
    to = connection.execute(select(messages.c.person, messages.c.to_addr).where(own).distinct())
    addresses = {row.email_norm, *(word.casefold() for pair in to for word in pair)} - {None, ""}
    mine = select(leads.c.id).where(leads.c.person_id == person).order_by(leads.c.id)
    return Ids(
        people=(person,),
        leads=tuple(connection.scalars(mine)),
        addresses=tuple(sorted(addresses)),
        phones=(row.phone_e164,) if row.phone_e164 else (),
    )


def _addresses_alone(
    connection: Connection, who: Sequence[str], found: Sequence[Ids]
) -> Iterator[str]:
    """Addresses that only messages, suppressions or pauses know."""
    known = {word for one in found for word in (*one.addresses, *one.phones)}
    for word in who:
        if word not in known and "@" in word:
            ids = Ids(addresses=(word,))
            if any(connection.execute(query.limit(1)).first() for _, query in _queries(ids)):
                yield word


def _queries(ids: Ids) -> Iterator[tuple[str, Select[Any]]]:
    """What there is to be known → how it is found."""
    mine = leads.c.id.in_(ids.leads)
    yield "leads", _with_source(select(leads)).where(mine)
    for table in _BY_LEAD:
        yield table.name, _of_lead(table).where(mine)
    yield "edits", _with_run(select(edits), edits).where(ids.edits)
    whole = select(messages, *(c for c in bodies.c if c.name != "message")).join_from(
        messages, bodies, isouter=True
    )
    yield "messages", whole.where(ids.messages).order_by(messages.c.id)
    yield "message_events", _of_message(schema.message_events).where(ids.messages)
    yield "unclear", select(unclear).where(ids.unclear).order_by(unclear.c.at)
    for table, column, values in (
        (schema.suppressions, schema.suppressions.c.pattern, ids.addresses + ids.phones),
        (schema.pauses, schema.pauses.c.scope, ids.scopes),
    ):
        yield table.name, select(table).where(column.in_(values))


def _with_source(query: Select[Any]) -> Select[Any]:
    named = query.add_columns(sources.c.key.label("source")).join(sources)
    return named.order_by(leads.c.id)


def _of_lead(table: Table) -> Select[Any]:
    query = select(table, leads.c.key.label("lead"), sources.c.key.label("source"))
    joined = query.join_from(table, leads, table.c.lead_id == leads.c.id).join(
        sources, leads.c.source_id == sources.c.id
    )
    return _with_run(joined, table) if "run_id" in table.c else joined


def _with_run(query: Select[Any], table: Table) -> Select[Any]:
    run = select(schema.runs.c.key).where(schema.runs.c.id == table.c.run_id).scalar_subquery()
    return query.add_columns(run.label("run"))


def _of_message(table: Table) -> Select[Any]:
    query = select(table, messages.c.key.label("to")).join_from(table, messages)
    return query.order_by(table.c.id)


def _related(connection: Connection, ids: Ids) -> tuple[str, ...]:
    """Addresses that may be the same human being: the same number, or written to by one row."""
    phone = people.c.phone_e164.in_(ids.phones) & people.c.id.not_in(ids.people)
    row = messages.c.lead_id.in_(ids.leads) & messages.c.person.not_in(ids.addresses)
    found = {
        *connection.scalars(select(people.c.email_norm).where(phone)),
        *connection.scalars(select(messages.c.person).where(row)),
    }
    return tuple(sorted(found - {None, ""}))


_OF_EDIT = ("header", "before", "after", "reason")
_NUMBERS = ("id", "person_id", "lead_id", "source_id", "run_id", "undone_by", "message")


def _readable(
    connection: Connection, table: str, query: Select[Any]
) -> Iterator[Mapping[str, object]]:
    """Rows without our own numbers, what is packed into texts unpacked."""
    for row in connection.execute(query).mappings():
        kept = {name: _value(row[name]) for name in row if name not in _NUMBERS}
        yield kept | _unpacked(table, row)


def _unpacked(table: str, row: RowMapping) -> dict[str, object]:
    match table:
        case "written":
            flat = loads(row["cells"])
            return {"cells": dict(zip(flat[::2], flat[1::2], strict=True))}
        case "edits":
            parts = (edit._asdict() for edit in unpacked(row["lead"], row["cells"]))
            return {"cells": [{k: p[k] for k in _OF_EDIT} for p in parts]}
        case "overrides":
            return {name: loads(row[name])[0] for name in ("value", "computed")}
        case "scores":
            return {"parts": json.loads(row["parts"])}
        case _:
            return {}


def _value(value: object) -> object:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
