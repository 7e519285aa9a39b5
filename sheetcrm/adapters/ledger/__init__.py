"""The ledger in a database: SQLite in the workspace's folder, or PostgreSQL by its URL."""

from __future__ import annotations

from sheetcrm.adapters.ledger.store import SqlLedger, open_ledger

__all__ = ["SqlLedger", "open_ledger"]
