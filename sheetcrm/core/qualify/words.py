"""The fixed words of reasons and moves, in the languages that sheetcrm speaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from babel import Locale, UnknownLocaleError

from sheetcrm.core.table.language import base_language
from sheetcrm.core.table.values import CellValue

MINUS = "−"
_GROUPED_FROM = 10_000  # below it a number is as readable without separators


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """One language: each is a word, or a pattern with ``{}`` where names and numbers go."""

    score: str
    join: str  #: between the last two of several things
    yes: str
    no: str
    unknown: str
    faded: str
    capped: str
    raised: str
    reason: str
    rule_says: str
    suggestion: str
    by_hand: str
    rule_holds: str
    nothing_else: str
    met: str  #: names of frameworks, as are the next two
    open: str
    not_met: str
    until: str
    returned: str
    one_more: str  #: stage, name of what is missing
    some_more: str  #: how many, stage, names
    decimal: str
    group: str

    def number(self, value: float, *, signed: bool = False) -> str:
        """``62`` and not ``62.0``; ``12.5`` with the language's mark; ``+20``, ``−8`` if signed."""
        size = abs(value)
        text = f"{size:,.2f}" if size >= _GROUPED_FROM else f"{size:.2f}"
        text = text.rstrip("0").rstrip(".").translate({44: self.group, 46: self.decimal})
        return (MINUS if value < 0 else "+" if signed and value > 0 else "") + text

    def value(self, value: CellValue) -> str:
        """A cell's value as a person would say it."""
        if isinstance(value, bool):
            return self.yes if value else self.no
        if isinstance(value, int | float):
            return self.number(value)
        if isinstance(value, date):
            return value.isoformat()[:10]
        return "" if value is None else " ".join(str(value).split())

    def enumerate(self, parts: list[str]) -> str:
        """``a``, ``a and b``, ``a, b and c``."""
        if len(parts) < 2:
            return "".join(parts)
        return f"{', '.join(parts[:-1])} {self.join} {parts[-1]}"


_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "score": "score",
        "join": "and",
        "yes": "yes",
        "no": "no",
        "unknown": "unknown: {}",
        "faded": "faded {}",
        "capped": "{} capped at {}",
        "raised": "{} not below {}",
        "reason": "reason: {}",
        "rule_says": "rule says {}",
        "suggestion": "suggested stage: {}",
        "by_hand": "set by hand",
        "rule_holds": "the rule of {} holds",
        "nothing_else": "no rule of a higher stage holds",
        "met": "met: {}",
        "open": "open: {}",
        "not_met": "not met: {}",
        "until": "until {}",
        "returned": "back where it left the ladder",
        "one_more": "one more for {}: {}",
        "some_more": "{} more for {}: {}",
    },
    "id": {
        "score": "skor",
        "join": "dan",
        "yes": "ya",
        "no": "tidak",
        "unknown": "belum diketahui: {}",
        "faded": "memudar {}",
        "capped": "{} dibatasi {}",
        "raised": "{} minimal {}",
        "reason": "alasan: {}",
        "rule_says": "menurut aturan {}",
        "suggestion": "saran tahap: {}",
        "by_hand": "diisi sendiri",
        "rule_holds": "aturan {} terpenuhi",
        "nothing_else": "belum memenuhi aturan tahap yang lebih tinggi",
        "met": "terpenuhi: {}",
        "open": "belum pasti: {}",
        "not_met": "tidak terpenuhi: {}",
        "until": "sampai {}",
        "returned": "kembali ke tahap sebelum keluar",
        "one_more": "satu lagi untuk {}: {}",
        "some_more": "{} lagi untuk {}: {}",
    },
    "es": {
        "score": "puntaje",
        "join": "y",
        "yes": "sí",
        "no": "no",
        "unknown": "sin saber: {}",
        "faded": "se desvanece {}",
        "capped": "{} con tope de {}",
        "raised": "{} no baja de {}",
        "reason": "motivo: {}",
        "rule_says": "la regla dice {}",
        "suggestion": "etapa sugerida: {}",
        "by_hand": "puesto a mano",
        "rule_holds": "se cumple la regla de {}",
        "nothing_else": "no cumple la regla de una etapa superior",
        "met": "cumple: {}",
        "open": "por saber: {}",
        "not_met": "no cumple: {}",
        "until": "hasta el {}",
        "returned": "de vuelta a la etapa en que salió",
        "one_more": "falta uno para {}: {}",
        "some_more": "faltan {} para {}: {}",
    },
}


@lru_cache(maxsize=64)
def words(language: str) -> Words:
    """The words of a language tag (``es``, ``es-MX``); English where there are none."""
    base = base_language(language)
    if base not in _WORDS:
        return words("en")
    marks = _locale(language, base).number_symbols["latn"]
    return Words(**_WORDS[base], decimal=marks["decimal"], group=marks["group"])


def _locale(tag: str, base: str) -> Locale:
    """What CLDR knows of a tag, or else of its language."""
    try:
        return Locale.parse(tag.replace("_", "-"), sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(base)


@lru_cache(maxsize=4096)
def in_running_text(name: str) -> str:
    """A rule's name within a sentence: ``Target city`` → ``target city``, ``CEO signs`` as it is.

    Words that are more than a capital and small letters (``BANT``, ``WhatsApp``) stay. Only the
    first word is lowered, as later capitals are names (``Lives in Jakarta``), unless all words
    have one (``Free Mail``).
    """
    parts = name.split()
    plain = [part[:1].isupper() and part[1:] == part[1:].lower() for part in parts]
    titled = len(parts) > 1 and all(part[:1].isupper() for part in parts)
    return " ".join(
        part.lower() if is_plain and (titled or index == 0) else part
        for index, (part, is_plain) in enumerate(zip(parts, plain, strict=True))
    )
