"""The mailbox in which answers arrive, by IMAP: only looked at, nothing in it is ever changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sheetcrm.adapters.mail.imap_login import ImapLogin

if TYPE_CHECKING:
    from sheetcrm.adapters.mail.imap_session import ImapSession


class ImapInbox:
    """An `Inbox` on an IMAP server.

    Args:
        login: where it is.
        folders: in which answers arrive.
        sent: the folder of sent mail; "" for the one that the server names.
    """

    def __init__(self, login: ImapLogin, *, folders: Sequence[str], sent: str = "") -> None:
        self._login = login
        self._sent = sent
        self.folders = tuple(folders)

    @property
    def account(self) -> str:
        """Whose mailbox it is."""
        return self._login.user

    @contextmanager
    def open(self) -> Iterator[ImapSession]:
        """Connect and log in.

        Raises:
            MailerUnavailableError: no connection, or the server wants us to come back later.
            MailerAuthError: the server refuses the login.
        """
        # Most commands open no mailbox, and what speaks with one takes a while to load.
        from sheetcrm.adapters.mail.imap_connection import connected  # noqa: PLC0415
        from sheetcrm.adapters.mail.imap_session import ImapSession  # noqa: PLC0415

        with connected(self._login) as connection:
            yield ImapSession(connection, self._sent)
