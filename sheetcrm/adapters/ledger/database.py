"""A connection to the ledger's database: transactions, bulk writing, errors in our words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import (
    Column,
    Connection,
    Insert,
    Row,
    Table,
    delete,
    update,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError, StatementError
from sqlalchemy.pool import PoolProxiedConnection

from sheetcrm.adapters.ledger.connecting import (
    ALONE,
    SQLITE_LOCKED,
    WRITES,
    address,
    connected,
    is_file,
    opening,
)
from sheetcrm.adapters.ledger.direct import Direct
from sheetcrm.errors import (
    LedgerDamagedError,
    LedgerError,
    LedgerLockedError,
    LedgerUnreachableError,
)

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

CHUNK = 10_000  #: values in one IN (…): SQLite allows 32,766, PostgreSQL 65,535
_ROWS = 200  # of one INSERT: more gain nothing

_POSTGRES_LOCKED = {"40001", "40P01", "55P03"}  # serialization, deadlock, lock not available
_POSTGRES_AWAY = ("08", "57P0", "53300")  # no connection, (re)starting, too many of them
_POSTGRES_BUSY_WORDS = ("starting up", "shutting down", "recovery", "too many clients")
PUT_BACK = "put back the newest backup: sheetcrm backup --restore FILE"  #: where it is damaged
_SQLITE_DAMAGED = {11, 26}  # SQLITE_CORRUPT, SQLITE_NOTADB
_SQLITE_HINTS = {
    8: "the file or its folder is read-only: give yourself the right to write there",
    10: "the disk could not be read or written: is it full? keep the ledger on a local disk",
    11: PUT_BACK,
    13: "the disk is full: make room and run it again",
    14: "check that the folder exists and that you may write there",
    26: f"if it was the ledger, {PUT_BACK}; else name another file in config/sheetcrm.toml",
}


class Database:
    """Short transactions on one database, `where` being its place for people."""

    def __init__(self, url_or_path: str, *, wait: float) -> None:
        url = address(url_or_path)
        self.is_file = is_file(url)
        self.where = (
            url.database or ""
            if self.is_file
            else url.set(drivername="postgresql").render_as_string()
        )
        with self.in_our_words():
            self._engine = connected(url, wait)
        self._writer = self._engine.execution_options(**{WRITES: True})
        self.after_each_change = ""  #: a statement

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads.

        Raises:
            LedgerError: the database cannot be used.
        """
        with self.in_our_words(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self, *, quietly: bool = False) -> Iterator[Connection]:
        """A transaction that may write: all of it or nothing, and on the disk before it ends.

        Where it changed anything, `after_each_change` is its last statement; not if `quietly`.

        On SQLite it takes the write lock at once (`BEGIN IMMEDIATE`): a transaction that reads
        first and writes later fails against another one, however long it waits.

        Raises:
            LedgerLockedError: another process held the database for too long.
            LedgerError: the database cannot be used.
        """
        with self.in_our_words(), self._writer.begin() as connection:
            changes = _changes(connection.connection)
            yield connection
            if not quietly and self._changed(connection.connection, changes):
                connection.exec_driver_sql(self.after_each_change)

    @contextmanager
    def direct(self, *, writes: bool = True, lasting: bool = True) -> Iterator[Direct]:
        """A transaction as `writing` or `reading`, whose statements go to the driver as they are.

        One that is not `lasting` is not waited for until it is on the disk: a power cut may take
        it back, but none that came before it, and the next lasting one takes it along.

        Raises:
            LedgerLockedError: another process held the database for too long.
            LedgerError: the database cannot be used.
        """
        dialect = self._engine.dialect
        with self.in_our_words(), closing(self._engine.raw_connection()) as connection:
            try:
                cursor = connection.cursor()
                for statement in self._opening(writes=writes, lasting=lasting):
                    cursor.execute(statement)
                changes = _changes(connection)
                yield Direct(cursor, dialect)
                if self._changed(connection, changes):
                    cursor.execute(self.after_each_change)
                connection.commit()  # where we don't come this far the pool rolls it back
            except dialect.loaded_dbapi.Error as error:
                raise _translated(self.where, error) from error

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A transaction that only reads, all of it at one moment, however long it takes.

        Raises:
            LedgerError: the database cannot be used.
        """
        engine = self._engine
        if not self.is_file:  # SQLite's are so anyway
            engine = engine.execution_options(isolation_level="REPEATABLE READ")
        with self.in_our_words(), engine.begin() as connection:
            yield connection

    def session(self) -> Connection:
        """A connection in which every statement stands for itself.

        Raises:
            LedgerError: the database cannot be used.
        """
        options = {ALONE: True} if self.is_file else {"isolation_level": "AUTOCOMMIT"}
        with self.in_our_words():
            return self._engine.execution_options(**options).connect()

    def _opening(self, *, writes: bool, lasting: bool) -> tuple[str, ...]:
        if self.is_file:
            return opening(writes=writes, lasting=lasting)
        return () if lasting else ("SET LOCAL synchronous_commit = off",)

    def _changed(self, connection: PoolProxiedConnection, before: object) -> bool:
        return bool(self.after_each_change) and _changes(connection) != before

    def close(self) -> None:
        """Let go of files and connections."""
        self._engine.dispose()

    @contextmanager
    def in_our_words(self) -> Iterator[None]:
        """What the database says against the statements of the block becomes a `LedgerError`."""
        try:
            yield
        except DBAPIError as error:
            raise _translated(self.where, error.orig) from error
        except StatementError as error:  # a value that a column type refuses: our own bug
            raise error.orig or error from error
        except (ArgumentError, ModuleNotFoundError) as error:
            raise LedgerError(
                f"the ledger {self.where} cannot be opened: {error}",
                hint="for PostgreSQL: pip install 'sheetcrm[postgres]' and give "
                "postgresql://user@host/database",
            ) from error


def _changes(connection: PoolProxiedConnection) -> object:
    """How many rows were ever changed through a connection; where that is unknown, always new."""
    return getattr(connection.dbapi_connection, "total_changes", object())


def insert(
    connection: Connection,
    table: Table,
    columns: Sequence[Column[Any]],
    rows: Sequence[tuple[object, ...]],
    *,
    key: Sequence[Column[Any]] = (),
    update: Sequence[Column[Any]] = (),
) -> None:
    """Insert many rows, a row's values in the order of `columns`, which is the table's order.

    A row whose `key` stands there already changes the columns `update` of that one, or is left
    out where there are none to update. The driver gets the rows as they are, and SQLite many of
    them in one statement, which is several times faster than SQLAlchemy's own executemany.
    """
    if not rows:
        return
    statement = _statement(connection, table, key, update)
    names = [column.name for column in columns]
    compiled = statement.compile(dialect=connection.dialect, column_keys=names)
    ready = _bound(connection, columns, rows)
    if not compiled.positional:
        connection.exec_driver_sql(
            str(compiled), [dict(zip(names, row, strict=True)) for row in ready]
        )
        return
    assert compiled.positiontup == names, "columns are given in the table's order"
    for start in range(0, len(ready), _ROWS):
        part = ready[start : start + _ROWS]
        connection.exec_driver_sql(_of_rows(str(compiled), len(names), len(part)), _flat(part))


def update_where(
    connection: Connection, column: Column[int], ids: Sequence[int], **values: object
) -> None:
    """Set the same values in the rows where `column` is one of `ids`."""
    for part in chunks(ids):
        connection.execute(update(column.table).where(column.in_(part)).values(**values))


def delete_where(connection: Connection, column: Column[int], ids: Sequence[int]) -> None:
    """Delete the rows where `column` is one of `ids`."""
    for part in chunks(ids):
        connection.execute(delete(column.table).where(column.in_(part)))


def chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """The values in parts that fit into one ``IN (…)``."""
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]


def _statement(
    connection: Connection,
    table: Table,
    key: Sequence[Column[Any]],
    update: Sequence[Column[Any]],
) -> Insert:
    """The one place that knows how each database says "on conflict"."""
    statement: sqlite.Insert | postgresql.Insert
    if connection.dialect.name == "sqlite":
        statement = sqlite.insert(table)
    else:
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415  slow to load

        statement = postgresql.insert(table)
    if not key:
        return statement
    if not update:
        return statement.on_conflict_do_nothing(index_elements=key)
    changed = {column.name: statement.excluded[column.name] for column in update}
    return statement.on_conflict_do_update(index_elements=key, set_=changed)


def _of_rows(statement: str, columns: int, rows: int) -> str:
    """An INSERT of one row, ``VALUES (?, ?)``, as one of many."""
    one = f"({', '.join('?' * columns)})"
    before, values, after = statement.partition(f" VALUES {one}")
    assert values, "an INSERT with one row of values"
    return f"{before} VALUES {', '.join([one] * rows)}{after}"


def _flat(rows: Sequence[tuple[object, ...]]) -> tuple[object, ...]:
    return tuple(chain.from_iterable(rows))


def _bound(
    connection: Connection, columns: Sequence[Column[Any]], rows: Sequence[tuple[object, ...]]
) -> list[tuple[object, ...]]:
    """The rows with what the column types make of their values for this database."""
    dialect = connection.dialect
    found = [column.type.dialect_impl(dialect).bind_processor(dialect) for column in columns]
    processors = [(place, process) for place, process in enumerate(found) if process]
    if not processors:
        return list(rows)
    turned: list[Sequence[object]] = list(zip(*rows, strict=True))
    for place, process in processors:
        known = {value: process(value) for value in set(turned[place])}  # rows share their time
        turned[place] = [known[value] for value in turned[place]]
    return list(zip(*turned, strict=True))


def _translated(where: str, cause: BaseException | None) -> LedgerError:
    said = " ".join(str(cause).split())  # PostgreSQL's words go over several lines
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF  # the rest tells which kind of it
    if code in SQLITE_LOCKED or getattr(cause, "sqlstate", None) in _POSTGRES_LOCKED:
        return LedgerLockedError(
            f"the ledger {where} is in use by another run", hint="wait for it, then try again"
        )
    if _is_away(cause):
        return LedgerUnreachableError(
            f"the ledger {where} cannot be reached: {said}",
            hint="check that its server runs and that you have a network, then try again",
        )
    kind = LedgerDamagedError if code in _SQLITE_DAMAGED else LedgerError
    return kind(
        f"the ledger {where} cannot be used: {said}",
        hint=_SQLITE_HINTS.get(code, "check that it is there and that you may use it"),
    )


def _is_away(cause: BaseException | None) -> bool:
    """Whether a PostgreSQL server did not answer, or not yet.

    A server that refuses a connection says FATAL, in whatever language; without a word from it
    the fault is on the way there.
    """
    state = getattr(cause, "sqlstate", "")
    if state:
        return str(state).startswith(_POSTGRES_AWAY)
    if type(cause).__name__ not in {"OperationalError", "ConnectionTimeout"} or state == "":
        return False
    said = str(cause)
    return "FATAL" not in said or any(word in said for word in _POSTGRES_BUSY_WORDS)
