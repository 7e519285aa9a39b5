"""What the page says, in the language that we write to the visitor in; one file, no scripts."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from sheetcrm.core.table.language import base_language


@dataclass(frozen=True, kw_only=True, slots=True)
class _Words:
    ask: str
    about: str
    button: str
    done: str
    no_more: str
    mistake: str
    stays: str
    goes_on: str
    lost: str
    later: str
    reply: str


WORDS: Mapping[str, _Words] = {
    "id": _Words(
        ask="Berhenti menerima email dari {name}?",
        about="Setelah ini kami tidak lagi mengirim email ke {address}.",
        button="Berhenti menerima email",
        done="Anda sudah berhenti berlangganan",
        no_more="Kami tidak akan mengirim email lagi ke {address}.",
        mistake="Itu keliru, saya tetap ingin menerima email",
        stays="Baik, kami tetap mengirim email",
        goes_on="Anda tetap akan menerima email dari {name}.",
        lost="Tautan ini tidak lengkap atau sudah tidak berlaku",
        later="Permintaan Anda belum tercatat; coba lagi sebentar lagi",
        reply="Balas saja salah satu email kami dengan kata BERHENTI.",
    ),
    "es": _Words(
        ask="¿Dejar de recibir correos de {name}?",
        about="A partir de ahora no escribiremos más a {address}.",
        button="Darme de baja",
        done="Baja confirmada",
        no_more="No volveremos a escribir a {address}.",
        mistake="Fue un error, quiero seguir recibiendo correos",
        stays="De acuerdo, seguiremos escribiéndole",
        goes_on="Seguirá recibiendo los correos de {name}.",
        lost="Este enlace está incompleto o ya no es válido",
        later="Su solicitud aún no se ha registrado; inténtelo de nuevo en unos minutos",
        reply="Responda a cualquiera de nuestros correos con la palabra BAJA.",
    ),
    "en": _Words(
        ask="Stop e-mails from {name}?",
        about="From now on we will not write to {address} any more.",
        button="Unsubscribe",
        done="You are unsubscribed",
        no_more="We will not write to {address} again.",
        mistake="That was a mistake, I still want e-mails",
        stays="All right, we keep writing to you",
        goes_on="You will go on hearing from {name}.",
        lost="This link is incomplete or no longer valid",
        later="Your request has not been noted yet; please try again in a few minutes",
        reply="Just reply to any of our e-mails with the word STOP.",
    ),
}
_UNNAMED = {"id": "kami", "es": "nosotros", "en": "us"}
_YOURS = {"id": "alamat Anda", "es": "su dirección", "en": "your address"}

STYLE = """
:root { color-scheme: light dark }
body { margin: 0; font: 1.05rem/1.5 system-ui, sans-serif; background: Canvas; color: CanvasText }
main { max-width: 32rem; margin: 0 auto; padding: 12vh 1.25rem 3rem }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .75rem }
p { margin: 0 0 1.5rem; overflow-wrap: anywhere }
button { font: inherit; width: 100%; padding: .9rem 1rem; border: 0; border-radius: .5rem;
  background: #14532d; color: #fff; cursor: pointer }
button.quiet { background: none; color: inherit; border: 1px solid currentColor }
button:focus-visible { outline: 3px solid #f59e0b; outline-offset: 2px }
section + section { margin-top: 2.5rem }
"""
POLICY = (
    "default-src 'none'; style-src 'sha256-"
    + base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    + "'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""Content-Security-Policy: nothing is loaded, and only our own form is sent."""


def asking(language: str, *, name: str, address: str) -> str:
    """The page with the button; nothing has happened yet."""
    words, filled = _words(language), _filled(language, name, address)
    form = _form("", words.button)
    return _page(language, words.ask.format(**filled), words.about.format(**filled), form)


def gone(language: str, *, name: str, address: str, back: str = "") -> str:
    """The page afterwards; with `back`, the way to take it back."""
    words, filled = _words(language), _filled(language, name, address)
    form = _form(back, words.mistake, quiet=True) if back else ""
    return _page(language, words.done, words.no_more.format(**filled), form)


def staying(language: str, *, name: str) -> str:
    """The page after somebody took it back."""
    words, filled = _words(language), _filled(language, name, "")
    return _page(language, words.stays, words.goes_on.format(**filled), "")


def lost(*, name: str) -> str:
    """The page for a link that we did not sign: in every language, as nobody knows whose it is."""
    return _in_all({language: words.lost for language, words in WORDS.items()}, name)


def later(*, name: str) -> str:
    """The page while nothing can be noted or looked up, in every language as well."""
    return _in_all({language: words.later for language, words in WORDS.items()}, name)


def masked(address: str) -> str:
    """An address of which only its owner knows which it is: ``b•••@example.com``."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}•••@{domain}" if local else ""


def _words(language: str) -> _Words:
    return WORDS[_known(language)]


def _known(language: str) -> str:
    short = base_language(language)
    return short if short in WORDS else "en"


def _filled(language: str, name: str, address: str) -> dict[str, str]:
    known = _known(language)
    return {"name": name or _UNNAMED[known], "address": masked(address) or _YOURS[known]}


def _page(language: str, title: str, text: str, form: str) -> str:
    known = _known(language)
    return _document(known, title, _section(known, title, text, form))


def _in_all(titles: Mapping[str, str], name: str) -> str:
    """Each language's title, and that an answer to one of our mails does as well."""
    parts = [_section(language, title, WORDS[language].reply) for language, title in titles.items()]
    return _document("en", name or titles["en"], "".join(parts))


def _section(language: str, title: str, text: str, form: str = "") -> str:
    return (
        f'<section lang="{language}"><h1>{escape(title)}</h1><p>{escape(text)}</p>{form}</section>'
    )


def _form(action: str, label: str, *, quiet: bool = False) -> str:
    target = f' action="{escape(action)}"' if action else ""
    look = ' class="quiet"' if quiet else ""
    return f'<form method="post"{target}><button{look}>{escape(label)}</button></form>'


def _document(language: str, title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="robots" content="noindex"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style></head><body><main>{body}</main></body></html>"
    )
