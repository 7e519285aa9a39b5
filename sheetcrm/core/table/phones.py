"""Cells that hold a phone number."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from sheetcrm.core.table.fields import Locale
from sheetcrm.core.table.reading import (
    BLANK,
    Reader,
    Reading,
    bare,
    display,
    remarked,
    says_unknown,
    unreadable,
)
from sheetcrm.core.table.values import CellValue

_SCIENTIFIC = re.compile(r"\d[.,]\d+e\+?\d+", re.IGNORECASE)
_PUNCTUATION = str.maketrans("", "", " -.()\u00a0\u2011\u2013/")
_NUMBER = re.compile(r"\+?\(?\d[\d\s().\u00a0\u2010-\u2015+-]{4,}")
_MEXICAN = re.compile(r"52(?:1|044|045|01)(\d{10})")  # "+52 1 33 …": not dialled since 2019
_MEXICAN_AT_HOME = re.compile(r"(?:044|045|01)(\d{10})")
_SEVERAL = re.compile(r"[/;,|&\n]|\s(?:or|atau|dan|y|o|and)\s", re.IGNORECASE)
_LINK = re.compile(
    r"^(?:tel:|(?:https?://)?(?:wa\.me/|api\.whatsapp\.com/send\?phone=))", re.IGNORECASE
)


def phone_reader(locale: Locale) -> Reader:
    """A reader of phone numbers as E.164 (``+6281234567890``), checked by libphonenumber's rules.

    A number without a country code belongs to the workspace's country; it may have lost its
    leading zero or plus (``81234567890``, ``6281234567890``), have become a number in Excel, or be
    a WhatsApp link. Of several numbers the first is taken, with a remark.
    """
    country = locale.country.upper()
    quick = _quick(country)
    hint = f"write it with its country code, such as {_example(country)}"

    def read(cell: CellValue) -> Reading:
        if cell is None:
            return BLANK
        if not isinstance(cell, str | int | float) or isinstance(cell, bool):
            return unreadable(cell, "a phone number", hint)
        text = bare(display(cell)).lstrip("'`")
        found = quick(text.translate(_PUNCTUATION))
        if found:
            return Reading(found)
        if says_unknown(text):
            return BLANK
        if _SCIENTIFIC.fullmatch(text):
            lost = "Excel has cut off its last digits: format the column as text, type it again"
            return unreadable(cell, "a phone number", lost)
        return _read(cell, _LINK.sub("", text), country, hint)

    return read


@lru_cache(maxsize=256)
def calling_code(country: str) -> str:
    """What numbers of a country (ISO 3166 alpha-2) begin with: ``+62``; "+" where none is known."""
    import phonenumbers  # noqa: PLC0415 - as below

    return f"+{phonenumbers.country_code_for_region(country) or ''}"


def number_in(country: str, text: str) -> str | None:
    """The number in E.164 that a text without a country code is in a country, None for no number.

    Where the count of its digits cannot be right, it is not looked at more closely.
    """
    import phonenumbers  # noqa: PLC0415 - as below

    digits = "".join(char for char in text if char.isdecimal())
    lengths, trunk = _national(country)
    if not lengths.intersection((len(digits), len(digits.removeprefix(trunk)))):
        return None
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number_for_region(number, country):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


@lru_cache(maxsize=256)
def _national(country: str) -> tuple[frozenset[int], str]:
    """How many digits the numbers of a country have, and what they begin with inside it."""
    from phonenumbers import PhoneMetadata  # noqa: PLC0415 - as below

    table = PhoneMetadata.metadata_for_region(country)
    if table is None or table.general_desc is None:
        return frozenset(), ""
    return frozenset(table.general_desc.possible_length), table.national_prefix or ""


def _read(cell: CellValue, text: str, country: str, hint: str) -> Reading:
    """A number with something around it, or of another country."""
    numbers = list(dict.fromkeys(_numbers(text, country)))
    if not numbers:
        return unreadable(cell, "a phone number", hint)
    if len(numbers) == 1:
        return Reading(numbers[0])
    return remarked(cell, numbers[0], ["the first of several numbers"])


def _numbers(text: str, country: str) -> Iterator[str]:
    """The valid numbers of the text: as a whole, or else of its parts."""
    whole = _number(text, country)
    if whole:
        yield whole
        return
    for part in _SEVERAL.split(text):
        for match in _NUMBER.finditer(part):
            found = _number(match[0], country)
            if found:
                yield found


def _number(text: str, country: str) -> str | None:
    """The number in E.164, or None where libphonenumber knows of no such number."""
    import phonenumbers  # noqa: PLC0415 - its tables are for those sheets that need them

    digits = "".join(char for char in text if char.isdecimal()).removeprefix("00")
    if not 5 <= len(digits) <= 18 or sum(char.isalpha() for char in text) > 12:
        return None
    for candidate in (_as_dialled(text, digits, country), f"+{digits}"):
        try:
            number = phonenumbers.parse(candidate, country)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    return None


def _as_dialled(text: str, digits: str, country: str) -> str:
    """The text, without the prefixes that Mexico has given up and its people still write."""
    retired = _MEXICAN.fullmatch(digits)
    if retired is None and country == "MX":
        retired = _MEXICAN_AT_HOME.fullmatch(digits)
    return f"+52{retired[1]}" if retired else text


@lru_cache(maxsize=8)
def _quick(country: str) -> Callable[[str], str | None]:
    """A reader of the country's own mobile numbers, thirty times as fast as the full one.

    It takes only what libphonenumber's table of the country calls a mobile number, and only
    where the country has no rule that changes the digits; a test compares the two.
    """
    from phonenumbers import PhoneMetadata  # noqa: PLC0415 - as above

    table = PhoneMetadata.metadata_for_region(country)
    if (
        table is None
        or table.mobile is None
        or table.general_desc is None
        or table.national_prefix_for_parsing != table.national_prefix
    ):
        return lambda _digits: None
    code, prefix = table.country_code, table.national_prefix or ""
    mobile = re.compile(rf"(?:\+{code}|{prefix})?({table.mobile.national_number_pattern})")
    abroad = re.compile(rf"{code}({table.mobile.national_number_pattern})")
    national = re.compile(table.general_desc.national_number_pattern or "")

    def read(digits: str) -> str | None:
        match = mobile.fullmatch(digits)
        if match is None and not national.fullmatch(digits):
            match = abroad.fullmatch(digits)
        return f"+{code}{match[1]}" if match else None

    return read


@lru_cache(maxsize=8)
def _example(country: str) -> str:
    """A made-up mobile number of the country."""
    import phonenumbers  # noqa: PLC0415 - as above

    number = phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.MOBILE)
    if number is None:
        return "+62 812 3456 7890"
    style = phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(number, style))
