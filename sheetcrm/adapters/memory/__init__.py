"""Every port in memory: for tests, and for trying things without files."""

from __future__ import annotations

from sheetcrm.adapters.memory.clock import FixedClock
from sheetcrm.adapters.memory.drafts import MemoryDrafts, MemoryTemplates
from sheetcrm.adapters.memory.inbox import MemoryInbox
from sheetcrm.adapters.memory.ledger import MemoryLedger
from sheetcrm.adapters.memory.tab import MemoryTabSource

__all__ = [
    "FixedClock",
    "MemoryDrafts",
    "MemoryInbox",
    "MemoryLedger",
    "MemoryTabSource",
    "MemoryTemplates",
]
