"""Forget a person: out of the ledger and out of every file that sheetcrm writes itself.

The sheet, and the backups of it, are the team's: they are named, so that the team can see to
them, and touched only where that was asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sheetcrm.core.memory import PersonFile
from sheetcrm.core.table.activities import Activity
from sheetcrm.engine.person import SheetRow, find_person, personal
from sheetcrm.engine.workspace import Workspace
from sheetcrm.ports import Trace, TraceKind, Traces


@dataclass(frozen=True, kw_only=True, slots=True)
class ForgetReport:
    """What was erased, or would be, and what stays for the team to see to."""

    done: bool
    already: bool  #: it was done before
    person: PersonFile  #: without its entries
    entries: Mapping[str, int]  #: what the ledger holds of the person → how many
    files: Sequence[Trace]  #: of ours
    backups: Sequence[Trace]  #: of the team's that name the person
    backups_too: bool  #: whether these are deleted as well
    rows: Sequence[SheetRow]  #: that stay in the sheets
    activities: Sequence[Activity]  #: the same
    log_tab: str  #: of the sheets, where their stages are logged; "" where they are not
    unread: Sequence[str]  #: sources that could not be looked at


def forget(
    workspace: Workspace,
    traces: Traces,
    who: str,
    *,
    sure: bool = False,
    backups_too: bool = False,
) -> ForgetReport:
    """Forget the one person whom an address, a phone number or the id of a lead means.

    Args:
        workspace: the rules and the ports.
        traces: the files.
        who: the person.
        sure: do it; otherwise nothing is changed, and the report says what would be.
        backups_too: delete the team's backups that name the person.

    Raises:
        UsageError: there is nobody, or more than one; or a file cannot be changed.
        MailerError: their drafts cannot be taken out of the mailbox.
        LedgerError: the ledger cannot be used.
    """
    found = find_person(workspace, who)
    known = workspace.ledger.remember("").forgotten
    already = any(map(known.knows, (*found.person.addresses, *found.person.phones)))
    named = traces.find(found.person)
    backups = [trace for trace in named if trace.kind is TraceKind.BACKUP]
    files = [trace for trace in named if trace.kind is not TraceKind.BACKUP]
    if sure:
        _withdraw(workspace, found.person)
        # The ledger comes last: as long as it knows the person, all this can be done again.
        traces.erase([*files, *(backups if backups_too else ())], found.person)
        _erase(workspace, found.person)
    return ForgetReport(
        done=sure,
        already=already,
        person=replace(found.person, tables={}),
        entries={name: len(rows) for name, rows in found.person.tables.items()},
        files=files,
        backups=backups,
        backups_too=backups_too,
        rows=found.rows,
        activities=found.activities,
        log_tab=workspace.rules.log_tab if found.person.tables.get("stage_moves") else "",
        unread=found.unread,
    )


def _withdraw(workspace: Workspace, person: PersonFile) -> None:
    """Take the drafts to them from where they wait for a person, such as a mailbox."""
    keys = {message["key"] for message in person.tables.get("messages", ())}
    for draft in workspace.ledger.drafts() if keys else ():
        if draft.key in keys:
            workspace.drafts.withdraw(draft)


def _erase(workspace: Workspace, person: PersonFile) -> None:
    ledger, now = personal(workspace), workspace.clock.now()
    run = ledger.start_run("forget", now)
    ledger.forget(person, at=now)
    ledger.finish_run(run, at=workspace.clock.now(), outcome="ok", counts={})
