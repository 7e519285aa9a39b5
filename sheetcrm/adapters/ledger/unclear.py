"""Mails that a person must look at, until somebody has; then nothing but their ids stays."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select, update

from sheetcrm.adapters.ledger.database import insert
from sheetcrm.adapters.ledger.schema import unclear
from sheetcrm.core.hearing.unclear import Unclear


def keep(connection: Connection, mails: Sequence[Unclear]) -> int:
    """Add those that are not known; answers how many."""
    ids = [mail.id for mail in mails]
    known = set(connection.scalars(select(unclear.c.id).where(unclear.c.id.in_(ids))))
    columns = [unclear.c[name] for name in Unclear._fields]
    new = {mail.id: mail for mail in mails if mail.id not in known}
    insert(connection, unclear, columns, list(new.values()), key=(unclear.c.id,))
    return len(new)


def waiting(connection: Connection) -> list[Unclear]:
    """Those that nobody has decided about, the oldest first."""
    open_ones = select(unclear).where(unclear.c.verdict == "")
    rows = connection.execute(open_ones.order_by(unclear.c.at, unclear.c.id))
    return [Unclear(*(getattr(row, name) for name in Unclear._fields)) for row in rows]


def decide(connection: Connection, mail: str, verdict: str) -> bool:
    """Somebody has looked at a mail; False where it does not wait."""
    blank = dict.fromkeys(("sender", "subject", "said", "person", "key"), "")
    done = connection.execute(
        update(unclear)
        .where(unclear.c.id == mail, unclear.c.verdict == "")
        .values(verdict=verdict, **blank)
    )
    return done.rowcount == 1
