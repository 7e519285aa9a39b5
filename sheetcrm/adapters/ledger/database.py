"""A connection to the ledger's database: transactions, bulk writing, errors in our words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Insert,
    Row,
    Table,
    create_engine,
    delete,
    event,
    update,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, StatementError
from sqlalchemy.pool import ConnectionPoolEntry

from sheetcrm.errors import LedgerError, LedgerLockedError, LedgerUnreachableError

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

CHUNK = 10_000  #: values in one IN (…): SQLite allows 32,766, PostgreSQL 65,535
_ROWS = 200  # of one INSERT: more gain nothing

_WRITES = "sheetcrm_writes"
_HASTY = "sheetcrm_hasty"
_ALONE = "sheetcrm_alone"
_SQLITE_LOCKED = {5, 6}  # SQLITE_BUSY, SQLITE_LOCKED
_POSTGRES_LOCKED = {"40001", "40P01", "55P03"}  # serialization, deadlock, lock not available
_POSTGRES_AWAY = ("08", "57P0", "53300")  # no connection, (re)starting, too many of them
_POSTGRES_BUSY_WORDS = ("starting up", "shutting down", "recovery", "too many clients")
# A machine that vanished is noticed after half a minute, not after two hours.
_POSTGRES_ALIVE = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "application_name": "sheetcrm",
}
_SCHEMA = re.compile(r"(?!pg_)[a-z_][a-z0-9_]{0,62}")
_SQLITE_HINTS = {
    8: "the file or its folder is read-only: give yourself the right to write there",
    10: "the disk could not be read or written: check it, and keep the ledger on a local disk",
    11: "the file is damaged: put back a copy of it",
    13: "the disk is full: make room and run it again",
    14: "check that the folder exists and that you may write there",
    26: "it is some other file: move it away, or name another ledger in config/sheetcrm.toml",
}


class Database:
    """Short transactions on one database, `where` being its place for people."""

    def __init__(self, url_or_path: str, *, wait: float) -> None:
        url = _url(url_or_path)
        self.is_file = _is_sqlite(url)
        self.where = (
            url.database or ""
            if self.is_file
            else url.set(drivername="postgresql").render_as_string()
        )
        with self.in_our_words():
            self._engine = _engine(url, wait)
        self._writer = self._engine.execution_options(**{_WRITES: True})
        self.after_each_change = ""  #: a statement
        self._hasty = self._engine.execution_options(**{_WRITES: True, _HASTY: True})

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads.

        Raises:
            LedgerError: the database cannot be used.
        """
        with self.in_our_words(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self, *, lasting: bool = True, quietly: bool = False) -> Iterator[Connection]:
        """A transaction that may write: all of it or nothing.

        Where it changed anything, `after_each_change` is its last statement; not if `quietly`.
        One that is not `lasting` is not waited for until it is on the disk: a power cut may take
        it back, but none that came before it, and the next lasting one takes it along.

        On SQLite it takes the write lock at once (`BEGIN IMMEDIATE`): a transaction that reads
        first and writes later fails against another one, however long it waits.

        Raises:
            LedgerLockedError: another process held the database for too long.
            LedgerError: the database cannot be used.
        """
        writer = self._writer if lasting else self._hasty
        with self.in_our_words(), writer.begin() as connection:
            if not (lasting or self.is_file):
                connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
            changes = _changes(connection)
            yield connection
            if self.after_each_change and not quietly and _changes(connection) != changes:
                connection.exec_driver_sql(self.after_each_change)

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
        options = {_ALONE: True} if self.is_file else {"isolation_level": "AUTOCOMMIT"}
        with self.in_our_words():
            return self._engine.execution_options(**options).connect()

    def close(self) -> None:
        """Let go of files and connections."""
        self._engine.dispose()

    @contextmanager
    def in_our_words(self) -> Iterator[None]:
        """What the database says against the statements of the block becomes a `LedgerError`."""
        try:
            yield
        except DBAPIError as error:
            raise _translated(self.where, error) from error
        except StatementError as error:  # a value that a column type refuses: our own bug
            raise error.orig or error from error
        except (ArgumentError, ModuleNotFoundError) as error:
            raise LedgerError(
                f"the ledger {self.where} cannot be opened: {error}",
                hint="for PostgreSQL: pip install 'psycopg[binary]' and give "
                "postgresql://user@host/database",
            ) from error


def _changes(connection: Connection) -> object:
    """How many rows were ever changed through a connection; where that is unknown, always new."""
    return getattr(connection.connection.dbapi_connection, "total_changes", object())


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


