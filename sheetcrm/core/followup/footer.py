"""The lines under every message: who writes, why, and how to hear no more.

A commercial message names its sender's postal address and a way out (CAN-SPAM § 7704(a)(5),
LSSI art. 21.2), in the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from sheetcrm.core.followup.percent import percent_encode
from sheetcrm.core.followup.rules import Sender


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Leaving:
    """The ways out of one message, for people and for mail programs (RFC 2369, RFC 8058)."""

    urls: tuple[str, ...]
    one_click: bool

    @property
    def by_mail(self) -> bool:
        """Whether the first way is a mail."""
        return self.urls[0].startswith("mailto:")


def leaving(sender: Sender, token: str) -> Leaving:
    """How the receiver of the message `token` leaves.

    An ``https:`` address in which ``{token}`` stands leads to a server that knows what it
    means, so that it is offered for one click as well; any other is only a page.
    """
    mail = f"mailto:{percent_encode(sender.address, '@')}?subject=unsubscribe%20{token}"
    given = sender.unsubscribe.replace("{token}", token)
    if given.startswith("https:"):
        return Leaving(urls=(given, mail), one_click="{token}" in sender.unsubscribe)
    return Leaving(urls=(given or mail,), one_click=False)


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
    return WORDS.get(language.partition("-")[0], WORDS["en"])
