"""The three short transactions around each message that goes out, with statements made once.

To make a statement takes SQLAlchemy longer than SQLite takes to carry it out.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select, update

from sheetcrm.adapters.ledger.schema import message_events, messages, pauses, suppressions
from sheetcrm.core.memory import MessageEvent
from sheetcrm.core.outbox import Answer, Settled, Verdict, settled

_ENDS = ("claimed", "sending", "unknown")  # states in which an attempt may end

_of = messages.c.key == bindparam("of")
_mine = messages.c.claimed_by == bindparam("by")

_STANDS = select(
    messages.c.state,
    messages.c.claimed_by,
    select(func.max(suppressions.c.id)).scalar_subquery(),
    select(func.max(message_events.c.id)).scalar_subquery(),
    select(func.count()).select_from(pauses).scalar_subquery(),
    select(func.max(pauses.c.since)).scalar_subquery(),
).where(_of)

_BEGIN = (
    update(messages)
    .where(_of, _mine, messages.c.state == "claimed")
    .values(
        state="sending",
        account=bindparam("from_account"),
        tried_at=bindparam("at"),
        attempts=messages.c.attempts + 1,
    )
)

_BEFORE = select(
    *(messages.c[name] for name in ("id", "state", "claimed_by", "attempts")),
    *(messages.c[name] for name in ("not_before", "sent_at", "tried_at")),
).where(_of)

_AFTER = (
    update(messages)
    .where(messages.c.id == bindparam("number"))
    .values(
        state=bindparam("next_state"),
        attempts=bindparam("tries"),
        not_before=bindparam("from_then"),
        sent_at=bindparam("went_at"),
        tried_at=bindparam("tried"),
        reply=bindparam("words"),
        claimed_by=bindparam("by"),
        lease_until=None,
    )
)

Against = tuple[object, ...]
"""Changes where anything may have come up against any message."""


def stands(connection: Connection, key: str, owner: str) -> Against | None:
    """What all objections depend on, None where the message is not `owner`'s to send."""
    row = connection.execute(_STANDS, {"of": key}).first()
    if row is None or row[0] != "claimed" or row[1] != owner:
        return None
    return tuple(row[2:])


def begin(connection: Connection, key: str, *, owner: str, account: str, at: datetime) -> bool:
    """The message may have arrived from now on; False where it is not `owner`'s any more."""
    given = {"of": key, "by": owner, "from_account": account, "at": at}
    return connection.execute(_BEGIN, given).rowcount == 1


def settle(
    connection: Connection, key: str, *, owner: str, answer: Answer, at: datetime
) -> tuple[int, MessageEvent | None] | None:
    """An attempt is over: the message's number, and what is to be noted of it.

    What was begun cannot be let go any more.
    """
    row = connection.execute(_BEFORE, {"of": key}).first()
    if row is None or row.claimed_by != owner or row.state not in _ENDS:
        return None
    if answer.verdict is Verdict.DROPPED and row.state != "claimed":
        return None
    attempts = row.attempts + (row.state == "claimed")
    after = settled(answer, attempts=attempts, at=at)
    given = {
        "number": row.id,
        "next_state": after.state,
        "tries": attempts,
        "from_then": after.not_before or row.not_before,
        "went_at": at if after.state == "sent" else row.sent_at,
        # A refused recipient counts among what bounced of late.
        "tried": row.tried_at or (at if after.state == "failed" else None),
        "words": f"{answer.code} {answer.text}".strip() if answer.code else answer.text,
        "by": owner if after.state == "unknown" else "",
    }
    connection.execute(_AFTER, given)
    return row.id, _event(after, at)


def _event(after: Settled, at: datetime) -> MessageEvent | None:
    if not after.note:
        return None
    return MessageEvent("deferred" if after.state == "queued" else after.state, at, after.note)
