"""How messages leave a workspace and answers come back, from what the config says."""

from __future__ import annotations

import hashlib
import os
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from sheetcrm.bootstrap.accounts import home
from sheetcrm.bootstrap.locks import state_folder

if TYPE_CHECKING:
    from sheetcrm.adapters.mail.gmail_drafts import Way
    from sheetcrm.adapters.mail.imap_login import ImapLogin
    from sheetcrm.config.model import Config, ImapConfig
    from sheetcrm.ports import DraftBox, Inbox, Mailer, SentLog

_SOON = 10.0  # seconds that whoever is in a hurry waits for an answer


def draft_box(config: Config, held: ExitStack) -> DraftBox:
    """Where drafts lie: files for the team's mail program, its mailbox, or only in the ledger.

    What is connected to a mailbox lets go of it with `held`.
    """
    via = config.followups.sending.via
    if via == "smtp":
        from sheetcrm.adapters.mail.eml import EmlDrafts
        from sheetcrm.adapters.mail.kept import KeptDrafts

        return KeptDrafts(EmlDrafts(Path(config.outbox)))
    if via == "imap-drafts" and config.imap:
        from sheetcrm.adapters.mail.imap_drafts import ImapDrafts

        said = config.imap
        box = ImapDrafts(imap_login(said), folder=said.drafts, sent=said.sent)
        held.callback(box.close)
        return box
    if via == "gmail-drafts":
        from sheetcrm.adapters.mail.gmail_drafts import GmailDrafts

        return GmailDrafts(lambda: _gmail(Path(config.root)))
    from sheetcrm.adapters.mail.eml import EmlDrafts

    return EmlDrafts(Path(config.outbox))


def _gmail(root: Path) -> Way:
    from sheetcrm.adapters.google.mail import gmail_session

    endpoint = os.environ.get("SHEETCRM_GMAIL_ENDPOINT", "")
    return gmail_session(root, home(), endpoint=endpoint)


def mailer(config: Config) -> Mailer | None:
    """What hands messages over; None where the team sends them by itself."""
    return smtp_mailer(config) if config.followups.sending.via == "smtp" else None


def smtp_mailer(config: Config, *, bounces: str = "", hurried: bool = False) -> Mailer | None:
    """What hands mails to the server of [smtp], None where there is none.

    Args:
        config: the workspace's.
        bounces: where those come back that do not arrive; left out: as the config says.
        hurried: wait seconds for a server where it would otherwise be minutes.
    """
    smtp = config.smtp
    if smtp is None:
        return None
    from sheetcrm.adapters.mail.smtp import FINAL_TIMEOUT, TIMEOUT, SmtpMailer, SmtpServer

    account = smtp.user or config.followups.sender.address
    name = hashlib.blake2b(f"{smtp.host}|{account}".encode(), digest_size=10).hexdigest()
    server = SmtpServer(
        host=smtp.host,
        port=smtp.port,
        security=smtp.security,
        sender=bounces or smtp.bounces,
        user=smtp.user,
        password=smtp.password,
        auth=smtp.auth,
        timeout=_SOON if hurried else TIMEOUT,
        final_timeout=2 * _SOON if hurried else FINAL_TIMEOUT,
    )
    return SmtpMailer(server, account=account, lock=state_folder() / "locks" / f"mail-{name}.lock")


def sent_log(config: Config, held: ExitStack) -> SentLog | None:
    """The second memory of what went out, closed with `held`."""
    if config.smtp is None or config.followups.sending.via != "smtp":
        return None
    from sheetcrm.adapters.mail.sentlog import FileSentLog

    log = FileSentLog(Path(config.root) / "var" / "sent.log")
    held.callback(log.close)
    return log


def inbox(config: Config) -> Inbox | None:
    """The mailbox in which answers arrive, None where the config names none."""
    said = config.imap
    if said is None:
        return None
    from sheetcrm.adapters.mail.imap import ImapInbox

    return ImapInbox(imap_login(said), folders=said.folders, sent=said.sent)


def imap_login(said: ImapConfig) -> ImapLogin:
    """Where the mailbox is, and who we are to it."""
    from sheetcrm.adapters.mail.imap_login import ImapLogin

    return ImapLogin(
        host=said.host,
        port=said.port,
        security=said.security,
        user=said.user,
        secret=said.password,
        auth=said.auth,
    )
