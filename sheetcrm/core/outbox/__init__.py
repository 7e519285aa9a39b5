"""Messages on their way: their states, how fast they may go, and what a server's answer means."""

from __future__ import annotations

from sheetcrm.core.outbox.allowing import (
    Allowance,
    Candidate,
    Neighbour,
    Objection,
    Tries,
    active,
    allowance,
    explained,
    objection,
    patterns_of,
    whole_pause,
)
from sheetcrm.core.outbox.states import (
    GOING,
    OPEN,
    READY,
    Settled,
    digest_of,
    heard_state,
    settled,
)
from sheetcrm.core.outbox.values import (
    EVERYTHING,
    Answer,
    Claim,
    Claimed,
    InboxCursor,
    Limits,
    Pause,
    Suppression,
    Verdict,
)

__all__ = [
    "EVERYTHING",
    "GOING",
    "OPEN",
    "READY",
    "Allowance",
    "Answer",
    "Candidate",
    "Claim",
    "Claimed",
    "InboxCursor",
    "Limits",
    "Neighbour",
    "Objection",
    "Pause",
    "Settled",
    "Suppression",
    "Tries",
    "Verdict",
    "active",
    "allowance",
    "digest_of",
    "explained",
    "heard_state",
    "objection",
    "patterns_of",
    "settled",
    "whole_pause",
]
