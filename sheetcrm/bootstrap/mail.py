"""From the config's mail servers to the adapters that speak with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sheetcrm.adapters.mail.imap_connection import ImapLogin
    from sheetcrm.config.model import Config, ImapConfig
    from sheetcrm.ports import Inbox


def inbox(config: Config) -> Inbox | None:
    """The mailbox in which answers arrive, None where the config names none."""
    said = config.imap
    if said is None:
        return None
    from sheetcrm.adapters.mail.imap import ImapInbox

    return ImapInbox(imap_login(said), folders=said.folders, sent=said.sent)


def imap_login(said: ImapConfig) -> ImapLogin:
    """Where the mailbox is, and who we are to it."""
    from sheetcrm.adapters.mail.imap_connection import ImapLogin

    return ImapLogin(
        host=said.host,
        port=said.port,
        security=said.security,
        user=said.user,
        secret=said.password,
        auth=said.auth,
    )
