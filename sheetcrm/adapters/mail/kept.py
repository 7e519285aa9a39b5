"""Drafts that lie in the ledger alone, as sheetcrm itself sends them once they are approved."""

from __future__ import annotations

from collections.abc import Collection

from sheetcrm.core.memory import MessageDraft, MessageRecord
from sheetcrm.ports import DraftBox


class KeptDrafts:
    """A `DraftBox` without a place of its own: no second copy that somebody could send as well.

    Drafts of a time in which the team sent them by hand may lie where they were put then. One
    whose file is there is taken away before it goes another way; any other one may have been sent.
    """

    def __init__(self, files: DraftBox | None = None) -> None:
        self._files = files

    def put(self, draft: MessageDraft) -> str:
        """It is in the ledger already."""
        del draft
        return ""

    def place(self, draft: MessageDraft) -> str:
        """Where it lies, for people: nowhere else."""
        del draft
        return ""

    def holds(self, draft: MessageDraft) -> bool:
        """It does as long as the ledger does, unless it was laid elsewhere and is gone."""
        return not draft.place or (_is_file(draft.place) and self._has(draft))

    def gone(self, messages: Collection[MessageRecord]) -> set[str]:
        """Those that were laid elsewhere and are there no longer, or where nobody can look."""
        elsewhere = {one.key for one in messages if one.place and not _is_file(one.place)}
        return elsewhere | (self._files.gone(messages) if self._files else set())

    def withdraw(self, draft: MessageDraft) -> bool:
        """Take away the file of one that was laid elsewhere; the ledger's state decides."""
        if not draft.place:
            return True
        return bool(_is_file(draft.place) and self._files and self._files.withdraw(draft))

    def _has(self, draft: MessageDraft) -> bool:
        return bool(self._files and self._files.holds(draft))


def _is_file(place: str) -> bool:
    return place.endswith(".eml")
