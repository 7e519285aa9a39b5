"""What is done: the same functions that the command line calls, one workspace at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sheetcrm.bootstrap import find_root, ledgers_of, open_workspace
from sheetcrm.engine.intake import intake, polled_at
from sheetcrm.engine.phases import faults_of
from sheetcrm.engine.sending import SendReport, send
from sheetcrm.engine.settling import Settling, is_settled
from sheetcrm.engine.sync import sync as sync_workspace
from sheetcrm.engine.workspace import Workspace
from sheetcrm.errors import MailerBusyError, MailerError, SheetCrmError, TransientError

_AT_A_TIME = timedelta(minutes=1)  #: of sending, in which the workspace's sources wait
_TURN = timedelta(seconds=5)  #: until we look whether an account that others send from is free
_NOTHING_NEW = "nothing new"
_READ_EVERY = timedelta(minutes=4)  #: mailboxes, however often messages are sent


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """How a piece of work went."""

    said: str  #: for people: what was done, or what is wrong
    error: SheetCrmError | None = None
    beside: Sequence[SheetCrmError] = ()  #: what a person should look at, though it is done
    unsure: bool = False  #: it had to wait: what was wrong before may be so still
    again_at: datetime | None = None  #: when there is more to do, unless the schedule is sooner

    @property
    def passing(self) -> bool:
        """Whether it failed for a reason that goes away by itself."""
        return isinstance(self.error, TransientError)

    @property
    def faults(self) -> list[SheetCrmError]:
        """All that a run on one machine would tell of."""
        return [*([self.error] if self.error else []), *self.beside]


Work = Mapping[str, Callable[[Path, str, Sequence[Path]], Outcome]]
"""Kind of duty → what does it, given the workspace's folder, the duty's name, and the folders of
other workspaces that send from the account of this name.

What it raises as `SheetCrmError` counts as a failure, too.
"""


def sync(root: Path, source: str, others: Sequence[Path] = ()) -> Outcome:
    """Score, stage, write back and draft one source; nothing where that would change nothing.

    Raises:
        SheetCrmError: the workspace cannot be opened, or another run is at work in it.
    """
    del others  # they have sources of their own
    with open_workspace(find_root(str(root)), exclusive=True, first=source) as workspace:
        if is_settled(workspace, workspace.clock.now()):
            return Outcome(said=_NOTHING_NEW)
        # Only a sync of all sources proves that the next one can be left out.
        settling = Settling(workspace) if len(workspace.sources) == 1 else None
        report = sync_workspace(workspace, only=[source])
        if settling:
            settling.settle(report)
    [result] = report.results
    if result.error:
        return Outcome(said=result.error.message, error=result.error)
    assert result.plan
    moves = sum(1 for move in result.plan.moves if not move.refused)
    counts = {
        "leads": len(result.plan.leads),
        "cells": len(result.plan.edits),
        "moves": moves,
        "drafts": len(result.plan.drafts),
    }
    return Outcome(said=_counted(counts))


def mail(root: Path, _account: str, others: Sequence[Path] = ()) -> Outcome:
    """Read what has come in, then send what may go, for a minute; what waits has its time told.

    In that order, so that nobody who has answered hears from us again. What that changes stands
    in the sheets after their next sync. What other workspaces send from the account counts.

    Raises:
        SheetCrmError: the workspace cannot be opened, or another run is at work in it.
    """
    with open_workspace(find_root(str(root)), exclusive=True) as workspace:
        heard, trouble = _heard(workspace)
        if workspace.mailer is None:
            return Outcome(said=heard, error=trouble)
        until = workspace.clock.now() + _AT_A_TIME
        try:
            report = _sent(workspace, workspace.mailer.account, others, until)
        except MailerBusyError as error:  # another workspace's turn
            again_at = workspace.clock.now() + _TURN
            return Outcome(said=error.message, unsure=True, again_at=again_at)
        over = workspace.clock.now() >= until
    said = ", ".join(part for part in (heard, _counted(report.counts)) if part)
    if report.error:
        said = report.error.message
    failed = report.error or trouble
    faults = [*([trouble] if trouble else []), *faults_of(report)]
    return Outcome(
        said=said,
        error=failed,
        beside=[fault for fault in faults if fault is not failed],
        again_at=until if over else _next(report),
    )


def _sent(
    workspace: Workspace, account: str, others: Sequence[Path], until: datetime
) -> SendReport:
    with ledgers_of(others) as theirs:  # asked each time that messages are claimed
        return send(
            workspace,
            until=until,
            elsewhere=lambda now: [one.outbox.tries(account, now) for one in theirs],
        )


def _heard(workspace: Workspace) -> tuple[str, SheetCrmError | None]:
    """What the mailbox told; one that cannot be read keeps nothing from being sent."""
    now = workspace.clock.now()
    if workspace.inbox is None:
        return "", None
    read = polled_at(workspace)
    if read is not None and now - read < _READ_EVERY:
        return "", None
    try:
        return _counted(intake(workspace, now).counts), None
    except MailerError as error:
        return error.message, error


def _next(report: SendReport) -> datetime | None:
    """When what waits may go, where nobody has to look first."""
    return None if report.error or report.pauses else report.next_at


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count)


EVERYTHING: Work = {"sync": sync, "mail": mail}
"""All that workers do."""
