"""One at a time on one ledger, whatever machines they run on.

A file lock excludes the processes of one machine. Where machines share a ledger in PostgreSQL,
a lock of the database stands beside it, which its server takes back when the session ends: at
once where the process died, in about half a minute where its machine vanished.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

from sheetcrm.adapters.ledger.database import Database
from sheetcrm.errors import LedgerLockedError


@contextmanager
def ledger_lock(url_or_path: str, what: str = "run") -> Iterator[None]:
    """Hold the ledger's lock called `what` inside the block.

    Nothing at all for a SQLite file, which stays on one machine. Ledgers in different
    schemas of one database have locks of their own. The session lasts as long as the lock: a
    pool between us and the server that shares sessions (PgBouncer's transaction mode) would
    break it.

    Raises:
        LedgerLockedError: somebody else holds it.
        LedgerError: the database cannot be used.
    """
    if not url_or_path.startswith("postgresql"):
        yield
        return
    database = Database(url_or_path, wait=0)
    try:
        with database.session() as connection:
            with database.in_our_words():
                _take(connection, what)
            yield
    finally:
        database.close()


def _take(connection: Connection, what: str) -> None:
    for name, seconds in (("idle", 10), ("interval", 5), ("count", 3)):
        connection.execute(text(f"SET tcp_keepalives_{name} = {seconds}"))
    schema = connection.scalar(text("SELECT current_schema()"))
    number = _number(f"{schema} {what}")
    if not connection.scalar(text("SELECT pg_try_advisory_lock(:number)"), {"number": number}):
        raise LedgerLockedError(
            "another run of sheetcrm is at work with this ledger, perhaps elsewhere",
            hint="wait until it has finished and try again",
        )


def _number(name: str) -> int:
    digest = hashlib.blake2b(f"sheetcrm {name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
