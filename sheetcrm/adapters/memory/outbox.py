"""The outbox in memory: what `ports.Outbox` means, without a database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sheetcrm.adapters.memory.messages import Kept, tries
from sheetcrm.adapters.memory.unclear import UnclearMails
from sheetcrm.core.memory import MessageDraft, MessageEvent, MessageRecord
from sheetcrm.core.outbox import (
    FINAL,
    LEARNED,
    NEVER_BEGAN,
    OPEN,
    READY,
    Abandoned,
    Allowance,
    Answer,
    Claimed,
    InboxCursor,
    Limits,
    Objection,
    Pause,
    Suppression,
    Tries,
    Verdict,
    allowance,
    digest_of,
    explained,
    heard_state,
    objection,
    patterns_of,
    reopened_state,
    settled,
    whole_pause,
)
from sheetcrm.errors import UsageError


class MemoryOutbox(UnclearMails):
    """An `Outbox` over the messages of a `MemoryLedger`."""

    def __init__(self, messages: dict[str, Kept]) -> None:
        super().__init__()
        self._messages = messages
        self._suppressions: dict[str, Suppression] = {}
        self._pauses: dict[str, Pause] = {}
        self._cursors: dict[str, InboxCursor] = {}
        self._logged: dict[str, datetime] = {}
        self._log_position = 0

    def approve(self, keys: Collection[str], *, by: str, at: datetime) -> list[str]:
        """Drafts that may go out as they are."""
        del by, at
        found = [one.draft.key for one in self._of(keys) if one.state == "draft"]
        for key in found:
            self._messages[key] = self._messages[key].with_state("approved")
        return found

    def skip(self, keys: Collection[str], *, reason: str, at: datetime) -> list[str]:
        """Messages that shall never go out."""
        found = [one.draft.key for one in self._of(keys) if one.state in {*OPEN, "held"}]
        for key in found:
            self._change(key, "skipped", reason, at)
        return found

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
        self._recover(now)
        stopped = whole_pause(self._pauses.values(), account, now)
        if stopped:
            why = f"paused: {stopped.reason}"
            return Claimed(waiting=len(self._due(now)), why=why, next_at=stopped.until)
        allowed = allowance(limits, tries(self._messages.values(), account, now), now, most=most)
        chosen, against = self._choose(allowed, limits, now)
        for one in chosen:
            self._messages[one.draft.key] = replace(
                one.with_state("claimed"),
                account=account,
                claimed_by=owner,
                lease_until=now + lease,
            )
        waiting = len(self._due(now))
        later = [at for one in self._ready() if (at := one.draft.not_before) and at > now]
        claims = tuple(one.claim for one in chosen)
        return explained(claims, waiting, allowed, against, min(later, default=None))

    def tries(self, account: str, now: datetime) -> Tries:
        """What the account has sent of late, as far as it stands here."""
        return tries(self._messages.values(), account, now)

    def abandoned(self, now: datetime) -> list[Abandoned]:
        """Messages that were going out when their senders' leases ended."""
        return [
            Abandoned(one.draft.key, one.claimed_by, one.tried_at)
            for one in self._messages.values()
            if one.state == "sending" and one.tried_at and one.lease_until and one.lease_until < now
        ]

    def end_leases(self, turns: str, *, at: datetime) -> None:
        """All owners whose names end so are gone: what they had need not wait for its leases."""
        for key, one in self._messages.items():
            if one.state in {"claimed", "sending"} and one.claimed_by.endswith(turns):
                self._messages[key] = replace(one, lease_until=at - timedelta(seconds=1))

    def never_began(self, abandoned: Abandoned, *, at: datetime) -> None:
        """It is proven that not a byte of it was handed over: it goes back to the queue."""
        one = self._messages.get(abandoned.key)
        if one and one.state == "sending" and one.claimed_by == abandoned.owner:
            event = MessageEvent("deferred", at, NEVER_BEGAN)
            back = replace(one, claimed_by="", lease_until=None, tried_at=None)
            self._messages[abandoned.key] = back.with_state("queued", event)

    def refusal(self, key: str, *, owner: str, limits: Limits, now: datetime) -> str:
        """Why a claimed message may not go out any more, or ""."""
        one = self._messages.get(key)
        if one is None or one.state != "claimed" or one.claimed_by != owner:
            return "somebody else has it"
        stopped = whole_pause(self._pauses.values(), one.account, now)
        if stopped:
            return f"paused: {stopped.reason}"
        against = self._objection(one, limits, now)
        return against.reason if against else ""

    def begin(self, key: str, *, owner: str, account: str, at: datetime) -> bool:
        """From now on the message may have arrived; False where it is not `owner`'s any more."""
        one = self._messages.get(key)
        if one is None or one.state != "claimed" or one.claimed_by != owner:
            return False
        self._messages[key] = replace(
            one.with_state("sending"), account=account, tried_at=at, attempts=one.attempts + 1
        )
        return True

    def settle(self, key: str, *, owner: str, answer: Answer, at: datetime) -> None:
        """An attempt is over; one that may be repeated waits the longer, the more there were."""
        one = self._messages.get(key)
        if one is None or one.claimed_by != owner:
            return
        if one.state not in {"claimed", "sending", "unknown"}:
            return
        if answer.verdict is Verdict.DROPPED and one.state != "claimed":
            return
        attempts = one.attempts + (one.state == "claimed")
        after = settled(answer, attempts=attempts, at=at)
        kind = "deferred" if after.state == "queued" else after.state
        event = MessageEvent(kind, at, after.note) if after.note else None
        changed = one.with_state(after.state, event)
        not_before = after.not_before or one.draft.not_before
        self._messages[key] = replace(
            changed,
            draft=replace(changed.draft, not_before=not_before),
            attempts=attempts,
            tried_at=one.tried_at or (at if after.state == "failed" else None),
            sent_at=at if after.state == "sent" else one.sent_at,
            claimed_by=owner if after.state == "unknown" else "",
            lease_until=None,
        )

    def resolve(self, key: str, *, sent: bool, by: str, at: datetime) -> None:
        """Somebody found out what became of an ``unknown`` message."""
        one = self._messages.get(key)
        if one is None or one.state != "unknown":
            raise UsageError(
                f"{key} is {one.state if one else 'not known'}, not unknown",
                hint="sheetcrm outbox --state unknown lists those that are",
            )
        word = "it was sent" if sent else "it was not sent, and is to go again"
        changed = one.with_state(
            "sent" if sent else "queued", MessageEvent("resolved", at, f"{by}: {word}")
        )
        sent_at = (one.tried_at or at) if sent else None
        draft = changed.draft if sent else replace(changed.draft, not_before=None)
        self._messages[key] = replace(changed, draft=draft, sent_at=sent_at, claimed_by="")

    def counts(self) -> Mapping[str, int]:
        """State → how many messages are in it."""
        return Counter(one.state for one in self._messages.values())

    def recent(self, account: str, most: int) -> list[MessageRecord]:
        """The messages that went out of an account, or may have, the newest first."""
        tried = [(one.tried_at, one) for one in self._messages.values() if one.account == account]
        found = sorted(((at, one) for at, one in tried if at), key=lambda pair: pair[0])
        return [one.record for _, one in reversed(found)][:most]

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
        named = bool(keys or message_ids or tokens or addresses)
        if not (named or states or tried):
            return []
        starts = tuple(f"<sc.{token}@" for token in tokens)

        def fits(one: Kept) -> bool:
            draft = one.draft
            mine = (
                draft.key in keys
                or draft.message_id in message_ids
                or draft.message_id.startswith(starts)
                or draft.person in addresses
                or draft.to_address in addresses
            )
            right_state = not states or one.state in states
            return (mine or not named) and right_state and (one.tried_at is not None or not tried)

        found = [one.record for one in self._messages.values() if fits(one)]
        return sorted(found, key=lambda record: record.created_at)

    def drafts(self, keys: Collection[str]) -> list[MessageDraft]:
        """These messages with all that was rendered."""
        found = sorted(self._of(keys), key=lambda one: one.created_at)
        return [one.draft for one in found]

    def heard(self, key: str, event: MessageEvent) -> bool:
        """Something happened to a message that was sent; False where that is known already."""
        one = self._messages.get(key)
        if one is None or any(
            e.kind == event.kind and e.evidence == event.evidence for e in one.events
        ):
            return False
        state = heard_state(one.state, event.kind)
        sent_at = one.sent_at if state == one.state else one.sent_at or one.tried_at or event.at
        self._messages[key] = replace(one.with_state(state, event), sent_at=sent_at)
        return True

    def suppress(self, entries: Sequence[Suppression]) -> int:
        """Never write to these again; answers how many were not known yet."""
        before = len(self._suppressions)
        for one in entries:
            pattern = one.pattern.casefold()
            self._suppressions.setdefault(pattern, one._replace(pattern=pattern))
        return len(self._suppressions) - before

    def unsuppress(self, patterns: Collection[str]) -> int:
        """A person says that these may be written to after all; answers how many were known."""
        wanted = {pattern.casefold() for pattern in patterns}
        return sum(self._suppressions.pop(pattern, None) is not None for pattern in wanted)

    def reopen(self, addresses: Collection[str], *, reason: str, at: datetime) -> int:
        """What these addresses bounced or unsubscribed counts no longer."""
        wanted = set(addresses)
        found = [
            one
            for one in self._messages.values()
            if one.state in FINAL
            and not wanted.isdisjoint((one.draft.person, one.draft.to_address))
        ]
        for one in found:
            state = reopened_state(event.kind for event in one.events)
            again = one.with_state(state, MessageEvent("reopened", at, reason))
            self._messages[one.draft.key] = again
        return len(found)

    def suppressions(self) -> list[Suppression]:
        """All of them, oldest first."""
        return list(self._suppressions.values())

    def pause(self, pause: Pause) -> None:
        """Let nothing out in its scope; a pause of the same scope takes the place of another."""
        self._pauses[pause.scope] = pause

    def resume(self, scope: str) -> bool:
        """Take back a pause; False where there was none."""
        return self._pauses.pop(scope, None) is not None

    def pauses(self) -> list[Pause]:
        """Those that were not taken back; some may be over."""
        return sorted(self._pauses.values(), key=lambda pause: (pause.since, pause.scope))

    def cursor(self, account: str) -> InboxCursor | None:
        """Up to where an inbox has been read."""
        return self._cursors.get(account)

    def read_to(self, account: str, cursor: InboxCursor) -> None:
        """It has been read, and what was found has been noted."""
        self._cursors[account] = cursor

    def digests(self) -> Mapping[str, datetime]:
        """The digest of every message that went out, or may have → when it last did."""
        found = {digest_of(m.draft.key): m.tried_at for m in self._messages.values() if m.tried_at}
        return found | {d: max(at, found.get(d, at)) for d, at in self._logged.items()}

    def log_position(self) -> int:
        """Up to which place in `sent.log` all its messages are known here."""
        return self._log_position

    def log_read_to(self, position: int) -> None:
        """They are known up to there."""
        self._log_position = position

    def never(self, digests: Mapping[str, datetime]) -> None:
        """Messages of these digests went out, whatever the ledger knows of them: never again."""
        self._logged |= digests
        self.learn()

    def learn(self) -> None:
        """Messages of which `sent.log` tells are sent, though we were about to send them."""
        for one in list(self._messages.values()):
            at = self._logged.get(digest_of(one.draft.key))
            if at is None or (one.tried_at and one.tried_at >= at):
                continue
            if one.state in {*OPEN, "held", "claimed"}:
                went = replace(one, sent_at=at, tried_at=at, claimed_by="")
                event = MessageEvent("resolved", at, LEARNED)
                self._messages[one.draft.key] = went.with_state("sent", event)

    def _of(self, keys: Collection[str]) -> list[Kept]:
        return [self._messages[key] for key in dict.fromkeys(keys) if key in self._messages]

    def _change(self, key: str, state: str, note: str, at: datetime) -> None:
        event = MessageEvent(state, at, note)
        self._messages[key] = self._messages[key].with_state(state, event)

    def _recover(self, now: datetime) -> None:
        for key, one in list(self._messages.items()):
            over = one.lease_until is not None and one.lease_until < now
            if one.state == "claimed" and over:
                self._messages[key] = replace(
                    one.with_state("queued"), claimed_by="", lease_until=None
                )
            elif one.state == "sending" and over:
                self._change(key, "unknown", "its sender stopped midway", now)
            elif one.state in READY and one.draft.expires and one.draft.expires < now:
                self._change(key, "expired", "it would come too late", now)

    def _ready(self) -> Iterator[Kept]:
        return (one for one in self._messages.values() if one.state in READY)

    def _due(self, now: datetime) -> list[Kept]:
        due = [one for one in self._ready() if (one.draft.not_before or now) <= now]
        return sorted(due, key=lambda one: one.draft.due_on)

    def _choose(
        self, allowed: Allowance, limits: Limits, now: datetime
    ) -> tuple[list[Kept], list[Objection]]:
        chosen: dict[str, Kept] = {}
        waiting: list[Objection] = []
        for one in self._due(now) if allowed.left else ():
            found = self._objection(one, limits, now)
            if found and found.final:
                self._change(one.draft.key, "cancelled", found.reason, now)
            elif found:
                waiting.append(found)
            elif one.draft.person not in chosen and allowed.take(one.candidate.domain):
                chosen[one.draft.person] = one
        return list(chosen.values()), waiting

    def _objection(self, one: Kept, limits: Limits, now: datetime) -> Objection | None:
        if digest_of(one.draft.key) in self._logged:
            return Objection(reason="it went out already, as sent.log says", final=True)
        known = self._suppressions
        patterns = [p for p in patterns_of(one.draft.to_address) if p in known]
        others = (
            other.neighbour
            for other in self._messages.values()
            if other.draft.person == one.draft.person and other.draft.key != one.draft.key
        )
        return objection(
            one.candidate,
            others,
            suppressed={pattern: known[pattern].reason for pattern in patterns},
            pauses=self.pauses(),
            limits=limits,
            now=now,
        )
