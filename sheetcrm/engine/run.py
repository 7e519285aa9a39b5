"""What is started every hour and forgotten: phases in their order, each leaving the others alone.

Hear back, sync, send, and write what that changed into the sheets. A phase that fails, or one
that there is no time for, keeps no other from its work; only what makes the whole run wrong
(the config, or a ledger that cannot be used) ends it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from sheetcrm.core.table.values import Problem
from sheetcrm.engine.clockcheck import set_back
from sheetcrm.engine.report import Report
from sheetcrm.errors import LedgerError, SheetCrmError, TransientError, UsageError
from sheetcrm.ports import Clock, Ledger

KIND = "run"


class Outcome(StrEnum):
    """How a phase, or a whole run, ended."""

    OK = "ok"
    FAILED = "failed"  #: a person should look
    LATER = "later"  #: trying again is safe, and may be all that is needed
    LEFT = "left"  #: it was not begun, as the time was over
    IDLE = "idle"  #: nothing had changed since a sync that changed nothing


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """What the work of a phase came to."""

    counts: Mapping[str, int] = field(default_factory=dict)
    errors: Sequence[SheetCrmError] = ()
    run: str = ""  #: the id under which it can be undone
    report: Report | None = None  #: of a sync
    stale: bool = False  #: what the sheets say of messages is no longer what the ledger knows
    idle: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Phase:
    """One part of a run.

    `work` is told when to begin nothing more; it raises or returns what went wrong. `wanted`
    looks at the phases before.
    """

    name: str
    work: Callable[[datetime | None], Done]
    wanted: Callable[[Sequence[PhaseResult]], bool] = lambda _before: True


@dataclass(frozen=True, kw_only=True, slots=True)
class PhaseResult:
    """A phase that was carried out, or left."""

    name: str
    outcome: Outcome
    done: Done = Done()
    seconds: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class RunReport:
    """What a run did, phase by phase."""

    run: str
    started: datetime
    seconds: float
    phases: tuple[PhaseResult, ...]
    warnings: tuple[Problem, ...] = ()  #: what a person should know, and what stopped nothing

    @property
    def outcome(self) -> Outcome:
        """The worst of the phases'; what was left is tried again."""
        found = {phase.outcome for phase in self.phases}
        for worst in (Outcome.FAILED, Outcome.LATER, Outcome.LEFT):
            if worst in found:
                return Outcome.LATER if worst is Outcome.LEFT else worst
        return Outcome.IDLE if found == {Outcome.IDLE} else Outcome.OK

    @property
    def exit_code(self) -> int:
        """0 fine · 1 a person should look · 75 try again later."""
        return {Outcome.FAILED: 1, Outcome.LATER: 75}.get(self.outcome, 0)

    @property
    def counts(self) -> dict[str, int]:
        """Those of all phases; of several passes over the sheets, the leads of the last one."""
        found: dict[str, int] = {}
        for phase in self.phases:
            for name, count in phase.done.counts.items():
                found[name] = count if name in _STANDING else found.get(name, 0) + count
        return found


_STANDING = {"leads", "overrides", "held", "problems"}  # how it is, not what was done


def run(
    ledger: Ledger,
    clock: Clock,
    phases: Sequence[Phase],
    *,
    until: datetime | None = None,
    begun: Callable[[str], object] = lambda _run: None,
    ended: Callable[[PhaseResult], object] = lambda _phase: None,
) -> RunReport:
    """Carry out phases in their order, as one run of the ledger.

    Args:
        ledger: where it is noted.
        clock: tells how long each took, and when the time is over.
        phases: those that the workspace has.
        until: no phase, source or message is begun from then on; what is begun is finished.
        begun: is told the run's id.
        ended: is told of each phase.

    Raises:
        UsageError: the config or a template is wrong; no further phase was begun.
        LedgerError: the ledger cannot be used.
    """
    started = clock.now()
    wrong = set_back(ledger, started)
    warnings = (wrong,) if wrong else ()
    key = ledger.start_run(KIND, started)
    report = RunReport(run=key, started=started, seconds=0.0, phases=(), warnings=warnings)
    begun(key)
    results: list[PhaseResult] = []
    for phase in phases:
        if not phase.wanted(results):
            continue
        try:
            result = _carried_out(clock, phase, until)
        except SheetCrmError as error:
            failed = Done(errors=[error])
            results.append(PhaseResult(name=phase.name, outcome=_of(error), done=failed))
            ended(results[-1])
            _finished(ledger, clock, report, results)
            raise
        results.append(result)
        ended(result)
    return _finished(ledger, clock, report, results)


def _carried_out(clock: Clock, phase: Phase, until: datetime | None) -> PhaseResult:
    begun = clock.now()
    if until is not None and begun >= until:
        return PhaseResult(name=phase.name, outcome=Outcome.LEFT)
    try:
        done = phase.work(until)
    except (UsageError, LedgerError):
        raise
    except SheetCrmError as error:
        done = Done(errors=[error])
    outcomes = {_of(error) for error in done.errors}
    outcome = Outcome.FAILED if Outcome.FAILED in outcomes else Outcome.LATER
    if not outcomes:
        outcome = Outcome.IDLE if done.idle else Outcome.OK
    seconds = _since(begun, clock.now())
    return PhaseResult(name=phase.name, outcome=outcome, done=done, seconds=seconds)


def _finished(
    ledger: Ledger, clock: Clock, begun: RunReport, results: Sequence[PhaseResult]
) -> RunReport:
    now = clock.now()
    report = replace(begun, seconds=_since(begun.started, now), phases=tuple(results))
    ledger.finish_run(
        report.run,
        at=now,
        outcome=report.outcome.value,
        counts=report.counts,
        details={
            "phases": [_told(result) for result in results],
            "warnings": [{"message": one.message, "hint": one.hint} for one in report.warnings],
        },
    )
    return report


def _of(error: SheetCrmError) -> Outcome:
    return Outcome.LATER if isinstance(error, TransientError) else Outcome.FAILED


def _since(begun: datetime, now: datetime) -> float:
    """Seconds; a clock that was set back makes it none."""
    return round(max((now - begun).total_seconds(), 0.0), 3)


def _told(result: PhaseResult) -> dict[str, object]:
    """A phase as the ledger keeps it: nothing of it is about a single person."""
    done = result.done
    return {
        "name": result.name,
        "outcome": result.outcome.value,
        "seconds": result.seconds,
        "run": done.run,
        "counts": {name: count for name, count in done.counts.items() if count},
        "errors": [{"message": error.message, "hint": error.hint} for error in done.errors],
    }
