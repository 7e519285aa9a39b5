"""The tables of the workers' database: ours, and the queue's."""

from __future__ import annotations

from pathlib import Path

from procrastinate.schema import SchemaManager

from sheetcrm.cluster.database import Connection, Shared, rows
from sheetcrm.errors import LedgerTooNewError

VERSION = 3  #: of our own tables

_OURS = """
CREATE TABLE workspaces (
    name text PRIMARY KEY,          -- its path below the folder of all workspaces
    signature text NOT NULL,        -- of its config files, as last read
    fault text NOT NULL,            -- what is wrong with them
    seen_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE duties (
    workspace text NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    kind text NOT NULL,             -- sync, mail or tell
    name text NOT NULL,             -- of the source, of the account, or notify
    schedule text NOT NULL,         -- five fields of cron
    zone text NOT NULL,             -- in this time zone
    due_at timestamptz NOT NULL DEFAULT now(),
    begun_at timestamptz,           -- the last time
    ended_at timestamptz,           -- of that time; NULL while it is at work
    holder text NOT NULL DEFAULT '',-- host and process that did it, or does
    failures integer NOT NULL DEFAULT 0,  -- in a row, up to now
    said text NOT NULL DEFAULT '',  -- what came of it
    PRIMARY KEY (workspace, kind, name)
);
CREATE INDEX duties_due ON duties (due_at);
CREATE TABLE tables (ours integer NOT NULL, queue text NOT NULL);
"""

# What went wrong and who was told of it: since the third version.
_TOLD = """
CREATE TABLE IF NOT EXISTS faults (
    workspace text NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    message text NOT NULL,
    passing boolean NOT NULL,       -- most likely it goes away by itself
    since timestamptz NOT NULL DEFAULT now(),
    seen boolean NOT NULL DEFAULT false,  -- by whoever tells
    over_at timestamptz,            -- when the duty was done without it; NULL while it lasts
    FOREIGN KEY (workspace, kind, name) REFERENCES duties ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS faults_duty ON faults (workspace, kind, name);
CREATE TABLE IF NOT EXISTS told (
    workspace text PRIMARY KEY REFERENCES workspaces ON DELETE CASCADE,
    since timestamptz,              -- when it began to go wrong; NULL while all is well
    reason text NOT NULL DEFAULT '',-- of the last failure that somebody was told of
    at timestamptz                  -- when that was
);
"""

# To fetch a job is to look whether another one of its workspace is before it, for which the queue
# has no index that begins with the lock. Without a condition, so that it stands in no migration's
# way that changes the type of a column.
_BESIDE = "CREATE INDEX IF NOT EXISTS sheetcrm_jobs_lock ON procrastinate_jobs (lock)"


def prepare(shared: Shared, connection: Connection) -> None:
    """Make the tables, or bring them up to date; any number of workers may do so at once.

    Raises:
        LedgerTooNewError: a newer sheetcrm made them.
    """
    migrations = _migrations()
    if _known(shared, connection) == (VERSION, migrations[-1].name):
        return
    with shared.in_our_words(), connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(hashtext('sheetcrm schema'))")
        known = _known(shared, connection)
        if known is None:
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {shared.schema}".encode())
            connection.execute(SchemaManager.get_schema().encode())
            connection.execute(_OURS.encode())
            connection.execute("INSERT INTO tables VALUES (%s, '')", (VERSION,))
        elif known[0] > VERSION or known[1] > migrations[-1].name:
            raise LedgerTooNewError(
                f"the tables in {shared.where} were made by a newer sheetcrm",
                hint="update this one: pip install --upgrade 'sheetcrm[cluster]'",
            )
        else:
            for path in migrations:
                if path.name > known[1]:
                    connection.execute(path.read_bytes())
            connection.execute("UPDATE workspaces SET signature = ''")  # all are looked at anew
        connection.execute(_TOLD.encode())
        connection.execute(_BESIDE.encode())
        connection.execute(
            "UPDATE tables SET ours = %s, queue = %s", (VERSION, migrations[-1].name)
        )


def _known(shared: Shared, connection: Connection) -> tuple[int, str] | None:
    """The version of our tables and the newest migration of the queue's; None without tables.

    Asked of a table and not of `to_regclass`, which knows nothing of what others made just now.
    """
    query = "SELECT 1 FROM pg_tables WHERE schemaname = %s AND tablename = 'tables'"
    if not rows(connection, query, shared.schema):
        return None
    [(ours, queue)] = rows(connection, "SELECT ours, queue FROM tables")
    return ours, queue


def _migrations() -> list[Path]:
    """The queue's own migrations in the order in which they are applied."""
    return sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))
