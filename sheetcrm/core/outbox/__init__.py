"""Messages on their way: their states, how fast they may go, and what a server's answer means."""

from __future__ import annotations

from sheetcrm.core.outbox.values import (
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
    "Answer",
    "Claim",
    "Claimed",
    "InboxCursor",
    "Limits",
    "Pause",
    "Suppression",
    "Verdict",
]
