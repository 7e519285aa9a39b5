"""Whether anything was written here since a sync found that it had nothing to do.

Every transaction that changes anything ends by taking away the mark that says so, whatever it
writes and whoever writes it; only the beginning and the end of runs are noted without. A run that
wants to set the mark first puts its own name beside it, and every other writer takes that away.
"""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from sheetcrm.adapters.ledger.schema import marks
from sheetcrm.core.memory import Settled

_SETTLED, _WATCHER = "settled", "watcher"


def after_each_change(writer: str) -> str:
    """The statement with which each transaction of `writer` (letters and digits) ends."""
    return (
        f"DELETE FROM marks WHERE name = '{_SETTLED}' "  # noqa: S608  our own words only
        f"OR (name = '{_WATCHER}' AND value <> '{writer}')"
    )


def watch(connection: Connection, writer: str) -> None:
    """From now on, notice whether anybody but `writer` writes."""
    connection.execute(delete(marks).where(marks.c.name == _WATCHER))
    connection.execute(insert(marks).values(name=_WATCHER, value=writer))


def settle(connection: Connection, writer: str, found: Settled) -> bool:
    """Set the mark; False where somebody else wrote since `watch`."""
    watcher = connection.scalar(select(marks.c.value).where(marks.c.name == _WATCHER))
    if watcher != writer:
        return False
    value = json.dumps([found.since.isoformat(), found.until.isoformat(), found.inputs])
    connection.execute(delete(marks).where(marks.c.name.in_([_SETTLED, _WATCHER])))
    connection.execute(insert(marks).values(name=_SETTLED, value=value))
    return True


def settled(connection: Connection) -> Settled | None:
    """The mark, None where there is none."""
    value = connection.scalar(select(marks.c.value).where(marks.c.name == _SETTLED))
    if value is None:
        return None
    since, until, inputs = json.loads(value)
    return Settled(
        inputs=inputs, since=datetime.fromisoformat(since), until=datetime.fromisoformat(until)
    )
