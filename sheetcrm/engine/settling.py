"""Whether a sync can be left out, because it is proven that it would change nothing.

A sync decides by what it reads (sheets, tables, rules, templates, the drafts that lie there), by
what the ledger knows, and by the time. If it changed nothing, and left the ledger knowing what it
knew before, then the same again changes nothing either: as long as nobody changes a file, nobody
writes to the ledger, and no day begins where one of the leads is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from sheetcrm.core.memory import Memory, Settled
from sheetcrm.core.plan import Plan
from sheetcrm.engine.edges import next_edge
from sheetcrm.engine.naming import formula_texts
from sheetcrm.engine.report import Report, SourceResult
from sheetcrm.engine.workspace import Rules, Workspace

_EVER_NEW = re.compile(r"\bNOW\s*\(", re.IGNORECASE)  # of functions, only this knows the time


def is_settled(workspace: Workspace, now: datetime) -> bool:
    """Whether a sync would change nothing, for sure."""
    known = workspace.ledger.settled()
    return known is not None and known.holds(now) and known.inputs == workspace.inputs()


class Settling:
    """Watches one sync, to find out whether the next one can be left out."""

    def __init__(self, workspace: Workspace) -> None:
        """Begin before the sync does."""
        self._workspace = workspace
        self._since = workspace.clock.now()
        self._inputs = workspace.inputs()
        if self._inputs is not None:
            workspace.ledger.watch()

    def settle(self, report: Report) -> bool:
        """Remember that there was nothing to do, if so; whether it is remembered."""
        workspace = self._workspace
        if self._inputs is None or not all(map(_quiet, report.results)):
            return False
        until = steady_until(workspace.rules, report, self._since)
        if until is None or until <= workspace.clock.now():
            return False
        plans = [result.plan for result in report.results if result.plan]
        if any(workspace.ledger.remember(plan.source) != plan.memory for plan in plans):
            return False
        if workspace.inputs() != self._inputs:
            return False
        found = Settled(inputs=self._inputs, since=self._since, until=until)
        return workspace.ledger.settle(found)


def steady_until(rules: Rules, report: Report, now: datetime) -> datetime | None:
    """Until when time alone changes nothing of these plans; None where it always may."""
    if any(map(_EVER_NEW.search, formula_texts(rules).values())):
        return None
    sending = rules.followups.sending
    plans = [result.plan for result in report.results if result.plan]
    zones: set[tzinfo] = {ZoneInfo(rules.locale.timezone)}
    zones.update(zone for plan in plans for zone in plan.zones)
    return next_edge(
        now,
        zones=zones,
        times=(sending.opens, sending.closes),
        moments=[moment for plan in plans for moment in _moments(rules, plan)],
    )


def _quiet(result: SourceResult) -> bool:
    """Whether a source was synced, and nothing had to be done."""
    plan, receipt = result.plan, result.receipt
    if result.error or plan is None or receipt is None:
        return False
    return not (receipt.cells or receipt.appended or plan.append) and not _does_something(plan)


def _does_something(plan: Plan) -> bool:
    moved = any(not move.refused for move in plan.moves)
    return moved or bool(plan.enrolments or plan.gone) or not plan.changes_nothing


def _moments(rules: Rules, plan: Plan) -> Iterator[datetime]:
    """All that may be reached or over some time, whatever the day."""
    yield from _ends(plan.memory)
    away = timedelta(days=rules.followups.sending.pause_days)
    for message in plan.memory.messages:
        yield from (event.at + away for event in message.events if event.kind == "auto_reply")
    limits = {
        stage.name: timedelta(days=stage.stalled_after_days)
        for stage in rules.qualification.stages
        if stage.stalled_after_days is not None
    }
    for standing in plan.memory.standings.values():
        if standing.stage in limits:
            yield standing.since + limits[standing.stage]


def _ends(memory: Memory) -> Iterator[datetime]:
    yield from (hold.until for hold in memory.holds if hold.until)
    yield from (one.not_before for one in memory.messages if one.not_before)
