"""Every port in memory: for tests, and for trying things without files."""

from __future__ import annotations

from sheetcrm.adapters.memory.clock import FixedClock
from sheetcrm.adapters.memory.ledger import MemoryLedger
from sheetcrm.adapters.memory.outbox import MemoryOutbox, MemoryTemplates
from sheetcrm.adapters.memory.tab import MemoryTabSource

__all__ = ["FixedClock", "MemoryLedger", "MemoryOutbox", "MemoryTabSource", "MemoryTemplates"]
