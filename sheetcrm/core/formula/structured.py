"""Structured references: ``[@Budget]``, ``Leads[[#This Row],[Budget]]``, ``Cities[Points]``.

Excel's own syntax (Microsoft: "Using structured references with Excel tables"); in addition the
inner brackets may be left out where a header has blanks, as in ``[@Last contact]``.
"""

from __future__ import annotations

import re
from typing import Final, TypeAlias

from sheetcrm.core.formula.syntax import HEADERS, CellOf, ColumnOf, Literal, Name
from sheetcrm.errors import FormulaError

_ADDRESS: Final = re.compile(
    r"""^(?:'[^']+'!|[^\[\]!'"]+!)?                      # a sheet
        (?:\$?[A-Za-z]{1,3}\$?[0-9]{1,7}(?::\$?[A-Za-z]{1,3}\$?[0-9]{1,7})?  # A1, A1:B2
          |\$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3}             # A:C
          |\$?[0-9]{1,7}:\$?[0-9]{1,7})$                 # 1:3""",
    re.VERBOSE,
)
_PARTS: Final = frozenset(("#this row", "#data", "#all", "#headers"))


Referred: TypeAlias = CellOf | ColumnOf | Name | Literal


def read_reference(written: str, offset: int, text: str) -> Referred:
    """What a reference means.

    ``Cities[#Headers]`` is the table's names of columns, ``Cities[[#Headers],[Points]]`` the text
    ``"Points"``; ``#All`` and ``#Data`` are the rows below the header.

    Raises:
        FormulaError: an address such as A1 or another sheet, or a part of a table that a
            formula over leads cannot use (``#Totals``, several cells of a lead).
    """
    if "!" in written.split("[", maxsplit=1)[0] or _ADDRESS.match(written):
        raise FormulaError(
            f"{written} is a position in the sheet, which moves when somebody sorts",
            text=text,
            offset=offset,
            hint="write the header of the column instead: [@Header]",
        )
    table, bracket, rest = written.partition("[")
    table = table.strip("'")
    if not bracket:
        return Name(written, offset)
    return _read_brackets(table, rest.removesuffix("]").strip(), offset, text)


def _read_brackets(table: str, inner: str, offset: int, text: str) -> Referred:
    this_row = inner.startswith("@")
    inner = inner.removeprefix("@").strip()
    parts = _split_parts(inner)
    specials = {part.casefold() for part in parts if part.startswith("#")}
    columns = [_unprotect(part) for part in parts if not part.startswith("#")]
    this_row = this_row or "#this row" in specials
    headers = specials == {"#headers"}
    if specials - _PARTS or ("#headers" in specials and not headers) or (headers and this_row):
        raise _unusable(f"[{inner}]", offset, text)
    if this_row and len(columns) == 2:
        raise _several(columns, offset, text)
    if len(columns) > 2 or (not columns and (this_row or not table)):
        raise _unusable(f"[{inner}]", offset, text)
    if headers and columns:
        return _header(columns, offset, text)
    if not columns:
        return ColumnOf(table, HEADERS, offset=offset) if headers else Name(table, offset)
    if this_row:
        return CellOf(table, columns[0], offset)
    return ColumnOf(table, columns[0], columns[-1] if len(columns) == 2 else "", offset)


def _header(columns: list[str], offset: int, text: str) -> Literal:
    if len(columns) > 1:
        raise _unusable(f"[[#Headers],[{columns[0]}]:[{columns[1]}]]", offset, text)
    return Literal(columns[0], "text", offset)


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


def _several(columns: list[str], offset: int, text: str) -> FormulaError:
    first, last = (f"[@[{column}]]" for column in columns)
    return FormulaError(
        f"{first} to {last} are several cells of the lead",
        text=text,
        offset=offset,
        hint=f"name each of them: SUM({first}, …, {last})",
    )


def _unusable(part: str, offset: int, text: str) -> FormulaError:
    return FormulaError(
        f"{part} is a part of a table that a formula over leads cannot use",
        text=text,
        offset=offset,
        hint="write [@Header] for this lead's value, [Header] for the whole column",
    )
