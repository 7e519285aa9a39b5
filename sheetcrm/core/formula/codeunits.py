"""Characters as Excel counts them: in UTF-16 code units, of which an emoji is two.

`apart` makes two private characters of each such character, so that lengths and places come out
as Excel's; `together` makes them one again. Half of one is the replacement character.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import polars as pl

from sheetcrm.core.formula.cells import compute_each

_LONG: Final = r"[\x{10000}-\x{10FFFF}]"
_PARTS: Final = r"[\x{10F000}-\x{10F3FF}][\x{10F400}-\x{10F7FF}]|[\x{10F000}-\x{10F7FF}]"
_FIRST, _SECOND, _BEYOND = 0x10F000, 0x10F400, 0x10000


def apart(text: pl.Series) -> pl.Series:
    """Texts of which each character is one code unit."""
    return _each(text, _LONG, _halves)


def ascii_only(text: pl.Series) -> bool:
    """Whether all texts are ASCII: they have as many characters as bytes."""
    (more,) = compute_each(lambda t: [(t.str.len_bytes() - t.str.len_chars()).sum()], text)
    return not more[0]


def together(text: pl.Series) -> pl.Series:
    """The texts again, or what is left of them."""
    return _each(text, _PARTS, _joined)


def _each(text: pl.Series, pattern: str, change: Callable[[str], str]) -> pl.Series:
    """Texts with all that matches changed; of ASCII the lengths alone tell that nothing does."""
    if ascii_only(text):
        return text
    found = text.str.extract_all(pattern).explode().drop_nulls().unique().to_list()
    if not found:
        return text
    found.sort(key=len, reverse=True)  # of a pair both halves before each alone
    return text.str.replace_many(found, [change(part) for part in found], leftmost=True)


def _halves(char: str) -> str:
    high, low = divmod(ord(char) - _BEYOND, 1024)
    return chr(_FIRST + high) + chr(_SECOND + low)


def _joined(part: str) -> str:
    if len(part) == 1:
        return "\N{REPLACEMENT CHARACTER}"
    return chr(_BEYOND + (ord(part[0]) - _FIRST) * 1024 + ord(part[1]) - _SECOND)
