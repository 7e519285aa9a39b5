"""The part of a ledger in memory that would matter to the next run, if there was one."""

from __future__ import annotations

from sheetcrm.core.memory import Settled


class NeverSettled:
    """Forgets at once that there was nothing to do."""

    def watch(self) -> None:
        """Nobody else can write here."""

    def settle(self, found: Settled) -> bool:
        """It would be gone before the next run."""
        del found
        return False

    def settled(self) -> Settled | None:
        """Never anything."""
        return None
