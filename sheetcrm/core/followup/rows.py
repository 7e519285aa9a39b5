"""One lead after the other: what it has had, what is due, and the message for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sheetcrm.core.followup.history import TAKEN, UNHEARD, records, status_word
from sheetcrm.core.followup.lead import LeadView
from sheetcrm.core.followup.lookout import Case, Lookout, Seen
from sheetcrm.core.followup.renewing import WAITS, is_news, renewal
from sheetcrm.core.followup.rules import Sequence
from sheetcrm.core.followup.schedule import NOT_MEANT, Outcome
from sheetcrm.core.followup.spacing import on_hold
from sheetcrm.core.followup.writing import Task, Writer, reason_of
from sheetcrm.core.memory import MessageDraft, MessageRecord, Renewal
from sheetcrm.core.table.spoken import Spoken
from sheetcrm.core.table.values import Problem, Severity
from sheetcrm.errors import LeadError, TemplateError

HELD = "HELD"
DUPLICATE = "DUPLICATE"


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """A step that is due and does not go, and why."""

    lead: str
    sequence: str
    step: int
    on: date | None  #: since when it is due
    reason: str
    until: date | None = None  #: when it goes then; None: nobody knows


@dataclass(kw_only=True, slots=True)
class Row:
    """What is found for one lead; filled while it is looked at."""

    segment: str
    day: date | None = None
    status: str = ""
    whatsapp: str | None = None
    draft: MessageDraft | None = None
    renewal: Renewal | None = None
    held: Held | None = None
    problems: list[Problem] = field(default_factory=list)
    words: list[str] = field(default_factory=list)


@dataclass(kw_only=True, slots=True)
class RowPlanner:
    """Plans the rows of one source in their order, remembering who has been written to."""

    lookout: Lookout
    writer: Writer
    ids: frozenset[str]  #: of all leads of the source
    served: set[str] = field(default_factory=set)  #: persons handled in this run
    silence: str = field(init=False)  #: what is said of a lead that no sequence is meant for

    def __post_init__(self) -> None:
        words = [f"{sequence.name}: {NOT_MEANT}." for sequence in self.lookout.rules.sequences]
        self.silence = " ".join(words) or "There are no sequences."

    def row(self, lead: LeadView, segment: str) -> Row:
        """Everything about one lead."""
        row = Row(segment=segment)
        if self.lookout.silent(lead):
            row.words.append(self.silence)
            return row
        case = self.lookout.case(lead)
        self._note_what_was(case, row)
        due = self._look_ahead(case, row)
        person = self.lookout.people.one(lead.email)
        if due is None:
            if not row.words:
                row.words.append("There are no sequences.")
        elif other := self.lookout.off_ladder.other(lead, due.sequence.when):
            self._hold(case, due, row, other)
        elif person and person in self.served:
            row.status, row.day, row.whatsapp = DUPLICATE, None, None
            row.words.append("Another row of the same person gets the message.")
        else:
            self.served.add(person)
            self._serve(case, due, row)
        return row

    def know(self, drafts: Iterable[MessageDraft]) -> None:
        """Look at all further rows as the next run will: these drafts wait."""
        for message in records(drafts, self.lookout.now):
            self.lookout.people.know(message)

    def _note_what_was(self, case: Case, row: Row) -> None:
        """What the ledger's messages say, before anything new."""
        last = case.person.last
        if not last:
            return
        if last.lead != case.lead.id and last.lead in self.ids:
            row.status = DUPLICATE
            row.words.append("Another row of the same person has the message.")
            return
        row.status = status_word(last.state)
        if self.lookout.rules.sending.via == "smtp" and last.state in WAITS:
            self._renew(case, last, row)
        if last.state == "draft":
            row.day = case.moment.days.slot(last.created_at)
            row.words.append(f"{last.sequence}: the draft of step {last.step} waits.")
            row.whatsapp = self._link_again(case, last, row)
            if wait := on_hold(case.person, case.moment):
                row.words.append(f"But the person {wait.why}.")
                row.held = Held(
                    lead=last.lead,
                    sequence=last.sequence,
                    step=last.step,
                    on=row.day,
                    reason=wait.why,
                    until=wait.until,
                )
        elif last.state == TAKEN:
            row.words.append(f"{last.sequence}: the draft of step {last.step} was taken away.")
            row.words[-1] += " It counts as sent."
        elif last.state == "cancelled":
            row.words.append(f"{last.sequence}: the draft of step {last.step} was withdrawn")
            row.words[-1] += f": {last.note}." if last.note else "."

    def _renew(self, case: Case, waiting: MessageRecord, row: Row) -> None:
        """Write a message anew that waits, where it would say something else today."""
        sequence = self.lookout.named(waiting.sequence)
        if sequence is None or waiting.step > len(sequence.steps) or not self.writer.words:
            return
        task = self._task(case, sequence, waiting.step, waiting.generation, row)
        found = renewal(self.writer, case, waiting, task)
        row.renewal = found if found and is_news(found, waiting) else None
        if found and found.draft:
            row.status = "DRAFT"
            row.words.append(f"{waiting.sequence}: step {waiting.step} is written anew.")
        elif found or waiting.state == "held":
            reason = found.reason if found else waiting.note
            row.status = HELD
            message = _is_held(waiting.sequence, waiting.step, reason)
            row.problems.append(self._problem(case.lead, message))

    def _link_again(self, case: Case, waiting: MessageRecord, row: Row) -> str | None:
        """The WhatsApp link of a draft that waits stays in the sheet."""
        sequence = self.lookout.named(waiting.sequence)
        if sequence is None or waiting.step > len(sequence.steps):
            return None
        return self._link(self._task(case, sequence, waiting.step, waiting.generation, row), row)

    def _look_ahead(self, case: Case, row: Row) -> Seen | None:
        """The first sequence whose message goes now; what the others say goes into the row."""
        goes: Seen | None = None
        days: list[date | None] = []
        last = case.person.last
        drafted = last.sequence if last and last.state == "draft" and row.status == "DRAFT" else ""
        for seen in self.lookout.all(case):
            found = seen.next
            wait = f", but {seen.wait.why}" if seen.wait else ""
            if found.fault or (seen.sequence.name, found.outcome) != (drafted, Outcome.NOTHING):
                row.words.append(f"{seen.sequence.name}: {found.why}{wait}.")
            if found.fault:
                message = Spoken("{} {}", seen.sequence.name, found.why)
                row.problems.append(self._problem(case.lead, message))
            if seen.goes and goes is None:
                goes = seen
            elif seen.wait:
                days.append(seen.wait.until)
                if seen.wait.hold:
                    row.held = row.held or self._held(case, seen, seen.wait.why, seen.wait.until)
            elif found.outcome is Outcome.LATER:
                days.append(found.on)
        if row.day is None and row.status != DUPLICATE:
            row.day = min((day for day in days if day), default=None)
        return goes

    def _serve(self, case: Case, due: Seen, row: Row) -> None:
        """Write what is due, or say why it is held."""
        task = self._task(case, due.sequence, due.next.step, due.next.generation, row)
        try:
            if not case.person.refusal:
                row.whatsapp = self._link(task, row)
            row.draft = self.writer.draft(task, refusal=case.person.refusal)
        except (LeadError, TemplateError) as error:
            self._hold(case, due, row, reason_of(error), hint=error.hint)
        else:
            row.status, row.day = "DRAFT", task.due_on
            row.words.append(f"A draft is written: {row.draft.template}.")

    def _hold(self, case: Case, due: Seen, row: Row, reason: str, *, hint: str = "") -> None:
        row.status, row.day, row.held = HELD, due.next.on, self._held(case, due, reason)
        message = _is_held(due.sequence.name, due.next.step, reason)
        row.problems.append(self._problem(case.lead, message, hint=hint))
        row.words.append(f"It is held: {reason}.")

    def _held(self, case: Case, seen: Seen, reason: str, until: date | None = None) -> Held:
        return Held(
            lead=case.lead.id,
            sequence=seen.sequence.name,
            step=seen.next.step,
            on=seen.next.on,
            reason=reason,
            until=until,
        )

    def _task(self, case: Case, sequence: Sequence, step: int, generation: str, row: Row) -> Task:
        return task_for(case, sequence, step, generation=generation, segment=row.segment)

    def _link(self, task: Task, row: Row) -> str | None:
        try:
            return self.writer.whatsapp(task)
        except TemplateError as error:
            message = Spoken("no WhatsApp link: {}", reason_of(error))
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


def task_for(
    case: Case,
    sequence: Sequence,
    step: int,
    *,
    generation: str,
    segment: str,
) -> Task:
    """The step's message to a lead, to be written now."""
    before = case.person.of(sequence, generation if sequence.yearly_on else "")
    return Task(
        lead=case.lead,
        sequence=sequence,
        step=step,
        generation=generation,
        moment=case.moment,
        due_on=case.moment.ready,
        segment=segment,
        before=tuple([m for m in before if m.step < step and m.state not in UNHEARD]),
    )


def _is_held(sequence: str, step: int, reason: str) -> str:
    return Spoken("{}, step {} is held: {}", sequence, step, reason)
