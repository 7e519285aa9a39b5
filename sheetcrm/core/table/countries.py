"""Cells that name a country, in Indonesian, Spanish or English, or by its ISO 3166 code."""

from __future__ import annotations

import re
from functools import lru_cache

from babel import Locale as Language
from babel.core import get_global

from sheetcrm.core.table.names import fold, nearest
from sheetcrm.core.table.reading import BLANK, Reader, Reading, bare, says_unknown, unreadable
from sheetcrm.core.table.values import CellValue

_LANGUAGES = ("en", "es", "id")
_NO_COUNTRY = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})
_PARTS = re.compile(r"[,/()|;\n]|\s[-–]\s")
_ALSO = {
    "ID": ("RI", "NKRI", "Republik Indonesia", "Indo"),
    "US": ("USA", "U.S.", "Amerika", "Amerika Serikat", "America", "EEUU", "EE. UU.", "EUA"),
    "GB": ("UK", "Inggris", "England", "Scotland", "Wales", "Great Britain", "Britania Raya"),
    "NL": ("Holland", "Holanda", "Belanda", "The Netherlands"),
    "KR": ("Korea", "Korea Selatan", "South Korea", "Corea"),
    "AE": ("UAE", "EAU", "UEA", "Emirates", "Uni Emirat Arab"),
    "CN": ("China", "Tiongkok", "RRC", "RRT", "PRC"),
    "CZ": ("Czech Republic", "Ceko", "República Checa"),
    "MX": ("Meksiko", "Mejico", "México"),
    "TW": ("Taiwan",),
    "HK": ("Hong Kong", "Hongkong"),
    "RU": ("Rusia", "Russian Federation"),
    "VN": ("Viet Nam", "Vietnam"),
    "TL": ("Timor Leste", "East Timor"),
    "SA": ("Saudi", "Arab Saudi", "KSA"),
}


def country_reader() -> Reader:
    """A reader of countries as ISO 3166 alpha-2 codes (``ID``).

    In ``Bandung, Indonesia`` the part that names a country counts.
    """

    def read(cell: CellValue) -> Reading:
        if cell is None:
            return BLANK
        if not isinstance(cell, str):
            return unreadable(cell, "a country")
        text = bare(cell)
        if says_unknown(text):
            return BLANK
        code = _codes().get(fold(text)) or _within(text)
        if code:
            return Reading(code)
        meant = meant_country(text)
        hint = f"did you mean {meant}?" if meant else "write its name or its code, such as ID"
        return unreadable(cell, "a country", hint)

    return read


def meant_country(text: str) -> str | None:
    """The country whose name somebody who wrote `text` most likely meant, or None."""
    return nearest(text, _names())


def _within(text: str) -> str | None:
    """The country that one part of the text names; a code there may mean a state (``CA``)."""
    parts = (part.strip() for part in _PARTS.split(text))
    found = {_codes().get(fold(part)) for part in parts if len(part) > 3} - {None}
    return found.pop() if len(found) == 1 else None


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    """Folded name or code (alpha-2, alpha-3) → alpha-2 code."""
    threes = {
        alias: targets[0]
        for alias, targets in get_global("territory_aliases").items()
        if len(alias) == 3 and alias.isalpha() and len(targets) == 1
    }
    twos = {code: code for code in _names().values()}
    also = {name: code for code, names in _ALSO.items() for name in names}
    return {fold(name): code for name, code in (threes | _names() | twos | also).items()}


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """Names of countries in our languages → alpha-2 code."""
    return {
        name: code
        for language in _LANGUAGES
        for code, name in Language(language).territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY
    }
