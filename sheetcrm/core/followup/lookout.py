"""What every sequence has for a lead just now, with all that decides it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from collections.abc import Sequence as Many
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sheetcrm.core.followup.enrolling import Entered, enrol
from sheetcrm.core.followup.history import Person
from sheetcrm.core.followup.lead import LeadView
from sheetcrm.core.followup.off_ladder import OffLadder
from sheetcrm.core.followup.people import Past, People
from sheetcrm.core.followup.rules import FollowUps, Sequence
from sheetcrm.core.followup.schedule import Moment, Next, Outcome, look_ahead
from sheetcrm.core.followup.signals import Signals
from sheetcrm.core.followup.spacing import Wait, must_wait
from sheetcrm.core.followup.workdays import Workdays
from sheetcrm.core.followup.zones import country_of, zone_of
from sheetcrm.core.memory import Enrolment, Standing
from sheetcrm.core.table.fields import Locale


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One lead with all that its follow-ups depend on."""

    lead: LeadView
    person: Person
    moment: Moment


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """What one sequence has for a lead."""

    sequence: Sequence
    next: Next
    wait: Wait | None = None  #: why it waits for other messages, though it is due

    @property
    def goes(self) -> bool:
        """Whether its message is to be written now."""
        return self.next.outcome is Outcome.DUE and self.wait is None


@dataclass(frozen=True, kw_only=True, slots=True)
class Lookout:
    """Looks at the leads of one source, one at a time."""

    rules: FollowUps
    signals: Signals
    people: People
    off_ladder: OffLadder
    standings: Mapping[str, Standing]
    entered: Entered
    locale: Locale
    now: datetime
    enrolments: Many[Enrolment] = ()  #: of `entered`, those that are new
    _days: dict[tuple[str, ZoneInfo], Workdays] = field(default_factory=dict, init=False)
    """By country and zone, of the leads that were looked at."""

    @classmethod
    def over(
        cls,
        leads: Many[LeadView],
        past: Past,
        *,
        rules: FollowUps,
        signals: Signals,
        off_ladder: OffLadder,
        locale: Locale,
        now: datetime,
    ) -> Lookout:
        """Look over the leads of one source, with what is remembered of them."""
        standings = past.standings
        new = enrol(rules, signals, leads, past.enrolments, standings=standings, now=now)
        return cls(
            rules=rules,
            signals=signals,
            people=People(leads, past, rules.sending, locale=locale, now=now),
            off_ladder=off_ladder,
            standings=standings,
            entered={**past.enrolments, **{(one.lead, one.sequence): one for one in new}},
            locale=locale,
            now=now,
            enrolments=new,
        )

    @property
    def zones(self) -> Collection[ZoneInfo]:
        """Of the leads that were looked at."""
        return {zone for _, zone in self._days}

    def silent(self, lead: LeadView) -> bool:
        """Whether there is nothing to be said of a lead, as of most leads of most tabs."""
        return self.signals.silent(lead.number) and lead.email not in self.people

    def case(self, lead: LeadView, now: datetime | None = None) -> Case:
        """A lead now, or at another time."""
        now = now or self.now
        standing = self.standings.get(lead.id)
        stays = standing is not None and standing.stage == lead.stage
        days = self._workdays(lead)
        person = self.people.of(lead.email)
        hold = person.hold
        return Case(
            lead=lead,
            person=person,
            moment=Moment(
                now=now,
                days=days,
                stage=lead.stage,
                since=standing.since if standing and stays else self.now,
                ready=days.slot(now),
                freed=hold.until if hold and hold.over(now) else None,
            ),
        )

    def all(self, case: Case) -> list[Seen]:
        """What each sequence has for the lead, in the config's order."""
        return [self._seen(sequence, case) for sequence in self.rules.sequences]

    def named(self, sequence: str) -> Sequence | None:
        """The sequence of that name; None where the config has it no longer."""
        return next((s for s in self.rules.sequences if s.name == sequence), None)

    def _workdays(self, lead: LeadView) -> Workdays:
        country = country_of(lead, self.locale)
        zone = zone_of(lead, country, self.locale)
        days = self._days.get((country, zone))
        if days is None:
            days = Workdays(country=country, zone=zone, sending=self.rules.sending)
            self._days[country, zone] = days
        return days

    def _seen(self, sequence: Sequence, case: Case) -> Seen:
        found = self._next(sequence, case)
        wait = None
        if found.outcome is Outcome.DUE:
            wait = must_wait(case.person, sequence.name, case.moment)
        return Seen(sequence=sequence, next=found, wait=wait)

    def _next(self, sequence: Sequence, case: Case) -> Next:
        found = look_ahead(
            sequence,
            self.signals.signal(sequence, case.lead.number),
            case.person,
            case.moment,
            asks_stage=self.signals.asks_stage(sequence.when),
            entered=self.entered.get((case.lead.id, sequence.name)),
        )
        if found.outcome is Outcome.NOTHING:
            return found
        why = self.off_ladder.own(case.lead, sequence.when)
        if not why and found.outcome is Outcome.LATER:
            why = self.off_ladder.other(case.lead, sequence.when)
        return Next(outcome=Outcome.NOTHING, why=why) if why else found
