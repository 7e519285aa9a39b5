"""The outside world: what sheetcrm needs from it, as small as it needs it.

Every adapter of a port passes the same contract test, the one in `adapters.memory` included.
"""

from __future__ import annotations

from sheetcrm.ports.keeping import Kept, LedgerHealth
from sheetcrm.ports.leaving import Visitor, WayOut
from sheetcrm.ports.ledger import Ledger
from sheetcrm.ports.mail import (
    Begin,
    DraftBox,
    Inbox,
    InboxSession,
    Mailer,
    MailSession,
    Outbox,
    SentLog,
)
from sheetcrm.ports.persons import Personal, Trace, TraceKind, Traces
from sheetcrm.ports.sources import (
    Backup,
    Foreseeing,
    Logging,
    Rehearsing,
    Restorable,
    TableSource,
    TabSource,
    Unwritten,
    Versioned,
    WithLayout,
    WriteReceipt,
)
from sheetcrm.ports.workspace import Clock, Scheduler, TemplateStore

__all__ = [
    "Backup",
    "Begin",
    "Clock",
    "DraftBox",
    "Foreseeing",
    "Inbox",
    "InboxSession",
    "Kept",
    "Ledger",
    "LedgerHealth",
    "Logging",
    "MailSession",
    "Mailer",
    "Outbox",
    "Personal",
    "Rehearsing",
    "Restorable",
    "Scheduler",
    "SentLog",
    "TabSource",
    "TableSource",
    "TemplateStore",
    "Trace",
    "TraceKind",
    "Traces",
    "Unwritten",
    "Versioned",
    "Visitor",
    "WayOut",
    "WithLayout",
    "WriteReceipt",
]
