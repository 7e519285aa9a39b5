"""Cells that hold an e-mail address."""

from __future__ import annotations

import re
from functools import lru_cache

from sheetcrm.core.table.reading import (
    BLANK,
    Reader,
    Reading,
    bare,
    remarked,
    says_unknown,
    unreadable,
)
from sheetcrm.core.table.spoken import Spoken
from sheetcrm.core.table.values import CellValue

_HINT = "write it like name@company.com"

# Every address of this form passes email-validator; the others are left to it. A test compares.
_WORD = r"[a-z0-9_+-]+"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_PLAIN = re.compile(rf"{_WORD}(?:\.{_WORD})*@(?:{_LABEL}\.)+[a-z]{{2,24}}")
_SPECIAL = (".test", ".local", ".localhost", ".invalid", ".onion", ".arpa")

_BRACKETED = re.compile(r"<\s*([^<>]*@[^<>]*?)\s*>")
_AT_WORD = re.compile(r"\s*[(\[{]\s*(?:at|@)\s*[)\]}]\s*|\s+@\s*|@\s+", re.IGNORECASE)
_SEVERAL = re.compile(r"[;,|\n]+|\s+/\s+|/(?=[^/\s]*@)|\s+(?=\S+@)")
_COMMA_DOT = re.compile(r"(@[\w-]+),\s?(com|net|org|id|es|co)\b", re.IGNORECASE)

_COMMON = (
    *("gmail.com", "yahoo.com", "hotmail.com", "outlook.com", "icloud.com", "live.com"),
    *("yahoo.co.id", "yahoo.es", "hotmail.es", "outlook.es", "googlemail.com", "ymail.com"),
    *("rocketmail.com", "aol.com", "msn.com", "protonmail.com"),
)
_ALSO_REAL = (
    "mail.com email.com gmx.com gmx.es yahoo.fr yahoo.ca yahoo.in yahoo.de yahoo.it hotmail.fr "
    "hotmail.it hotmail.de outlook.fr outlook.de outlook.it outlook.in live.ca live.fr live.it "
    "live.nl love.com line.com life.com me.com mac.com mailo.com"
)
_MISSPELT_COM = (".con", ".cmo", ".vom", ".ocm", ".comm", ".coom", ".xom", ".cim")


def email_reader() -> Reader:
    """A reader of e-mail addresses, in lower case as people compare them.

    ``mailto:``, ``Name <…>``, stray blanks, quotes and closing punctuation go. Of several
    addresses the first is taken, with a remark; a domain that looks misspelt is kept, with a
    remark. Syntax as email-validator (RFC 5321, 5322, 6531) has it; nothing is looked up.
    """

    def read(cell: CellValue) -> Reading:
        if cell is None:
            return BLANK
        if not isinstance(cell, str):
            return unreadable(cell, "an e-mail address", _HINT)
        text = bare(cell).lower()
        if _is_plain(text):
            return _checked(cell, text, [])
        return BLANK if says_unknown(text) else _untidy(cell, text)

    return read


@lru_cache(maxsize=4096)
def meant_domain(domain: str) -> str | None:
    """The common domain that differs from this one by a single slip, or None."""
    if domain in _COMMON or domain in _ALSO_REAL.split():
        return None
    if domain.endswith(_MISSPELT_COM):
        return domain.rpartition(".")[0] + ".com"
    return next((common for common in _COMMON if _one_slip(domain, common)), None)


def _is_plain(text: str) -> bool:
    """Whether it is an address of the everyday form, such as nearly all are."""
    return (
        len(text) <= 254
        and 0 < text.find("@") <= 64
        and _PLAIN.fullmatch(text) is not None
        and "--" not in text
        and not text.endswith(_SPECIAL)
    )


def _untidy(cell: str, text: str) -> Reading:
    """An address with something around it."""
    remarks = []
    bracketed = _BRACKETED.search(text)
    tidy = bracketed[1] if bracketed else text
    tidy = tidy.removeprefix("e-mail:").removeprefix("email:").strip().removeprefix("mailto:")
    joined = _COMMA_DOT.sub(
        r"\1.\2", _AT_WORD.sub("@", tidy.split("?")[0] if "?" in tidy else tidy)
    )
    if joined != tidy:
        remarks.append("a slip of the pen was mended")
    parts = [part.strip(" \t'\"<>()[].,:;") for part in _SEVERAL.split(joined)]
    addresses = [part for part in parts if "@" in part]
    if not addresses:
        return unreadable(cell, "an e-mail address", _HINT)
    if len(set(addresses)) > 1:
        remarks.append("the first of several addresses")
    address = addresses[0] if _is_plain(addresses[0]) else _validated(addresses[0])
    if address is None:
        return unreadable(cell, "an e-mail address", _HINT)
    return _checked(cell, address, remarks)


def _validated(address: str) -> str | None:
    """The address as email-validator normalises it, or None where it is none."""
    import email_validator  # noqa: PLC0415 - takes 65 ms, and most sheets never need it

    try:
        found = email_validator.validate_email(
            address, check_deliverability=False, strict=False, allow_display_name=False
        )
    except email_validator.EmailNotValidError:
        return None
    return found.normalized.lower()


def _checked(cell: str, address: str, remarks: list[str]) -> Reading:
    """The reading of a good address, with a remark where its domain looks misspelt."""
    domain = address.partition("@")[2]
    meant = meant_domain(domain)
    if meant:
        remarks = [*remarks, Spoken("the domain {} looks misspelt", domain)]
    hint = f"did you mean {address.partition('@')[0]}@{meant}?" if meant else ""
    return remarked(cell, address, remarks, hint)


def _one_slip(one: str, other: str) -> bool:
    """Whether one letter was added, left out, replaced, or swapped with its neighbour."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    rest, others = one[start:], other[start:]
    swapped = others[1:2] + others[:1] + others[2:]
    return rest[1:] == others or rest == others[1:] or rest[1:] == others[1:] or rest == swapped
