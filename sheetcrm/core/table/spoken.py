"""Sentences about cells that can be said in the workspace's language: for the column of problems.

A terminal speaks English. What is written into a sheet is read by a team in its own language, so
a sentence keeps what it was made of, and is put together anew from its pattern's translation.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial, reduce
from typing import Self

from sheetcrm.core.table.language import base_language
from sheetcrm.core.table.translations import TRANSLATIONS


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


def in_a_row(items: Sequence[str]) -> str:
    """``MQL since Monday · step 1``."""
    return reduce(partial(Spoken, "{} · {}"), items)


def said(text: str, language: str) -> str:
    """A sentence in a language; in English where nothing else is known."""
    known = TRANSLATIONS.get(base_language(language))
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
