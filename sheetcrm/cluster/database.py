"""The database that the workers share: the queue, and what is to be done when."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import TupleRow

from sheetcrm.errors import LedgerError, LedgerUnreachableError, UsageError

Connection = psycopg.Connection[TupleRow]

SCHEMA = "sheetcrm_cluster"  #: unless the URL says ``?schema=``
_NAME = re.compile(r"(?!pg_)[a-z_][a-z0-9_]{0,62}")
_USUAL = {
    "connect_timeout": "10",
    "application_name": "sheetcrm worker",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Shared:
    """The shared database; `conninfo` leads to our schema in it."""

    conninfo: str = field(repr=False)  #: with its password
    schema: str

    @property
    def where(self) -> str:
        """The database for people, without its password."""
        said = conninfo_to_dict(self.conninfo)
        host, port = said.get("host", "localhost"), said.get("port", "5432")
        return f"{host}:{port}/{said.get('dbname', '')} (schema {self.schema})"

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """A connection of one's own; each `transaction()` of it stands for itself.

        Raises:
            LedgerUnreachableError: the server does not answer.
            LedgerError: it refuses us, or what is asked of it.
        """
        with self.in_our_words(), self.connect() as connection:
            yield connection

    def connect(self) -> Connection:
        """A connection; what goes wrong is in the library's words."""
        return psycopg.connect(self.conninfo, autocommit=True)

    @contextmanager
    def in_our_words(self) -> Iterator[None]:
        """What the database says in the block becomes a `LedgerError`."""
        try:
            yield
        except psycopg.OperationalError as error:
            said = str(error).strip().splitlines()[0] if str(error).strip() else "no answer"
            raise LedgerUnreachableError(
                f"the workers' database {self.where} cannot be reached: {said}",
                hint="check that its server runs and that you have a network, then try again",
            ) from error
        except psycopg.Error as error:
            raise LedgerError(
                f"the workers' database {self.where} cannot be used: {error}",
                hint="check that you may make a schema and tables there",
            ) from error


def shared(url: str) -> Shared:
    """The database at a URL such as ``postgresql://user@host/database?schema=cluster``.

    Raises:
        UsageError: it is no such URL.
    """
    if not url.startswith("postgresql"):
        raise UsageError(
            "workers need a PostgreSQL database that all of them reach",
            hint="sheetcrm worker --database postgresql://user@host/name, or set SHEETCRM_DATABASE",
        )
    try:
        return _shared(urlsplit(url))
    except (psycopg.ProgrammingError, ValueError):
        raise UsageError(
            "not the address of a database: postgresql://…",
            hint="write postgresql://user@host/name",
        ) from None


def rows(connection: Connection, query: str, *values: object) -> Sequence[TupleRow]:
    """What a query answers."""
    return connection.execute(query.encode(), values).fetchall()


def _shared(parts: SplitResult) -> Shared:
    said = dict(parse_qsl(parts.query))
    schema = said.pop("schema", SCHEMA)
    if not _NAME.fullmatch(schema):
        raise UsageError(
            f"no schema of PostgreSQL can be called {schema!r}",
            hint="use small letters, digits and _, such as ?schema=workers",
        )
    options = f"{said.pop('options', '')} -csearch_path={schema}".strip()
    plain = urlunsplit(parts._replace(scheme="postgresql", query=urlencode(said)))
    given = conninfo_to_dict(plain)
    usual = {name: value for name, value in _USUAL.items() if name not in given}
    return Shared(conninfo=make_conninfo(plain, options=options, **usual), schema=schema)
