"""A due step → the message for one lead."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache

from sheetcrm.core.followup.choosing import Choice, languages_for
from sheetcrm.core.followup.lead import LeadView, clean_name
from sheetcrm.core.followup.leaving import leaving
from sheetcrm.core.followup.mime import Letter, compose, digest_of, message_id, token_of
from sheetcrm.core.followup.recipient import recipient
from sheetcrm.core.followup.render import Setting, render, render_text
from sheetcrm.core.followup.rules import FollowUps, Sequence
from sheetcrm.core.followup.schedule import Moment, last_moment
from sheetcrm.core.followup.segments import Segments
from sheetcrm.core.followup.templates import TemplateSet
from sheetcrm.core.followup.voice import Voice
from sheetcrm.core.followup.whatsapp import whatsapp_link
from sheetcrm.core.memory import MessageDraft, MessageRecord
from sheetcrm.core.table.fields import Locale
from sheetcrm.core.table.spoken import Spoken, said
from sheetcrm.errors import LeadError, TemplateError

ENCLOSED_LIMIT = 200_000_000  #: bytes of attachments and pictures in the messages of one run


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """One message to be written."""

    lead: LeadView
    sequence: Sequence
    step: int  #: from 1
    generation: str
    moment: Moment
    due_on: date
    segment: str
    before: tuple[MessageRecord, ...] = ()  #: the sequence's earlier messages to this person

    @property
    def template(self) -> str:
        """The step's template, ``01-intro``."""
        return self.sequence.steps[self.step - 1].template

    @property
    def key(self) -> str:
        """Who, what and which time: the same message twice has the same key."""
        return f"{self.lead.email}|{self.sequence.name}|{self.step}|{self.generation}"


