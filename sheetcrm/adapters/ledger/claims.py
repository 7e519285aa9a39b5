"""Who may send what now: leases, limits and objections, inside one transaction."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, text, update

from sheetcrm.adapters.ledger import messages as kept
from sheetcrm.adapters.ledger.database import AnyRow, chunks, update_where
from sheetcrm.adapters.ledger.erasing import forgotten
from sheetcrm.adapters.ledger.schema import (
    bodies,
    logged,
    message_events,
    messages,
    pauses,
    suppressions,
)
from sheetcrm.core.memory import REPLIED
from sheetcrm.core.outbox import (
    READY,
    Allowance,
    Candidate,
    Claim,
    Claimed,
    Limits,
    Neighbour,
    Objection,
    Pause,
    Tries,
    allowance,
    digest_of,
    domain_of,
    explained,
    objection,
    patterns_of,
    whole_pause,
)

_PAGE = 50  # candidates that are looked at together
_DAY, _MINUTE, _MOMENT = timedelta(days=1), timedelta(minutes=1), timedelta(seconds=1)


def alone(connection: Connection, account: str) -> None:
    """Let nobody else claim for the account until the transaction ends (SQLite has one writer)."""
    if connection.dialect.name == "postgresql":
        query = text("SELECT pg_advisory_xact_lock(hashtextextended(:account, 0))")
        connection.execute(query, {"account": f"claim|{account}"})


def end_leases(connection: Connection, turns: str, now: datetime) -> None:
    """Let those leases be over whose owners' names end so."""
    theirs = messages.c.claimed_by.endswith(turns, autoescape=True)
    connection.execute(
        update(messages)
        .where(messages.c.state.in_(("claimed", "sending")), theirs)
        .values(lease_until=now - _MOMENT)
    )


def recover(connection: Connection, now: datetime) -> None:
    """Take back what senders had whose leases are over, and drop what would come too late."""
    over = messages.c.lease_until < now
    connection.execute(
        update(messages)
        .where(messages.c.state == "claimed", over)
        .values(state="queued", claimed_by="", lease_until=None)
    )
    died = "its sender stopped midway"
    change(connection, _ids(connection, messages.c.state == "sending", over), "unknown", died, now)
    late = _ids(connection, messages.c.state.in_(READY), messages.c.expires < now)
    change(connection, late, "expired", "it would come too late", now)


def change(connection: Connection, ids: Sequence[int], state: str, note: str, at: datetime) -> None:
    """Give messages a state, and say why."""
    update_where(connection, messages.c.id, ids, state=state)
    kept.note(connection, [(id_, state, at, note) for id_ in ids])


def claim(
    connection: Connection,
    account: str,
    *,
    owner: str,
    now: datetime,
    lease: timedelta,
    limits: Limits,
    most: int,
) -> Claimed:
    """Take what may go out now."""
    paused = all_pauses(connection)
    stopped = whole_pause(paused, account, now)
    if stopped:
        return Claimed(
            waiting=_count_due(connection, now),
            why=f"paused: {stopped.reason}",
            next_at=stopped.until,
        )
    allowed = allowance(limits, tries(connection, account, now), now, most=most)
    chosen, against = _choose(connection, allowed, paused, limits, now)
    update_where(
        connection,
        messages.c.id,
        [row.id for row in chosen],
        state="claimed",
        claimed_by=owner,
        lease_until=now + lease,
        account=account,
    )
    waiting = _count_due(connection, now)
    claims = _with_bytes(connection, chosen, now)
    return explained(claims, waiting, allowed, against, _next_due(connection, now))


def objections(
    connection: Connection,
    rows: Sequence[AnyRow],
    paused: Sequence[Pause],
    limits: Limits,
    now: datetime,
) -> dict[int, Objection]:
    """Number of a message → what stands against it, for those that something does."""
    suppressed = _suppressed(connection, {row.to_addr for row in rows})
    others = _neighbours(connection, {row.person for row in rows})
    gone = _gone_already(connection, [row.key for row in rows])
    found: dict[int, Objection] = {}
    for row in rows:
        if row.key in gone:
            found[row.id] = Objection(reason="it went out already, as sent.log says", final=True)
            continue
        against = objection(
            Candidate(
                key=row.key,
                person=row.person,
                sequence=row.sequence,
                to_address=row.to_addr,
                created_at=row.created_at,
                country=row.country,
                zone=row.zone,
            ),
            (other for other in others[row.person] if other.key != row.key),
            suppressed=suppressed.get(row.to_addr, {}),
            pauses=paused,
            limits=limits,
            now=now,
        )
        if against:
            found[row.id] = against
    return found


def tries(connection: Connection, account: str, now: datetime) -> Tries:
    """What an account has sent of late; what is claimed counts as sent now."""
    mine = messages.c.account == account
    day = mine, messages.c.tried_at > now - _DAY
    claimed = list(
        connection.scalars(select(messages.c.to_addr).where(mine, messages.c.state == "claimed"))
    )
    minute = connection.execute(
        select(messages.c.tried_at, messages.c.to_addr).where(
            mine, messages.c.tried_at > now - _MINUTE
        )
    )
    count, oldest = connection.execute(
        select(func.count(), func.min(messages.c.tried_at)).where(*day)
    ).one()
    return Tries(
        day=count + len(claimed),
        oldest=oldest,
        minute=[
            *((row.tried_at, domain_of(row.to_addr)) for row in minute),
            *((now, domain_of(address)) for address in claimed),
        ],
        first=connection.scalar(select(func.min(messages.c.tried_at)).where(mine)),
    )


