"""What was read from a sheet, and what should change in it: plain frozen values.

A *cell value* is one of Excel's five kinds as a Python value: blank (`None`), boolean, number,
text, error (`CellError`); a number in a date style is a `date` (midnight) or a `datetime`,
both without a zone, as a sheet has none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple, TypeAlias

ERROR_CODES = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!")


@dataclass(frozen=True, slots=True)
class CellError:
    """An Excel error as a value, such as ``CellError("#N/A")``."""

    code: str
    calculated: bool = field(default=True, compare=False, repr=False)
    """False for a formula's cell whose value nobody has calculated yet; it reads as #N/A."""

    def __str__(self) -> str:
        return self.code


CellValue: TypeAlias = bool | int | float | str | date | datetime | CellError | None


class Severity(StrEnum):
    """How bad a problem is."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """Something wrong in the data, with its place; collected and shown, never raised."""

    message: str
    severity: Severity = Severity.WARNING
    source: str = ""  #: name of the source
    tab: str = ""
    cell: str = ""  #: address such as ``C7``
    column: str = ""  #: header of the column
    row: int = 0  #: the sheet's row number, 0 where the problem is not in one row
    lead: str = ""  #: id of the lead, where known
    hint: str = ""

    @property
    def place(self) -> str:
        """``expo · Leads!C7``, or ``expo · Leads row 7``, as far as known."""
        where = f"{self.tab}!{self.cell}" if self.tab and self.cell else self.tab or self.cell
        if self.row and not self.cell:
            where = f"{where} row {self.row}".strip()
        return " · ".join(part for part in (self.source, where) if part)


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One column of a tab.

    `header` is unique in its tab: a blank header is named by its cell's address (``C4``),
    a repeated one gets it appended (``Budget (F4)``).
    """

    header: str
    letter: str  #: ``C``
    values: Sequence[CellValue]  #: one for each lead row, in the order of `Tab.rows`


@dataclass(frozen=True, kw_only=True)
class Tab:
    """A lead tab as it was at one moment.

    `rows[i]` is the sheet's row number (1-based) of the lead whose values are
    `columns[j].values[i]`. Rows without any value are not leads and are left out.
    """

    source: str
    title: str
    header_row: int
    rows: Sequence[int]
    columns: Sequence[Column]
    problems: Sequence[Problem] = ()
    revision: object = field(default=None, compare=False)  #: the adapter's own proof of state

    @cached_property
    def _by_header(self) -> dict[str, Column]:
        return {column.header: column for column in self.columns}

    @property
    def headers(self) -> list[str]:
        """The headers from left to right."""
        return [column.header for column in self.columns]

    def column(self, header: str) -> Column | None:
        """The column of exactly this header, or None."""
        return self._by_header.get(header)

    def address(self, header: str, index: int) -> str:
        """The address such as ``C7`` of lead number `index` in the column of `header`."""
        return f"{self._by_header[header].letter}{self.rows[index]}"


class Edit(NamedTuple):
    """One cell that should change."""

    lead: str  #: the lead's id
    row: int  #: the sheet's row number when the tab was read
    header: str  #: the output column, existing or to be appended
    before: CellValue
    after: CellValue
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Override:
    """A person's own value in a cell that we own; it wins until it is cleared."""

    lead: str
    header: str
    value: CellValue
    computed: CellValue
    since: datetime | None = field(default=None, compare=False)  #: as the ledger knows it
