"""Brings the ledger's tables up to date, from inside the program.

A new ledger is made from `schema` at once; an older one goes through the migrations. A change to
`schema` needs a new file in ``migrations/versions`` and its number as `schema.HEAD`; a test
compares what the migrations make with what `schema` says.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, select, text

from sheetcrm.adapters.ledger.database import Database
from sheetcrm.adapters.ledger.schema import HEAD, marks, metadata
from sheetcrm.errors import LedgerError, LedgerTooNewError

if TYPE_CHECKING:
    from alembic.config import Config

MOVED = "moved to"  #: the mark of a ledger that lies elsewhere now

_LOCK = 0x7368_6565_7463_726D  # "sheetcrm": the number of our advisory lock in PostgreSQL


def bring_up_to_date(database: Database) -> None:
    """Make or change the tables where that is needed; Alembic is imported only then.

    Any number of processes may do so at once: one works, the others wait.

    Raises:
        LedgerTooNewError: a newer sheetcrm made the tables.
        LedgerError: the ledger was moved elsewhere.
    """
    with database.reading() as connection:
        version = current(connection)
        if version == HEAD:
            _refuse_moved(connection, database.where)
            return
    with database.writing() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        _make_or_change(connection, database.where)


def current(connection: Connection) -> str | None:
    """The version of the tables, None for a database without any."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return version


def settings(connection: Connection) -> Config:
    """Alembic's settings for this connection, which take the place of an alembic.ini."""
    from alembic.config import Config  # noqa: PLC0415  # 0.1 s that most runs do not need

    config = Config()
    folder = str(Path(__file__).parent / "migrations")
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _refuse_moved(connection: Connection, where: str) -> None:
    """Nobody shall send from two ledgers."""
    moved = connection.scalar(select(marks.c.value).where(marks.c.name == MOVED))
    if moved is not None:
        line = moved.replace(":***@", ":${DATABASE_PASSWORD}@")
        raise LedgerError(
            f"the ledger {where} was moved to {moved}",
            hint=f'write into config/sheetcrm.toml, below [workspace]: ledger = "{line}"',
        )


def _make_or_change(connection: Connection, where: str) -> None:
    version = current(connection)  # another process may have worked while we waited
    if version is None:
        metadata.create_all(connection)
        connection.execute(
            text("CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)")
        )
        connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})
    elif version != HEAD:
        _upgrade(connection, version, where)


def _upgrade(connection: Connection, version: str, where: str) -> None:
    from alembic import command  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = settings(connection)
    known = {revision.revision for revision in ScriptDirectory.from_config(config).walk_revisions()}
    if version not in known:
        raise LedgerTooNewError(
            f"the ledger {where} was made by a newer sheetcrm (its version is {version}, "
            f"this one knows {HEAD})",
            hint="update sheetcrm: pip install --upgrade sheetcrm",
        )
    command.upgrade(config, "head")
