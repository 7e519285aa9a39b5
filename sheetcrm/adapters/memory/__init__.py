"""Every port in memory: for tests, and for trying things without files."""

from __future__ import annotations

from sheetcrm.adapters.memory.tab import MemoryTabSource

__all__ = ["MemoryTabSource"]
