"""How a connection to the ledger is opened: an address, and what each database needs at first."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from sheetcrm.errors import LedgerError

# What a transaction is to be, among the options of its engine.
WRITES = "sheetcrm_writes"
ALONE = "sheetcrm_alone"

SQLITE_LOCKED = {5, 6}  # SQLITE_BUSY, SQLITE_LOCKED
_AGAIN = 0.01  # seconds
_KINDS = {"sqlite", "postgresql"}  # of databases
# A machine that vanished is noticed after half a minute, not after two hours.
_POSTGRES_ALIVE = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "application_name": "sheetcrm",
}
_SCHEMA = re.compile(r"(?!pg_)[a-z_][a-z0-9_]{0,62}")


def address(url_or_path: str) -> URL:
    """A path, or the URL of a database, as SQLAlchemy takes it.

    Raises:
        LedgerError: it is neither.
    """
    if "://" not in url_or_path:
        return URL.create("sqlite", database=str(Path(url_or_path)))
    try:
        url = make_url(url_or_path)
        known = url.get_backend_name() in _KINDS
    except ArgumentError:
        known = False
    if not known:
        raise LedgerError(
            f"not the address of a ledger: {url_or_path.partition('://')[0]}://…",
            hint="give a path such as var/ledger.db, or postgresql://user@host/database",
        )
    return url.set(drivername="postgresql+psycopg") if url.drivername == "postgresql" else url


def is_file(url: URL) -> bool:
    """Whether it is a file of SQLite's rather than a server."""
    return url.get_backend_name() == "sqlite"


def connected(url: URL, wait: float) -> Engine:
    """An engine whose connections wait `wait` seconds for a lock that another process holds.

    Raises:
        LedgerError: the folder of the file cannot be made, or no schema can be called so.
    """
    if not is_file(url):
        usual = {name: said for name, said in _POSTGRES_ALIVE.items() if name not in url.query}
        url, schema = _in_schema(url)
        engine = create_engine(url, connect_args=usual, pool_pre_ping=True)
        if schema:
            event.listen(engine, "first_connect", _made(schema), insert=True)
        return engine
    if url.database:
        _make_folder(Path(url.database).parent)
    engine = create_engine(url, connect_args={"timeout": wait})
    event.listen(engine, "connect", _prepared(wait))
    event.listen(engine, "begin", _begin)
    return engine


def opening(*, writes: bool, lasting: bool = True) -> tuple[str, ...]:
    """With what a transaction of SQLite's begins."""
    if not writes:
        return ("BEGIN",)
    return (f"PRAGMA synchronous={'FULL' if lasting else 'NORMAL'}", "BEGIN IMMEDIATE")


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


def _prepared(wait: float) -> Callable[[Any, ConnectionPoolEntry], None]:
    """Makes a SQLite connection that survives a power cut, and leaves BEGIN to us."""

    def prepare(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        _log_ahead(connection, wait)
        for pragma in (
            "synchronous=FULL",
            "foreign_keys=ON",
            "journal_size_limit=67108864",
            "cache_size=-65536",  # KiB: with the usual 2,000 a run reads its pages again and again
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    return prepare


def _log_ahead(connection: sqlite3.Connection, wait: float) -> None:
    """A write-ahead log for this file, where it has none yet.

    Of two that turn a new file over at once SQLite refuses one without waiting, since it holds a
    lock already that the other waits for (https://sqlite.org/c3ref/busy_handler.html).
    """
    until = time.monotonic() + wait
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in SQLITE_LOCKED or time.monotonic() > until:
                raise
            time.sleep(_AGAIN)
        else:
            return


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if ALONE not in options:
        for statement in opening(writes=WRITES in options):
            connection.exec_driver_sql(statement)
