"""Persons to whom nothing goes for a while, because somebody says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sheetcrm.core.outbox import Pause
from sheetcrm.engine.explain import matching, nobody
from sheetcrm.engine.planning import Planner
from sheetcrm.engine.workspace import Workspace
from sheetcrm.errors import UsageError

_SCOPE = "person|"


@dataclass(frozen=True, kw_only=True, slots=True)
class OnHold:
    """A person to whom nothing goes."""

    address: str
    name: str  #: "" where nobody in the sheets has the address now
    reason: str
    by: str
    since: datetime
    until: datetime | None  #: None: until somebody says so


def held(workspace: Workspace) -> list[OnHold]:
    """Everybody who is on hold now, the one whose hold ends first at the top."""
    now = workspace.clock.now()
    pauses = [
        pause
        for pause in workspace.ledger.outbox.pauses()
        if pause.scope.startswith(_SCOPE) and not (pause.until and pause.until <= now)
    ]
    names = _names(workspace) if pauses else {}
    found = [
        OnHold(
            address=address,
            name=names.get(address, ""),
            reason=pause.reason,
            by=pause.by,
            since=pause.since.astimezone(now.tzinfo),
            until=pause.until.astimezone(now.tzinfo) if pause.until else None,
        )
        for pause in pauses
        for address in [pause.scope.removeprefix(_SCOPE)]
    ]
    return sorted(found, key=lambda one: (one.until is None, one.until or one.since))


def hold(
    workspace: Workspace, who: str, *, until: date | None = None, reason: str = ""
) -> list[OnHold]:
    """Let nothing go to a person, up to a day on which it may again, or until `release`.

    Args:
        workspace: with its sources and its ledger.
        who: an id, an e-mail address, a row number, or part of a name.
        until: the first day on which something may go again, in the workspace's zone.
        reason: for people.

    Raises:
        UsageError: nobody is called so, or several persons are; or the day is over.
    """
    now = workspace.clock.now()
    zone = ZoneInfo(workspace.rules.locale.timezone)
    end = datetime.combine(until, time(), zone) if until else None
    if end and end <= now:
        raise UsageError(f"{until} is over", hint="name a day to come, as --until 2027-01-15")
    found = []
    for address, name in _one(workspace, who).items():
        said = reason or "a person said so"
        pause = Pause(f"{_SCOPE}{address}", said, "person", now, end)
        workspace.ledger.outbox.pause(pause)
        found.append(
            OnHold(address=address, name=name, reason=said, by="person", since=now, until=end)
        )
    return found


def let_go(workspace: Workspace, who: str) -> list[OnHold]:
    """Take back the hold on a person; what was missed is not made up for.

    It is kept as one that is over, so that what was due meanwhile does not count as late.

    Raises:
        UsageError: nobody is called so, several persons are, or the person is not on hold.
    """
    now = workspace.clock.now()
    on_hold = {one.address: one for one in held(workspace)}
    addresses = [who.casefold()] if who.casefold() in on_hold else list(_one(workspace, who))
    ended = [on_hold[address] for address in addresses if address in on_hold]
    if not ended:
        raise UsageError(f"{who!r} is not on hold", hint="sheetcrm hold lists who is")
    for one in ended:
        reason = f"{one.reason}; taken back"
        workspace.ledger.outbox.pause(Pause(f"{_SCOPE}{one.address}", reason, "person", now, now))
    return ended


def _one(workspace: Workspace, who: str) -> dict[str, str]:
    """Address → name, of all addresses of the one person that `who` means."""
    planner = Planner(workspace, workspace.clock.now(), words=False)
    found: dict[str, str] = {}
    nameless = 0
    for source in workspace.sources:
        planned = planner.plan(source)
        leads = planned.plan.leads
        for index in matching(leads, who):
            same = planned.followups.forecast.addresses(leads[index].email)
            found |= dict.fromkeys(same, leads[index].name)
            nameless += not same
    if not found:
        if nameless:
            raise UsageError(f"{who!r} has no e-mail address, so nothing goes there anyway")
        raise nobody(who)
    if len(set(found.values())) > 1:
        listed = ", ".join(f"{name} <{address}>" for address, name in list(found.items())[:5])
        raise UsageError(f"{who!r} may be {listed}", hint="say which: an id or an address")
    return found


def _names(workspace: Workspace) -> dict[str, str]:
    planner = Planner(workspace, workspace.clock.now(), words=False)
    readings = [planner.read(source) for source in workspace.sources]
    return {
        reading.leads.text("email", i): reading.leads.text("name", i)
        for reading in readings
        for i in range(reading.leads.height)
    }
