"""One person's whole story: visits, calls, moves and messages, in the order of time.

A person who stands in several rows or sources has one story. Reads, and touches nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo

from sheetcrm.core.memory import LeadRecord, LeadState
from sheetcrm.core.table.activities import Activity, whose
from sheetcrm.core.table.values import Problem
from sheetcrm.engine.activities import ByPerson, by_person
from sheetcrm.engine.explain import matching, nobody
from sheetcrm.engine.planning import Planner
from sheetcrm.engine.reading import Reading
from sheetcrm.engine.sync import chosen
from sheetcrm.engine.views import texts
from sheetcrm.engine.workspace import Workspace
from sheetcrm.errors import UsageError


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """One thing that happened."""

    at: date | datetime  #: without a zone, as the workspace's clocks showed it
    what: str  #: kind of an activity (``visit``), ``stage``, ``message`` or ``first seen``
    text: str
    by: str = ""
    place: str = ""  #: ``Visits row 7``


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One row in which the person stands."""

    source: str
    row: int
    lead: str
    stage: str
    notes: str  #: what the team wrote into the row itself


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """One person's story."""

    name: str
    email: str
    phone: str
    rows: Sequence[Row]
    moments: Sequence[Moment]  #: the oldest first


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What the team has done lately, person by person."""

    days: int
    people: Sequence[ByPerson]
    total: int  #: activities of all times
    nobody: Sequence[Activity]  #: those that belong to no lead
    problems: Sequence[Problem]


def history(workspace: Workspace, who: str, *, only: Sequence[str] = ()) -> list[History]:
    """The story of every person that `who` may mean: an id, an address, a row, part of a name.

    Raises:
        SourceError: a source, or a tab of activities, cannot be read.
        UsageError: there is nobody.
    """
    planner = Planner(workspace, workspace.clock.now())
    done = planner.activities.all
    told = [_Told(workspace, planner.read(one), done) for one in chosen(workspace, only)]
    found: list[History] = []
    seen: set[tuple[str, int]] = set()
    for one in told:
        for index in matching(one.leads, who):
            if (one.source, one.leads[index].row) not in seen:
                story = _story(told, one.leads[index], workspace.clock.now().tzinfo)
                seen |= {(row.source, row.row) for row in story.rows}
                found.append(story)
    if not found:
        raise nobody(who)
    return found


def activity_report(workspace: Workspace, *, days: int) -> Report:
    """What each sales person did in the last so many days, and what belongs to nobody.

    Raises:
        SourceError: a source, or a tab of activities, cannot be read.
        UsageError: the team keeps no activities.
    """
    if not workspace.activities:
        raise UsageError(
            "the config names no tab of activities",
            hint='add to config/sheetcrm.toml: [[activities]], name = "Visits", excel = "…"',
        )
    now = workspace.clock.now()
    planner = Planner(workspace, now)
    found = planner.activities
    owned: set[int] = set()
    for source in workspace.sources:
        reading = planner.read(source)
        pairs = whose(found.all, reading.leads, reading.identities.ids)
        owned |= {id(activity) for activity, _ in pairs}
    return Report(
        days=days,
        people=by_person(found.all, today=now.date(), days=days),
        total=len(found.all),
        nobody=[activity for activity in found.all if id(activity) not in owned],
        problems=found.problems,
    )


class _Told:
    """One source: its leads, and what happened to each."""

    def __init__(
        self, workspace: Workspace, reading: Reading, activities: Sequence[Activity]
    ) -> None:
        self.source = reading.source.name
        self._workspace = workspace
        leads, self._ids = reading.leads, reading.identities.ids
        columns = [texts(leads, field) for field in ("name", "email", "phone", "notes")]
        names, emails, phones, self._notes = columns
        self.leads = [
            LeadRecord(lead=lead, fingerprint="", row=row, name=name, email=email, phone=phone)
            for lead, row, name, email, phone in zip(
                self._ids, leads.tab.rows, names, emails, phones, strict=True
            )
        ]
        self._activities: dict[int, list[Activity]] = {}
        for activity, index in whose(activities, leads, self._ids):
            self._activities.setdefault(index, []).append(activity)

    def rows_of(self, person: LeadRecord) -> list[int]:
        """The leads that are this person."""
        return [index for index, lead in enumerate(self.leads) if _same(lead, person)]

    def row(self, index: int, state: LeadState | None) -> Row:
        lead = self.leads[index]
        standing = state.standing if state else None
        return Row(
            source=self.source,
            row=lead.row,
            lead=lead.lead if state else "",
            stage=standing.stage if standing else "",
            notes=self._notes[index],
        )

    def state(self, index: int) -> LeadState | None:
        """What the ledger knows of a lead."""
        return self._workspace.ledger.lead(self.source, self.leads[index].lead)

    def activities(self, index: int) -> list[Activity]:
        return self._activities.get(index, [])


def _same(one: LeadRecord, other: LeadRecord) -> bool:
    return (
        one.lead == other.lead
        or bool(one.email and one.email == other.email)
        or bool(one.phone and one.phone == other.phone)
    )


def _story(told: Sequence[_Told], person: LeadRecord, zone: tzinfo | None) -> History:
    places = [(one, i, one.state(i)) for one in told for i in one.rows_of(person)]
    moments: dict[object, Moment] = {}
    for one, index, state in places:
        for activity in one.activities(index):
            moments[activity.tab, activity.row] = _happened(activity)
        for key, moment in _remembered(one.source, state, zone):
            moments.setdefault(key, moment)
    return History(
        name=person.name,
        email=person.email,
        phone=person.phone,
        rows=[one.row(index, state) for one, index, state in places],
        moments=sorted(moments.values(), key=_when),
    )


def _happened(activity: Activity) -> Moment:
    return Moment(
        at=activity.at,
        what=activity.kind,
        text=activity.note,
        by=activity.by,
        place=f"{activity.tab} row {activity.row}",
    )


def _remembered(
    source: str, state: LeadState | None, zone: tzinfo | None
) -> Iterator[tuple[object, Moment]]:
    """What the ledger knows of one lead; a message to a person is one, whatever its row."""
    if state is None:
        return
    lead = state.known.lead
    seen = _local(state.known.first_seen, zone)
    yield (source, lead, "seen"), Moment(at=seen, what="first seen", text="", place=source)
    for number, move in enumerate(state.moves):
        if move.at:
            text = f"{move.before or 'new'} → {move.after}: {move.why}"
            at = _local(move.at, zone)
            moment = Moment(at=at, what="stage", text=text, by=move.by, place=source)
            yield (source, lead, number), moment
    for message in state.messages:
        text = f"{message.called}: {message.subject} ({message.state})"
        yield message.key, Moment(at=_local(message.created_at, zone), what="message", text=text)


def _local(at: datetime, zone: tzinfo | None) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None)


def _when(moment: Moment) -> datetime:
    """For sorting: a day without a time comes before the moments of that day."""
    at = moment.at
    return at if isinstance(at, datetime) else datetime.combine(at, time())