def _url(url_or_path: str) -> URL:
    if "://" not in url_or_path:
        return URL.create("sqlite", database=str(Path(url_or_path)))
    try:
        url = make_url(url_or_path)
    except ArgumentError as error:
        raise LedgerError(
            f"not the address of a database: {url_or_path.partition('://')[0]}://…",
            hint="give a path such as var/ledger.db, or postgresql://user@host/database",
        ) from error
    return url.set(drivername="postgresql+psycopg") if url.drivername == "postgresql" else url


def _is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def _engine(url: URL, wait: float) -> Engine:
    if not _is_sqlite(url):
        usual = {name: said for name, said in _POSTGRES_ALIVE.items() if name not in url.query}
        url, schema = _in_schema(url)
        engine = create_engine(url, connect_args=usual, pool_pre_ping=True)
        if schema:
            event.listen(engine, "first_connect", _made(schema), insert=True)
        return engine
    if url.database:
        _make_folder(Path(url.database).parent)
    engine = create_engine(url, connect_args={"timeout": wait})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _in_schema(url: URL) -> tuple[URL, str]:
    """The URL as libpq understands it, and the schema that ``?schema=acme`` names.

    Many workspaces share a database, each in a schema of its own.
    """
    said = url.query.get("schema", "")
    if not said:
        return url, ""
    if not isinstance(said, str) or not _SCHEMA.fullmatch(said):
        raise LedgerError(
            f"no schema of PostgreSQL can be called {said!r}",
            hint="use small letters, digits and _, such as ?schema=acme_solar",
        )
    options = url.query.get("options", "")
    options = " ".join(options) if isinstance(options, tuple) else options
    ours = {"options": f"{options} -csearch_path={said}".strip()}
    return url.difference_update_query(["schema"]).update_query_dict(ours), said


def _made(schema: str) -> Callable[[Any, ConnectionPoolEntry], None]:
    """Makes the schema at the first connection where it is not there."""

    def make(connection: Any, _entry: ConnectionPoolEntry) -> None:
        there = "SELECT 1 FROM pg_namespace WHERE nspname = %s"
        if not connection.execute(there, (schema,)).fetchone():
            # IF NOT EXISTS alone fails where two do so at once.
            connection.execute("SELECT pg_advisory_xact_lock(hashtext('sheetcrm schema'))")
            if not connection.execute(there, (schema,)).fetchone():
                connection.execute(f"CREATE SCHEMA {schema}")
        connection.commit()

    return make


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise LedgerError(
            f"the ledger's folder {folder} cannot be made: {error.strerror}",
            hint="check that you may write there",
        ) from error


def _prepare(connection: Any, _entry: ConnectionPoolEntry) -> None:
    """A SQLite connection that waits for others, survives a power cut, and leaves BEGIN to us."""
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "journal_size_limit=67108864",
        "cache_size=-65536",  # KiB: with the usual 2,000 a run reads its pages again and again
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if _ALONE in options:
        return
    if not options.get(_WRITES):
        connection.exec_driver_sql("BEGIN")
        return
    connection.exec_driver_sql(f"PRAGMA synchronous={'NORMAL' if _HASTY in options else 'FULL'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _translated(where: str, error: DBAPIError) -> LedgerError:
    cause = error.orig
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF  # the rest tells which kind of it
    if code in _SQLITE_LOCKED or getattr(cause, "sqlstate", None) in _POSTGRES_LOCKED:
        return LedgerLockedError(
            f"the ledger {where} is in use by another run", hint="wait for it, then try again"
        )
    if _is_away(error):
        return LedgerUnreachableError(
            f"the ledger {where} cannot be reached: {cause}",
            hint="check that its server runs and that you have a network, then try again",
        )
    return LedgerError(
        f"the ledger {where} cannot be used: {cause}",
        hint=_SQLITE_HINTS.get(code, "check that it is there and that you may use it"),
    )


def _is_away(error: DBAPIError) -> bool:
    """Whether a PostgreSQL server did not answer, or not yet.

    A server that refuses a connection says FATAL, in whatever language; without a word from it
    the fault is on the way there.
    """
    state = getattr(error.orig, "sqlstate", "")
    if state:
        return str(state).startswith(_POSTGRES_AWAY)
    if type(error.orig).__name__ not in {"OperationalError", "ConnectionTimeout"} or state == "":
        return False
    said = str(error.orig)
    return "FATAL" not in said or any(word in said for word in _POSTGRES_BUSY_WORDS)
