"""What a write wants of a tab: cell by cell what is to stand there, and in which format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from sheetcrm.adapters.google.reading import Place, Sheet
from sheetcrm.adapters.google.tabs import Revision
from sheetcrm.adapters.google.values import Raw, alike, to_raw
from sheetcrm.core.table.values import CellValue, Edit, Tab

AUTOMATIC: Final[Mapping[str, str]] = {}  #: no number format


@dataclass(frozen=True, kw_only=True)
class Cells:
    """Cells that are to be written."""

    values: Mapping[Place, Raw]
    formulas: Mapping[Place, str] = field(default_factory=dict)  #: in place of values
    formats: Mapping[Place, Mapping[str, str]] = field(default_factory=dict)
    notes: Mapping[Place, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.values)

    def only(self, places: Sequence[Place]) -> Cells:
        """Some of them."""
        return Cells(
            values={place: self.values[place] for place in places},
            formulas={p: self.formulas[p] for p in places if p in self.formulas},
            formats={p: self.formats[p] for p in places if p in self.formats},
            notes={p: self.notes[p] for p in places if p in self.notes},
        )


def wanted(
    tab: Tab, revision: Revision, edits: Sequence[Edit], append: Sequence[str], note: str
) -> Cells:
    """All cells that would become different, the headers of new columns among them.

    Raises:
        ValueError: an edit's header stands neither in the tab nor in `append`.
        SourceRefusedError: no cell can hold one of the values.
    """
    new = dict(zip(append, range(revision.first_new, 2**62), strict=False))
    numbers = {**revision.numbers, **new}
    unknown = sorted({edit.header for edit in edits} - numbers.keys())
    if unknown:
        raise ValueError(f"no such column in “{tab.title}”: {', '.join(unknown)}")
    row = revision.header_row
    values: dict[Place, Raw] = {(row, column): to_raw(header) for header, column in new.items()}
    notes = dict.fromkeys(values, note)
    formats: dict[Place, Mapping[str, str]] = {}
    sheet = revision.sheet
    for edit in edits:
        place = (edit.row, numbers[edit.header])
        raw = to_raw(edit.after)
        form = _format(edit.after, sheet, place)
        if form is not None or not alike(raw, sheet.at(*place)):
            values[place] = raw
            if form is not None:
                formats[place] = form
    return Cells(values=values, formats=formats, notes=notes)


def date_format(value: CellValue) -> Mapping[str, str] | None:
    """The format in which a day or moment is shown as one; None for other values."""
    if isinstance(value, date):
        return {"type": "DATE_TIME" if isinstance(value, datetime) else "DATE"}
    return None


def _format(value: CellValue, sheet: Sheet, place: Place) -> Mapping[str, str] | None:
    """The format that the cell must get for the value to be shown as what it is, if any."""
    dated = sheet.dated(*place)
    if isinstance(value, date):
        return None if dated else date_format(value)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return AUTOMATIC if dated and number else None
