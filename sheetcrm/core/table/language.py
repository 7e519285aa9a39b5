"""In which language a lead is written to."""

from __future__ import annotations

from functools import lru_cache

from sheetcrm.core.table.names import fold

SPELLINGS = {
    "id": ("id", "in", "ind", "indonesia", "indonesian", "bahasa", "bahasa indonesia", "indo"),
    "es": ("es", "esp", "spa", "spanish", "español", "castellano", "espanol", "spanyol"),
    "en": ("en", "eng", "english", "inggris", "inglés", "ingles"),
}
_BY_SPELLING = {fold(word): code for code, words in SPELLINGS.items() for word in words}


@lru_cache(maxsize=4096)
def language_code(text: str) -> str:
    """``"Bahasa Indonesia"`` → ``"id"``; ``"es_mx"`` → ``"es-MX"``; ``""`` where it says nothing.

    A tag is read as BCP 47: language, then an optional region.
    """
    known = _BY_SPELLING.get(fold(text))
    if known:
        return known
    language, _, region = text.strip().replace("_", "-").partition("-")
    if len(language) in {2, 3} and language.isascii() and language.isalpha():
        return f"{language.lower()}-{region.upper()}" if region else language.lower()
    return ""


@lru_cache(maxsize=512)
def base_language(tag: str) -> str:
    """``es-MX`` and ``es_MX`` are ``es``."""
    return tag.replace("_", "-").partition("-")[0].strip().casefold()


@lru_cache(maxsize=512)
def language_of_country(country: str) -> str:
    """The first official language of an ISO 3166 country (CLDR), in law or in fact, or ``""``."""
    from babel.languages import get_official_languages  # noqa: PLC0415  loads CLDR data

    official = get_official_languages(country.upper(), de_facto=True) if len(country) == 2 else ()
    return official[0].split("_")[0] if official else ""
