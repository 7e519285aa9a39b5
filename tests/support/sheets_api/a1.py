"""A1 notation: `Leads!A2:C`, `'it''s'!A1`, `B:D`, `2:5`, and the words for them in answers."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_COLUMNS = 18_278  # ZZZ

_CORNER = re.compile(r"\$?([A-Za-z]{1,3})?\$?([0-9]{1,8})?")
_R1C1 = re.compile(r"[Rr]([1-9][0-9]{0,7})[Cc]([1-9][0-9]{0,4})")
_QUOTED = re.compile(r"'((?:[^']|'')*)'(?:!(.*))?", re.DOTALL)
_PLAIN_TITLE = re.compile(r"[^\W\d]\w*")
_LOOKS_LIKE_A1 = re.compile(r"[A-Za-z]{1,3}[0-9]+|[Rr][0-9]*[Cc][0-9]*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Corners:
    """A rectangle as it was written: half open, from 0, None where it has no edge."""

    top: int | None = None
    left: int | None = None
    bottom: int | None = None
    right: int | None = None


def letters(column: int) -> str:
    """0 → A, 26 → AA."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def column(text: str) -> int:
    """A → 0, AA → 26."""
    number = 0
    for letter in text.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def split(text: str) -> tuple[str | None, str]:
    """The tab's title, or None where there is none, and the rest."""
    quoted = _QUOTED.fullmatch(text)
    if quoted:
        return quoted[1].replace("''", "'"), quoted[2] or ""
    title, mark, rest = text.rpartition("!")
    return (title, rest) if mark else (None, text)


def corners(text: str) -> Corners | None:
    """`A1:B2` and its kin; None where the text is nothing of that sort."""
    first, mark, second = text.strip().partition(":")
    one = _corner(first)
    if one is None or (not mark and None in one):
        return None
    two = _corner(second) if mark else one
    if two is None:
        return None
    left, right = _ordered(one[0], two[0])
    top, bottom = _ordered(one[1], two[1])
    return Corners(top=top, left=left, bottom=bottom, right=right)


def quote(title: str) -> str:
    """The title as it stands in the range of an answer: with quotes only where needed."""
    if _PLAIN_TITLE.fullmatch(title) and title.isascii() and not _LOOKS_LIKE_A1.fullmatch(title):
        return title
    return "'" + title.replace("'", "''") + "'"


def name(title: str, top: int, left: int, bottom: int, right: int) -> str:
    """`Leads!A1:C9`; `Leads!A1` for one cell."""
    first = f"{letters(left)}{top + 1}"
    last = f"{letters(right - 1)}{bottom}"
    return f"{quote(title)}!{first}" + ("" if first == last else f":{last}")


def _corner(text: str) -> tuple[int | None, int | None] | None:
    by_number = _R1C1.fullmatch(text.strip())
    if by_number:
        return int(by_number[2]) - 1, int(by_number[1]) - 1
    match = _CORNER.fullmatch(text.strip())
    if not match or not match[0] or match[2] == "0":
        return None
    return (column(match[1]) if match[1] else None, int(match[2]) - 1 if match[2] else None)


def _ordered(one: int | None, two: int | None) -> tuple[int | None, int | None]:
    if one is not None and two is not None:
        return min(one, two), max(one, two) + 1
    if two is not None and one is None:
        return None, two + 1
    return one, None
