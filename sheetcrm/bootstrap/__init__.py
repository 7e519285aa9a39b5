"""The only place that picks adapters: a workspace's folder → a ready-to-run workspace.

Everything heavy is imported inside the functions, so that `sheetcrm --help` answers at once.
"""

from __future__ import annotations

from sheetcrm.bootstrap.accounts import google_login, google_logout
from sheetcrm.bootstrap.archiving import (
    Archived,
    PutBack,
    backup,
    check_backup,
    restore_backup,
    restore_changes,
)
from sheetcrm.bootstrap.files import (
    crash_log,
    create_workspace,
    find_root,
    load_config,
    read_text,
    sender_of,
    write_health,
    write_preview,
    write_text,
)
from sheetcrm.bootstrap.keeping import ledger_line, move_ledger, open_traces, write_ledger_line
from sheetcrm.bootstrap.leaving import leaving_server
from sheetcrm.bootstrap.locks import alone, at_work
from sheetcrm.bootstrap.telling import tell
from sheetcrm.bootstrap.unattended import Watch, idle_run, watched
from sheetcrm.bootstrap.workspace import ledgers_of, open_workspace, other_rules

__all__ = [
    "Archived",
    "PutBack",
    "Watch",
    "alone",
    "at_work",
    "backup",
    "check_backup",
    "crash_log",
    "create_workspace",
    "find_root",
    "google_login",
    "google_logout",
    "idle_run",
    "leaving_server",
    "ledger_line",
    "ledgers_of",
    "load_config",
    "move_ledger",
    "open_traces",
    "open_workspace",
    "other_rules",
    "read_text",
    "restore_backup",
    "restore_changes",
    "sender_of",
    "tell",
    "watched",
    "write_health",
    "write_ledger_line",
    "write_preview",
    "write_text",
]
