"""Sentences about cells that can be said in the workspace's language: for the column of problems.

A terminal speaks English. What is written into a sheet is read by a team in its own language, so
a sentence keeps what it was made of, and is put together anew from its pattern's translation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial, reduce
from typing import Self

_ID = {
    "{} cannot be read as {}": "{} tidak terbaca sebagai {}",
    "the cell shows the error {} instead of {}": "sel menampilkan galat {}, bukan {}",
    "{} is read as {} ({})": "{} dibaca sebagai {} ({})",
    "a phone number": "nomor telepon",
    "an amount of money": "jumlah uang",
    "a date": "tanggal",
    "a number": "angka",
    "an e-mail address": "alamat email",
    "a country": "negara",
    "yes or no": "ya atau tidak",
    "text": "teks",
    "a list": "daftar",
    "the first of several numbers": "yang pertama dari beberapa nomor",
    "the first of several addresses": "yang pertama dari beberapa alamat",
    "the first of the month": "tanggal satu bulan itu",
    "days and months stand in both orders in this column": (
        "urutan hari dan bulan di kolom ini tidak seragam"
    ),
    "a slip of the pen was mended": "salah ketik dibetulkan",
    "the domain {} looks misspelt": "domain {} tampaknya salah ketik",
    "in {}, while the workspace counts in {}": "dalam {}, sedangkan ruang kerja memakai {}",
    "the lower end of a range": "batas bawah rentang",
    "a limit read as an amount": "batas dibaca sebagai jumlah",
    "“{}” was left out": "“{}” diabaikan",
    "a single “{}” is the decimal sign here": "satu “{}” di sini berarti tanda desimal",
    "the same {} as in {}: {}": "{} sama dengan {}: {}",
    "email": "email",
    "phone": "telepon",
    "{}; this one is the new lead {}": "{}; baris ini menjadi lead baru {}",
    "the id {} in this row belongs to row {}": "id {} di baris ini milik baris {}",
    "the id {} stands in {} too": "id {} juga ada di {}",
    "this row or {} may be {}": "baris ini atau {} mungkin {}",
    "this row may be {}": "baris ini mungkin {}",
    "the ids of this tab were moved; is this row {}?": (
        "id di tab ini berpindah; apakah baris ini {}?"
    ),
    "row {}": "baris {}",
    "{} or {}": "{} atau {}",
    "rules that cannot be read for this lead: {}": "aturan yang gagal untuk lead ini: {}",
    "{} and {} more": "{} dan {} lagi",
    "somebody wrote the stage {}, which is none of ours; it is kept": (
        "tahap {} diisi orang dan tidak ada di daftar; dibiarkan"
    ),
    "{} without a reason": "{} tanpa alasan",
    "{} without a date": "{} tanpa tanggal",
    "{}, step {} is held: {}": "{}, langkah {} ditahan: {}",
    "no WhatsApp link: {}": "tidak ada tautan WhatsApp: {}",
    "the e-mail address cannot be read": "alamat email tidak terbaca",
    "there is no e-mail address": "tidak ada alamat email",
    "the sheet says that the lead does not consent": "menurut lembar, lead ini tidak setuju",
    "another row of the same person is {} ({}row {})": (
        "baris lain dari orang yang sama ada di {} ({}baris {})"
    ),
    "{} (templates/{}{})": "{} (templates/{}{})",
    "{} {}": "{} {}",
    "is empty": "kosong",
    "is a link": "adalah tautan",
    "is a link, not a name": "adalah tautan, bukan nama",
    "is not given in the config": "tidak ada di konfigurasi",
    "no template {} is for this lead (in {})": "tidak ada templat {} untuk lead ini (bahasa: {})",
    "“{}” does nothing: the draft lies as a file, which somebody may have sent": (
        "“{}” tidak berlaku: draf ini berupa berkas, mungkin sudah dikirim orang"
    ),
    "“{}” does nothing: the draft is no longer where it lay, and counts as sent": (
        "“{}” tidak berlaku: draf tidak ada lagi di tempatnya, dianggap terkirim"
    ),
}
_ES = {
    "{} cannot be read as {}": "{} no se puede leer como {}",
    "the cell shows the error {} instead of {}": "la celda muestra el error {} en vez de {}",
    "{} is read as {} ({})": "{} se lee como {} ({})",
    "a phone number": "teléfono",
    "an amount of money": "importe",
    "a date": "fecha",
    "a number": "número",
    "an e-mail address": "correo electrónico",
    "a country": "país",
    "yes or no": "sí o no",
    "text": "texto",
    "a list": "lista",
    "the first of several numbers": "el primero de varios números",
    "the first of several addresses": "la primera de varias direcciones",
    "the first of the month": "el primero del mes",
    "days and months stand in both orders in this column": (
        "en esta columna el día y el mes van en los dos órdenes"
    ),
    "a slip of the pen was mended": "se corrigió una errata",
    "the domain {} looks misspelt": "el dominio {} parece mal escrito",
    "in {}, while the workspace counts in {}": "en {}; el espacio de trabajo usa {}",
    "the lower end of a range": "el mínimo de un rango",
    "a limit read as an amount": "un límite leído como importe",
    "“{}” was left out": "se omitió “{}”",
    "a single “{}” is the decimal sign here": "aquí “{}” es el signo decimal",
    "the same {} as in {}: {}": "el mismo {} que en {}: {}",
    "email": "correo",
    "phone": "teléfono",
    "{}; this one is the new lead {}": "{}; esta fila es el lead nuevo {}",
    "the id {} in this row belongs to row {}": "el id {} de esta fila es de la fila {}",
    "the id {} stands in {} too": "el id {} también está en la {}",
    "this row or {} may be {}": "esta fila o la {} puede ser {}",
    "this row may be {}": "esta fila puede ser {}",
    "the ids of this tab were moved; is this row {}?": (
        "los id de esta hoja se movieron; ¿es esta fila {}?"
    ),
    "row {}": "fila {}",
    "{} or {}": "{} o {}",
    "rules that cannot be read for this lead: {}": "reglas que fallan para este lead: {}",
    "{} and {} more": "{} y {} más",
    "somebody wrote the stage {}, which is none of ours; it is kept": (
        "alguien escribió la etapa {}, que no existe; se conserva"
    ),
    "{} without a reason": "{} sin motivo",
    "{} without a date": "{} sin fecha",
    "{}, step {} is held: {}": "{}, paso {} retenido: {}",
    "no WhatsApp link: {}": "sin enlace de WhatsApp: {}",
    "the e-mail address cannot be read": "el correo no se puede leer",
    "there is no e-mail address": "no hay correo",
    "the sheet says that the lead does not consent": "según la hoja, el lead no da su permiso",
    "another row of the same person is {} ({}row {})": (
        "otra fila de la misma persona está en {} ({}fila {})"
    ),
    "{} (templates/{}{})": "{} (templates/{}{})",
    "{} {}": "{} {}",
    "is empty": "está vacío",
    "is a link": "es un enlace",
    "is a link, not a name": "es un enlace, no un nombre",
    "is not given in the config": "no está en la configuración",
    "no template {} is for this lead (in {})": "ninguna plantilla {} es para este lead (en {})",
    "“{}” does nothing: the draft lies as a file, which somebody may have sent": (
        "“{}” no tiene efecto: el borrador está en un archivo y quizá alguien ya lo envió"
    ),
    "“{}” does nothing: the draft is no longer where it lay, and counts as sent": (
        "“{}” no tiene efecto: el borrador ya no está en su sitio y cuenta como enviado"
    ),
}
TRANSLATIONS: Mapping[str, Mapping[str, str]] = {"id": _ID, "es": _ES}


class Spoken(str):
    """An English sentence that knows its pattern and its parts, so that it can be said anew.

    A part is a text, a number, or several texts that are listed with commas.
    """

    __slots__ = ("parts", "pattern")
    pattern: str
    parts: tuple[object, ...]

    def __new__(cls, pattern: str, *parts: object) -> Self:
        """The sentence in English."""
        spoken = super().__new__(cls, pattern.format(*(_put(part, "en") for part in parts)))
        spoken.pattern, spoken.parts = pattern, parts
        return spoken

    def __getnewargs__(self) -> tuple[object, ...]:  # type: ignore[override]  # of another making
        """What it is made of again after pickling or copying."""
        return (self.pattern, *self.parts)


def either(items: Sequence[str]) -> str:
    """``7``, ``7 or 9``, ``7 or 9 or 12``."""
    return reduce(partial(Spoken, "{} or {}"), items)


def said(text: str, language: str) -> str:
    """A sentence in a language; in English where nothing else is known."""
    known = TRANSLATIONS.get(language.replace("_", "-").partition("-")[0].casefold())
    if known is None:
        return str(text)
    if not isinstance(text, Spoken):
        return known.get(text, text)
    return known.get(text.pattern, text.pattern).format(*(_put(p, language) for p in text.parts))


def _put(part: object, language: str) -> str:
    """One part, as it stands in a sentence of a language."""
    if isinstance(part, str):
        return said(part, language)
    if isinstance(part, tuple):
        return ", ".join(said(one, language) for one in part)
    return _grouped(part, language) if isinstance(part, int | float) else str(part)


def _grouped(number: float, language: str) -> str:
    """``75,000,000``, or ``75.000.000`` where it is written so."""
    text = f"{number:,}"
    if language == "en":
        return text
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415  few cells have such remarks

    try:
        locale = Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        locale = Locale.parse(language[:2])
    marks = locale.number_symbols["latn"]
    return text.translate({ord(","): marks["group"], ord("."): marks["decimal"]})
