"""The three short transactions around each message that goes out, with statements made once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, func, insert, select, update

from sheetcrm.adapters.ledger.direct import Direct, Prepared
from sheetcrm.adapters.ledger.schema import (
    UtcDateTime,
    message_events,
    messages,
    pauses,
    suppressions,
)
from sheetcrm.core.outbox import Answer, Verdict, settled

_ENDS = ("claimed", "sending", "unknown")  # states in which an attempt may end

_of = messages.c.key == bindparam("of")

_STANDS = Prepared(
    select(
        messages.c.state,
        messages.c.claimed_by,
        select(func.max(suppressions.c.id)).scalar_subquery(),
        select(func.max(message_events.c.id)).scalar_subquery(),
        select(func.count()).select_from(pauses).scalar_subquery(),
        select(func.max(pauses.c.since)).scalar_subquery(),
    ).where(_of)
)

_BEGIN = Prepared(
    update(messages)
    .where(_of, messages.c.claimed_by == bindparam("by"), messages.c.state == "claimed")
    .values(
        state="sending",
        account=bindparam("from_account"),
        tried_at=bindparam("at"),
        attempts=messages.c.attempts + 1,
    )
)

_BEFORE = Prepared(
    select(messages.c.id, messages.c.state, messages.c.claimed_by, messages.c.attempts).where(_of)
)

_AFTER = Prepared(
    update(messages)
    .where(messages.c.id == bindparam("number"))
    .values(
        state=bindparam("next_state"),
        attempts=bindparam("tries"),
        not_before=func.coalesce(bindparam("from_then", type_=UtcDateTime), messages.c.not_before),
        sent_at=func.coalesce(bindparam("went_at", type_=UtcDateTime), messages.c.sent_at),
        tried_at=func.coalesce(messages.c.tried_at, bindparam("tried", type_=UtcDateTime)),
        reply=bindparam("words"),
        claimed_by=bindparam("by"),
        lease_until=None,
    )
)

_NOTE = Prepared(
    insert(message_events)
    .inline()
    .values(
        message=bindparam("number"),
        kind=bindparam("what"),
        at=bindparam("when"),
        evidence=bindparam("words"),
    )
)

Against = tuple[object, ...]
"""Changes where anything may have come up against any message."""


def stands(direct: Direct, key: str, owner: str) -> Against | None:
    """What all objections depend on, None where the message is not `owner`'s to send."""
    row = _STANDS.run(direct, {"of": key}).fetchone()
    if row is None or row[0] != "claimed" or row[1] != owner:
        return None
    return tuple(row[2:])


def begin(direct: Direct, key: str, *, owner: str, account: str, at: datetime) -> bool:
    """The message may have arrived from now on; False where it is not `owner`'s any more."""
    given = {"of": key, "by": owner, "from_account": account, "at": at}
    return bool(_BEGIN.run(direct, given).rowcount == 1)


def settle(direct: Direct, key: str, *, owner: str, answer: Answer, at: datetime) -> None:
    """An attempt is over; what was begun cannot be let go any more."""
    row = _BEFORE.run(direct, {"of": key}).fetchone()
    if row is None:
        return
    number, state, claimed_by, attempts = row
    if claimed_by != owner or state not in _ENDS:
        return
    if answer.verdict is Verdict.DROPPED and state != "claimed":
        return
    attempts += state == "claimed"
    after = settled(answer, attempts=attempts, at=at)
    given = {
        "number": number,
        "next_state": after.state,
        "tries": attempts,
        "from_then": after.not_before,
        "went_at": at if after.state == "sent" else None,
        # A refused recipient counts among what bounced of late.
        "tried": at if after.state == "failed" else None,
        "words": f"{answer.code} {answer.text}".strip() if answer.code else answer.text,
        "by": owner if after.state == "unknown" else "",
    }
    _AFTER.run(direct, given)
    if after.note:
        kind = "deferred" if after.state == "queued" else after.state
        _NOTE.run(direct, {"number": number, "what": kind, "when": at, "words": after.note})
