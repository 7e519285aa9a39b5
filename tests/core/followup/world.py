"""A small world for the tests of follow-ups: one sender, one clock, leads and texts by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from sheetcrm.adapters.memory import MemoryTemplates
from sheetcrm.core.followup import FollowUpPlan, LeadView, OffLadder, TemplateSet, plan_followups
from sheetcrm.core.followup.leaving import leaving
from sheetcrm.core.followup.people import Past
from sheetcrm.core.followup.render import Rendered, Setting, render
from sheetcrm.core.followup.rules import FollowUps, Segment, Sender, Step
from sheetcrm.core.followup.rules import Sequence as Series
from sheetcrm.core.followup.templates import Choice
from sheetcrm.core.followup.voice import Voice
from sheetcrm.core.formula import Frame
from sheetcrm.core.memory import MessageDraft, MessageRecord, Standing
from sheetcrm.core.table.fields import Locale

JAKARTA = ZoneInfo("Asia/Jakarta")
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=JAKARTA)  #: a Tuesday

SENDER = Sender(name="Surya Atap", address="halo@example.com", postal_address="Jl. Contoh 1")
INTRO = Step(template="01-intro")
CASE = Step(template="02-case", after_days=3)
WELCOME = Series(name="welcome", when='=[@Stage]="MQL"', steps=(INTRO, CASE))

TEXTS = {
    "welcome/01-intro.id.md": "---\nSubject: Halo {{ lead.first_name }}\n---\nHalo!\n",
    "welcome/02-case.id.md": "Apa kabar?\n",
}


def lead(index: int = 0, **parts) -> LeadView:
    name = parts.get("name", "Budi Santoso")
    defaults = {
        "id": f"L-{index + 1}",
        "name": name,
        "first_name": name.split(" ")[0],
        "email": f"lead{index + 1}@example.com",
        "language": "id",
        "stage": "MQL",
    }
    return LeadView(number=index, **defaults | parts)


def parse(texts: Mapping[str, str], files: Mapping[str, bytes] | None = None) -> TemplateSet:
    found, errors = TemplateSet.parse(texts, MemoryTemplates({}, files).attachment)
    assert not errors, [(e.template, e.line, e.message) for e in errors]
    return found


def choice(texts: TemplateSet, who: LeadView, language: str = "id", **kind) -> Choice | None:
    return texts.choose("welcome", "01-intro", who, language=language, **kind)


def say(
    body: str, who: LeadView | None = None, *, subject: str = "Halo", language: str = "id", **voice
) -> Rendered:
    """Render one template with this body."""
    who = who or lead()
    found = parse({f"welcome/01-intro.{language}.md": f"---\nSubject: {subject}\n---\n{body}"})
    setting = Setting(
        sender=SENDER,
        voice=Voice(**{"language": language, "country": "ID", "currency": "IDR"} | voice),
        today=NOW.date(),
        layout=found.layout,
    )
    return render(found.templates[0], who, setting, way_out=leaving(SENDER, "token"))


def body_text(rendered: Rendered) -> str:
    """The text part without its footer."""
    return rendered.text.partition("\n\n-- \n")[0]


def body_html(rendered: Rendered) -> str:
    """The HTML of the message without the layout."""
    return rendered.html.partition("<body>")[2].partition("<hr>")[0].strip()


def plan(
    leads: Sequence[LeadView],
    *,
    sequences: Sequence[Series] = (WELCOME,),
    segments: Sequence[Segment] = (),
    texts: Mapping[str, str] | TemplateSet = TEXTS,
    files: Mapping[str, bytes] | None = None,
    messages: Sequence[MessageRecord] = (),
    standings: Mapping[str, Standing] | None = None,
    now: datetime = NOW,
    sender: Sender = SENDER,
    locale: Locale = Locale(),  # noqa: B008  frozen
    off_ladder: Sequence[str] = ("Disqualified",),
    past: Mapping[str, Any] = MappingProxyType({}),
    rules: Mapping[str, Any] = MappingProxyType({}),
    **columns,
) -> FollowUpPlan:
    frame = Frame(
        {
            "Stage": [who.stage or None for who in leads],
            "City": [who.location or None for who in leads],
            **columns,
        }
    )
    return plan_followups(
        FollowUps(segments=tuple(segments), sequences=tuple(sequences), sender=sender, **rules),
        texts if isinstance(texts, TemplateSet) else parse(texts, files),
        frame,
        leads,
        source="expo",
        past=Past(messages=messages, standings=standings or {}, **past),
        parameters={},
        tables={},
        now=now,
        locale=locale,
        off_ladder=OffLadder(off_ladder, leads, source="expo", elsewhere={}),
    )


def record(draft: MessageDraft, **changes) -> MessageRecord:
    """A draft as the ledger remembers it."""
    known = {
        name: getattr(draft, name)
        for name in (
            *("key", "lead", "person", "sequence", "step"),
            *("state", "message_id", "subject", "created_at", "source"),
        )
    }
    return MessageRecord(**known | changes)


def standing(*leads: LeadView, since: datetime = NOW) -> dict[str, Standing]:
    return {who.id: Standing(stage=who.stage, since=since) for who in leads}
