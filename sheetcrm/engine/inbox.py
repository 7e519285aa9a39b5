"""Mails that a person must look at: what they are is decided by a word, and then acted on."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sheetcrm.core.hearing.unclear import Unclear
from sheetcrm.core.memory import MessageEvent
from sheetcrm.core.outbox import Suppression
from sheetcrm.engine.intake import BY
from sheetcrm.engine.workspace import Workspace
from sheetcrm.errors import UsageError


class As(StrEnum):
    """What a person says that a mail is."""

    REPLY = "reply"
    BOUNCE = "bounce"
    UNSUBSCRIBE = "unsubscribe"
    IGNORE = "ignore"  #: nothing to us


_EVENTS = {As.REPLY: "replied", As.BOUNCE: "bounced", As.UNSUBSCRIBE: "unsubscribed"}


def decide(workspace: Workspace, mail: str, verdict: As, now: datetime) -> Unclear:
    """Act on a mail as a person says that it is; what waited for that goes on.

    Raises:
        UsageError: no such mail waits, or it is about none of our messages.
    """
    outbox = workspace.ledger.outbox
    found = next((one for one in outbox.unclear() if one.id == mail.strip().lower()), None)
    if found is None:
        raise UsageError(f"no mail {mail} waits", hint="sheetcrm inbox lists those that do")
    if verdict in {As.REPLY, As.BOUNCE} and not found.key:
        raise UsageError(
            f"{mail} is about none of our messages", hint="say --as unsubscribe or --as ignore"
        )
    if verdict is As.UNSUBSCRIBE:
        _suppress(workspace, {found.person, found.sender}, "unsubscribed", now)
    elif verdict is As.BOUNCE:
        _suppress(workspace, {found.person}, "bounced", now)
    if verdict in _EVENTS and found.key:
        told = f"{found.said or found.subject} ({found.id}, decided by a person)"
        outbox.heard(found.key, MessageEvent(_EVENTS[verdict], found.at, told))
    outbox.clear_up(found.id, verdict.value)
    _go_on(workspace, found.person)
    return found


def _suppress(workspace: Workspace, addresses: set[str], reason: str, now: datetime) -> None:
    entries = [Suppression(one, reason, now) for one in sorted(addresses) if "@" in one]
    workspace.ledger.outbox.suppress(entries)


def _go_on(workspace: Workspace, person: str) -> None:
    """Take back the pause of a person who waited for this, unless another mail still does."""
    outbox = workspace.ledger.outbox
    scope = f"person|{person}"
    if not person or any(one.person == person for one in outbox.unclear()):
        return
    if any(one.scope == scope and one.by == BY and one.until is None for one in outbox.pauses()):
        outbox.resume(scope)
