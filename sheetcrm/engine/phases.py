"""The phases that a run may have, and which of them a workspace has."""

from __future__ import annotations

from datetime import datetime

from sheetcrm.core.outbox import Verdict
from sheetcrm.engine.outbox import words_of
from sheetcrm.engine.run import Done, Phase
from sheetcrm.engine.sending import SendReport, send
from sheetcrm.engine.settling import Settling, is_settled
from sheetcrm.engine.sync import sync
from sheetcrm.engine.workspace import Progress, Workspace, silent
from sheetcrm.errors import MailerError

_LOOKED_AT = {
    Verdict.FAILED: ("were refused for good", "look at them: sheetcrm outbox --state failed"),
    Verdict.UNKNOWN: ("may have arrived, or not", "look at them: sheetcrm outbox --state unknown"),
}


def phases_of(workspace: Workspace, progress: Progress = silent) -> list[Phase]:
    """Hear back, sync, send, and write what sending changed: those that the workspace has."""
    phases = [sync_phase(workspace, progress)]
    if workspace.inbox:
        phases.insert(0, intake_phase(workspace))
    if workspace.mailer:
        phases += [send_phase(workspace, progress), statuses_phase(workspace, progress)]
    return phases


def intake_phase(workspace: Workspace) -> Phase:
    """Read what is new in the mailbox."""

    def work(_until: datetime | None) -> Done:
        from sheetcrm.engine.intake import intake  # noqa: PLC0415  only with a mailbox

        report = intake(workspace, workspace.clock.now())
        return Done(counts=report.counts)  # that it paused sending, the sending says

    return Phase(name="intake", work=work)


def sync_phase(workspace: Workspace, progress: Progress = silent) -> Phase:
    """Score, stage, write back, draft; nothing where that is proven to change nothing."""
    return Phase(name="sync", work=lambda until: _synced(workspace, until, progress))


def send_phase(workspace: Workspace, progress: Progress = silent) -> Phase:
    """Hand over what was approved and is due."""

    def work(until: datetime | None) -> Done:
        report = send(workspace, until=until, progress=progress)
        return Done(
            counts=report.counts,
            errors=faults_of(report),
            run=report.run,
            stale=bool(report.attempts or report.cut_off),
        )

    return Phase(name="send", work=work)


def statuses_phase(workspace: Workspace, progress: Progress = silent) -> Phase:
    """Write what sending changed since the sync into the sheets; where it did, only."""
    return Phase(
        name="statuses",
        work=lambda until: _synced(workspace, until, progress),
        wanted=lambda before: any(phase.done.stale for phase in before),
    )


def faults_of(report: SendReport) -> list[MailerError]:
    """What a person should look at; a pause that a person made is none of it."""
    errors = [report.error] if report.error else []
    for verdict, (what, hint) in _LOOKED_AT.items():
        if count := report.count(verdict):
            errors.append(MailerError(f"{count} messages {what}", hint=hint))
    hint = "look for the reason, then: sheetcrm resume"
    ours = [pause for pause in report.pauses if pause.by != "person"]
    return errors + [MailerError(words_of(pause), hint=hint) for pause in ours]


def _synced(workspace: Workspace, until: datetime | None, progress: Progress) -> Done:
    if is_settled(workspace, workspace.clock.now()):
        return Done(idle=True)
    settling = Settling(workspace)
    report = sync(workspace, until=until, progress=progress)
    settling.settle(report)
    return Done(
        counts=report.counts,
        errors=[result.error for result in report.results if result.error],
        run=report.run,
        report=report,
    )
