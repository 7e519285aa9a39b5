"""Drafts in a mailbox: laid into its folder of drafts by IMAP, to be looked at and sent there."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager

from sheetcrm.adapters.mail.imap_connection import ImapConnection, connected, in_our_words
from sheetcrm.adapters.mail.imap_login import ImapLogin
from sheetcrm.core.followup.mime import without_unsent
from sheetcrm.core.memory import MessageDraft, MessageRecord
from sheetcrm.errors import MailerError

SCHEME = "imap:"


class ImapDrafts:
    """A `DraftBox` in the folder of drafts; a message is found again by its Message-ID.

    Connects when it is first used, and stays so until `close`.

    Args:
        login: whose mailbox.
        folder: the folder of drafts; "" for the one that the server names.
        sent: the folder of sent mail; the same.
    """

    def __init__(self, login: ImapLogin, *, folder: str = "", sent: str = "") -> None:
        self._login = login
        self._said = {"\\Drafts": folder, "\\Sent": sent}
        self._folders: dict[str, str] = {}
        self._held = ExitStack()
        self._open: ImapConnection | None = None

    def put(self, draft: MessageDraft) -> str:
        """Lay a message among the drafts, unless it lies there, or has been sent, already.

        Raises:
            MailerError: the mailbox cannot be used.
        """
        with self._connection() as connection:
            folder = self._examine(connection, "\\Drafts")
            known = bool(connection.with_id(draft.message_id))
            if not known and self._has("\\Sent", connection):
                self._examine(connection, "\\Sent")
                known = bool(connection.with_id(draft.message_id))
            if not known:
                connection.append(folder, "(\\Draft \\Seen)", without_unsent(draft.raw))
        return self.place(draft)

    def place(self, draft: MessageDraft) -> str:
        """Where the message lies or would lie, for people."""
        return f"{SCHEME}{self._login.user}/{draft.message_id}"

    def holds(self, draft: MessageDraft) -> bool:
        """Whether the message still is a draft.

        Raises:
            MailerError: the mailbox cannot be used.
        """
        with self._connection() as connection:
            self._examine(connection, "\\Drafts")
            return bool(connection.with_id(draft.message_id))

    def gone(self, messages: Collection[MessageRecord]) -> set[str]:
        """The keys of those of these that are no draft any more: sent by hand, or deleted.

        Raises:
            MailerError: the mailbox cannot be used.
        """
        ours = [one for one in messages if one.place.startswith(SCHEME)]
        if not ours:
            return set()
        with self._connection() as connection:
            self._examine(connection, "\\Drafts")
            here = connection.ids()
        return {one.key for one in ours if one.message_id not in here}

    def withdraw(self, draft: MessageDraft) -> bool:
        """Take the draft away; False where it is none any more.

        Raises:
            MailerError: the mailbox cannot be used.
        """
        with self._connection() as connection:
            connection.open(self._folder(connection, "\\Drafts"))
            found = connection.with_id(draft.message_id)
            if found:
                connection.remove(found)
            return bool(found)

    def close(self) -> None:
        """Let go of the connection."""
        self._open = None
        self._held.close()

    @contextmanager
    def _connection(self) -> Iterator[ImapConnection]:
        """The one connection; given up after a failure, so that the next use makes a new one."""
        with in_our_words(self._login):
            if self._open is None:
                self._open = self._held.enter_context(connected(self._login))
            try:
                yield self._open
            except BaseException:
                self.close()
                raise

    def _examine(self, connection: ImapConnection, use: str) -> str:
        folder = self._folder(connection, use)
        connection.examine(folder)
        return folder

    def _folder(self, connection: ImapConnection, use: str) -> str:
        if use not in self._folders:
            self._folders[use] = connection.special(use, self._said[use])
        return self._folders[use]

    def _has(self, use: str, connection: ImapConnection) -> bool:
        try:
            self._folder(connection, use)
        except MailerError:
            return False
        return True
