"""Addresses in headers, and the tokens of ours in them."""

from __future__ import annotations

import re
from collections.abc import Iterable

ADDRESS_LIMIT = 2000  #: characters of a header in which an address is looked for

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_COMMENT = re.compile(r"\([^()]*\)")
_BRACKETED = re.compile(r"<\s*([^\s<>@,;]+@[^\s<>@,;]+)\s*>")
_BARE = re.compile(r"[^\s<>@,;:\"()\[\]]{1,64}@[^\s<>@,;:\"()\[\]]{1,255}")
_TAGGED = re.compile(r"([\w.-]{0,64})[+=]([a-z2-7]{16})(?==|@|\Z)")
_OURS = re.compile(r"<sc\.([a-z2-7]{16})@[^<>\s@]+>")
_TOKEN = re.compile(r"(?<![A-Za-z0-9])([a-z2-7]{16})(?![A-Za-z0-9])")
_IDS = re.compile(r"<[^<>\s]{3,990}>")


def address_in(value: str) -> str:
    """The first address of a header, in lower case; "" for none.

    A name may hold an address of its own: ``"info@shop.example" <a@b.example>`` is the latter.
    """
    plain = _COMMENT.sub(" ", _QUOTED.sub(" ", value[:ADDRESS_LIMIT]))
    found = _BRACKETED.search(plain)
    if found:
        return found[1].lower()
    bare = _BARE.search(plain)
    return bare[0].rstrip(".").lower() if bare else ""


def tagged(values: Iterable[str]) -> list[tuple[str, str]]:
    """What stands before the ``+`` of our own addresses, and the token after it (VERP)."""
    found = (one for value in values for one in _TAGGED.finditer(value[:ADDRESS_LIMIT].lower()))
    return [(one[1], one[2]) for one in found]


def token_of_id(message_id: str) -> str:
    """The token in a Message-ID of ours, "" where it is none of ours."""
    found = _OURS.fullmatch(message_id)
    return found[1] if found else ""


def first_token(text: str) -> str:
    """The first word that looks like a token, "" for none."""
    found = _TOKEN.search(text)
    return found[1] if found else ""


def token_in(text: str) -> str:
    """The token of the first of our Message-IDs that stands in a text, "" for none."""
    found = _OURS.search(text)
    return found[1] if found else ""


def message_ids(values: Iterable[str]) -> list[str]:
    """The Message-IDs in headers such as References, in their order."""
    return [one for value in values for one in _IDS.findall(value)]
