"""A run that nobody looks at: what it can leave out, what it notes, and whom it tells."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sheetcrm.errors import SheetCrmError, TransientError, UsageError

if TYPE_CHECKING:
    from sheetcrm.adapters.logs import RunLog
    from sheetcrm.config.unattended import Unattended
    from sheetcrm.core.schedule.noticing import Health
    from sheetcrm.engine.run import PhaseResult, RunReport


def idle_run(root: Path, watch: Watch) -> RunReport | None:
    """The report of a run that is over at once, as nothing has changed; None where it may have.

    Reads neither the rules nor any sheet: what a sync would read is compared with what it was
    when one last changed nothing. A workspace that reads or sends mail always looks.
    """
    from sheetcrm.adapters.clock import SystemClock
    from sheetcrm.config.unattended import glance

    seen = glance(root, os.environ)
    if seen is None or seen.by_mail or not seen.ledger or not Path(seen.ledger).exists():
        return None
    from sheetcrm.adapters.inputs import unchanged
    from sheetcrm.adapters.ledger import open_ledger
    from sheetcrm.engine.run import Done, Phase, run

    clock = SystemClock("UTC")
    with closing(open_ledger(seen.ledger)) as ledger:
        found = ledger.settled()
        if found is None or not found.holds(clock.now()) or not unchanged(found.inputs):
            return None
        phase = Phase(name="sync", work=lambda _until: Done(idle=True))
        return run(ledger, clock, [phase], begun=watch.begun, ended=watch.phase)


@contextmanager
def watched(
    root: Path,
    *,
    log: str = "",
    shape: str = "",
    say: Callable[[str], object] | None = None,
    complain: Callable[[str], object] | None = None,
) -> Iterator[Watch]:
    """A run of the workspace, watched: it is noted and told how it ends, as the config says.

    Args:
        root: the workspace's folder.
        log: a file to note in, ``-`` for standard error; "" for that of the config.
        shape: ``text`` or ``json``; "" for that of the config.
        say: is told what went wrong beside the run.
        complain: is told, once, that the run cannot be noted.
    """
    from sheetcrm.config.unattended import Unattended, glance

    try:
        said = glance(root, os.environ) or Unattended()
    except UsageError:  # whatever is wrong with the config, the run says it
        said = Unattended()
    _bound_scheduled_log(root, said)
    watch = Watch(root, said, _log(said, log, shape), say, complain)
    watch.say_log_fault()
    watch.call("/start")
    try:
        yield watch
    except SheetCrmError as error:
        watch.failed(error)
        raise
    except Exception as error:
        watch.failed(SheetCrmError(f"a bug in sheetcrm: {type(error).__name__}"))
        raise
    finally:
        watch.close()


class Watch:
    """Notes and tells what happens in one run."""

    def __init__(
        self,
        root: Path,
        said: Unattended,
        log: RunLog | None,
        say: Callable[[str], object] | None = None,
        complain: Callable[[str], object] | None = None,
    ) -> None:
        self._root = root
        self._said = said
        self._log = log
        self._say = say
        self._complain = complain

    def begun(self, run: str) -> None:
        """The run begins, and has an id."""
        if self._log:
            self._log.bind(run=run)
        self._note("run begins", workspace=str(self._root))

    def phase(self, result: PhaseResult) -> None:
        """A phase is over."""
        done = result.done
        self._note(
            "phase ends",
            level="info" if result.outcome.value in {"ok", "idle"} else "warning",
            phase=result.name,
            outcome=result.outcome.value,
            seconds=result.seconds,
            part=done.run,
            counts={name: count for name, count in done.counts.items() if count} or None,
        )
        for error in done.errors:
            level = "warning" if isinstance(error, TransientError) else "error"
            self._note("fault", level=level, phase=result.name, message=error.message)

    def ended(self, report: RunReport) -> None:
        """The run went through to its end."""
        from sheetcrm.core.schedule.noticing import Health

        for warning in report.warnings:
            self._note("warning", level="warning", message=warning.message)
        outcome, seconds = report.outcome.value, report.seconds
        self._note("run ends", outcome=outcome, seconds=seconds)
        errors = [error for phase in report.phases for error in phase.done.errors]
        health = {1: Health.FAILED, 75: Health.LATER}.get(report.exit_code, Health.WELL)
        self._tell(health, errors)
        self._count(report)

    def failed(self, error: SheetCrmError) -> None:
        """Something ended the run before its time."""
        from sheetcrm.core.schedule.noticing import Health

        self._note("run fails", level="error", message=error.message)
        later = isinstance(error, TransientError)
        self._tell(Health.LATER if later else Health.FAILED, [error])
        self._count(_cut_short(error))

    def close(self) -> None:
        """Let go of the log."""
        if self._log:
            self._log.close()
        self.say_log_fault()

    def say_log_fault(self) -> None:
        """Say once that the log cannot be written: nobody would find out from the log."""
        if self._log and self._log.fault and self._complain:
            what = f"the log {self._log.file} cannot be written: {self._log.fault}"
            self._complain(f"{what}; the run goes on without it")
            self._complain = None

    def _tell(self, health: Health, errors: list[SheetCrmError]) -> None:
        """Call the page and send a mail, where one is wanted and due."""
        if not self._said.notify.somebody:
            return
        from sheetcrm.adapters.clock import local_time
        from sheetcrm.adapters.notices import remember, remembered
        from sheetcrm.bootstrap.telling import tell

        path = self._root / "var" / "notices.json"
        telling = tell(
            self._root, self._said.notify, remembered(path), health, errors, now=local_time()
        )
        for message in telling.wrong:
            self._wrong(message)
        remember(path, telling.told)

    def _count(self, report: RunReport) -> None:
        if self._said.notify.metrics:
            from sheetcrm.bootstrap.metrics import write_figures

            self._wrong(write_figures(self._root, self._said, report))

    def call(self, path: str, body: str = "") -> None:
        """Call the page of [notify], if there is one."""
        if self._said.notify.url:
            from sheetcrm.adapters.notices import call

            self._wrong(call(self._said.notify.url + path, body))

    def _note(self, event: str, *, level: str = "info", **fields: object) -> None:
        if self._log:
            self._log.note(event, level=level, **fields)

    def _wrong(self, message: str) -> None:
        """Something beside the run went wrong, which is for the log and for whoever looks."""
        if message:
            self._note("notice fails", level="warning", message=message)
            if self._say:
                self._say(message)


def _cut_short(error: SheetCrmError) -> RunReport:
    """A run that came to no report of its own."""
    from sheetcrm.adapters.clock import local_time
    from sheetcrm.engine.run import Done, Outcome, PhaseResult, RunReport

    outcome = Outcome.LATER if isinstance(error, TransientError) else Outcome.FAILED
    phase = PhaseResult(name="run", outcome=outcome, done=Done(errors=[error]))
    return RunReport(run="", started=local_time(), seconds=0.0, phases=(phase,))


def _bound_scheduled_log(root: Path, said: Unattended) -> None:
    """Put aside what the scheduled runs of the past have said, where that has become much."""
    from sheetcrm.adapters.rotating import keep_bounded
    from sheetcrm.core.schedule.log import LOG, OLD_ONES

    size = int(said.logging.megabytes * 1_000_000)
    keep_bounded(root / LOG, size, old_ones=OLD_ONES)


def _log(said: Unattended, file: str, shape: str) -> RunLog | None:
    settings = said.logging
    if not (file or settings.file):
        return None
    from sheetcrm.adapters.logs import RunLog

    log = RunLog(
        file=file or settings.file,
        shape=shape or settings.format,
        redact=settings.redact,
        megabytes=settings.megabytes,
    )
    log.bind(process=os.getpid())
    return log
