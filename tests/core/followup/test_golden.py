"""Whole messages, byte by byte, under every Python.

After a wanted change: ``python -m tests.core.followup.test_golden`` writes them anew; look at what
is different before you commit it.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sheetcrm.core.followup.enclosure import enclosure
from sheetcrm.core.followup.leaving import leaving
from sheetcrm.core.followup.mime import compose
from tests.core.followup.letters import PDF, PNG, letter
from tests.core.followup.world import NOW, SENDER, lead, plan

FOLDER = Path(__file__).with_name("golden")
SERVER = replace(
    SENDER,
    name='Casa "Sol" y Cía.',
    reply_to="ventas@example.com",
    unsubscribe=f"https://{'unsubscribe.' * 6}example.com/u/{{token}}",
    secret="the same secret always",
)
THREAD = tuple(f"<{number:02}.{'x' * 70}@mail.example>" for number in range(12))
WORDS = {
    "id": ("Budi Santoso", "{{ lead.first_name }}, hitungan untuk atap di Bogor", "Anggaran"),
    "es": ("Lucía Fernández", "{{ lead.first_name }}, ¿con batería o sin ella?", "Su presupuesto"),
    "en": ("James Tan", "{{ lead.first_name }}, shall we do the sums?", "Your budget"),
}


def from_a_template(language: str) -> bytes:
    name, subject, word = WORDS[language]
    text = (
        f"---\nSubject: {subject}\n---\nHalo {{{{ lead.first_name }}}},\n\n"
        f"- {word}: **{{{{ lead.budget | money }}}}**\n\n{{{{ today | date('full') }}}}\n"
    )
    who = lead(name=name, language=language, values={"budget": 75_000_000.0})
    (draft,) = plan([who], texts={f"welcome/01-intro.{language}.md": text}).drafts
    return draft.raw


def with_files() -> bytes:
    logo = enclosure("logo.png", PNG, picture=True)
    files = (enclosure("Brosur atap.pdf", PDF), enclosure("harga año 2026.pdf", PDF[:40]))
    html = f'<p>Halo <img src="cid:{logo.cid}" alt="Surya Atap"></p>\n'
    ours = letter(html=html, pictures=(logo,), attachments=files, unattended=True)
    return compose(ours, SENDER, NOW)


def in_a_long_thread() -> bytes:
    ours = letter(
        to_name="Íñigo Ñuñez-Müller, de la Peña y García-Domínguez",
        subject="Re: Íñigo, ¿con batería o sin ella? Los números de su tejado en Cádiz, punto por punto",
        text="¿Qué tal?\n\nUna línea que es bastante más larga de lo que cabe en una sola, así que se parte.\n",
        thread=THREAD,
        way_out=leaving(SERVER, "abcdefghijklmnop"),
    )
    return compose(ours, SERVER, NOW)


def to_odd_names(name: str) -> bytes:
    return compose(letter(to_name=name, subject=f"Hello {name}"), SENDER, NOW)


MESSAGES = {
    "id": lambda: from_a_template("id"),
    "es": lambda: from_a_template("es"),
    "en": lambda: from_a_template("en"),
    "id-files": with_files,
    "es-thread": in_a_long_thread,
    "en-quotes": lambda: to_odd_names('James "Jim" O\'Neill, Jr. (Ltd.) \\ Sons <x@example.org>'),
    "en-cjk": lambda: to_odd_names("山田 太郎・株式会社東京太陽光発電エネルギーソリューションズ"),
    "en-long": lambda: to_odd_names("a very long name of many short words " * 3 + "end"),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_is_byte_exact(name):
    assert MESSAGES[name]() == (FOLDER / f"{name}.eml").read_bytes()


def test_none_is_left_over():
    assert {path.stem for path in FOLDER.glob("*.eml")} == {*MESSAGES}


if __name__ == "__main__":
    for stem, make in MESSAGES.items():
        (FOLDER / f"{stem}.eml").write_bytes(make())
