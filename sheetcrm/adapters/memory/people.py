"""Who is the same person, across sources: by e-mail address, else by phone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sheetcrm.core.memory import LeadRecord


@dataclass(kw_only=True, eq=False)
class Person:
    """Somebody whom leads of any source may be."""

    email: str = ""
    phone: str = ""


class People:
    """All persons of all sources."""

    def __init__(self) -> None:
        self._by_email: dict[str, Person] = {}
        self._by_phone: defaultdict[str, list[Person]] = defaultdict(list)

    def assign(
        self, leads: Sequence[LeadRecord], before: Mapping[str, Person | None]
    ) -> dict[str, Person | None]:
        """The person of each lead, None for one who cannot be reached.

        Args:
            leads: of one source.
            before: the persons that they were at the last run.
        """
        by_address = sorted(leads, key=lambda lead: not lead.email)  # addresses know better
        found = {lead.lead: self._find(lead, before.get(lead.lead)) for lead in by_address}
        for lead in leads:
            person = found[lead.lead]
            if person and lead.phone:
                self._set_phone(person, lead.phone)
        return found

    def _find(self, lead: LeadRecord, before: Person | None) -> Person | None:
        email, phone = lead.email.strip().casefold(), lead.phone
        if not email and not phone:
            return before
        if email:
            return self._by_email.get(email) or self._with_address(before, email, phone)
        if before and before.phone == phone:
            return before
        same_phone = next((who for who in self._by_phone[phone] if who.phone == phone), None)
        return same_phone or self._set_phone(Person(), phone)

    def _with_address(self, before: Person | None, email: str, phone: str) -> Person:
        """Somebody known by phone who has an address now, or somebody new."""
        known_by_phone = before and not before.email and before.phone == phone
        person = before if before and known_by_phone else Person()
        person.email = email
        self._by_email[email] = person
        return person

    def _set_phone(self, person: Person, phone: str) -> Person:
        if person.phone != phone:
            person.phone = phone
            self._by_phone[phone].append(person)
        return person
