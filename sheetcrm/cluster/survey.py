"""Looks which workspaces there are, and what their configs want done when."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sheetcrm.bootstrap import load_config
from sheetcrm.cluster import duties
from sheetcrm.cluster.database import Connection, rows
from sheetcrm.cluster.duties import Duty, Planned
from sheetcrm.cluster.fleet import Fleet, signature
from sheetcrm.cluster.telling import looks
from sheetcrm.config.model import Config
from sheetcrm.errors import ConfigError, SheetCrmError, UsageError

_FORGET_AFTER = "1 day"  # a folder may be away for a while, as long as a disk is


def survey(
    connection: Connection, fleet: Fleet, stopped: Callable[[], bool] = lambda: False
) -> int:
    """Take up new and changed workspaces, each in a transaction of its own.

    Args:
        connection: to the workers' database.
        fleet: the workspaces.
        stopped: says when to go no further.

    Returns:
        How many were new or had changed.
    """
    known: dict[str, str] = dict(rows(connection, "SELECT name, signature FROM workspaces"))
    found = fleet.workspaces()
    changed = 0
    for name, root in found.items():
        if stopped():
            return changed
        try:
            now = signature(root)
        except OSError:
            continue  # it is just being made, or goes away
        if known.get(name) != now:
            _take_up(connection, name, root, now)
            changed += 1
    _seen(connection, list(found))
    return changed


def _take_up(connection: Connection, name: str, root: Path, now: str) -> None:
    fault = ""
    planned: list[Planned] | None = None
    try:
        planned = _planned(name, root)
    except ConfigError as error:
        fault = "; ".join([str(one) for one in error.faults] or [error.message])
    except SheetCrmError as error:
        fault = f"{error.message}: {error.hint}"
    telling = looks(name, root, planned[0].zone if planned else "UTC")
    with connection.transaction():
        connection.execute(
            "INSERT INTO workspaces (name, signature, fault) VALUES (%s, %s, %s)"
            " ON CONFLICT (name) DO UPDATE SET signature = excluded.signature,"
            " fault = excluded.fault, seen_at = now()",
            (name, now, fault),
        )
        if planned is not None:
            duties.keep(connection, name, [*planned, *telling])
        else:  # with a broken config what was known goes on, and says so
            duties.add(connection, name, telling)


def _planned(name: str, root: Path) -> list[Planned]:
    config = load_config(root)
    if "://" not in config.ledger:
        raise UsageError(
            "its ledger is a file, which workers on several machines would write to pieces",
            hint='write ledger = "postgresql://user@host/name?schema=…" under [workspace], and '
            "take along what it remembers: sheetcrm ledger move",
        )
    wanted = [
        ("sync", source.name, source.schedule or config.cluster.schedule)
        for source in config.sources
    ]
    if account := _account(config):
        wanted.append(("mail", account, config.cluster.mail))
    return [
        Planned(
            duty=Duty(workspace=name, kind=kind, name=which),
            schedule=schedule,
            zone=config.locale.timezone,
        )
        for kind, which, schedule in wanted
        if schedule != "never"
    ]


def _account(config: Config) -> str:
    """The account that the workspace sends from, or the one in which answers arrive, if any."""
    if config.smtp and config.followups.sending.via == "smtp":
        return config.smtp.user or config.followups.sender.address
    return config.imap.user if config.imap else ""


def _seen(connection: Connection, names: list[str]) -> None:
    """Forget the workspaces that no worker has seen for long; where one sees none, it says so."""
    with connection.transaction():
        connection.execute(
            "UPDATE workspaces SET seen_at = now()"
            " WHERE name = ANY(%s) AND seen_at < now() - interval '1 hour'",
            (names,),
        )
        if names:
            connection.execute(
                "DELETE FROM workspaces WHERE seen_at < now() - %s::interval", (_FORGET_AFTER,)
            )
