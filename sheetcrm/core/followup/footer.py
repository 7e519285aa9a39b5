"""The lines under every message: who writes, why, and how to hear no more.

A commercial message names its sender's postal address and a way out (CAN-SPAM § 7704(a)(5),
LSSI art. 21.2), in the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from sheetcrm.core.followup.leaving import Leaving
from sheetcrm.core.followup.rules import Sender
from sheetcrm.core.table.language import base_language


@dataclass(frozen=True, kw_only=True, slots=True)
class _Words:
    why: str
    leave: str  #: text of the link
    leave_by_reply: str  #: in plain text, where it goes by mail
    leave_by_link: str


WORDS: Mapping[str, _Words] = {
    "id": _Words(
        why="Email ini kami kirim karena Anda pernah menghubungi {name}.",
        leave="Berhenti menerima email",
        leave_by_reply="Tidak ingin menerima email lagi? Balas dengan kata BERHENTI.",
        leave_by_link="Tidak ingin menerima email lagi?",
    ),
    "es": _Words(
        why="Le escribimos porque usted se puso en contacto con {name}.",
        leave="Darse de baja",
        leave_by_reply="¿No quiere recibir más correos? Responda con la palabra BAJA.",
        leave_by_link="¿No quiere recibir más correos?",
    ),
    "en": _Words(
        why="You are receiving this because you got in touch with {name}.",
        leave="Unsubscribe",
        leave_by_reply="No more e-mails? Reply with the word STOP.",
        leave_by_link="No more e-mails?",
    ),
}


def footer_html(sender: Sender, language: str, way: Leaving) -> Markup:
    """The footer's lines for the layout, as safe HTML."""
    words = _words(language)
    lines = [
        Markup("<strong>{}</strong>").format(sender.name or sender.address),
        Markup("{}").format(sender.postal_address),
        Markup("{}").format(words.why.format(name=sender.name or sender.address)),
        Markup('<a href="{}">{}</a>').format(way.urls[0], words.leave),
    ]
    return Markup("<br>\n").join(line for line in lines if line)


def footer_text(sender: Sender, language: str, way: Leaving) -> str:
    """The footer in plain text, under the usual signature line."""
    words = _words(language)
    leave = words.leave_by_reply if way.by_mail else f"{words.leave_by_link} {way.urls[0]}"
    name = sender.name or sender.address
    lines = ["-- ", name, sender.postal_address, words.why.format(name=name), leave]
    return "\n".join(line for line in lines if line)


def _words(language: str) -> _Words:
    return WORDS.get(base_language(language), WORDS["en"])
