"""Forgetting a person: what is erased, what is made anonymous, and the digests that stay."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, insert, select, text, update

from sheetcrm.adapters.ledger import database, freetext, schema
from sheetcrm.adapters.ledger.database import Database
from sheetcrm.adapters.ledger.dossiers import Ids
from sheetcrm.adapters.ledger.schema import leads, marks, messages, people, suppressions
from sheetcrm.core.outbox import digest_of
from sheetcrm.core.table.forgotten import PREFIX, Forgotten

if TYPE_CHECKING:
    from sheetcrm.core.blackening import Wanted

_KEY = "key of the forgotten"
_REASON = "asked to be forgotten"


def forgotten(connection: Connection) -> Forgotten:
    """Whom to leave alone."""
    found = select(suppressions.c.pattern).where(suppressions.c.pattern.startswith(PREFIX))
    patterns = frozenset(connection.scalars(found))
    return Forgotten(key=_key(connection), patterns=patterns) if patterns else Forgotten()


def erase(connection: Connection, ids: Ids, wanted: Wanted, *, at: datetime) -> None:
    """Erase a person, and remember by digests that it was done."""
    prints = select(leads.c.fingerprint).where(leads.c.id.in_(ids.leads))
    known = {*ids.addresses, *ids.phones, *connection.scalars(prints)}
    leave_alone(connection, known, at=at)
    # The id stays, so that the same mail is not read again.
    words = dict.fromkeys(("sender", "subject", "said", "person", "key"), "")
    connection.execute(
        update(schema.unclear).where(ids.unclear).values(verdict="forgotten", **words)
    )
    _erase_messages(connection, ids)
    for table in (schema.written, schema.overrides, schema.enrolments):
        connection.execute(delete(table).where(table.c.lead_id.in_(ids.leads)))
    connection.execute(delete(schema.edits).where(ids.edits))
    for table in (schema.scores, schema.stage_moves):
        connection.execute(update(table).where(table.c.lead_id.in_(ids.leads)).values(why=""))
    _unname(connection, ids, at)
    connection.execute(delete(people).where(people.c.id.in_(ids.people)))
    mails = schema.unclear
    about = mails.c.person.in_(ids.addresses) | mails.c.sender.in_(ids.addresses)
    connection.execute(delete(mails).where(about))
    open_words = suppressions.c.pattern.in_(ids.addresses + ids.phones)
    connection.execute(delete(suppressions).where(open_words))
    connection.execute(delete(schema.pauses).where(schema.pauses.c.scope.in_(ids.scopes)))
    freetext.blacken(connection, wanted)


def leave_alone(connection: Connection, values: Collection[str], *, at: datetime) -> None:
    """Remember the digests of addresses, phone numbers and fingerprints."""
    if _stored_key(connection) is None:
        connection.execute(insert(marks).values(name=_KEY, value=secrets.token_hex(32)))
    digests = Forgotten(key=_key(connection))
    rows = [(digests.pattern(value), _REASON, at) for value in sorted(values) if value]
    columns = (suppressions.c.pattern, suppressions.c.reason, suppressions.c.at)
    database.insert(connection, suppressions, columns, rows, key=columns[:1])


def scrub(opened: Database) -> None:
    """Overwrite what was erased: SQLite's free pages and journal, PostgreSQL's dead rows.

    Raises:
        LedgerLockedError: somebody reads the ledger just now; the erasing itself is done.
    """
    with opened.session() as connection, opened.in_our_words():
        if opened.is_file:
            for statement in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                connection.execute(text(statement))
        else:
            for table in schema.metadata.tables:
                connection.execute(text(f"VACUUM {table}"))


def _erase_messages(connection: Connection, ids: Ids) -> None:
    """Erase the messages; those that went out stay known by the digests of `sent.log`."""
    sent = select(messages.c.key, messages.c.tried_at).where(
        ids.messages, messages.c.tried_at.is_not(None)
    )
    digests = [(digest_of(key), at) for key, at in connection.execute(sent).all()]
    columns = tuple(schema.logged.c)
    database.insert(connection, schema.logged, columns, digests, key=columns[:1])
    numbers = list(connection.scalars(select(messages.c.id).where(ids.messages)))
    database.delete_where(connection, schema.message_events.c.message, numbers)
    database.delete_where(connection, schema.bodies.c.message, numbers)
    database.delete_where(connection, messages.c.id, numbers)


def _unname(connection: Connection, ids: Ids, at: datetime) -> None:
    """Leave numbers of leads whom nobody can name, so that what was counted stays counted."""
    for lead in ids.leads:
        token = secrets.token_hex(8)
        connection.execute(
            update(leads)
            .where(leads.c.id == lead)
            .values(
                key=f"forgotten-{token}",
                fingerprint=token,
                person_id=None,
                name="",
                language="",
                last_seen=at,
                gone_at=at,
            )
        )


def _key(connection: Connection) -> bytes:
    return bytes.fromhex(_stored_key(connection) or "")


def _stored_key(connection: Connection) -> str | None:
    found: str | None = connection.scalar(select(marks.c.value).where(marks.c.name == _KEY))
    return found
