"""An outbox and templates in memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sheetcrm.core.followup.enclosure import FILE_LIMIT
from sheetcrm.core.memory import MessageDraft, MessageRecord
from sheetcrm.errors import UsageError


class MemoryDrafts:
    """An `DraftBox` that is a mapping of places to messages."""

    def __init__(self) -> None:
        self.messages: dict[str, bytes] = {}

    def put(self, draft: MessageDraft) -> str:
        """Store one message, or leave it where it is if it lies there already; say where."""
        place = self.place(draft)
        self.messages.setdefault(place, draft.raw)
        return place

    def place(self, draft: MessageDraft) -> str:
        """Where the message lies or would lie."""
        return f"memory › {draft.key}"

    def holds(self, draft: MessageDraft) -> bool:
        """Whether the message still lies there."""
        return self.place(draft) in self.messages

    def gone(self, messages: Collection[MessageRecord]) -> set[str]:
        """The keys of those of these drafts that no longer lie there."""
        return {one.key for one in messages if one.place not in self.messages}

    def withdraw(self, draft: MessageDraft) -> bool:
        """Take the message away; False where it lies there no longer."""
        return self.messages.pop(self.place(draft), None) is not None


class MemoryTemplates:
    """A `TemplateStore` over mappings of paths to texts, and to files that may be sent."""

    def __init__(
        self, sources: Mapping[str, str], attachments: Mapping[str, bytes] | None = None
    ) -> None:
        self._sources = dict(sources)
        self._attachments = dict(attachments or {})

    def sources(self) -> Mapping[str, str]:
        """Path → text, for every template."""
        return dict(self._sources)

    def attachment(self, name: str) -> bytes:
        """The contents of a file that templates may send."""
        if name not in self._attachments or len(self._attachments[name]) > FILE_LIMIT:
            raise UsageError(f"there is no attachments/{name}, or it is too large")
        return self._attachments[name]
