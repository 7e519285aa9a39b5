"""What workers noted of their last attempts may name a person who asks to be forgotten."""

from __future__ import annotations

from pathlib import Path

from sheetcrm.cluster.database import Connection, rows
from sheetcrm.core.blackening import Wanted
from sheetcrm.core.memory import PersonFile

_TEXTS = (  # table, which of its columns names the workspace, which one speaks
    ("duties", "workspace", "said"),
    ("faults", "workspace", "message"),
    ("told", "workspace", "reason"),
    ("workspaces", "name", "fault"),
)


def blacken(connection: Connection, root: Path, person: PersonFile, *, sure: bool) -> int:
    """Take a person's words out of what is said of a workspace's jobs and config.

    Args:
        connection: to the workers' database.
        root: the workspace's folder, which ends in its name.
        person: who asks.
        sure: do it; otherwise they are only counted.

    Returns:
        In how many texts the person is named.
    """
    wanted = Wanted(person)
    count = 0
    for table, key, column in _TEXTS:
        found = rows(connection, f"SELECT DISTINCT {key}, {column} FROM {table}")  # noqa: S608
        named = [row for row in found if _is(root, row[0]) and wanted.is_in(row[1])]
        count += len(named)
        for workspace, text in named if sure else ():
            query = f"UPDATE {table} SET {column} = %s WHERE ({key}, {column}) = (%s, %s)"  # noqa: S608
            connection.execute(query.encode(), (wanted.blackened(text), workspace, text))
    if sure and count:
        connection.execute("VACUUM duties, faults, told, workspaces")
    return count


def _is(root: Path, workspace: str) -> bool:
    """Whether a workspace is the one in this folder: its name is the end of its path."""
    return root.as_posix().endswith(f"/{workspace}")
