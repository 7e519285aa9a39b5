"""A whole ledger from one database into another, in the same tables, and proof that it is there.

The old one is marked as moved, and opened no more: nobody shall send from two.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Table,
    Text,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError

from sheetcrm.adapters.ledger import database
from sheetcrm.adapters.ledger.database import AnyRow, Database
from sheetcrm.adapters.ledger.health import refuse_damaged
from sheetcrm.adapters.ledger.migrate import MOVED, bring_up_to_date
from sheetcrm.adapters.ledger.schema import marks, metadata
from sheetcrm.errors import LedgerError, UsageError

_AT_ONCE = 2_000  # rows; with messages of a few KB some MB


@dataclass(frozen=True, kw_only=True, slots=True)
class Moved:
    """A ledger that was moved."""

    before: str  #: its place until now, for people
    after: str  #: its new place, for people
    rows: int
    tables: int  #: those that had any


def move(before: str, after: str, *, wait: float = 30.0) -> Moved:
    """Copy everything, compare it, and mark the old ledger.

    The old one is locked from the first row to the mark. If it is cut off before the mark, the
    old one is still the ledger, and the same call again finds the copy whole or not there.

    Args:
        before: path of a SQLite file, or the URL of a PostgreSQL database.
        after: the same; a ledger that is empty, or none yet.
        wait: seconds to wait for a run that is just writing.

    Raises:
        UsageError: it has data already, or is the same one.
        LedgerError: one of the two cannot be used, or the copy is not what was copied.
    """
    source, target = Database(before, wait=wait), Database(after, wait=wait)
    try:
        if source.where == target.where:
            raise UsageError("this is where the ledger is", hint="name another place for it")
        for each in (source, target):
            bring_up_to_date(each)
        with source.writing() as old:
            rows = _fill(old, target)
            _mark(old, target.where)
    finally:
        source.close()
        target.close()
    return Moved(
        before=source.where,
        after=target.where,
        rows=sum(rows.values()),
        tables=sum(1 for count in rows.values() if count),
    )


def copy_into_file(address: str, path: str) -> int:
    """A snapshot of a ledger as a new SQLite file, while runs go on; answers how many rows.

    Raises:
        LedgerDamagedError: the ledger is damaged, and so would be what is copied.
        LedgerError: the ledger cannot be used.
    """
    source, target = Database(address, wait=30), Database(path, wait=30)
    try:
        bring_up_to_date(source)
        if source.is_file:
            with source.session() as old, target.session() as new, source.in_our_words():
                _copy_pages(old, new)
                refuse_damaged(new, source.where, closely=True)
        else:
            bring_up_to_date(target)
            with source.snapshot() as old, target.writing() as new:
                _copy(old, new)
                _compared(old, new)
        with target.session() as alone:
            alone.execute(text("PRAGMA journal_mode=DELETE"))  # one file, without companions
            return sum(_count(alone, table) for table in metadata.sorted_tables)
    finally:
        source.close()
        target.close()


def put_back(path: str, copy: str) -> None:
    """Make a SQLite ledger what `copy`, a file, is; whoever reads it meanwhile sees the old one.

    Raises:
        LedgerError: it cannot be written, or is damaged.
    """
    source, target = Database(copy, wait=30), Database(path, wait=30)
    try:
        with source.session() as old, target.session() as new, target.in_our_words():
            _copy_pages(old, new)
    finally:
        source.close()
        target.close()


def _copy_pages(old: Connection, new: Connection) -> None:
    try:
        _raw(old).backup(_raw(new), progress=_not_for_ever)
    except sqlite3.Error as error:  # SQLAlchemy does not see this call
        raise DBAPIError("backup", None, error) from error


def _not_for_ever(status: int, _left: int, _all: int) -> None:
    """Python would go on trying; whoever holds the file has been waited for by then."""
    if status in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        error = sqlite3.OperationalError("database is locked")
        error.sqlite_errorcode = status
        raise error


def _raw(connection: Connection) -> sqlite3.Connection:
    found = connection.connection.driver_connection
    assert isinstance(found, sqlite3.Connection)
    return found


def _fill(old: Connection, target: Database) -> dict[str, int]:
    with target.writing() as new:
        if any(_count(new, table) for table in metadata.sorted_tables):
            try:
                return _compared(old, new)  # the copy of a move that was cut off before its mark
            except LedgerError:
                raise UsageError(
                    f"{target.where} has data already; nothing was moved",
                    hint="name an empty database, or a file that is not there yet",
                ) from None
        _copy(old, new)
        rows = _compared(old, new)
        _number_on(new)
        return rows


def _mark(old: Connection, where: str) -> None:
    old.execute(insert(marks).values(name=MOVED, value=where))


def _copy(old: Connection, new: Connection) -> None:
    for table in metadata.sorted_tables:
        columns = list(table.c)
        for rows in _rows(old, table):
            database.insert(new, table, columns, [tuple(row) for row in rows])


def _compared(old: Connection, new: Connection) -> dict[str, int]:
    """How many rows each table has, if both have the same ones."""
    counts: dict[str, int] = {}
    for table in metadata.sorted_tables:
        counts[table.name] = _count(old, table)
        with closing(_rows(old, table)) as ones, closing(_rows(new, table)) as others:
            alike = all(one == other for one, other in zip_longest(ones, others))
        if not alike:
            raise LedgerError(
                f"the copy of the table {table.name} is not what was copied; nothing was moved",
                hint="try again; if it happens twice, report it",
            )
    return counts


def _rows(connection: Connection, table: Table) -> Generator[list[AnyRow], None, None]:
    """All rows in the order of their keys, so many at once."""
    key = [_in_one_order(connection, column) for column in table.primary_key]
    found = connection.execute(
        select(table).order_by(*key),
        execution_options={"stream_results": True, "max_row_buffer": _AT_ONCE},
    )
    with found:
        for part in found.partitions(_AT_ONCE):
            yield list(part)


def _in_one_order(connection: Connection, column: Column[Any]) -> ColumnElement[Any]:
    """A column that both databases sort alike: texts by their bytes."""
    is_text = isinstance(column.type, Text) and connection.dialect.name == "postgresql"
    return column.collate("C") if is_text else column


def _count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


def _number_on(new: Connection) -> None:
    """PostgreSQL counts its ids by itself, from the highest that is there."""
    if new.dialect.name != "postgresql":
        return
    for table in metadata.sorted_tables:
        ids: Any = table.c.get("id")
        if ids is not None and table.autoincrement_column is not None:
            highest = new.scalar(select(func.max(ids)))
            if highest:
                sequence = func.pg_get_serial_sequence(table.name, "id")
                new.execute(select(func.setval(sequence, highest)))
