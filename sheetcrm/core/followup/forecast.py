"""What would go to whom in the days to come, if nothing changed but the calendar."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property

from sheetcrm.core.followup.history import OPEN, records
from sheetcrm.core.followup.lead import LeadView
from sheetcrm.core.followup.lookout import Case, Lookout, Seen
from sheetcrm.core.followup.people import People
from sheetcrm.core.followup.rows import Held
from sheetcrm.core.followup.schedule import Outcome
from sheetcrm.core.followup.writing import Writer
from sheetcrm.core.memory import MessageDraft, MessageRecord

MOST = 60  #: messages to one lead that are foretold at most


@dataclass(frozen=True, kw_only=True, slots=True)
class Upcoming:
    """A message on the day on which it would go."""

    day: date
    lead: str
    person: str  #: address; "" where there is none
    sequence: str
    step: int
    template: str  #: path of the file; "" where there is none for this lead
    state: str = ""  #: of a message that waits, as ``draft``; "" for one that is to be written
    why: str = ""


class Forecast:
    """Looks ahead for the leads of one source, from where a plan of it leaves them."""

    def __init__(
        self,
        lookout: Lookout,
        writer: Writer,
        *,
        waits: Iterable[Held],
        new: Iterable[MessageDraft],
    ) -> None:
        self._lookout = lookout
        self._drafts = {draft.key: draft for draft in new}
        self._writer = writer
        self._held = {one.lead for one in waits if one.until is None}

    def addresses(self, address: str) -> list[str]:
        """All addresses of the person who has this one; none where there is none."""
        return self._lookout.people.addresses(address)

    def of(
        self,
        leads: Iterable[LeadView],
        until: date,
        *,
        others: Iterable[MessageRecord] = (),
        only: LeadView | None = None,
    ) -> tuple[list[Upcoming], list[MessageRecord]]:
        """All that would go to these leads up to a day, in the order of the leads.

        What waits for a person is taken to go on the first day on which it can, and what stands
        against a message now (a missing value, a hold without an end) to stay.

        Args:
            leads: of the source; of a person's rows the first one comes first.
            until: the last day.
            others: messages that other sources were foretold.
            only: leave out all leads but the rows of this one's person.

        Returns:
            What is upcoming, and those messages as other sources have to know them.
        """
        kept = self._people.copy()
        lookout = replace(self._lookout, people=kept)
        for message in others:
            kept.know(message)
        found: list[Upcoming] = []
        told: list[MessageRecord] = []
        for lead in leads if only is None else [who for who in leads if kept.same(who, only)]:
            if not lookout.silent(lead):
                for upcoming, message in self._lead(lookout, lead, until):
                    found.append(upcoming)
                    told.append(message)
        return found, told

    @cached_property
    def _people(self) -> People:
        """Everybody as the next run will know them: the drafts of this one wait."""
        people = self._lookout.people.copy()
        for message in records(self._drafts.values(), self._lookout.now):
            people.know(message)
        return people

    def _lead(
        self, lookout: Lookout, lead: LeadView, until: date
    ) -> list[tuple[Upcoming, MessageRecord]]:
        case = lookout.case(lead)
        found = [
            self._waiting(lookout, case, message)
            for message in case.person.messages
            if message.state in OPEN and message.lead == lead.id and lead.id not in self._held
        ]
        now: datetime | None = lookout.now
        while now and len(found) < MOST and lead.id not in self._held:
            case = lookout.case(lead, now)
            seen = lookout.all(case)
            goes = next((one for one in seen if one.goes), None)
            if goes is None:
                now = _following(case, seen, until)
            elif lookout.off_ladder.other(lead, goes.sequence.when):
                break
            else:
                found.append(self._new(lookout, case, goes))
        return [one for one in found if one[0].day <= until]

    def _waiting(
        self, lookout: Lookout, case: Case, message: MessageRecord
    ) -> tuple[Upcoming, MessageRecord]:
        """A message that waits, and how things are when it has gone out as soon as it can."""
        days = case.moment.days
        hold = case.person.hold
        free = hold.until if hold and hold.until else lookout.now
        opens = days.opening(max(lookout.now, message.not_before or lookout.now, free))
        sent = replace(message, state="sent", sent_at=opens)
        lookout.people.know(sent)
        sequence = lookout.named(message.sequence)
        steps = [step.template for step in sequence.steps] if sequence else []
        step = steps[message.step - 1] if message.step <= len(steps) else ""
        upcoming = Upcoming(
            day=days.slot(opens),
            lead=case.lead.id,
            person=message.person,
            sequence=message.sequence,
            step=message.step,
            template=self._writer.file(message.sequence, step, case.lead),
            state="" if message.key in self._drafts else message.state,
            why=_place(message.step, len(steps)),
        )
        return upcoming, sent

    def _new(self, lookout: Lookout, case: Case, goes: Seen) -> tuple[Upcoming, MessageRecord]:
        """A message that is not written yet, and how things are when it has gone out."""
        sequence, step, lead = goes.sequence, goes.next.step, case.lead
        opens = case.moment.days.opening(case.moment.now)
        sent = MessageRecord(
            key=f"{lead.email}|{sequence.name}|{step}|{goes.next.generation}",
            lead=lead.id,
            person=lead.email,
            sequence=sequence.name,
            step=step,
            state="sent",
            message_id="",
            subject="",
            created_at=opens,
            sent_at=opens,
            source=self._writer.source,
            to_name=lead.name,
            to_address=lead.email,
            phone=lead.phone,
        )
        lookout.people.know(sent)
        template = sequence.steps[step - 1].template
        upcoming = Upcoming(
            day=case.moment.ready,
            lead=lead.id,
            person=lead.email,
            sequence=sequence.name,
            step=step,
            template=self._writer.file(sequence.name, template, lead),
            why=_place(step, len(sequence.steps)),
        )
        return upcoming, sent


def _place(step: int, steps: int) -> str:
    return f"step {step} of {steps}"


def _following(case: Case, seen: Sequence[Seen], until: date) -> datetime | None:
    """When something may be due that is not yet; None where that is after the last day."""
    days = [one.wait.until for one in seen if one.wait]
    days += [one.next.on for one in seen if one.next.outcome is Outcome.LATER]
    moment = case.moment
    day = min((day for day in days if day), default=None)
    if day is None or day > until:
        return None
    after = moment.days.today(moment.now) + timedelta(days=1)
    return datetime.combine(max(day, after), moment.days.sending.opens, moment.days.zone)
