"""Drafts that lie in the ledger alone, as sheetcrm itself sends them once they are approved."""

from __future__ import annotations

from collections.abc import Collection

from sheetcrm.core.memory import MessageDraft, MessageRecord


class KeptDrafts:
    """A `DraftBox` without a place of its own: no second copy that somebody could send as well."""

    def put(self, draft: MessageDraft) -> str:
        """It is in the ledger already."""
        del draft
        return ""

    def place(self, draft: MessageDraft) -> str:
        """Where it lies, for people: nowhere else."""
        del draft
        return ""

    def holds(self, draft: MessageDraft) -> bool:
        """It does as long as the ledger does."""
        del draft
        return True

    def gone(self, messages: Collection[MessageRecord]) -> set[str]:
        """None of them: nobody can take them away behind our back."""
        del messages
        return set()

    def withdraw(self, draft: MessageDraft) -> bool:
        """There is nothing to take away; the ledger's state decides."""
        del draft
        return True
