"""Where the header row is, and what its columns are called."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, datetime

from sheetcrm.core.table.names import fold
from sheetcrm.core.table.values import CellValue

SEARCH_DEPTH = 50  #: rows from the top of the tab that may be the header
_LONG = 60  # characters: a longer text is a sentence, not a header
_GOOD_ENOUGH = 0.6  # of the best row's looks: a header with blanks, above rows that are full

_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u2060\u00ad"))
_ADDRESS_LIKE = re.compile(r"(mailto:)?[^@\s]+@[^@\s]+\.\w+|(https?://|www\.)\S+", re.IGNORECASE)
_NUMBER_LIKE = re.compile(r"[^\w]*\d[\d\s.,:/+()%-]*")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}")


def find_header(grid: Sequence[Sequence[CellValue]], known: Collection[str]) -> int | None:
    """The 0-based index in `grid` of the row that holds the headers, or None.

    The row with most cells that are `known` names (folded, a bracketed unit left out) wins, the
    upper one of equals. Where fewer than two are known, the looks decide: the first row of
    mostly distinct short texts that is about as wide as the data below it.

    Args:
        grid: the tab's first rows from the top, each a row's cells from the left; rows may
            differ in length. Only the first `SEARCH_DEPTH` are considered.
        known: names that headers may go by.
    """
    rows = [[_text(cell) for cell in row] for row in grid[:SEARCH_DEPTH]]
    names = {fold(name) for name in known}
    matches = [0 if _holds_address(row) else _matches(row, names) for row in rows]
    best = max(matches, default=0)
    if best > 1:
        return matches.index(best)
    looks = _looks(rows, grid)
    if best == 1:
        for index, row in enumerate(rows):
            if matches[index] and (looks[index] or _width(rows) == sum(map(bool, row))):
                return index
    good = max(looks, default=0.0)
    return next((i for i, look in enumerate(looks) if look and look >= _GOOD_ENOUGH * good), None)


def name_headers(cells: Sequence[CellValue], letters: Sequence[str], row: int) -> list[str]:
    """A unique name for each column, `letters` giving the columns (``C``) and `row` their row.

    White space is stripped and collapsed; a blank header is named by its address (``C4``), one
    that stands there already, whatever its case, gets it appended (``Budget (F4)``). Numbers and
    dates become text. Cells missing at the right are blank.
    """
    taken: set[str] = set()
    names = []
    for index, letter in enumerate(letters):
        address = f"{letter}{row}"
        name = (_text(cells[index]) if index < len(cells) else "") or address
        while name.casefold() in taken:
            name = f"{name} ({address})"
        taken.add(name.casefold())
        names.append(name)
    return names


def without_unit(header: str) -> str:
    """The header without what stands in brackets: ``Budget (IDR)`` → ``Budget``."""
    return " ".join(_BRACKETS.sub(" ", header).split())


def _text(cell: CellValue) -> str:
    """A header cell as a name; "" where it is blank."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(" ").removesuffix(" 00:00:00")
    if isinstance(cell, date):
        return cell.isoformat()
    text = unicodedata.normalize("NFC", str(cell)).translate(_INVISIBLE)
    return " ".join(text.split())


def _matches(row: Sequence[str], names: Collection[str]) -> int:
    """How many different known names stand in the row."""
    found = {fold(text) for text in row if text} | {fold(without_unit(text)) for text in row}
    return len((found - {""}).intersection(names))


def _holds_address(row: Sequence[str]) -> bool:
    """Whether an e-mail or web address stands in the row: then it is somebody's data."""
    return any(_ADDRESS_LIKE.fullmatch(text) for text in row)


def _width(rows: Sequence[Sequence[str]]) -> int:
    return max((sum(map(bool, row)) for row in rows), default=0)


def _looks(rows: Sequence[Sequence[str]], grid: Sequence[Sequence[CellValue]]) -> list[float]:
    """For each row how much it looks like a header, from 0 (not at all) to 1."""
    width = _width(rows)
    below: Counter[tuple[int, str]] = Counter()
    looks = []
    has_data = False
    for row, cells in zip(reversed(rows), reversed(grid[: len(rows)]), strict=True):
        look = _look(row, cells, below) / width if width else 0.0
        looks.append(look if has_data else look / 2)
        has_data = has_data or any(row)
        below.update((column, text) for column, text in enumerate(row) if text)
    return looks[::-1]


def _look(row: Sequence[str], cells: Sequence[CellValue], below: Counter[tuple[int, str]]) -> float:
    """How many good header cells the row has; 0 where it cannot be one.

    A text that stands again further down in its own column is a value, not a header.
    """
    filled = sum(map(bool, row))
    good = {
        fold(text)
        for column, (text, cell) in enumerate(zip(row, cells, strict=True))
        if isinstance(cell, str)
        and text
        and len(text) <= _LONG
        and not _NUMBER_LIKE.fullmatch(text)
        and not below[column, text]
    }
    if len(good) < 2 or 2 * len(good) < filled or _holds_address(row):
        return 0.0
    return float(len(good))
