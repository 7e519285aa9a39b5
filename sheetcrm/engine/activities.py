"""The activities of a workspace, read once in a run, and the events that formulas see of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sheetcrm.core.formula import Events
from sheetcrm.core.table.activities import (
    Activity,
    ActivityTab,
    fields_of,
    read_activities,
    whose,
)
from sheetcrm.core.table.leads import Leads
from sheetcrm.core.table.values import Problem
from sheetcrm.engine.workspace import Rules, Workspace
from sheetcrm.errors import HeaderError, SourceError


@dataclass(frozen=True, kw_only=True, slots=True)
class Activities:
    """What was read: activities, and why others could not be."""

    all: Sequence[Activity] = ()
    errors: tuple[SourceError, ...] = ()
    problems: Sequence[Problem] = field(default=())
    tabs: Sequence[ActivityTab] = ()  #: those that could be read

    def events(self, leads: Leads, ids: Sequence[str]) -> Events:
        """What happened to the leads of one source."""
        found = whose(self.all, leads, ids)
        return Events(
            height=leads.height,
            leads=[index for _, index in found],
            kinds=[activity.kind for activity, _ in found],
            days=[activity.day for activity, _ in found],
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class ByPerson:
    """What one sales person did."""

    by: str  #: "" for activities that do not say
    counts: dict[str, int]  #: kind → how many, the most frequent first
    last: date


def read_all(workspace: Workspace) -> Activities:
    """Read every tab of activities; of one that fails, its error says where it is declared."""
    found: list[Activity] = []
    errors: list[SourceError] = []
    tabs: list[ActivityTab] = []
    for number, one in enumerate(workspace.activities, 1):
        fields = fields_of(one.headers)
        try:
            tab = one.source.read([header for known in fields for header in known.headers])
            read = read_activities(tab, workspace.rules.locale, kind=one.kind, headers=one.headers)
            if read.lacking:
                raise HeaderError(
                    f"{tab.title} row {tab.header_row}: {read.lacking}",
                    hint='rename a column, or say which it is: headers = { date = ["…"] }',
                )
        except SourceError as error:
            error.message = f"{_place(workspace.rules, number)}: {error.message}"
            errors.append(error)
        else:
            found += read.activities
            tabs.append(read)
    problems = [problem for tab in tabs for problem in tab.problems]
    return Activities(all=found, errors=tuple(errors), problems=problems, tabs=tabs)


def by_person(activities: Sequence[Activity], *, today: date, days: int) -> list[ByPerson]:
    """What each sales person did in the last so many days, the busiest first."""
    recent = [a for a in activities if today - timedelta(days=days) < a.day <= today]
    people: dict[str, list[Activity]] = {}
    for activity in recent:
        people.setdefault(activity.by.casefold(), []).append(activity)
    found = [
        ByPerson(
            by=done[0].by,
            counts=dict(Counter(activity.kind for activity in done).most_common()),
            last=max(activity.day for activity in done),
        )
        for done in people.values()
    ]
    return sorted(found, key=lambda one: (-sum(one.counts.values()), one.by))


def _place(rules: Rules, number: int) -> str:
    file, line = rules.places.get(f"activities[{number}].name", ("config", 0))
    return f"{file}:{line}: activities"
