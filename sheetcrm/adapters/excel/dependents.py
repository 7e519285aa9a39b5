"""Whether a formula may read the cells that were written, so that Excel must calculate anew.

Formulas are compared without their row numbers; in doubt the answer is yes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from sheetcrm.adapters.excel import markup
from sheetcrm.adapters.excel.package import Package, Sheet
from sheetcrm.core.table.addresses import column_number
from sheetcrm.core.table.areas import MAX_COLUMN

_DEEPEST = 8
_ROW_NUMBER = re.compile(r"(?<=[a-z$:])\d+")
_STRING = re.compile(r'"(?:[^"]|"")*"')
_ANYWHERE = re.compile(r"\b(?:indirect|offset)\s*\(")
_STRUCTURED = re.compile(r"[\w.\\]*\[(?:[^\[\]]|\[[^\[\]]*\])*\]")
_SPECIFIER = re.compile(r"\[([^\[\]]*)\]")
_REFERENCE = re.compile(
    r"((?:'(?:[^']|'')+'|[^\s'!(),;+\-*/^&=<>\"{}]+)!)?"
    r"(?<![\w.$])\$?([a-z]{1,3})?\$?\d*(?:(:)\$?([a-z]{1,3})?\$?\d*)?(?![\w.(!])"
)
_WORD = re.compile(r"[^\W\d][\w.\\]*(?![\w.(!])")
_FORMULA = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?f(?:\s[^<>]*)?>([^<]+)<")


def may_read(
    package: Package,
    sheet: Sheet,
    formulas: Iterable[bytes],
    columns: Collection[int],
    headers: Collection[str],
) -> bool:
    """Whether any formula of the workbook may read these columns of `sheet`.

    Args:
        package: the workbook.
        sheet: where the columns are.
        formulas: the texts of that sheet's own formulas.
        columns: the numbers of the columns that were written.
        headers: their headers, by which structured references know them.
    """
    target = _Target(package, sheet, columns, headers)
    here = {_key(text) for text in formulas}
    if any(target.is_read_by(text, at_home=True) for text in here):
        return True
    others = [other for other in package.sheets if other.part != sheet.part]
    elsewhere = {_key(text) for other in others for text in _texts(package, other)}
    return any(target.is_read_by(text, at_home=False) for text in elsewhere)


class _Target:
    """The columns that were written, and by what names formulas may know them."""

    def __init__(
        self, package: Package, sheet: Sheet, columns: Collection[int], headers: Collection[str]
    ) -> None:
        self._title = _folded(sheet.title)
        self._columns = columns
        self._headers = {_folded(header) for header in headers}
        self._names = {_folded(name.name): _folded(name.text) for name in package.names}
        self._tables = {_folded(table.name) for table in package.tables(sheet)}

    def is_read_by(self, text: str, *, at_home: bool, depth: int = 0) -> bool:
        """Whether a folded formula, on our sheet or elsewhere, may read our columns."""
        plain = _STRING.sub('""', text)
        if _ANYWHERE.search(plain) or depth > _DEEPEST:
            return True
        if any(self._named_in(found[0]) for found in _STRUCTURED.finditer(plain)):
            return True
        bare = _STRUCTURED.sub("", plain)
        if any(self._meant_by(found, at_home=at_home) for found in _REFERENCE.finditer(bare)):
            return True
        words = set(_WORD.findall(bare))
        texts = [self._names[word] for word in words if word in self._names]
        return not words.isdisjoint(self._tables) or any(
            self.is_read_by(text, at_home=False, depth=depth + 1) for text in texts
        )

    def _named_in(self, structured: str) -> bool:
        """``Leads[[#This Row],[Budget]]`` names one column; other forms may mean them all."""
        found = [name.strip().lstrip("@") for name in _SPECIFIER.findall(structured)]
        whole = any(name.startswith("#") and name != "#this row" for name in found)
        return whole or "]:[" in structured or not self._headers.isdisjoint(found)

    def _meant_by(self, match: re.Match[str], *, at_home: bool) -> bool:
        tab, first, colon, last = match.groups()
        if not (first or colon):
            return False
        title = tab[:-1].strip("'").replace("''", "'") if tab else ""
        if title != self._title and ":" not in title and (tab or not at_home):
            return False
        left = column_number(first) if first else 1
        right = column_number(last) if last else MAX_COLUMN if colon else left
        return any(min(left, right) <= column <= max(left, right) for column in self._columns)


def _texts(package: Package, sheet: Sheet) -> set[bytes]:
    """The formulas of another sheet, read in pieces that overlap by one cell."""
    found: set[bytes] = set()
    rest = b""
    for chunk in package.archive.chunks(sheet.part):
        block = rest + chunk
        found.update(_FORMULA.findall(block))
        cell = max(block.rfind(b"<c "), block.rfind(b":c "))
        rest = block[cell if cell >= 0 else -65_536 :]
    return found


def _key(text: bytes) -> str:
    return _folded(markup.unescape(text.decode()))


def _folded(text: str) -> str:
    """In lower case and without row numbers, so that a column of formulas is one."""
    return _ROW_NUMBER.sub("", text.casefold())
