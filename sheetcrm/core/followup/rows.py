"""One lead after the other: what it has had, what is due, and the message for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sheetcrm.core.followup.history import OPEN, Person, status_word
from sheetcrm.core.followup.lead import LeadView
from sheetcrm.core.followup.rules import FollowUps, Sequence
from sheetcrm.core.followup.schedule import Moment, Next, Outcome, look_ahead
from sheetcrm.core.followup.signals import Signals
from sheetcrm.core.followup.workdays import Workdays
from sheetcrm.core.followup.writing import Task, Writer, reason_of
from sheetcrm.core.followup.zones import country_of, zone_of
from sheetcrm.core.memory import MessageDraft, Standing
from sheetcrm.core.table.fields import Locale
from sheetcrm.core.table.values import Problem, Severity
from sheetcrm.errors import LeadError, TemplateError

HELD = "HELD"
DUPLICATE = "DUPLICATE"


@dataclass(kw_only=True, slots=True)
class Row:
    """What is found for one lead."""

    day: date | None = None
    status: str = ""
    whatsapp: str | None = None
    draft: MessageDraft | None = None
    problems: list[Problem] = field(default_factory=list)
    words: list[str] = field(default_factory=list)


@dataclass(kw_only=True, slots=True)
class RowPlanner:
    """Plans the rows of one source in their order, remembering who has been written to."""

    rules: FollowUps
    signals: Signals
    people: Mapping[str, Person]
    standings: Mapping[str, Standing]
    writer: Writer
    source: str
    now: datetime
    locale: Locale
    ids: frozenset[str]
    served: set[str] = field(default_factory=set)  #: persons handled in this run

    def row(self, lead: LeadView, segment: str) -> Row:
        """Everything about one lead."""
        moment = self._moment(lead)
        person = self.people.get(lead.email, Person())
        row = self._standing_row(lead, person, moment, segment)
        due = self._look_ahead(lead, person, moment, row)
        if due is None:
            if not row.words:
                row.words.append("There are no sequences.")
        elif lead.email and lead.email in self.served:
            row.status, row.day, row.whatsapp = DUPLICATE, None, None
            row.words.append("Another row of the same person gets the message.")
        else:
            sequence, upcoming = due
            before = person.of(sequence.name, upcoming.generation if sequence.yearly_on else "")
            task = Task(
                lead=lead,
                sequence=sequence,
                step=upcoming.step,
                generation=upcoming.generation,
                moment=moment,
                due_on=moment.days.slot(self.now),
                segment=segment,
                before=tuple(before),
            )
            if person.refuses:
                self._hold(task, upcoming, row, "the sheet says that the lead does not consent")
            else:
                self._write(task, upcoming, row)
            self.served.add(lead.email)
        return row

    def _moment(self, lead: LeadView) -> Moment:
        country = country_of(lead, self.locale)
        standing = self.standings.get(lead.id)
        known = standing is not None and standing.stage == lead.stage
        return Moment(
            now=self.now,
            days=Workdays(
                country=country,
                zone=zone_of(lead, country, self.locale),
                sending=self.rules.sending,
            ),
            stage=lead.stage,
            since=standing.since if standing and known else self.now,
        )

    def _standing_row(self, lead: LeadView, person: Person, moment: Moment, segment: str) -> Row:
        """What the ledger's messages say, before anything new."""
        last = person.last
        if not last:
            return Row()
        if last.lead != lead.id and last.lead in self.ids:
            return Row(status=DUPLICATE, words=["Another row of the same person has the message."])
        row = Row(status=status_word(last.state))
        if last.state == "draft":
            row.day = moment.days.slot(last.created_at)
            row.words.append(f"{last.sequence}: the draft of step {last.step} waits.")
            self._link_again(lead, person, moment, segment, row)
        return row

    def _link_again(
        self, lead: LeadView, person: Person, moment: Moment, segment: str, row: Row
    ) -> None:
        """The WhatsApp link of a draft that waits stays in the sheet."""
        last = person.last
        sequence = next((s for s in self.rules.sequences if last and s.name == last.sequence), None)
        if last and sequence and last.step <= len(sequence.steps):
            task = Task(
                lead=lead,
                sequence=sequence,
                step=last.step,
                generation=last.key.rpartition("|")[2],
                moment=moment,
                due_on=moment.days.slot(last.created_at),
                segment=segment,
            )
            row.whatsapp = self._link(task, row)

    def _look_ahead(
        self, lead: LeadView, person: Person, moment: Moment, row: Row
    ) -> tuple[Sequence, Next] | None:
        """The first sequence with a step due; what the others say goes into the row."""
        due: tuple[Sequence, Next] | None = None
        later: list[date] = []
        for sequence in self.rules.sequences:
            found = look_ahead(
                sequence,
                self.signals.signal(sequence, lead.index),
                person,
                moment,
                asks_stage=self.signals.asks_stage(sequence.when),
            )
            wait = self._must_wait(sequence, found, person, moment)
            row.words.append(f"{sequence.name}: {wait or found.why}.")
            if found.fault:
                row.problems.append(self._problem(lead, f"{sequence.name} {found.why}"))
            if found.outcome is Outcome.DUE and not wait and due is None:
                due = sequence, found
            elif found.outcome is Outcome.LATER and found.on:
                later.append(found.on)
        if row.day is None and row.status != DUPLICATE:
            row.day = min(later, default=None)
        return due

    def _must_wait(self, sequence: Sequence, found: Next, person: Person, moment: Moment) -> str:
        """Why something that is due waits for another message to the same person, or ""."""
        if found.outcome is not Outcome.DUE:
            return ""
        for message in person.messages:
            if message.sequence != sequence.name and message.state in OPEN:
                return f"{found.why}, but waits for {message.sequence} step {message.step}"
        last = person.last
        if last and moment.days.today(last.created_at) >= moment.days.today(self.now):
            return f"{found.why}, but not on the day of another message"
        return ""

    def _write(self, task: Task, upcoming: Next, row: Row) -> None:
        """Write the message, or say why it is held."""
        try:
            row.draft = self.writer.draft(task)
        except (LeadError, TemplateError) as error:
            self._hold(task, upcoming, row, reason_of(error), error.hint)
        else:
            row.status, row.day = "DRAFT", task.due_on
            row.words.append(f"A draft is written: {row.draft.template}.")
        row.whatsapp = self._link(task, row)

    def _hold(self, task: Task, upcoming: Next, row: Row, reason: str, hint: str = "") -> None:
        row.status, row.day, row.whatsapp = HELD, upcoming.on, None
        message = f"{task.sequence.name}, step {task.step} is held: {reason}"
        row.problems.append(self._problem(task.lead, message, hint=hint))
        row.words.append(f"It is held: {reason}.")

    def _link(self, task: Task, row: Row) -> str | None:
        try:
            return self.writer.whatsapp(task)
        except TemplateError as error:
            message = f"no WhatsApp link: {reason_of(error)}"
            note = Severity.NOTE if row.status == HELD else Severity.WARNING
            row.problems.append(self._problem(task.lead, message, note, hint=error.hint))
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
            message=message, severity=severity, source=self.source, lead=lead.id, hint=hint
        )
