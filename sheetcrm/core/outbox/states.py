"""The states of a message, and which one follows from what happened."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sheetcrm.core.outbox.values import Answer, Verdict

READY = frozenset({"approved", "queued"})
"""It may go out: a person or the config said so."""

OPEN = frozenset({"draft", *READY})
"""It has not gone out, and may yet."""

GOING = frozenset({"claimed", "sending", "unknown"})
"""A sender has it, or nobody knows whether it has arrived."""

FINAL = frozenset({"unsubscribed", "complained", "bounced"})
"""Nothing more goes to that address, whatever the sequences say."""

FIRST_RETRY = timedelta(minutes=5)
LAST_RETRY = timedelta(hours=6)
ATTEMPTS = 8  #: over about a day, as RFC 5321, section 4.5.4.1 asks for days but mail is no news

LEARNED = "sent.log says that it went out"
NEVER_BEGAN = "its sender stopped before it handed anything over"

_WEIGHT = {
    name: weight
    for weight, name in enumerate(
        ("sent", "auto_reply", "replied", "bounced", "unsubscribed", "complained")
    )
}

_PROOFS = frozenset(("soft_bounce", "refused"))  # it was sent, and did not reach the mailbox


@dataclass(frozen=True, kw_only=True, slots=True)
class Settled:
    """What becomes of a message after an attempt."""

    state: str
    not_before: datetime | None = None  #: of the next attempt
    note: str = ""


def settled(answer: Answer, *, attempts: int, at: datetime) -> Settled:
    """What becomes of a message by this answer.

    Args:
        answer: how the attempt ended.
        attempts: how many there have been, with this one.
        at: now.
    """
    words = f"{answer.code} {answer.text}".strip() if answer.code else answer.text
    if answer.verdict is Verdict.SENT:
        return Settled(state="sent")
    if answer.verdict is Verdict.FAILED:
        return Settled(state="failed", note=words)
    if answer.verdict is Verdict.UNKNOWN:
        return Settled(state="unknown", note=words)
    if answer.verdict is Verdict.DROPPED:
        return Settled(state="queued")
    if attempts >= ATTEMPTS:
        return Settled(state="failed", note=f"given up after {attempts} attempts: {words}")
    return Settled(state="queued", not_before=at + retry_after(attempts), note=words)


def retry_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts: 5 minutes, 15, 45 … at most 6 hours."""
    waits: timedelta = FIRST_RETRY * 3 ** max(0, min(attempts - 1, 10))
    return min(waits, LAST_RETRY)


def heard_state(state: str, kind: str) -> str:
    """The state of a message after an event of this kind, never a lighter one.

    Whatever comes back proves that a message of which nobody knew has arrived; a draft was then
    sent by a person, from a mail program.
    """
    before = "sent" if state in {"sending", "unknown", "draft"} else state
    if kind in _PROOFS:
        return before
    if kind not in _WEIGHT or before not in {*_WEIGHT, "failed"}:
        return state
    return kind if _WEIGHT[kind] > _WEIGHT.get(before, -1) else before


def reopened_state(kinds: Iterable[str]) -> str:
    """The state of a message that no longer silences its receiver.

    Args:
        kinds: of everything that happened to it.
    """
    known = [kind for kind in kinds if kind in _WEIGHT and kind not in FINAL]
    return max(known, key=lambda kind: _WEIGHT[kind], default="sent")


def digest_of(key: str) -> str:
    """What `sent.log` says of a message: 128 bits of its key, which tell nobody's address."""
    return hashlib.blake2b(key.encode(), digest_size=16, person=b"sent.log").hexdigest()