def all_pauses(connection: Connection) -> list[Pause]:
    """All of them, in the order of their beginning."""
    rows = connection.execute(select(pauses).order_by(pauses.c.since, pauses.c.scope))
    return [Pause(**row) for row in rows.mappings()]


def _choose(
    connection: Connection,
    allowed: Allowance,
    paused: Sequence[Pause],
    limits: Limits,
    now: datetime,
) -> tuple[list[AnyRow], list[Objection]]:
    """One message for each person as long as there is room, and what others wait for."""
    chosen: dict[str, AnyRow] = {}
    waiting: list[Objection] = []
    for due in _due(connection, now) if allowed.left else ():
        against = objections(connection, due, paused, limits, now)
        for row in due:
            found = against.get(row.id)
            if found and found.final:
                change(connection, [row.id], "cancelled", found.reason, now)
            elif found:
                waiting.append(found)
            elif row.person not in chosen and allowed.take(domain_of(row.to_addr)):
                chosen[row.person] = row
        if not allowed.left:
            break
    return list(chosen.values()), waiting


def _with_bytes(connection: Connection, rows: Sequence[AnyRow], now: datetime) -> tuple[Claim, ...]:
    """The claims, in their order; one whose bytes are no longer those that were kept is held."""
    raw: dict[int, bytes] = {}
    for part in chunks([row.id for row in rows]):
        query = select(bodies.c.message, bodies.c.raw).where(bodies.c.message.in_(part))
        raw |= {row.message: row.raw for row in connection.execute(query)}
    changed = [row.id for row in rows if hashlib.sha256(raw[row.id]).hexdigest() != row.sha256]
    change(connection, changed, "held", "its bytes are not those that were approved", now)
    return tuple(
        Claim(
            key=row.key,
            to_address=row.to_addr,
            message_id=row.message_id,
            raw=raw[row.id],
            subject=row.subject,
            attempts=row.attempts,
        )
        for row in rows
        if row.id not in changed
    )


def _ids(connection: Connection, *conditions: ColumnElement[bool]) -> list[int]:
    return list(connection.scalars(select(messages.c.id).where(*conditions)))


def _is_due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        messages.c.state.in_(READY),
        or_(messages.c.not_before.is_(None), messages.c.not_before <= now),
    )


def _due(connection: Connection, now: datetime) -> Iterator[list[AnyRow]]:
    """All that is due, page by page, what has waited longest first."""
    ids = list(
        connection.scalars(
            select(messages.c.id).where(*_is_due(now)).order_by(messages.c.due_on, messages.c.id)
        )
    )
    for start in range(0, len(ids), _PAGE):
        page = messages.c.id.in_(ids[start : start + _PAGE])
        query = select(messages).where(page).order_by(messages.c.due_on, messages.c.id)
        yield list(connection.execute(query))


def _count_due(connection: Connection, now: datetime) -> int:
    query = select(func.count()).select_from(messages).where(*_is_due(now))
    return connection.scalar(query) or 0


def _next_due(connection: Connection, now: datetime) -> datetime | None:
    later = messages.c.state.in_(READY), messages.c.not_before > now
    first: datetime | None = connection.scalar(
        select(func.min(messages.c.not_before)).where(*later)
    )
    return first


def _suppressed(connection: Connection, addresses: Iterable[str]) -> dict[str, dict[str, str]]:
    """Address → pattern → reason, of those that are suppressed."""
    gone = forgotten(connection)
    digests = {address: (gone.pattern(address),) if gone.patterns else () for address in addresses}
    meant = {address: (*patterns_of(address), *digests[address]) for address in digests}
    wanted = sorted({pattern for patterns in meant.values() for pattern in patterns})
    query = select(suppressions.c.pattern, suppressions.c.reason)
    known = {
        pattern: reason
        for part in chunks(wanted)
        for pattern, reason in connection.execute(
            query.where(suppressions.c.pattern.in_(part))
        ).all()
    }
    return {
        address: found
        for address, patterns in meant.items()
        if (found := {pattern: known[pattern] for pattern in patterns if pattern in known})
    }


def _neighbours(connection: Connection, persons: Iterable[str]) -> dict[str, list[Neighbour]]:
    found: defaultdict[str, list[Neighbour]] = defaultdict(list)
    names = ("key", "person", "sequence", "state", "tried_at")
    reply = and_(message_events.c.message == messages.c.id, message_events.c.kind == REPLIED)
    replied_at = select(func.max(message_events.c.at)).where(reply).scalar_subquery()
    query = select(*(messages.c[name] for name in names), replied_at.label("replied_at"))
    settled = messages.c.state.not_in({"draft", *READY})
    for part in chunks(sorted(persons)):
        rows = connection.execute(query.where(messages.c.person.in_(part), settled))
        for row in rows.mappings():
            found[row["person"]].append(Neighbour(**row))
    return found


def _gone_already(connection: Connection, keys: Sequence[str]) -> set[str]:
    """Those of the messages that `sent.log` knows to have gone out while this ledger did not."""
    by_digest = {digest_of(key): key for key in keys}
    return {
        by_digest[digest]
        for part in chunks(list(by_digest))
        for digest in connection.scalars(select(logged.c.digest).where(logged.c.digest.in_(part)))
    }
