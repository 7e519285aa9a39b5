"""Who is the same person, across sources: by e-mail address, else by phone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, bindparam, func, select, update

from sheetcrm.adapters.ledger.database import chunks, insert
from sheetcrm.adapters.ledger.schema import people
from sheetcrm.core.memory import LeadRecord


@dataclass(kw_only=True, slots=True, eq=False)
class Person:
    """Somebody whom leads of any source may be; `id` is 0 until the database has given one."""

    id: int = 0
    email: str | None = None
    phone: str | None = None


def assign(
    connection: Connection, leads: Sequence[LeadRecord], before: Mapping[str, Person]
) -> dict[str, Person]:
    """The person of each lead that can be reached; new ones are inserted, changed ones updated.

    A lead with an address is the person of that address; where there is none yet, it is the
    person that the lead was known as by the same phone, else a new one. A lead with a phone
    only is the person of that phone, and a lead with neither stays who it was.

    Args:
        connection: in a transaction that writes.
        leads: of one source.
        before: the persons that they were at the last run.
    """
    known = _People(before.values())
    known.add(_load(connection, known, leads))
    stored = known.contents
    by_address = sorted(leads, key=lambda lead: not lead.email)  # addresses know better
    found = {
        lead.lead: person
        for lead in by_address
        if (person := known.find(lead, before.get(lead.lead)))
    }
    for lead in leads:
        if lead.phone:
            known.set_phone(found[lead.lead], lead.phone)
    _store(connection, known, stored)
    return found


class _People:
    """Persons by what they are known by."""

    def __init__(self, persons: Iterable[Person]) -> None:
        self._all: dict[int, Person] = {}
        self.new: list[Person] = []
        self.by_email: dict[str, Person] = {}
        self.by_phone: dict[str, list[Person]] = {}
        self.add(persons)

    @property
    def contents(self) -> dict[int, tuple[str | None, str | None]]:
        """Id → address and phone."""
        return {id_: (person.email, person.phone) for id_, person in self._all.items()}

    def add(self, persons: Iterable[Person]) -> None:
        for person in persons:
            if person.id not in self._all:
                self._all[person.id] = person
                if person.email:
                    self.by_email[person.email] = person
                if person.phone:
                    self.by_phone.setdefault(person.phone, []).append(person)

    def find(self, lead: LeadRecord, before: Person | None) -> Person | None:
        email, phone = normal_email(lead.email), lead.phone
        if not email and not phone:
            return before
        if email:
            return self.by_email.get(email) or self._with_address(before, email, phone)
        if before and before.phone == phone:
            return before
        same_phone = [who for who in self.by_phone.get(phone, ()) if who.phone == phone]
        if same_phone:
            return min(same_phone, key=lambda who: who.id or float("inf"))
        return self.set_phone(self._new(), phone)

    def set_phone(self, person: Person, phone: str) -> Person:
        if person.phone != phone:
            person.phone = phone
            self.by_phone.setdefault(phone, []).append(person)
        return person

    def _with_address(self, before: Person | None, email: str, phone: str) -> Person:
        """Somebody known by phone who has an address now, or somebody new."""
        known_by_phone = before and not before.email and before.phone == phone
        person = before if before and known_by_phone else self._new()
        person.email = email
        self.by_email[email] = person
        return person

    def _new(self) -> Person:
        person = Person()
        self.new.append(person)
        return person


def normal_email(address: str) -> str:
    """The form in which addresses are compared."""
    return address.strip().casefold()


def _load(connection: Connection, known: _People, leads: Sequence[LeadRecord]) -> list[Person]:
    """Persons of other sources, and of this one's past, whom these leads may be."""
    emails = {normal_email(lead.email) for lead in leads if lead.email} - known.by_email.keys()
    phones = {lead.phone for lead in leads if lead.phone and not lead.email}
    return [
        *_where(connection, people.c.email_norm, emails),
        *_where(connection, people.c.phone_e164, phones - known.by_phone.keys()),
    ]


def _where(
    connection: Connection, column: ColumnElement[str | None], values: set[str]
) -> list[Person]:
    query = select(people.c.id, people.c.email_norm, people.c.phone_e164)
    return [
        Person(id=id_, email=email, phone=phone)
        for part in chunks(sorted(values))
        for id_, email, phone in connection.execute(query.where(column.in_(part))).all()
    ]


def _store(
    connection: Connection, known: _People, stored: Mapping[int, tuple[str | None, str | None]]
) -> None:
    changed = [
        {"person": id_, "email": email, "phone": phone}
        for id_, (email, phone) in known.contents.items()
        if (email, phone) != stored[id_]
    ]
    if changed:
        connection.execute(
            update(people)
            .where(people.c.id == bindparam("person"))
            .values(email_norm=bindparam("email"), phone_e164=bindparam("phone")),
            changed,
        )
    if known.new:
        _insert(connection, known.new)


def _insert(connection: Connection, new: Sequence[Person]) -> None:
    """Insert new ones and give them the ids that the database chose."""
    columns = (people.c.email_norm, people.c.phone_e164)
    last = connection.scalar(select(func.max(people.c.id))) or 0
    insert(connection, people, columns, [(who.email, who.phone) for who in new], key=columns[:1])
    query = select(people.c.id, *columns).where(people.c.id > last)
    ids = {_known_by(email, phone): id_ for id_, email, phone in connection.execute(query).all()}
    # Where another run has inserted an address at this very moment, it may be below `last`.
    emails = {who.email for who in new if who.email and _known_by(who.email, None) not in ids}
    ids |= {_known_by(who.email, None): who.id for who in _where(connection, columns[0], emails)}
    for person in new:
        person.id = ids[_known_by(person.email, person.phone)]


def _known_by(email: str | None, phone: str | None) -> tuple[str | None, str | None]:
    return (email, None) if email else (None, phone)