class Writer:
    """Writes the messages of one source."""

    def __init__(
        self,
        rules: FollowUps,
        templates: TemplateSet,
        segments: Segments,
        *,
        source: str,
        locale: Locale,
        words: bool = True,
    ) -> None:
        """Write messages; without `words`, only decide which they are, which is much faster."""
        self.words = words
        self._rules = rules
        self._templates = templates
        self._segments = segments
        self._enclosed = 0  # bytes of files in all messages so far
        self.source = source
        self.locale = locale

    def draft(self, task: Task, *, refusal: str = "") -> MessageDraft:
        """The message of a step.

        Raises:
            LeadError: the lead refuses, or has no usable address, or no template is for it.
            TemplateError: a value is missing, with the template and its line.
        """
        if refusal:
            raise LeadError(refusal)
        if not task.lead.email:
            raise LeadError(task.lead.email_problem or "there is no e-mail address")
        choice = self._choose(task)
        decided = MessageDraft(
            key=task.key,
            source=self.source,
            lead=task.lead.id,
            person=task.lead.email,
            sequence=task.sequence.name,
            step=task.step,
            template=choice.template.path,
            language=choice.language,
            to_name=clean_name(task.lead.name),
            to_address=recipient(task.lead.email),
            subject="",
            text="",
            html="",
            raw=b"",
            message_id=message_id(task.key, self._rules.sender),
            due_on=task.due_on,
            why=self._why(task, choice),
            segment=task.segment,
            phone=task.lead.phone,
            created_at=task.moment.now,
            not_before=task.moment.days.opening(task.moment.now),
            expires=last_moment(task.sequence, task.due_on, task.moment),
            country=task.moment.days.country,
            zone=task.moment.days.zone.key,
        )
        return self._worded(decided, task, choice) if self.words else decided

    def digest(self, task: Task) -> str:
        """Of what the message of a step would say.

        Raises:
            LeadError: no template is for the lead.
            TemplateError: a value is missing, with the template and its line.
        """
        return digest_of(self._letter(task, self._choose(task)))

    def file(self, sequence: str, step: str, lead: LeadView) -> str:
        """The path of a step's file for a lead, or ""."""
        choice = self._templates.choose(
            sequence, step, lead, language=self.locale.language, segments=self._segments
        )
        return choice.template.path if choice else ""

    def whatsapp(self, task: Task) -> str | None:
        """A link that opens the chat with the step's text; None without number or text.

        Raises:
            TemplateError: a value is missing, with the template and its line.
        """
        if not task.lead.phone or not self.words:
            return None
        choice = self._templates.choose(
            task.sequence.name,
            task.template,
            task.lead,
            language=self.locale.language,
            segments=self._segments,
            whatsapp=True,
        )
        if not choice:
            return None
        text = render_text(choice.template, task.lead, self._setting(task, choice))
        return whatsapp_link(task.lead.phone, text)

    def _enclose(self, letter: Letter) -> None:
        """Count the files that travel with a message: all drafts of a run are in memory."""
        size = sum(len(file.data) for file in (*letter.attachments, *letter.pictures))
        if size and self._enclosed + size > ENCLOSED_LIMIT:
            raise LeadError(
                Spoken(
                    "this run has written {} MB of attachments already", ENCLOSED_LIMIT // 10**6
                ),
                hint="sync again for the next ones, or link to the files instead of sending them",
            )
        self._enclosed += size

    def _choose(self, task: Task) -> Choice:
        language = self.locale.language
        name = task.sequence.name
        choice = self._templates.choose(
            name, task.template, task.lead, language=language, segments=self._segments
        )
        if not choice:
            tags = ", ".join(languages_for(task.lead.language, language))
            raise LeadError(
                Spoken("no template {} is for this lead (in {})", f"{name}/{task.template}", tags),
                hint=f"write templates/{name}/{task.template}.{language}.md without For-… lines",
            )
        return choice

    def _worded(self, decided: MessageDraft, task: Task, choice: Choice) -> MessageDraft:
        letter = self._letter(task, choice)
        self._enclose(letter)
        return replace(
            decided,
            subject=letter.subject,
            text=letter.text,
            html=letter.html,
            raw=self._bytes(letter, task.moment.now),
            digest=digest_of(letter),
        )

    def _letter(self, task: Task, choice: Choice) -> Letter:
        way_out = leaving(self._rules.sender, token_of(task.key))
        words = render(
            choice.template,
            task.lead,
            self._setting(task, choice),
            way_out=way_out,
            reply_to=task.before[-1].subject if task.before else "",
        )
        return Letter(
            key=task.key,
            to_name=clean_name(task.lead.name),
            to_address=recipient(task.lead.email),
            subject=words.subject,
            text=words.text,
            html=words.html,
            way_out=way_out,
            feedback=(task.template, task.sequence.name, task.segment),
            thread=tuple(message.message_id for message in task.before),
            unattended=self._rules.sending.approve == "auto",
            pictures=words.pictures,
            attachments=choice.template.attachments,
        )

    def _setting(self, task: Task, choice: Choice) -> Setting:
        own = task.lead.language
        same = own.partition("-")[0] == choice.language.partition("-")[0]
        return Setting(
            sender=self._rules.sender,
            voice=Voice(
                language=own if same else choice.language,
                country=task.moment.days.country,
                currency=self.locale.currency,
            ),
            today=task.moment.days.today(task.moment.now),
            layout=self._templates.layout,
            pictures=self._templates.pictures,
        )

    def _bytes(self, letter: Letter, now: datetime) -> bytes:
        try:
            return compose(letter, self._rules.sender, now)
        except (ValueError, UnicodeError, IndexError) as error:
            raise LeadError(Spoken("the message cannot be addressed: {}", str(error))) from error

    def _why(self, task: Task, choice: Choice) -> str:
        """In the team's language, as it is kept with the draft and read on the page of drafts."""
        locale, moment = self.locale, task.moment
        count = len(task.sequence.steps)
        parts = [Spoken("{}, step {} of {}", task.sequence.name, str(task.step), str(count))]
        if moment.stage:
            here = moment.since.astimezone(moment.now.tzinfo).date()  # as in the sheet
            since = _day(here, locale.language, locale.country)
            parts.insert(0, Spoken("{} since {}", moment.stage, since))
        place = f"{choice.template.path}: {said(choice.why, locale.language)}"
        return " · ".join([*(said(part, locale.language) for part in parts), place])


def reason_of(error: LeadError | TemplateError) -> str:
    """What kept a message from being written, with the template's place."""
    if isinstance(error, TemplateError):
        line = f":{error.line}" if error.line else ""
        return Spoken("{} (templates/{}{})", error.message, error.template, line)
    return error.message


@lru_cache(maxsize=512)
def _day(day: date, language: str, country: str) -> str:
    """``24 nov 2026``."""
    return Voice(language=language, country=country, currency="").date(day, "medium")
