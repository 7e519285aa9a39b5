"""What is to be said of a workspace's state: each thing is well, to be looked at, or wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sheetcrm.core.memory import RunRecord
from sheetcrm.engine.check import CheckedSource, check
from sheetcrm.engine.clockcheck import RECENT, set_back
from sheetcrm.engine.outbox import pauses_of, words_of
from sheetcrm.engine.reconciling import unaccounted
from sheetcrm.engine.workspace import Workspace
from sheetcrm.errors import ConfigError, SheetCrmError, TransientError
from sheetcrm.ports import Kept

_TOO_FULL, _FULL = 100_000_000, 1_000_000_000  # bytes that are free


class State(StrEnum):
    """How something is."""

    OK = "ok"
    LOOK = "look"  #: it works, but somebody should know
    WRONG = "wrong"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One line of what the doctor says."""

    topic: str
    state: State
    text: str
    hint: str = ""  #: what to do


def of_error(topic: str, error: SheetCrmError) -> list[Finding]:
    """What an error says; one that time may mend is only to be looked at."""
    if isinstance(error, ConfigError):
        return [wrong(topic, str(fault)) for fault in error.faults]
    state = State.LOOK if isinstance(error, TransientError) else State.WRONG
    return [Finding(topic=topic, state=state, text=error.message, hint=error.hint)]


def ok(topic: str, text: str) -> Finding:
    """Something that is well."""
    return Finding(topic=topic, state=State.OK, text=text)


def look(topic: str, text: str, hint: str = "") -> Finding:
    """Something to be looked at."""
    return Finding(topic=topic, state=State.LOOK, text=text, hint=hint)


def wrong(topic: str, text: str, hint: str = "") -> Finding:
    """Something that keeps runs from their work."""
    return Finding(topic=topic, state=State.WRONG, text=text, hint=hint)


def examine(workspace: Workspace) -> list[Finding]:
    """Everything that the rules and the ports can tell; nothing is sent or changed."""
    return [
        *_rules_and_sources(workspace),
        *_ledger(workspace),
        *_clock(workspace),
        *_mail(workspace),
        *_runs(workspace.ledger.runs(RECENT)),
    ]


def disk(where: str, free: int) -> Finding:
    """Whether there is room for backups and the ledger.

    Args:
        where: the folder, for people.
        free: bytes.
    """
    text = f"{free / 1e9:.1f} GB free in {where}"
    hint = "make room: a run that cannot write stops"
    if free < _TOO_FULL:
        return wrong("disk", text, hint)
    return look("disk", text, hint) if free < _FULL else ok("disk", text)


def _rules_and_sources(workspace: Workspace) -> Iterator[Finding]:
    report = check(workspace)
    for fault in report.faults:
        yield wrong("rules", str(fault))
    for note in report.notes:
        yield look("rules", note)
    if not report.faults:
        yield ok("rules", "formulas and templates fit the sheets")
    for error in report.table_errors:
        yield from of_error("tables", error)
    for source in report.sources:
        yield from _source(source)


def _source(source: CheckedSource) -> Iterator[Finding]:
    topic = f"source {source.source}"
    for error in filter(None, (source.error, source.obstacle)):
        yield from of_error(topic, error)
    if source.error is None and source.nobody:
        hint = "is it the right tab? Else name your column in [fields]"
        yield wrong(topic, "no column for a name, an e-mail address or a phone number", hint)
    elif source.error is None and source.obstacle is None:
        yield ok(topic, f"{source.locator}, {source.leads} leads")


def _ledger(workspace: Workspace) -> Iterator[Finding]:
    ledger = workspace.ledger
    if not isinstance(ledger, Kept):
        yield look("ledger", "there is none yet", "the first sync makes it: sheetcrm sync")
        return
    found = ledger.health()
    for fault in found.problems:
        yield wrong("ledger", fault, "put back a backup: sheetcrm backup --restore FILE")
    for note in found.notes:
        yield look("ledger", note)
    if not found.problems:
        size = f"{found.size / 1e6:.1f} MB"
        yield ok("ledger", f"{found.where}, whole ({found.kind}, {size}, {found.version})")


def _clock(workspace: Workspace) -> Iterator[Finding]:
    """The ledger's newest time cannot be to come."""
    now = workspace.clock.now()
    if found := set_back(workspace.ledger, now):
        yield wrong("clock", found.message, found.hint)
    else:
        yield ok("clock", f"{now:%Y-%m-%d %H:%M} in {now.tzinfo}")


def _mail(workspace: Workspace) -> Iterator[Finding]:
    """Log in to the servers, and out again."""
    for topic, server in (("sending", workspace.mailer), ("mailbox", workspace.inbox)):
        if server is None:
            continue
        try:
            with server.open():
                yield ok(topic, f"logged in as {server.account}")
        except SheetCrmError as error:
            yield from of_error(topic, error)
    if workspace.mailer and workspace.sent_log:
        try:
            unaccounted(workspace, workspace.sent_log)
        except SheetCrmError as error:
            yield from of_error("sending", error)
    for pause in pauses_of(workspace):
        if not pause.scope.startswith("person|"):
            yield look("sending", words_of(pause), "take it back: sheetcrm resume")


def _runs(runs: Sequence[RunRecord]) -> Iterator[Finding]:
    parts = {phase["run"] for run in runs for phase in run.details.get("phases", ())}
    whole = [run for run in runs if run.id not in parts and run.kind in {"run", "sync"}]
    if not whole:
        yield look("runs", "none yet", "begin with: sheetcrm sync")
        return
    last = whole[0]
    text = f"{last.kind} {last.id}: {last.outcome or 'not finished'}"
    hint = "what went wrong: sheetcrm runs last"
    failing = next((i for i, run in enumerate(whole) if run.outcome != "failed"), len(whole))
    if failing:
        many = f"{failing} failed in a row, the last is" if failing > 1 else "the last one failed:"
        yield wrong("runs", f"{many} {last.id}", hint)
    else:
        state = State.LOOK if last.outcome in {"", "later"} else State.OK
        yield Finding(topic="runs", state=state, text=text, hint=hint if state != State.OK else "")
    cut = sum(run.finished is None for run in whole[1:])
    if cut:
        hint = "nothing is lost by that; was the computer restarted, or a run killed?"
        yield look("runs", f"{cut} of the last {len(whole)} were cut off", hint)
