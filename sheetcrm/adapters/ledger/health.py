"""Whether a ledger is well: what SQLite, PostgreSQL and our own rules say of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Select, func, select, text

from sheetcrm.adapters.ledger.database import PUT_BACK, Database
from sheetcrm.adapters.ledger.migrate import current
from sheetcrm.adapters.ledger.schema import bodies, leads, messages, metadata, people
from sheetcrm.core.outbox.states import GOING, OPEN
from sheetcrm.errors import LedgerDamagedError
from sheetcrm.ports import LedgerHealth

_MOST = 20  # faults that are told
_JOURNAL = 64 * 1024 * 1024  # bytes that SQLite keeps at most; more means that something holds it


def health(database: Database) -> LedgerHealth:
    """Look at everything once."""
    with database.snapshot() as connection:
        faults = _of_file(connection) if database.is_file else []
        size, journal = _sizes(connection, database)
        return LedgerHealth(
            where=database.where,
            kind=_kind(connection),
            version=current(connection) or "",
            size=size,
            journal=journal,
            rows={table.name: _count(connection, table) for table in metadata.sorted_tables},
            problems=(*faults, *_broken(connection)),
            notes=tuple(_odd(connection, journal)),
        )


def refuse_damaged(connection: Connection, where: str, *, closely: bool = False) -> None:
    """Stop where a SQLite file is damaged.

    Args:
        connection: to the file, all of which is read.
        where: its place, for people.
        closely: whether its indexes are compared with its tables, too, as `health` does.

    Raises:
        LedgerDamagedError: it is.
    """
    look = "integrity_check" if closely else "quick_check"
    found = connection.scalar(text(f"PRAGMA {look}(1)"))
    if found != "ok":
        said = " ".join(str(found).split())
        raise LedgerDamagedError(f"the ledger {where} is damaged: {said}", hint=PUT_BACK)


def _of_file(connection: Connection) -> list[str]:
    """What SQLite itself finds: broken pages and indexes, references to nothing."""
    pages = connection.execute(text(f"PRAGMA integrity_check({_MOST})")).scalars()
    found = [" ".join(fault.split()) for fault in pages if fault != "ok"]
    lost = connection.execute(text("PRAGMA foreign_key_check")).all()[:_MOST]
    return found + [f"a row of {row[0]} refers to none of {row[2]}" for row in lost]


def _broken(connection: Connection) -> list[str]:
    """What no run leaves behind."""
    waiting = messages.c.state.in_({*OPEN, *GOING})
    bodiless = (
        select(func.count())
        .select_from(messages.outerjoin(bodies))
        .where(bodies.c.message.is_(None), waiting)
    )
    count = connection.scalar(bodiless) or 0
    return [f"{count} messages that wait have no text"] if count else []


def _odd(connection: Connection, journal: int) -> list[str]:
    count = _count(connection, unused_people().subquery())
    found = [f"{count} addresses or numbers belong to nobody any more"] if count else []
    if journal > _JOURNAL:
        found.append(f"its journal has grown to {journal // 1_000_000} MB: does a program hold it?")
    return found


def unused_people() -> Select[Any]:
    """Persons who are no lead, and to whom nothing was written."""
    used = select(leads.c.id).where(leads.c.person_id == people.c.id)
    written = select(messages.c.id).where(messages.c.person_id == people.c.id)
    return select(people.c.id).where(~used.exists(), ~written.exists())


def _count(connection: Connection, table: Any) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


def _kind(connection: Connection) -> str:
    if connection.dialect.name == "sqlite":
        return f"SQLite {connection.scalar(text('SELECT sqlite_version()'))}"
    return f"PostgreSQL {connection.scalar(text('SHOW server_version'))}"


def _sizes(connection: Connection, database: Database) -> tuple[int, int]:
    """Bytes of all of it, and of its journal."""
    if not database.is_file:
        names = [f"'{table}'::regclass" for table in metadata.tables]
        total = " + ".join(f"pg_total_relation_size({name})" for name in names)
        return connection.scalar(text(f"SELECT {total}")) or 0, 0
    path = Path(database.where)
    journal = path.with_name(f"{path.name}-wal")
    extra = journal.stat().st_size if journal.exists() else 0
    return path.stat().st_size + extra, extra
