"""Looking after the ledger: whether it is well, and what is too old to be kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from sheetcrm.core.memory import Retention
from sheetcrm.ports.ledger import Ledger


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerHealth:
    """How a ledger is."""

    where: str  #: for people, without a password
    kind: str  #: ``SQLite 3.46`` or ``PostgreSQL 18.6``
    version: str  #: of its tables
    size: int  #: bytes, the journal included
    journal: int = 0  #: bytes of SQLite's write-ahead log
    rows: Mapping[str, int] = field(default_factory=dict)  #: table → how many
    problems: tuple[str, ...] = ()  #: what is broken; then: put back a backup
    notes: tuple[str, ...] = ()  #: what is odd, and does no harm


@runtime_checkable
class Kept(Ledger, Protocol):
    """A ledger that lasts."""

    def health(self) -> LedgerHealth:
        """Look at everything once: every page, every reference. A large one takes seconds."""

    def tidy(self, retention: Retention, *, at: datetime) -> Mapping[str, int]:
        """Drop what is older than it need be, at most once a day; table → how many rows.

        Keys of messages, and that they were sent, stay for good.
        """
