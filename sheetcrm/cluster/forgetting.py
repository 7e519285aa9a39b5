"""What workers noted of their last attempts may name a person who asks to be forgotten."""

from __future__ import annotations

from pathlib import Path

from sheetcrm.cluster.database import Connection, rows
from sheetcrm.core.blackening import Wanted
from sheetcrm.core.memory import PersonFile


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
    duties = "SELECT workspace, said, kind, name FROM duties"
    faults = "SELECT name, fault FROM workspaces"
    named = [row for row in rows(connection, duties) if _is(root, row[0]) and wanted.is_in(row[1])]
    wrong = [row for row in rows(connection, faults) if _is(root, row[0]) and wanted.is_in(row[1])]
    if sure and (named or wrong):
        for workspace, said, kind, name in named:
            connection.execute(
                "UPDATE duties SET said = %s WHERE (workspace, kind, name) = (%s, %s, %s)",
                (wanted.blackened(said), workspace, kind, name),
            )
        for workspace, fault in wrong:
            connection.execute(
                "UPDATE workspaces SET fault = %s WHERE name = %s",
                (wanted.blackened(fault), workspace),
            )
        connection.execute("VACUUM duties, workspaces")
    return len(named) + len(wrong)


def _is(root: Path, workspace: str) -> bool:
    """Whether a workspace is the one in this folder: its name is the end of its path."""
    return root.as_posix().endswith(f"/{workspace}")
