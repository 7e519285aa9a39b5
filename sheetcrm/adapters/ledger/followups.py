"""What follow-ups remember beside messages: who has entered a sequence, and who is on hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select

from sheetcrm.adapters.ledger.database import insert
from sheetcrm.adapters.ledger.schema import enrolments, leads, pauses, suppressions
from sheetcrm.core.memory import Enrolment, Hold
from sheetcrm.core.table.forgotten import PREFIX

PERSON = "person|"  #: begins the scope of a pause that is about one person


def entered(connection: Connection, source_id: int) -> dict[tuple[str, str], Enrolment]:
    """Lead and sequence → since when its rule holds for the lead, or no longer does."""
    query = (
        select(leads.c.key, enrolments.c.sequence, enrolments.c.holds, enrolments.c.since)
        .join_from(enrolments, leads)
        .where(leads.c.source_id == source_id)
    )
    rows = connection.execute(query).all()
    return {(row[0], row[1]): Enrolment(*row) for row in rows}


def enter(connection: Connection, changed: Sequence[Enrolment], ids: Mapping[str, int]) -> None:
    """Remember what is new of these leads; the latest word about a lead and a sequence counts."""
    columns = list(enrolments.c)
    rows = [(ids[one.lead], one.sequence, one.holds, one.since) for one in changed]
    insert(connection, enrolments, columns, rows, key=columns[:2], update=columns[2:])


def holds(connection: Connection) -> tuple[Hold, ...]:
    """Persons to whom nothing goes for a while; those of every source, as they are few."""
    query = select(pauses).where(pauses.c.scope.like(f"{PERSON}%")).order_by(pauses.c.scope)
    return tuple(
        Hold(
            person=row.scope.removeprefix(PERSON),
            reason=row.reason,
            by=row.by,
            since=row.since,
            until=row.until,
        )
        for row in connection.execute(query)
    )


def suppressed(connection: Connection) -> frozenset[str]:
    """Addresses and domains that are never written to, but for those of the forgotten."""
    open_words = suppressions.c.pattern.not_like(f"{PREFIX}%")
    return frozenset(connection.scalars(select(suppressions.c.pattern).where(open_words)))
