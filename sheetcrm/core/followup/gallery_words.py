"""What the page of drafts says around them, in the workspace's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from babel import Locale
from babel.dates import format_skeleton
from babel.numbers import format_decimal

from sheetcrm.core.followup.voice import Voice
from sheetcrm.core.table.language import base_language


class Plural(NamedTuple):
    """A text for one thing and for any other number of them; ``{}`` is the number."""

    one: str
    many: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Texts:
    """One language: each is a text, or one with ``{…}`` where a number or a command goes."""

    title: Plural
    unsent: str
    goes_by_hand: str  #: how a draft goes out that lies in a mail program
    goes_by_command: str
    none: str
    language: str  #: what can be chosen by, as are the next two
    step: str
    segment: str
    all: str
    no_segment: str
    more: str  #: choices that are not shown
    messages: str
    due: str
    why: str
    file: str
    enclosed: Plural
    desktop: str
    phone: str
    blocked: str
    if_blocked: str
    unframed: str
    text: str
    headers: str
    named: Mapping[str, str]  #: headers that people know by a name of their language


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """A language as it is spoken somewhere: its texts, and how it writes days and numbers."""

    code: str
    texts: Texts
    locale: Locale

    def counted(self, text: Plural, number: int) -> str:
        """The text that fits the number, with it."""
        shown = format_decimal(number, locale=self.locale)
        return (text.one if number == 1 else text.many).format(shown)

    def day(self, day: date) -> str:
        """``mar, 24 nov 2026``."""
        return str(format_skeleton("yMMMEd", day, locale=self.locale))

    def size(self, size: int) -> str:
        """``1,2 MB``."""
        if size >= 1e6:
            return f"{format_decimal(size / 1e6, format='#,##0.0', locale=self.locale)} MB"
        return f"{max(1, round(size / 1e3))} KB"


TEXTS: Mapping[str, Texts] = {
    "en": Texts(
        title=Plural("{} draft", "{} drafts"),
        unsent="Nothing of this has been sent.",
        goes_by_hand="What is right goes out from your own mail program: open it there, read it "
        "once more, send it.",
        goes_by_command="What is right goes out with {approve} and then {send}.",
        none="No draft waits. Make some with: {sync}",
        language="language",
        step="step",
        segment="segment",
        all="all",
        no_segment="no segment",
        more="and {} more with fewer drafts",
        messages="Messages",
        due="due {}",
        why="Why",
        file="File",
        enclosed=Plural("Attachment", "Attachments"),
        desktop="Desktop",
        phone="Phone",
        blocked="Pictures blocked",
        if_blocked="As it reads where pictures are blocked",
        unframed="Only the first messages of each template are shown as they look.",
        text="Text part",
        headers="Headers",
        named={},
    ),
    "id": Texts(
        title=Plural("{} draf", "{} draf"),
        unsent="Semua ini belum dikirim.",
        goes_by_hand="Yang sudah benar dikirim dari program email Anda sendiri: buka di sana, baca "
        "sekali lagi, lalu kirim.",
        goes_by_command="Yang sudah benar dikirim dengan {approve}, lalu {send}.",
        none="Tidak ada draf yang menunggu. Buat dengan: {sync}",
        language="bahasa",
        step="langkah",
        segment="segmen",
        all="semua",
        no_segment="tanpa segmen",
        more="dan {} lagi yang drafnya lebih sedikit",
        messages="Daftar pesan",
        due="untuk {}",
        why="Alasan",
        file="Berkas",
        enclosed=Plural("Lampiran", "Lampiran"),
        desktop="Komputer",
        phone="Ponsel",
        blocked="Gambar diblokir",
        if_blocked="Tampilan kalau gambar diblokir",
        unframed="Hanya beberapa pesan pertama dari setiap templat yang ditampilkan seperti "
        "aslinya.",
        text="Versi teks",
        headers="Header email",
        named={
            "From": "Dari",
            "To": "Kepada",
            "Reply-To": "Balas ke",
            "Subject": "Subjek",
            "Date": "Tanggal",
        },
    ),
    "es": Texts(
        title=Plural("{} borrador", "{} borradores"),
        unsent="Nada de esto se ha enviado todavía.",
        goes_by_hand="Lo que esté bien se envía desde su propio programa de correo: ábralo ahí, "
        "léalo una vez más y envíelo.",
        goes_by_command="Lo que esté bien se envía con {approve} y después {send}.",
        none="No hay borradores pendientes. Para crearlos: {sync}",
        language="idioma",
        step="paso",
        segment="segmento",
        all="todos",
        no_segment="sin segmento",
        more="y {} más con menos borradores",
        messages="Mensajes",
        due="para el {}",
        why="Motivo",
        file="Archivo",
        enclosed=Plural("Adjunto", "Adjuntos"),
        desktop="Escritorio",
        phone="Teléfono",
        blocked="Imágenes bloqueadas",
        if_blocked="Cómo se lee con las imágenes bloqueadas",
        unframed="Solo los primeros mensajes de cada plantilla se muestran tal como se ven.",
        text="Versión en texto",
        headers="Encabezados",
        named={
            "From": "De",
            "To": "Para",
            "Reply-To": "Responder a",
            "Subject": "Asunto",
            "Date": "Fecha",
        },
    ),
}


@lru_cache(maxsize=16)
def words(language: str, country: str = "") -> Words:
    """The words of a language tag (``es``, ``es-MX``); English where there are none.

    Args:
        language: of the workspace.
        country: of the workspace, whose way of writing days and numbers it is.
    """
    code = base_language(language)
    if code not in TEXTS:
        return words("en", country)
    voice = Voice(language=language.replace("_", "-"), country=country, currency="")
    return Words(code=code, texts=TEXTS[code], locale=voice.locale)
