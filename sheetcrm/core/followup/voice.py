"""How numbers, money, dates and lists are said to one lead: per locale, from CLDR.

What says them is imported when there is something to say: in most runs no message is due.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from babel import Locale, UnknownLocaleError

NBSP = "\u00a0"
DATE_STYLES = ("short", "medium", "long", "full")

_YES_NO = {"id": ("ya", "tidak"), "es": ("sí", "no"), "en": ("yes", "no")}
_WITHOUT_CENTS = frozenset({"IDR", "JPY", "KRW", "VND", "CLP", "COP", "PYG"})
_SYMBOLS = {"IDR": "Rp"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Voice:
    """The locale and the currency that a message speaks."""

    language: str  #: BCP 47 tag of the template's language
    country: str  #: ISO 3166, of the lead
    currency: str  #: ISO 4217

    @property
    def locale(self) -> Locale:
        """Language and territory as far as CLDR knows them: ``es`` to a Mexican is ``es_MX``."""
        return _locale(self.language, self.country)

    def money(self, amount: float, currency: str = "") -> str:
        """``Rp 5.000.000`` (with no-break space); cents only where there are some."""
        from babel.numbers import format_decimal, get_currency_symbol  # noqa: PLC0415  see above

        code = (currency or self.currency).upper()
        whole = code in _WITHOUT_CENTS or float(amount).is_integer()
        pattern = str(self.locale.currency_formats["standard"].pattern).split(";")[0]
        symbol = _SYMBOLS.get(code) or get_currency_symbol(code, self.locale)
        if pattern.startswith("¤#") and (symbol[-1].isalpha() or self.locale.language == "id"):
            pattern = pattern.replace("¤", f"¤{NBSP}")
        pattern = pattern.replace("0.00", "0" if whole else "0.00").replace("¤", f"'{symbol}'")
        return str(format_decimal(amount, format=pattern, locale=self.locale))

    def number(self, value: float) -> str:
        """Without thousands separators, as it may be a year or a house number."""
        if isinstance(value, int) or float(value).is_integer():
            return str(int(value))
        from babel.numbers import format_decimal  # noqa: PLC0415  see above

        return str(format_decimal(value, format="0.##", locale=self.locale))

    def date(self, value: date, style: str = "long") -> str:
        """``24 November 2026``, ``24 de noviembre de 2026``."""
        from babel.dates import format_date  # noqa: PLC0415  see above

        day = value.date() if isinstance(value, datetime) else value
        return str(format_date(day, format=style, locale=self.locale))

    def listing(self, items: Sequence[str]) -> str:
        """``solar, EV, dan baterai``."""
        from babel.lists import format_list  # noqa: PLC0415  see above

        return str(format_list(items, locale=self.locale))

    def yes_no(self, value: bool) -> str:  # noqa: FBT001  the value itself
        """The word for it."""
        yes, no = _YES_NO.get(self.locale.language, _YES_NO["en"])
        return yes if value else no

    def phone(self, text: str) -> str:
        """``+62 812-3456-7890``; what is not a phone number stays as it is."""
        import phonenumbers  # noqa: PLC0415  see above

        try:
            number = phonenumbers.parse(text, self.country or None)
        except phonenumbers.NumberParseException:
            return text
        style = phonenumbers.PhoneNumberFormat.INTERNATIONAL
        return str(phonenumbers.format_number(number, style))


def is_currency(code: str) -> bool:
    """Whether CLDR knows a currency by this code (ISO 4217)."""
    from babel.numbers import is_currency as is_known  # noqa: PLC0415  see above

    return bool(is_known(code.upper(), "en"))


@lru_cache(maxsize=256)
def _locale(language: str, country: str) -> Locale:
    plain, _, region = language.partition("-")
    for tag in (f"{plain}_{region or country}", plain, "en"):
        try:
            return Locale.parse(tag)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")
