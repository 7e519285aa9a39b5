"""How a tab looks to the people who open it, beside its values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sheetcrm.core.table.values import CellValue


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """What only the sheet itself knows of a tab; empty where a source cannot tell.

    Areas are addresses such as ``B4`` or ``B4:C9``.
    """

    headers: Sequence[CellValue] | None = None
    """The header cells as they stand, in the order of `Tab.columns`; None where unknown."""
    typed: bool = True  #: numbers and dates are something else than text (in CSV they are not)
    merged: Sequence[str] = ()  #: merged cells that touch the header or a lead
    hidden_columns: Sequence[str] = ()  #: letters of hidden columns of the tab
    hidden_rows: Sequence[int] = ()  #: row numbers of leads that nobody sees
    filtered: str = ""  #: the area of a filter that hides rows just now
    formulas_below: Sequence[str] = ()  #: areas of formulas below the last lead
