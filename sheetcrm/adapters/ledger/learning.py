"""What the ledger learns from `sent.log`: a message that went out while it did not know of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from sheetcrm.adapters.ledger import messages as kept
from sheetcrm.adapters.ledger.database import chunks, update_where
from sheetcrm.adapters.ledger.schema import logged, messages
from sheetcrm.core.outbox import LEARNED, OPEN, digest_of

_WAITING = {*OPEN, "held", "claimed"}


def known(connection: Connection) -> dict[str, datetime]:
    """The digest of every message that went out, or may have → when it last did."""
    tried = select(messages.c.key, messages.c.tried_at).where(messages.c.tried_at.is_not(None))
    found = {digest_of(key): at for key, at in connection.execute(tried)}
    for digest, at in connection.execute(select(logged)):
        found[digest] = max(at, found.get(digest, at))
    return found


def learn(connection: Connection) -> None:
    """Messages of which `sent.log` tells are sent, though the ledger was about to send them."""
    if connection.scalar(select(logged.c.digest).limit(1)) is None:
        return
    columns = messages.c.id, messages.c.key, messages.c.tried_at
    waiting = connection.execute(select(*columns).where(messages.c.state.in_(_WAITING)))
    rows = {digest_of(row.key): row for row in waiting}
    for part in chunks(list(rows)):
        told = select(logged).where(logged.c.digest.in_(part))
        for digest, at in connection.execute(told).all():
            row = rows[digest]
            if row.tried_at is None or row.tried_at < at:
                _went(connection, row.id, at)


def _went(connection: Connection, number: int, at: datetime) -> None:
    went = {"state": "sent", "sent_at": at, "tried_at": at, "claimed_by": ""}
    update_where(connection, messages.c.id, [number], **went)
    kept.note(connection, [(number, "resolved", at, LEARNED)])
