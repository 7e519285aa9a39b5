"""One lead after the other: what it has had, what is due, and the message for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sheetcrm.core.followup.history import OPEN, Person, records, status_word
from sheetcrm.core.followup.lead import LeadView
from sheetcrm.core.followup.off_ladder import OffLadder
from sheetcrm.core.followup.rules import FollowUps, Sequence
from sheetcrm.core.followup.schedule import NOT_MEANT, Moment, Next, Outcome, look_ahead
from sheetcrm.core.followup.signals import Signal, Signals
from sheetcrm.core.followup.withdrawing import withdrawal_reason
from sheetcrm.core.followup.workdays import Workdays
from sheetcrm.core.followup.writing import Task, Writer, reason_of
from sheetcrm.core.followup.zones import country_of, zone_of
from sheetcrm.core.memory import MessageDraft, MessageRecord, Standing, Withdrawal
from sheetcrm.core.table.values import Problem, Severity
from sheetcrm.errors import LeadError, TemplateError

HELD = "HELD"
DUPLICATE = "DUPLICATE"


@dataclass(kw_only=True, slots=True)
class Row:
    """What is found for one lead; filled while it is looked at."""

    segment: str
    day: date | None = None
    status: str = ""
    whatsapp: str | None = None
    draft: MessageDraft | None = None
    problems: list[Problem] = field(default_factory=list)
    words: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Case:
    """One lead with all that its follow-ups depend on."""

    lead: LeadView
    person: Person
    moment: Moment
    segment: str


@dataclass(kw_only=True, slots=True)
class RowPlanner:
    """Plans the rows of one source in their order, remembering who has been written to."""

    rules: FollowUps
    signals: Signals
    people: dict[str, Person]
    off_ladder: OffLadder
    standings: Mapping[str, Standing]
    writer: Writer
    now: datetime
    ids: frozenset[str]  #: of all leads of the source
    served: set[str] = field(default_factory=set)  #: persons handled in this run
    silence: str = field(init=False)  #: what is said of a lead that no sequence is meant for

    def __post_init__(self) -> None:
        words = [f"{sequence.name}: {NOT_MEANT}." for sequence in self.rules.sequences]
        self.silence = " ".join(words) or "There are no sequences."

    def row(self, lead: LeadView, segment: str) -> Row:
        """Everything about one lead."""
        if lead.email not in self.people and self.signals.silent(lead.number):
            return Row(segment=segment, words=[self.silence])  # most leads of most tabs
        case = _Case(
            lead=lead,
            person=self.people.get(lead.email, Person()),
            moment=self._moment(lead),
            segment=segment,
        )
        row = Row(segment=segment)
        self._note_what_was(case, row)
        due = self._look_ahead(case, row)
        if due is None:
            if not row.words:
                row.words.append("There are no sequences.")
        elif other := self.off_ladder.other(lead, due[0].when):
            self._hold(case, *due, row, other)
        elif lead.email and lead.email in self.served:
            row.status, row.day, row.whatsapp = DUPLICATE, None, None
            row.words.append("Another row of the same person gets the message.")
        else:
            self._serve(case, *due, row)
        return row

    def withdraw(self, leads: Iterable[LeadView]) -> list[Withdrawal]:
        """Take back the drafts that may no longer go out; all rows are looked at without them."""
        waiting: defaultdict[str, list[MessageRecord]] = defaultdict(list)
        for person in self.people.values():
            for message in person.messages:
                if message.state == "draft" and message.source == self.writer.source:
                    waiting[message.lead].append(message)
        found = []
        for lead in leads if waiting else ():
            for message in waiting.get(lead.id, ()):
                if reason := self._why_withdrawn(lead, message):
                    found.append(Withdrawal(key=message.key, lead=lead.id, reason=reason))
                    self._cancel(message, reason)
        return found

    def _why_withdrawn(self, lead: LeadView, message: MessageRecord) -> str:
        sequence = self._sequence(message)
        when = sequence.when if sequence else ""
        if reason := self.off_ladder.own(lead, when) or self.off_ladder.other(lead, when):
            return reason
        return withdrawal_reason(
            message,
            self.people[message.person],
            sequence,
            self.signals.signal(sequence, lead.number) if sequence else Signal(),
            self._moment(lead),
            asks_stage=self.signals.asks_stage(when),
        )

    def _cancel(self, message: MessageRecord, reason: str) -> None:
        person = self.people[message.person]
        cancelled = replace(message, state="cancelled", note=reason)
        messages = tuple(cancelled if m.key == message.key else m for m in person.messages)
        self.people[message.person] = replace(person, messages=messages)

    def know(self, drafts: Iterable[MessageDraft]) -> None:
        """Look at all further rows as the next run will: these drafts wait."""
        for message in records(drafts, self.now):
            person = self.people.get(message.person, Person())
            self.people[message.person] = replace(person, messages=(*person.messages, message))

    def _moment(self, lead: LeadView) -> Moment:
        country = country_of(lead, self.writer.locale)
        zone = zone_of(lead, country, self.writer.locale)
        standing = self.standings.get(lead.id)
        stays = standing is not None and standing.stage == lead.stage
        return Moment(
            now=self.now,
            days=Workdays(country=country, zone=zone, sending=self.rules.sending),
            stage=lead.stage,
            since=standing.since if standing and stays else self.now,
        )

    def _note_what_was(self, case: _Case, row: Row) -> None:
        """What the ledger's messages say, before anything new."""
        last = case.person.last
        if not last:
            return
        if last.lead != case.lead.id and last.lead in self.ids:
            row.status = DUPLICATE
            row.words.append("Another row of the same person has the message.")
            return
        row.status = status_word(last.state)
        if last.state == "draft":
            row.day = case.moment.days.slot(last.created_at)
            row.words.append(f"{last.sequence}: the draft of step {last.step} waits.")
            row.whatsapp = self._link_again(case, last, row)
        elif last.state == "cancelled":
            row.words.append(f"{last.sequence}: the draft of step {last.step} was withdrawn")
            row.words[-1] += f": {last.note}." if last.note else "."

    def _link_again(self, case: _Case, waiting: MessageRecord, row: Row) -> str | None:
        """The WhatsApp link of a draft that waits stays in the sheet."""
        sequence = self._sequence(waiting)
        if sequence is None or waiting.step > len(sequence.steps):
            return None
        return self._link(self._task(case, sequence, waiting.step, waiting.generation), row)

    def _sequence(self, message: MessageRecord) -> Sequence | None:
        return next((s for s in self.rules.sequences if s.name == message.sequence), None)

    def _look_ahead(self, case: _Case, row: Row) -> tuple[Sequence, Next] | None:
        """The first sequence with a step due; what the others say goes into the row."""
        due: tuple[Sequence, Next] | None = None
        later: list[date] = []
        for sequence in self.rules.sequences:
            found = self._next(sequence, case)
            wait = _must_wait(sequence, found, case)
            row.words.append(f"{sequence.name}: {found.why}{wait}.")
            if found.fault:
                row.problems.append(self._problem(case.lead, f"{sequence.name} {found.why}"))
            if found.outcome is Outcome.DUE and not wait and due is None:
                due = sequence, found
            elif found.outcome is Outcome.LATER and found.on:
                later.append(found.on)
        if row.day is None and row.status != DUPLICATE:
            row.day = min(later, default=None)
        return due

    def _next(self, sequence: Sequence, case: _Case) -> Next:
        found = look_ahead(
            sequence,
            self.signals.signal(sequence, case.lead.number),
            case.person,
            case.moment,
            asks_stage=self.signals.asks_stage(sequence.when),
        )
        if found.outcome is Outcome.NOTHING:
            return found
        why = self.off_ladder.own(case.lead, sequence.when)
        if not why and found.outcome is Outcome.LATER:
            why = self.off_ladder.other(case.lead, sequence.when)
        return Next(outcome=Outcome.NOTHING, why=why) if why else found

    def _serve(self, case: _Case, sequence: Sequence, upcoming: Next, row: Row) -> None:
        """Write what is due, or say why it is held."""
        self.served.add(case.lead.email)
        task = self._task(case, sequence, upcoming.step, upcoming.generation)
        try:
            if not case.person.refuses:
                row.whatsapp = self._link(task, row)
            row.draft = self.writer.draft(task, refuses=case.person.refuses)
        except (LeadError, TemplateError) as error:
            self._hold(case, sequence, upcoming, row, reason_of(error), hint=error.hint)
        else:
            row.status, row.day = "DRAFT", task.due_on
            row.words.append(f"A draft is written: {row.draft.template}.")

    def _hold(
        self,
        case: _Case,
        sequence: Sequence,
        upcoming: Next,
        row: Row,
        reason: str,
        *,
        hint: str = "",
    ) -> None:
        row.status, row.day = HELD, upcoming.on
        message = f"{sequence.name}, step {upcoming.step} is held: {reason}"
        row.problems.append(self._problem(case.lead, message, hint=hint))
        row.words.append(f"It is held: {reason}.")

    def _task(self, case: _Case, sequence: Sequence, step: int, generation: str) -> Task:
        before = case.person.of(sequence.name, generation if sequence.yearly_on else "")
        return Task(
            lead=case.lead,
            sequence=sequence,
            step=step,
            generation=generation,
            moment=case.moment,
            due_on=case.moment.days.slot(self.now),
            segment=case.segment,
            before=tuple(message for message in before if message.step < step),
        )

    def _link(self, task: Task, row: Row) -> str | None:
        try:
            return self.writer.whatsapp(task)
        except TemplateError as error:
            message = f"no WhatsApp link: {reason_of(error)}"
            row.problems.append(self._problem(task.lead, message, Severity.NOTE, hint=error.hint))
            return None

    def _problem(
        self,
        lead: LeadView,
        message: str,
        severity: Severity = Severity.WARNING,
        *,
        hint: str = "",
    ) -> Problem:
        return Problem(
            message=message, severity=severity, source=self.writer.source, lead=lead.id, hint=hint
        )


def _must_wait(sequence: Sequence, found: Next, case: _Case) -> str:
    """Why something that is due waits for another message to the same person, or ""."""
    if found.outcome is not Outcome.DUE:
        return ""
    for message in case.person.messages:
        if message.sequence != sequence.name and message.state in OPEN:
            return f", but waits for {message.sequence} step {message.step}"
    last, days = case.person.last_heard, case.moment.days
    if last and days.today(last.created_at) >= days.today(case.moment.now):
        return ", but not on the day of another message"
    return ""
