"""The outbox in the ledger's database: each call is one short transaction, on the disk at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, delete, func, or_, select, update

from sheetcrm.adapters.ledger import claims, handover, learning
from sheetcrm.adapters.ledger import messages as kept
from sheetcrm.adapters.ledger import unclear as unclear_mails
from sheetcrm.adapters.ledger.database import AnyRow, Database, chunks, insert, update_where
from sheetcrm.adapters.ledger.direct import within
from sheetcrm.adapters.ledger.schema import (
    intake,
    logged,
    marks,
    message_events,
    messages,
    pauses,
    suppressions,
)
from sheetcrm.core.hearing.unclear import Unclear
from sheetcrm.core.memory import MessageDraft, MessageEvent, MessageRecord
from sheetcrm.core.outbox import (
    FINAL,
    NEVER_BEGAN,
    OPEN,
    Abandoned,
    Answer,
    Claimed,
    InboxCursor,
    Limits,
    Pause,
    Suppression,
    Tries,
    heard_state,
    reopened_state,
    whole_pause,
)
from sheetcrm.errors import UsageError

_LOG = "sent.log"  # the mark that says how much of it is known


class SqlOutbox:
    """An `Outbox` in SQLite or PostgreSQL; a `SqlLedger` has one.

    Every method may raise `LedgerError`.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._stood: handover.Against | None = None  # when we claimed, and nothing stood against it

    def approve(self, keys: Collection[str], *, by: str, at: datetime) -> list[str]:
        """Drafts that may go out as they are; answers which of these keys were drafts."""
        with self._database.writing() as connection:
            found = _numbers(connection, keys, messages.c.state == "draft")
            ids = list(found.values())
            update_where(
                connection, messages.c.id, ids, state="approved", approved_by=by, approved_at=at
            )
            return list(found)

    def skip(self, keys: Collection[str], *, reason: str, at: datetime) -> list[str]:
        """Messages that shall never go out; answers which of these had not gone out yet."""
        with self._database.writing() as connection:
            found = _numbers(connection, keys, messages.c.state.in_({*OPEN, "held"}))
            claims.change(connection, list(found.values()), "skipped", reason, at)
            return list(found)

    def claim(
        self,
        account: str,
        *,
        owner: str,
        now: datetime,
        lease: timedelta,
        limits: Limits,
        most: int,
    ) -> Claimed:
        """Take at most `most` messages that may go out now."""
        with self._database.writing() as connection:
            claims.alone(connection, account)
            claims.recover(connection, now)
            found = claims.claim(
                connection, account, owner=owner, now=now, lease=lease, limits=limits, most=most
            )
            first = next(iter(found.claims), None)
            self._stood = handover.stands(within(connection), first.key, owner) if first else None
            return found

    def tries(self, account: str, now: datetime) -> Tries:
        """What the account has sent of late, as far as it stands here."""
        with self._database.reading() as connection:
            return claims.tries(connection, account, now)

    def abandoned(self, now: datetime) -> list[Abandoned]:
        """Messages that were going out when their senders' leases ended."""
        over = messages.c.state == "sending", messages.c.lease_until < now
        columns = messages.c.key, messages.c.claimed_by, messages.c.tried_at
        with self._database.reading() as connection:
            return [Abandoned(*row) for row in connection.execute(select(*columns).where(*over))]

    def end_leases(self, turns: str, *, at: datetime) -> None:
        """All owners whose names end so are gone: what they had need not wait for its leases."""
        with self._database.writing() as connection:
            claims.end_leases(connection, turns, at)

    def never_began(self, abandoned: Abandoned, *, at: datetime) -> None:
        """It is proven that not a byte of it was handed over: it goes back to the queue."""
        key, owner, tried_at = abandoned
        with self._database.writing() as connection:
            found = _numbers(
                connection,
                [key],
                and_(
                    messages.c.state == "sending",
                    messages.c.claimed_by == owner,
                    messages.c.tried_at == tried_at,
                ),
            )
            back = {"state": "queued", "claimed_by": "", "lease_until": None, "tried_at": None}
            update_where(connection, messages.c.id, list(found.values()), **back)
            for id_ in found.values():
                kept.note(connection, [(id_, "deferred", at, NEVER_BEGAN)])

    def refusal(self, key: str, *, owner: str, limits: Limits, now: datetime) -> str:
        """Why a claimed message may not go out any more, or ""."""
        with self._database.direct(writes=False) as direct:
            stands = handover.stands(direct, key, owner)
        if stands is None:
            return "somebody else has it"
        if stands == self._stood:  # nothing has come up since the last time that all was well
            return ""
        with self._database.reading() as connection:
            row = _row(connection, key)
            assert row
            paused = claims.all_pauses(connection)
            stopped = whole_pause(paused, row.account, now)
            if stopped:
                return f"paused: {stopped.reason}"
            against = claims.objections(connection, [row], paused, limits, now)
            return against[row.id].reason if against else ""

    def begin(self, key: str, *, owner: str, account: str, at: datetime) -> bool:
        """From now on the message may have arrived; False where it is not `owner`'s any more."""
        with self._database.direct() as direct:
            return handover.begin(direct, key, owner=owner, account=account, at=at)

    def settle(self, key: str, *, owner: str, answer: Answer, at: datetime) -> None:
        """An attempt is over; one that may be repeated waits the longer, the more there were.

        A power cut may take it back, and the message is then unknown; the next `begin`, and
        the end of the run, put it on the disk.
        """
        with self._database.direct(lasting=False) as direct:
            handover.settle(direct, key, owner=owner, answer=answer, at=at)

    def resolve(self, key: str, *, sent: bool, by: str, at: datetime) -> None:
        """Somebody found out what became of an ``unknown`` message.

        Raises:
            UsageError: there is no such message, or it is not unknown.
        """
        with self._database.writing() as connection:
            row = _row(connection, key)
            if row is None or row.state != "unknown":
                raise UsageError(
                    f"{key} is {row.state if row else 'not known'}, not unknown",
                    hint="sheetcrm outbox --state unknown lists those that are",
                )
            values = {"sent_at": row.tried_at or at} if sent else {"not_before": None}
            connection.execute(
                update(messages)
                .where(messages.c.id == row.id)
                .values(state="sent" if sent else "queued", claimed_by="", **values)
            )
            word = "it was sent" if sent else "it was not sent, and is to go again"
            kept.note(connection, [(row.id, "resolved", at, f"{by}: {word}")])

    def counts(self) -> Mapping[str, int]:
        """State → how many messages are in it."""
        with self._database.reading() as connection:
            counted = select(messages.c.state, func.count()).group_by(messages.c.state)
            return {state: count for state, count in connection.execute(counted)}  # noqa: C416

    def recent(self, account: str, most: int) -> list[MessageRecord]:
        """The messages that went out of an account, or may have, the newest first."""
        with self._database.reading() as connection:
            mine = messages.c.account == account, messages.c.tried_at.is_not(None)
            newest = select(messages.c.id).where(*mine).order_by(messages.c.tried_at.desc())
            ids = list(connection.scalars(newest.limit(most)))
            return kept.records(connection, messages.c.id.in_(ids))[::-1]

    def find(
        self,
        *,
        states: Collection[str] = (),
        keys: Collection[str] = (),
        message_ids: Collection[str] = (),
        tokens: Collection[str] = (),
        addresses: Collection[str] = (),
        tried: bool = False,
    ) -> list[MessageRecord]:
        """Messages that any of these names, oldest first; with `tried`, only such as went out."""
        named: list[ColumnElement[bool]] = [
            messages.c.key.in_(keys),
            messages.c.message_id.in_(message_ids),
            messages.c.person.in_(addresses),
            messages.c.to_addr.in_(addresses),
            *(messages.c.message_id.startswith(f"<sc.{t}@", autoescape=True) for t in tokens),
        ]
        conditions = [or_(*named)] if keys or message_ids or tokens or addresses else []
        if states:
            conditions.append(messages.c.state.in_(states))
        if tried:
            conditions.append(messages.c.tried_at.is_not(None))
        with self._database.reading() as connection:
            return kept.records(connection, and_(*conditions)) if conditions else []

    def drafts(self, keys: Collection[str]) -> list[MessageDraft]:
        """These messages with all that was rendered."""
        with self._database.reading() as connection:
            return [
                draft
                for part in chunks(list(keys))
                for draft in kept.whole(connection, messages.c.key.in_(part))
            ]

    def heard(self, key: str, event: MessageEvent) -> bool:
        """Something happened to a message that was sent; False where that is known already."""
        with self._database.writing() as connection:
            row = _row(connection, key)
            if row is None or _known(connection, row.id, event):
                return False
            state = heard_state(row.state, event.kind)
            values = {"state": state, "sent_at": row.sent_at or row.tried_at or event.at}
            if state != row.state:
                update_where(connection, messages.c.id, [row.id], **values)
            kept.note(connection, [(row.id, *event)])
            return True

    def suppress(self, entries: Sequence[Suppression]) -> int:
        """Never write to these again; answers how many were not known yet."""
        given = {one.pattern.casefold(): one for one in entries}
        with self._database.writing() as connection:
            known = {
                pattern
                for part in chunks(list(given))
                for pattern in connection.scalars(
                    select(suppressions.c.pattern).where(suppressions.c.pattern.in_(part))
                )
            }
            columns = [column for column in suppressions.c if column.name != "id"]
            new = [
                (pattern, one.reason, one.at)
                for pattern, one in given.items()
                if pattern not in known
            ]
            insert(connection, suppressions, columns, new, key=(suppressions.c.pattern,))
            return len(new)

    def unsuppress(self, patterns: Collection[str]) -> int:
        """A person says that these may be written to after all; answers how many were known."""
        with self._database.writing() as connection:
            wanted = [pattern.casefold() for pattern in patterns]
            done = connection.execute(
                delete(suppressions).where(suppressions.c.pattern.in_(wanted))
            )
            return done.rowcount

    def reopen(self, addresses: Collection[str], *, reason: str, at: datetime) -> int:
        """What these addresses bounced or unsubscribed counts no longer."""
        to_them = or_(messages.c.person.in_(addresses), messages.c.to_addr.in_(addresses))
        with self._database.writing() as connection:
            found = kept.records(connection, and_(to_them, messages.c.state.in_(FINAL)))
            for one in found:
                state = reopened_state(event.kind for event in one.events)
                ids = list(_numbers(connection, [one.key], messages.c.state != state).values())
                update_where(connection, messages.c.id, ids, state=state)
                for number in ids:
                    kept.note(connection, [(number, "reopened", at, reason)])
            return len(found)

    def suppressions(self) -> list[Suppression]:
        """All of them, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(select(suppressions).order_by(suppressions.c.id))
            return [Suppression(row.pattern, row.reason, row.at) for row in rows]

    def pause(self, pause: Pause) -> None:
        """Let nothing out in its scope; a pause of the same scope takes the place of another."""
        with self._database.writing() as connection:
            columns = list(pauses.c)
            row = tuple(getattr(pause, column.name) for column in columns)
            insert(connection, pauses, columns, [row], key=columns[:1], update=columns[1:])

    def resume(self, scope: str) -> bool:
        """Take back a pause; False where there was none."""
        with self._database.writing() as connection:
            done = connection.execute(delete(pauses).where(pauses.c.scope == scope))
            return done.rowcount == 1

    def pauses(self) -> list[Pause]:
        """Those that were not taken back; some may be over."""
        with self._database.reading() as connection:
            return claims.all_pauses(connection)

    def cursor(self, account: str) -> InboxCursor | None:
        """Up to where an inbox has been read."""
        with self._database.reading() as connection:
            row = connection.execute(select(intake).where(intake.c.account == account)).first()
            return InboxCursor(row.uidvalidity, row.last_uid, row.polled_at) if row else None

    def read_to(self, account: str, cursor: InboxCursor) -> None:
        """It has been read, and what was found has been noted."""
        with self._database.writing(quietly=True) as connection:
            columns = list(intake.c)
            row = (account, *cursor)
            insert(connection, intake, columns, [row], key=columns[:1], update=columns[1:])

    def keep_unclear(self, mails: Sequence[Unclear]) -> int:
        """Mails that a person must look at; answers how many were not known yet."""
        with self._database.writing() as connection:
            return unclear_mails.keep(connection, mails)

    def unclear(self) -> list[Unclear]:
        """Those that nobody has decided about, the oldest first."""
        with self._database.reading() as connection:
            return unclear_mails.waiting(connection)

    def clear_up(self, mail: str, verdict: str) -> bool:
        """Somebody has looked at a mail; False where it does not wait."""
        with self._database.writing() as connection:
            return unclear_mails.decide(connection, mail, verdict)

    def digests(self) -> Mapping[str, datetime]:
        """The digest of every message that went out, or may have → when it last did."""
        with self._database.reading() as connection:
            return learning.known(connection)

    def log_position(self) -> int:
        """Up to which place in `sent.log` all its messages are known here."""
        with self._database.reading() as connection:
            found = connection.scalar(select(marks.c.value).where(marks.c.name == _LOG))
            return int(found or 0)

    def log_read_to(self, position: int) -> None:
        """They are known up to there."""
        with self._database.writing(quietly=True) as connection:
            columns = list(marks.c)
            row = (_LOG, str(position))
            insert(connection, marks, columns, [row], key=columns[:1], update=columns[1:])

    def never(self, digests: Mapping[str, datetime]) -> None:
        """Messages of these digests went out, whatever the ledger knows of them: never again."""
        with self._database.writing() as connection:
            columns = list(logged.c)
            rows = list(digests.items())
            insert(connection, logged, columns, rows, key=columns[:1], update=columns[1:])
            learning.learn(connection)


def _row(connection: Connection, key: str) -> AnyRow | None:
    return connection.execute(select(messages).where(messages.c.key == key)).first()


def _numbers(
    connection: Connection, keys: Collection[str], condition: ColumnElement[bool]
) -> dict[str, int]:
    """Key → number, of those of these messages for which the condition holds."""
    query = select(messages.c.key, messages.c.id).where(condition)
    return {
        row.key: row.id
        for part in chunks(list(keys))
        for row in connection.execute(query.where(messages.c.key.in_(part)))
    }


def _known(connection: Connection, message: int, event: MessageEvent) -> bool:
    query = select(message_events.c.id).where(
        message_events.c.message == message,
        message_events.c.kind == event.kind,
        message_events.c.evidence == event.evidence,
    )
    return connection.scalar(query.limit(1)) is not None
