"""Cells that hold several values (``solar; EV / baterai``), and values with many spellings."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sheetcrm.core.table.names import fold
from sheetcrm.core.table.reading import (
    BLANK,
    Reader,
    Reading,
    bare,
    display,
    says_unknown,
    unreadable,
)
from sheetcrm.core.table.values import CellError, CellValue

_SEPARATOR = re.compile(
    r"""(?: [;|\n\r•·、，；]            # always
          | (?<!\d)[,/] | [,/](?!\d)   # not within "1,5" or "24/7"
          | (?<=\s)[&+] | [&+](?=\s)   # not within "R&D"
        )(?![^(]*\))                   # nor within brackets""",
    re.VERBOSE,
)
_BULLET = re.compile(r"^(?:[-–*]|\d{1,2}[.)])\s+")

Aliases = Mapping[str, tuple[str, ...]]


def text_reader(aliases: Aliases) -> Reader:
    """A reader of text: white space around it goes, a spelling becomes the value it stands for.

    Numbers, dates and the like stay what they are, so that formulas can compare them.
    """
    canonical = _canonical(aliases)

    def read(cell: CellValue) -> Reading:
        if isinstance(cell, CellError):
            return unreadable(cell, "text")
        if not isinstance(cell, str):
            return Reading(cell)
        text = bare(cell)
        return Reading(canonical.get(fold(text), text) or None if canonical else text or None)

    return read


def list_reader(aliases: Aliases) -> Reader:
    """A reader of lists as text: the values with ``"; "`` between them, each one once.

    Values are separated by ``; , | / & +``, bullets or new lines, but not within brackets.
    """
    canonical = _canonical(aliases)

    def read(cell: CellValue) -> Reading:
        if isinstance(cell, CellError):
            return unreadable(cell, "a list")
        whole = bare(display(cell))
        if not whole or says_unknown(whole):
            return BLANK
        if fold(whole) in canonical:
            return Reading(canonical[fold(whole)])
        items: dict[str, str] = {}
        for part in _SEPARATOR.split(whole):
            item = _BULLET.sub("", part.strip()).strip()
            if item and not says_unknown(item):
                name = canonical.get(fold(item), item)
                items.setdefault(fold(name), name)
        return Reading("; ".join(items.values()) or None)

    return read


def _canonical(aliases: Aliases) -> dict[str, str]:
    """Folded spelling → the value that it stands for."""
    spellings = {fold(spelling): value for value, all_ in aliases.items() for spelling in all_}
    return spellings | {fold(value): value for value in aliases}
