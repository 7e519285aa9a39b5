"""What is on its way, and a person's hand on it: resolve, pause, resume."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sheetcrm.core.memory import MessageRecord
from sheetcrm.core.outbox import GOING, READY, Pause, active
from sheetcrm.engine.approval import is_called
from sheetcrm.engine.workspace import Workspace
from sheetcrm.errors import UsageError

SHOWN = (*sorted(READY), *sorted(GOING), "failed", "held")
EVERY = (
    *("draft", *SHOWN, "sent", "auto_reply", "replied", "bounced", "unsubscribed", "complained"),
    *("skipped", "cancelled", "expired"),
)
BY = "person"


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """What is on its way now."""

    counts: Mapping[str, int]  #: state → messages
    messages: Sequence[MessageRecord]  #: those of the states asked for, oldest first
    pauses: Sequence[Pause]


def standing(workspace: Workspace, *, states: Collection[str] = ()) -> Standing:
    """How many messages are in which state, and those that are on their way or need a person.

    Args:
        workspace: whose ledger is asked.
        states: show these instead.

    Raises:
        UsageError: there is no such state.
    """
    for state in states:
        if state not in EVERY:
            raise UsageError(f"no message is ever {state!r}", hint=f"one of {', '.join(EVERY)}")
    outbox = workspace.ledger.outbox
    every = outbox.find(states=EVERY)
    counts = Counter(record.state for record in every)
    return Standing(
        counts={state: counts[state] for state in EVERY if counts[state]},
        messages=[record for record in every if record.state in (states or SHOWN)],
        pauses=pauses_of(workspace),
    )


def pauses_of(workspace: Workspace) -> list[Pause]:
    """Those that are in force, in the workspace's time."""
    now = workspace.clock.now()
    return [one.seen_from(now.tzinfo) for one in active(workspace.ledger.outbox.pauses(), now)]


def resolve(workspace: Workspace, name: str, *, sent: bool) -> MessageRecord:
    """A person says whether an unknown message has arrived.

    Raises:
        UsageError: no unknown message is called so, or several are.
    """
    outbox = workspace.ledger.outbox
    unknown = outbox.find(states=["unknown"])
    found = [
        record for record in unknown if is_called(record, name) or record.key == name.casefold()
    ]
    if len(found) != 1:
        count = "no" if not found else str(len(found))
        raise UsageError(
            f"{count} unknown messages are called {name}",
            hint="sheetcrm outbox --state unknown lists them with their ids",
        )
    outbox.resolve(found[0].key, sent=sent, by=BY, at=workspace.clock.now())
    return found[0]


def pause(
    workspace: Workspace, scope: str, reason: str, *, lasting: timedelta | None = None
) -> Pause:
    """Let nothing out in a scope from now on; what is going out this moment still does."""
    now = workspace.clock.now()
    until = now + lasting if lasting else None
    made = Pause(scope, reason or "a person said so", BY, now, until)
    workspace.ledger.outbox.pause(made)
    return made


def resume(workspace: Workspace, scope: str) -> list[Pause]:
    """Take back a pause; with the scope "" every one of all sending and of the account."""
    outbox = workspace.ledger.outbox
    mine = [
        one
        for one in pauses_of(workspace)
        if one.scope == scope or (not scope and one.scope.startswith("account|"))
    ]
    for one in mine:
        outbox.resume(one.scope)
    return mine


def words_of(pause: Pause) -> str:
    """A pause for people."""
    kind, _, what = pause.scope.partition("|")
    whose = {"": "all sending", "account": f"all sending from {what}"}.get(kind, what)
    until = f" until {pause.until:%Y-%m-%d %H:%M}" if pause.until else ""
    return f"{whose} is paused{until}: {pause.reason}"


def way_on(pause: Pause) -> str:
    """The command that ends a pause."""
    kind, _, what = pause.scope.partition("|")
    return f"sheetcrm resume --{kind} {what}" if kind in ("domain", "person") else "sheetcrm resume"
