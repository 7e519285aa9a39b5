"""The ledger and `sent.log`, which must tell the same story before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sheetcrm.engine.workspace import Workspace
from sheetcrm.errors import MailerError, UsageError
from sheetcrm.ports import Mailer, Outbox, SentLog


def means(workspace: Workspace) -> tuple[Mailer, SentLog]:
    """What sends, and what remembers it.

    Raises:
        UsageError: the workspace sends nothing by itself.
    """
    if workspace.mailer is None or workspace.sent_log is None:
        raise UsageError(
            "this workspace sends nothing by itself: its drafts go out from your mail program",
            hint='to send, write [sending] via = "smtp" and [smtp] host = "…" into the config',
        )
    return workspace.mailer, workspace.sent_log


def unaccounted(workspace: Workspace, log: SentLog) -> None:
    """Refuse to send where `sent.log` tells of messages that the ledger does not know.

    Raises:
        MailerError: it does; most likely a ledger of another day was put back. Or it cannot be
            read, or written where it has lost lines.
    """
    outbox = workspace.ledger.outbox
    position = outbox.log_position()
    added, end = log.read(position)
    missing = _unknown(added, outbox) if added else ()
    if missing:
        raise MailerError(
            f"sent.log tells of {len(missing)} messages that the ledger does not know: was an "
            "older ledger put back? nothing is sent, as they could go out twice",
            hint="sheetcrm outbox reconcile lets the ledger learn of them, and sending go on",
        )
    if end < position:
        write_again(workspace, log)


def write_again(workspace: Workspace, log: SentLog) -> None:
    """Let `sent.log`, which was deleted or is an older copy, learn from the ledger.

    Raises:
        MailerError: it cannot be read or written.
    """
    added, _ = log.read(0)
    for digest, at in workspace.ledger.outbox.digests().items():
        if digest not in added:
            log.add(digest, at)
    log.flush()


def reconcile(workspace: Workspace) -> int:
    """Let the ledger learn from `sent.log` what must never go again; answers of how many.

    Raises:
        UsageError: the workspace sends nothing by itself.
        MailerError: `sent.log` cannot be read.
    """
    _, log = means(workspace)
    outbox = workspace.ledger.outbox
    added, end = log.read(0)
    missing = _unknown(added, outbox)
    outbox.never(missing)
    outbox.log_read_to(end)
    return len(missing)


def _unknown(added: Mapping[str, datetime], outbox: Outbox) -> dict[str, datetime]:
    """What the log tells of messages after the last time that the ledger knows them to have gone.

    One that was put off and waits may have gone since the ledger was copied.
    """
    known = outbox.digests()
    return {digest: at for digest, at in added.items() if digest not in known or known[digest] < at}
