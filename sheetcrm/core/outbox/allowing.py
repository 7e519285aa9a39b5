"""What may go out now: limits in time, and what stands against single messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sheetcrm.core.memory import time_of
from sheetcrm.core.outbox.states import FINAL, GOING
from sheetcrm.core.outbox.values import EVERYTHING, Claim, Claimed, Limits, Pause, Tries, domain_of

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
WARM_UP_START, WARM_UP_STEP = 20, timedelta(days=3)  #: messages a day, and when they double


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A message that wants to go out."""

    key: str
    person: str
    sequence: str
    to_address: str
    created_at: datetime
    country: str = ""
    zone: str = ""

    @property
    def domain(self) -> str:
        """Of the address."""
        return domain_of(self.to_address)


@dataclass(frozen=True, kw_only=True, slots=True)
class Neighbour:
    """Another message to the same person."""

    key: str
    person: str
    sequence: str
    state: str
    tried_at: datetime | None
    replied_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Objection:
    """Why a message may not go out."""

    reason: str
    final: bool = False  #: it never may
    until: datetime | None = None  #: when it may, where that is known


@dataclass(kw_only=True, slots=True)
class Allowance:
    """How many messages may go out now, counted down while they are chosen."""

    left: int
    why: str = ""
    next_at: datetime | None = None
    _domains: Counter[str] = field(default_factory=Counter)
    _limits: Limits = field(default_factory=Limits)
    _minute_over: datetime | None = None

    def take(self, domain: str) -> bool:
        """Count a message to this domain; False where it may not go now."""
        if not self.left:
            return False
        most = domain_limit(self._limits, domain)
        if self._domains[domain] >= most:
            self.why = f"no more than {most} a minute go to {domain}"
            self.next_at = self._minute_over
            return False
        self._domains[domain] += 1
        self.left -= 1
        return True


def allowance(limits: Limits, tries: Tries, now: datetime, *, most: int) -> Allowance:
    """How many messages may leave an account now.

    Args:
        limits: of the account.
        tries: what it has sent of late, but for `limits.elsewhere`.
        now: zoned.
        most: at most so many, whatever the limits say.
    """
    tries = _together([tries, *limits.elsewhere(now)])
    per_day = day_limit(limits, tries.first, now)
    begun = [at for at, _ in tries.minute]
    minute_over = min(begun, default=now) + MINUTE
    today, at_once = per_day - tries.day, limits.per_minute - len(begun)
    left = max(0, min(today, at_once, most))
    found = Allowance(
        left=left,
        _domains=Counter(domain for _, domain in tries.minute),
        _limits=limits,
        _minute_over=minute_over,
    )
    if left == most:
        return found
    if today <= at_once:
        warming = " while the account warms up" if per_day < limits.per_day else ""
        found.why = f"no more than {per_day} in 24 hours{warming}"
        found.next_at = (tries.oldest or now) + DAY
    else:
        found.why = f"no more than {limits.per_minute} a minute"
        found.next_at = minute_over
    return found


def _together(all_tries: Sequence[Tries]) -> Tries:
    return Tries(
        day=sum(one.day for one in all_tries),
        oldest=min((one.oldest for one in all_tries if one.oldest), default=None),
        minute=[each for one in all_tries for each in one.minute],
        first=min((one.first for one in all_tries if one.first), default=None),
    )


def day_limit(limits: Limits, first: datetime | None, now: datetime) -> int:
    """How many messages may leave in 24 hours: fewer while a new account warms up."""
    if not limits.warm_up:
        return limits.per_day
    steps = max(now - first, timedelta()) // WARM_UP_STEP if first else 0
    return min(limits.per_day, WARM_UP_START << min(steps, 20))


def domain_limit(limits: Limits, domain: str) -> int:
    """How many messages a minute may go to a domain."""
    return limits.per_domain.get(domain, limits.per_domain.get("", limits.per_minute))


def objection(
    candidate: Candidate,
    neighbours: Iterable[Neighbour],
    *,
    suppressed: Mapping[str, str],
    pauses: Collection[Pause],
    limits: Limits,
    now: datetime,
) -> Objection | None:
    """What stands against a message, the most lasting first; None where nothing does.

    Args:
        candidate: the message.
        neighbours: every other message to the same person.
        suppressed: those patterns that mean this address → the reason.
        pauses: all of them.
        limits: of the account.
        now: zoned.
    """
    for pattern, reason in suppressed.items():
        whose = "its domain" if pattern.startswith("@") else "the address"
        return Objection(reason=f"{whose} is suppressed: {reason}", final=True)
    found: Objection | None = None
    for other in neighbours:
        against = _against(candidate, other, limits, now)
        if against and against.final:
            return against
        found = found or against
    scopes = {f"domain|{candidate.domain}", f"person|{candidate.person}"}
    for pause in active(pauses, now):
        if pause.scope in scopes:
            found = found or Objection(reason=f"paused: {pause.reason}", until=pause.until)
    opens = limits.opens(candidate.country, candidate.zone, now)
    if opens > now:
        found = found or Objection(reason="outside the hours of sending", until=opens)
    return found


def active(pauses: Iterable[Pause], now: datetime) -> list[Pause]:
    """Those pauses whose time is not over."""
    return [pause for pause in pauses if pause.until is None or pause.until > now]


def whole_pause(pauses: Iterable[Pause], account: str, now: datetime) -> Pause | None:
    """A pause of everything that leaves an account, or None."""
    scopes = (EVERYTHING, f"account|{account}")
    return next((pause for pause in active(pauses, now) if pause.scope in scopes), None)


def explained(
    claims: tuple[Claim, ...],
    waiting: int,
    allowed: Allowance,
    against: Sequence[Objection],
    next_due: datetime | None,
) -> Claimed:
    """What was claimed, with what is to be said of what was not.

    Args:
        claims: what was claimed.
        waiting: how many messages are due and were not.
        allowed: the limits, and which of them was met.
        against: what stands against single messages.
        next_due: when the next message falls due that is not yet.
    """
    moments = [one.until for one in against if one.until]
    moments += [at for at in (next_due, allowed.next_at if waiting else None) if at]
    why = allowed.why or next((one.reason for one in against), "")
    return Claimed(
        claims=claims,
        waiting=waiting,
        why=why if waiting else "",
        next_at=min(moments, default=None),
    )


def patterns_of(address: str) -> tuple[str, ...]:
    """The suppressions that would mean this address."""
    plain = address.casefold()
    return plain, f"@{plain.rpartition('@')[2]}"


def _against(
    candidate: Candidate, other: Neighbour, limits: Limits, now: datetime
) -> Objection | None:
    if other.state in FINAL:
        reason = "the address bounced" if other.state == "bounced" else "unsubscribed"
        return Objection(reason=reason, final=True)
    if candidate.sequence in limits.ends_on_reply and _ends(candidate, other):
        return Objection(reason="replied", final=True)
    if other.state in GOING:
        return Objection(reason=f"waits for {other.sequence}, which is {other.state}")
    if other.tried_at and limits.gap and other.tried_at + limits.gap > now:
        until = other.tried_at + limits.gap
        return Objection(reason=f"too soon after {other.sequence}", until=until)
    return None


def _ends(candidate: Candidate, other: Neighbour) -> bool:
    """Whether a reply to the other message is one to what this message is about.

    Another sequence, or another time of the same one, may have begun only after the reply.
    """
    if other.state != "replied":
        return False
    series = (candidate.sequence, time_of(candidate.key))
    if series == (other.sequence, time_of(other.key)):
        return True
    return other.replied_at is not None and other.replied_at >= candidate.created_at
