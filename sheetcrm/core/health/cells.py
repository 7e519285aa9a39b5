"""Cells that are not what they look like: errors, spaces, kinds that do not belong together."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime

from sheetcrm.core.health.columns import TeamColumn
from sheetcrm.core.health.findings import Example, Finding, Kind, in_cells, quoted
from sheetcrm.core.table.fields import FieldType
from sheetcrm.core.table.reading import display, says_unknown
from sheetcrm.core.table.values import CellError, CellValue, Severity, Tab

_SENTENCE = 60  # characters: in a longer text two spaces in a row are nobody's business
_LONGEST_PLACEHOLDER = 32  # characters
_AROUND = re.compile(r"^\s|\s$|[\t\u00a0\u2007\u202f\u200b\u2060\ufeff]")
_ODD = dict.fromkeys(map(ord, "\u200b\u2060\ufeff"))
_VISIBLE = str.maketrans(
    {" ": "·", "\t": "⇥", "\n": "⏎", "\u00a0": "°", "\u2007": "°", "\u202f": "°"}
    | dict.fromkeys("\u200b\u2060\ufeff", "¦")
)
_NUMBER = re.compile(r"\s*[-+]?(?:[1-9]\d{0,14}|0)(?:[.,]\d{1,6})?\s*%?\s*", re.ASCII)
FIGURES = frozenset({FieldType.NUMBER, FieldType.MONEY})
_KINDS = (str, float, date, bool)
_UNREADABLE = {
    FieldType.DATE: Kind.UNREADABLE_DATE,
    FieldType.NUMBER: Kind.UNREADABLE_NUMBER,
    FieldType.MONEY: Kind.UNREADABLE_NUMBER,
    FieldType.YESNO: Kind.UNREADABLE_YESNO,
}


def errors(column: TeamColumn, tab: Tab) -> Iterator[Finding]:
    """Formulas that nobody has calculated, and those that give an error."""
    if not column.counts[CellError]:
        return
    cells = [(i, v) for i, v in enumerate(column.column.values) if isinstance(v, CellError)]
    for kind, calculated in ((Kind.UNCALCULATED, False), (Kind.ERROR_CELLS, True)):
        found = [index for index, error in cells if error.calculated is calculated]
        if found:
            yield in_cells(
                kind,
                Severity.ERROR,
                tab,
                column.column,
                found,
                field=column.field_name,
                examples=None if calculated else (),
            )


def unreadable(column: TeamColumn, tab: Tab) -> Iterator[Finding]:
    """Dates, numbers, and answers yes or no that cannot be read as such."""
    kind = _UNREADABLE.get(column.reads_as) if column.reads_as else None
    found = column.unreadable() if kind else []
    if kind and found:
        yield in_cells(kind, Severity.ERROR, tab, column.column, found, field=column.field_name)


def spaces(column: TeamColumn, tab: Tab) -> Iterator[Finding]:
    """Texts with spaces around them, twice in a row, or of a kind that nobody sees."""
    found = column.texts_that(_is_stray)
    if not found:
        return
    severity = Severity.WARNING if column.reads_as is None else Severity.NOTE
    yield in_cells(
        Kind.STRAY_SPACES,
        severity,
        tab,
        column.column,
        found,
        field=column.field_name,
        examples=[
            Example(cell, visible(text), " ".join(text.translate(_ODD).split()))
            for _, cell, text in column.different(tab, found)
        ],
    )


def text_numbers(column: TeamColumn) -> list[int]:
    """The leads whose number is a text, so that the sheet does not add it up.

    In a column that is no field of numbers they count only beside real numbers: texts of digits
    alone may be codes. A number with a leading zero or more than 15 digits is one.
    """
    if column.reads_as in FIGURES:
        texts = column.texts_that(lambda _: True)
        return [index for index in texts if isinstance(column.read[index], int | float)]
    if column.reads_as is None and column.counts[float]:
        return column.texts_that(_NUMBER.fullmatch)
    return []


def as_text(kind: Kind, column: TeamColumn, tab: Tab, found: Sequence[int]) -> Iterator[Finding]:
    """Numbers or dates that are text, as `text_numbers` or `dates.text_dates` found them."""
    if found:
        yield in_cells(
            kind,
            Severity.NOTE if column.field else Severity.WARNING,
            tab,
            column.column,
            found,
            field=column.field_name,
            examples=[
                Example(cell, quoted(text), display(column.read[index]) if column.field else "")
                for index, cell, text in column.different(tab, found)
            ],
        )


def mixed(
    column: TeamColumn, tab: Tab, explained: Mapping[type, Collection[int]]
) -> Iterator[Finding]:
    """Kinds that do not belong together in a column that is read as it stands.

    Those of the rarer kinds are told; where text is commonest, numbers are not, as a code or a
    house number may be one. `explained` are leads whose text is told elsewhere, by the kind that
    it should be of.
    """
    kinds = [kind for kind in _KINDS if column.counts[kind]]
    if not column.is_free or len(kinds) < 2:
        return
    told = frozenset().union(*explained.values())
    counts = {kind: column.counts[kind] + len(explained.get(kind, ())) for kind in kinds}
    if str in counts:
        counts[str] -= len(told)
    commonest = max(kinds, key=lambda kind: counts[kind])
    odd = {kind for kind in kinds if kind is not commonest}
    if commonest is str:
        odd.discard(float)
    found = [
        index
        for index, value in enumerate(column.column.values)
        if _kind(value) in odd and index not in told
    ]
    if found:
        harmless = commonest is str and not column.needed
        yield in_cells(
            Kind.MIXED_TYPES,
            Severity.NOTE if harmless else Severity.WARNING,
            tab,
            column.column,
            found,
            field=column.field_name,
        )


def placeholders(column: TeamColumn) -> list[int]:
    """The leads with ``-``, ``n/a`` or ``Select`` in a column that is taken as it stands."""
    if not column.is_free:
        return []
    return column.texts_that(_is_placeholder)


def unknowns(column: TeamColumn, tab: Tab, found: Sequence[int]) -> Iterator[Finding]:
    """What `placeholders` found."""
    if found:
        yield in_cells(
            Kind.PLACEHOLDERS,
            Severity.WARNING if column.needed else Severity.NOTE,
            tab,
            column.column,
            found,
            field=column.field_name,
        )


def visible(text: str) -> str:
    """A text whose spaces can be seen: ``·`` a space, ``°`` one that does not break, ``¦`` none."""
    return quoted(text.translate(_VISIBLE))


def _is_placeholder(text: str) -> bool:
    if len(text) > _LONGEST_PLACEHOLDER:
        return False
    bare = text.strip()
    return bool(bare) and says_unknown(bare)


def _is_stray(text: str) -> bool:
    around = text != text.strip() or "\t" in text or not text.isascii()
    if around and _AROUND.search(text):
        return True
    return "  " in text and len(text) <= _SENTENCE and "\n" not in text


def _kind(value: CellValue) -> type:
    """The kind of a cell as `TeamColumn.counts` has it."""
    kind = type(value)
    return date if kind is datetime else float if kind is int else kind
