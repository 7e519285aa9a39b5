"""A template and a lead → subject, HTML and text: rendered once, strictly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from sheetcrm.core.followup.enclosure import Enclosure
from sheetcrm.core.followup.filters import VOICE
from sheetcrm.core.followup.footer import footer_html, footer_text
from sheetcrm.core.followup.lead import (
    Blank,
    Fields,
    LeadView,
    Value,
    clean_line,
    clean_text,
    lead_fields,
)
from sheetcrm.core.followup.leaving import Leaving
from sheetcrm.core.followup.markdown import UnknownPictureError, convert
from sheetcrm.core.followup.rules import Sender
from sheetcrm.core.followup.template import Part, Template
from sheetcrm.core.followup.voice import Voice
from sheetcrm.errors import TemplateError

if TYPE_CHECKING:
    from css_inline import CSSInliner

SUBJECT_LIMIT = 200
_BLANK_LINES = re.compile(r"\n\s*\n")
REPLY = "Re: "
SENDER_NAMES = ("name", "address", "postal_address", "reply_to")


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """What a rendering takes from the world around the lead."""

    sender: Sender
    voice: Voice
    today: date  #: in the lead's zone
    layout: Part
    pictures: Mapping[str, Enclosure] = field(default_factory=dict)  #: by their names in texts


@dataclass(frozen=True, kw_only=True, slots=True)
class Rendered:
    """A message's words."""

    subject: str
    preheader: str
    html: str  #: a whole page, its styles inlined
    text: str
    pictures: tuple[Enclosure, ...] = ()  #: that the HTML shows


def render(
    template: Template,
    lead: LeadView,
    setting: Setting,
    *,
    way_out: Leaving,
    reply_to: str = "",
) -> Rendered:
    """Render a message.

    Args:
        template: what to render.
        lead: to whom.
        setting: sender, language, day and layout.
        way_out: how the receiver leaves.
        reply_to: subject of the message before, for a template without a subject.

    Raises:
        TemplateError: a value is missing or an operation refused, with the template's line.
    """
    context = context_of(lead, setting)
    subject = _subject(template, context, reply_to)
    preheader = clean_text(template.preheader.render(context)) if template.preheader else ""
    source = template.body.render(context)
    try:
        body, text = convert(source, setting.pictures)
    except UnknownPictureError as error:
        raise TemplateError(error.args[0], template=template.path) from error
    language = setting.voice.language
    page = setting.layout.render(
        {
            **context,
            "subject": subject,
            "preheader": preheader,
            "content": Markup(body),  # noqa: S704  made by the Markdown renderer, without raw HTML
            "language": language,
            "footer": footer_html(setting.sender, language, way_out),
        }
    )
    shown = {one.cid: one for one in setting.pictures.values() if f"cid:{one.cid}" in page}
    return Rendered(
        subject=subject,
        preheader=preheader,
        html=_inliner().inline(page),
        text=f"{text}\n\n{footer_text(setting.sender, language, way_out)}\n",
        pictures=tuple(shown.values()),
    )


def render_text(template: Template, lead: LeadView, setting: Setting) -> str:
    """Render a plain text such as a WhatsApp message; raises as `render` does."""
    return _BLANK_LINES.sub("\n\n", template.body.render(context_of(lead, setting))).strip()


def context_of(lead: LeadView, setting: Setting) -> Mapping[str, object]:
    """What templates can name."""
    sender = setting.sender
    values: dict[str, Value | Blank] = {
        name: clean_text(getattr(sender, name)) or Blank("is not given in the config")
        for name in SENDER_NAMES
    }
    values["reply_to"] = sender.reply_to or sender.address
    return {
        "lead": lead_fields(lead),
        "sender": Fields("sender", values),
        "today": setting.today,
        VOICE: setting.voice,
    }


def _subject(template: Template, context: Mapping[str, object], reply_to: str) -> str:
    if template.subject:
        subject = clean_line(template.subject.render(context), SUBJECT_LIMIT)
    else:
        subject = reply_to if reply_to.lower().startswith("re:") else f"{REPLY}{reply_to}"
        subject = clean_line(subject, SUBJECT_LIMIT) if reply_to else ""
    if not subject:
        raise TemplateError("the subject is empty", template=template.path)
    return subject


@lru_cache(maxsize=1)
def _inliner() -> CSSInliner:
    from css_inline import CSSInliner  # noqa: PLC0415  in most runs no message is due

    return CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
