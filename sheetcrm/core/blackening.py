"""The words that name a person, in every way in which texts write them, and their blackening."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Sequence

from sheetcrm.core.followup.percent import percent_encode
from sheetcrm.core.memory import PersonFile

BLACK = "[forgotten]"

_SHORTEST = 3  # characters of a name by itself; less would blacken half of every text
_PLAIN = re.compile(r"[a-z0-9._-]+", re.IGNORECASE)  # is written so everywhere
_BETWEEN = r"[\s()./\u00a0\u2010-\u2015-]{0,3}"  # the digits of a number, as people write it
# A word begins behind what belongs to no word, or behind an escape of JSON or of an address.
_BEGINS = r"(?:(?<![\w.+-])|(?<=\\[nrt])|(?<=%[0-9a-f]{2}))"
_ENDS = r"(?![\w-]|\.\w)"


class Wanted:
    """What names one person."""

    def __init__(self, person: PersonFile) -> None:
        """Their addresses, numbers and names, and the ids of their rows and messages."""
        self.addresses = frozenset(address.casefold() for address in person.addresses)
        self.message_ids = frozenset(
            str(message.get("message_id")) for message in person.tables.get("messages", ())
        )
        ids = (lead for _, lead in person.leads)
        named = (word for word in (*person.names, *ids) if len(word) >= _SHORTEST)
        self._words = {*self.addresses, *self.message_ids, *named} - {""}
        self._phones = person.phones
        forms = {form for word in self._words for form in _forms(word)}
        # A longer one first: what is part of another would leave the rest of it standing.
        exact = (re.escape(form) for form in sorted(forms, key=len, reverse=True))
        words = "|".join((*map(_number, self._phones), *exact)) or r"(?!)"
        self._pattern = re.compile(rf"{_BEGINS}(?:{words}){_ENDS}", re.IGNORECASE)

    @property
    def needles(self) -> Sequence[str]:
        """Pieces of which one stands in every text that names the person, whatever its case.

        "" where nothing can be said of it beforehand.
        """
        pieces = [max(_PLAIN.findall(word), key=len, default="") for word in self._words]
        return sorted({*pieces, *(phone[-1:] for phone in self._phones)})

    def is_in(self, text: str) -> bool:
        """Whether a text names the person."""
        if self._pattern.search(text):
            return True
        return "&" in text and bool(self._pattern.search(html.unescape(text)))

    def blackened(self, text: str) -> str:
        """The text without the person's words."""
        return self._pattern.sub(BLACK, text)

    def blackened_within(self, value: object) -> object:
        """What JSON holds, its texts without the person's words."""
        if isinstance(value, dict):
            return {name: self.blackened_within(part) for name, part in value.items()}
        if isinstance(value, list):
            return [self.blackened_within(part) for part in value]
        return self.blackened(value) if isinstance(value, str) else value


def _forms(word: str) -> Iterator[str]:
    """A word as texts, addresses of pages, JSON and HTML write it."""
    yield from (word, percent_encode(word), html.escape(word))
    yield from (json.dumps(word, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False))


def _number(phone: str) -> str:
    """A number in E.164 as a pattern: with its country code or without, however it is parted."""
    import phonenumbers  # noqa: PLC0415  slow to load

    try:
        parsed = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return rf"\+?{_parted(phone.removeprefix('+'))}"
    national = phonenumbers.national_significant_number(parsed)
    abroad = rf"\(?(?:\+|00)?{_parted(str(parsed.country_code))}{_BETWEEN}(?:\(0\){_BETWEEN})?"
    return rf"(?:{abroad}|\(?0{_BETWEEN})?\(?{_parted(national)}"


def _parted(digits: str) -> str:
    return _BETWEEN.join(map(re.escape, digits))
