"""Structured references: ``[@Budget]``, ``Leads[[#This Row],[Budget]]``, ``Cities[Points]``.

Excel's own syntax (Microsoft: "Using structured references with Excel tables"); in addition the
inner brackets may be left out where a header has blanks, as in ``[@Last contact]``.
"""

from __future__ import annotations

import re
from typing import Final

from sheetcrm.core.formula.syntax import CellOf, ColumnOf, Name
from sheetcrm.errors import FormulaError

_ADDRESS: Final = re.compile(
    r"""^(?:'[^']+'!|[^\[\]!'"]+!)?                      # a sheet
        (?:\$?[A-Za-z]{1,3}\$?[0-9]{1,7}(?::\$?[A-Za-z]{1,3}\$?[0-9]{1,7})?  # A1, A1:B2
          |\$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3}             # A:C
          |\$?[0-9]{1,7}:\$?[0-9]{1,7})$                 # 1:3""",
    re.VERBOSE,
)
_SPECIALS: Final = {"#this row": "@", "#data": "", "#all": "all", "#headers": "", "#totals": ""}


def read_reference(written: str, offset: int, text: str) -> CellOf | ColumnOf | Name:
    """What a reference means.

    Raises:
        FormulaError: an address such as A1 or another sheet, or a part of a table that a
            formula over leads cannot use (``#Headers``, ``#Totals``).
    """
    if "!" in written.split("[", maxsplit=1)[0] or _ADDRESS.match(written):
        raise FormulaError(
            f"{written} is a position in the sheet, which moves when somebody sorts",
            text=text,
            offset=offset,
            hint="write the header of the column instead: [@Header]",
        )
    table, bracket, rest = written.partition("[")
    if not bracket:
        return Name(written, offset)
    return _read_brackets(table, rest.removesuffix("]").strip(), offset, text)


def _read_brackets(table: str, inner: str, offset: int, text: str) -> CellOf | ColumnOf | Name:
    this_row = inner.startswith("@")
    inner = inner.removeprefix("@").strip()
    if not inner and not this_row and table:
        return Name(table, offset)
    parts = _split_parts(inner)
    columns: list[str] = []
    for part in parts:
        special = _SPECIALS.get(part.casefold())
        if part.startswith("#") and not special and part.casefold() != "#data":
            raise _unusable(part, offset, text)
        if special == "@":
            this_row = True
        elif not part.startswith("#"):
            columns.append(_unprotect(part))
    if not columns and table and not this_row:
        return Name(table, offset)
    if not columns or len(columns) > 2 or (this_row and len(columns) > 1):
        raise _unusable(f"[{inner}]", offset, text)
    if this_row:
        return CellOf(table, columns[0], offset)
    return ColumnOf(table, columns[0], columns[-1] if len(columns) == 2 else "", offset)


def _split_parts(inner: str) -> list[str]:
    """``[#This Row],[Budget]`` → two parts; anything without inner brackets is one part."""
    if not inner.startswith("["):
        return [inner] if inner else []
    parts: list[str] = []
    depth, start, protected = 0, 0, False
    for index, char in enumerate(inner):
        if protected:
            protected = False
        elif char == "'":
            protected = True
        elif char == "[":
            start = index + 1 if not depth else start
            depth += 1
        elif char == "]":
            depth -= 1
            if not depth:
                parts.append(inner[start:index].strip())
    return parts


def _unprotect(part: str) -> str:
    """``a'[b']`` → ``a[b]``: in a column's name ``'`` protects ``[ ] # '``."""
    return re.sub(r"'([\[\]#'@])", r"\1", part).strip()


def _unusable(part: str, offset: int, text: str) -> FormulaError:
    return FormulaError(
        f"{part} is a part of a table that a formula over leads cannot use",
        text=text,
        offset=offset,
        hint="write [@Header] for this lead's value, [Header] for the whole column",
    )
