"""How a lead tab looks in Google Sheets, beside its values: merged, hidden and filtered cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sheetcrm.adapters.google.client import SheetsClient
from sheetcrm.adapters.google.reading import area_of
from sheetcrm.adapters.google.tabs import Revision
from sheetcrm.core.table.addresses import letters
from sheetcrm.core.table.areas import Area
from sheetcrm.core.table.layout import Layout
from sheetcrm.core.table.values import Tab

_HIDDEN: Final = ("hiddenByUser", "hiddenByFilter")
_SIZES: Final = (
    "sheets(properties(sheetId),data(startRow,startColumn,"
    f"rowMetadata({','.join(_HIDDEN)}),columnMetadata({','.join(_HIDDEN)})))"
)


def layout_of(client: SheetsClient, spreadsheet: str, tab: Tab, revision: Revision) -> Layout:
    """The layout of a tab that was read; what is hidden is asked for now, by one request.

    Args:
        client: the way to Google.
        spreadsheet: its id.
        tab: what was read.
        revision: of the tab.

    Raises:
        SourceError: Google cannot be reached, or refuses.
    """
    sheet, numbers = revision.sheet, list(revision.numbers.values())
    last = tab.rows[-1] if tab.rows else tab.header_row
    area = Area(min(numbers, default=1), tab.header_row, max(numbers, default=1), last)
    filters = [{"gridRange": {"sheetId": sheet.id}}]
    answer = client.get_by_filter(spreadsheet, filters, fields=_SIZES)
    rows, columns = set(_hidden(answer, "row")), set(_hidden(answer, "column"))
    return Layout(
        headers=[sheet.at(tab.header_row, number) for number in numbers],
        merged=[str(merge) for merge in sheet.merges if merge.overlaps(area)],
        hidden_columns=[letters(number) for number in numbers if number in columns],
        hidden_rows=[row for row in tab.rows if row in rows],
        filtered=_filtered(sheet.filter),
        formulas_below=_formulas_below(revision, numbers, last),
    )


def _hidden(answer: Mapping[str, Any], dimension: str) -> Iterator[int]:
    """The numbers of hidden rows or columns."""
    for one in answer.get("sheets", ()):
        for data in one.get("data", ()):
            first = data.get(f"start{dimension.title()}", 0) + 1
            for number, size in enumerate(data.get(f"{dimension}Metadata", ()), first):
                if any(size.get(kind) for kind in _HIDDEN):
                    yield number


def _filtered(basic: Mapping[str, Any]) -> str:
    """The area of a filter that has a criterion; one that only shows its arrows hides nothing."""
    if not (basic.get("criteria") or basic.get("filterSpecs")):
        return ""
    return str(area_of(basic.get("range", {})))


def _formulas_below(revision: Revision, numbers: Sequence[int], last: int) -> list[str]:
    below: dict[int, list[int]] = {}
    for row, column in revision.sheet.formulas:
        if row > last and column in numbers:
            below.setdefault(column, []).append(row)
    return [
        str(Area(column, min(rows), column, max(rows))) for column, rows in sorted(below.items())
    ]
