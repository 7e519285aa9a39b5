"""Characters as Excel counts them: in UTF-16 code units, of which an emoji is two.

`apart` makes two private characters of each such character, so that lengths and places come out
as Excel's; `together` makes them one again. Half of one is the replacement character.
"""

from __future__ import annotations

import re
from typing import Final

import polars as pl

from sheetcrm.core.formula.coerce import by_distinct

_LONG: Final = r"[\x{10000}-\x{10FFFF}]"
_HALVES: Final = r"[\x{10F000}-\x{10F7FF}]"
_PARTS: Final = re.compile(
    "([\U0010f000-\U0010f3ff])([\U0010f400-\U0010f7ff])|[\U0010f000-\U0010f7ff]"
)
_FIRST, _SECOND, _BEYOND = 0x10F000, 0x10F400, 0x10000


def apart(text: pl.Series) -> pl.Series:
    """Texts of which each character is one code unit."""
    return by_distinct(text, _apart, pl.String) if _any(text, _LONG) else text


def together(text: pl.Series) -> pl.Series:
    """The texts again, or what is left of them."""
    return by_distinct(text, _together, pl.String) if _any(text, _HALVES) else text


def _any(text: pl.Series, pattern: str) -> bool:
    """Whether any text has such a character; ASCII is told by the lengths alone."""
    plain = text.str.len_bytes().sum() == text.str.len_chars().sum()
    return not plain and bool(text.str.contains(pattern).any())


def _apart(text: str) -> str:
    return "".join(char if ord(char) < _BEYOND else _halves(ord(char)) for char in text)


def _halves(point: int) -> str:
    high, low = divmod(point - _BEYOND, 1024)
    return chr(_FIRST + high) + chr(_SECOND + low)


def _together(text: str) -> str:
    return _PARTS.sub(_joined, text)


def _joined(found: re.Match[str]) -> str:
    if not found[1]:
        return "\N{REPLACEMENT CHARACTER}"
    return chr(_BEYOND + (ord(found[1]) - _FIRST) * 1024 + ord(found[2]) - _SECOND)
