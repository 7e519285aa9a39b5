"""How a lead tab looks in Excel, beside its values: merged, hidden and filtered cells."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from sheetcrm.adapters.excel import markup
from sheetcrm.adapters.excel.grammar import Grammar
from sheetcrm.adapters.excel.markup import Element
from sheetcrm.adapters.excel.package import Package, Sheet
from sheetcrm.adapters.excel.reader import Region
from sheetcrm.adapters.excel.rows import SheetStream, fast_cells, view
from sheetcrm.adapters.excel.scan import Scan
from sheetcrm.core.table.addresses import column_number, letters
from sheetcrm.core.table.areas import Area, parse_area
from sheetcrm.core.table.layout import Layout
from sheetcrm.core.table.values import CellValue, Tab

_HIDDEN = re.compile(rb"""\shidden\s*=\s*["'](?:1|true)["']""")


def layout_of(
    package: Package,
    sheet: Sheet,
    found: Scan,
    region: Region,
    *,
    header: Sequence[CellValue],
    tab: Tab,
) -> Layout:
    """The layout of a tab that was read from this workbook, which is still the same.

    Args:
        package: the workbook.
        sheet: where in it the tab is.
        found: the scan of the sheet.
        region: where on the sheet the leads are.
        header: the header cells of the tab's columns as they stand.
        tab: what was read.
    """
    root = markup.parse(found.head + found.tail)
    numbers = [column_number(column.letter) for column in tab.columns]
    last = tab.rows[-1] if tab.rows else tab.header_row
    area = Area(min(numbers, default=1), tab.header_row, max(numbers, default=1), last)
    rows = found.sheet or SheetStream(package.archive.chunks(sheet.part), careful=found.careful)
    hidden, below = _in_rows(rows.rows(), rows.grammar, set(tab.rows), last, set(numbers))
    return Layout(
        headers=header,
        merged=_merged(root, area),
        hidden_columns=_hidden_columns(root, numbers),
        hidden_rows=hidden,
        filtered=_filtered(root, package, region),
        formulas_below=below,
    )


def _merged(root: Element, area: Area) -> list[str]:
    merged = [parse_area(one.get("ref")) for one in root.all("mergeCells", "mergeCell")]
    return [str(one) for one in merged if one and one.overlaps(area)]


def _hidden_columns(root: Element, numbers: Sequence[int]) -> list[str]:
    spans = [
        (one.number("min"), one.number("max"))
        for one in root.all("cols", "col")
        if one.flag("hidden")
    ]
    return [
        letters(number)
        for number in numbers
        if any(first <= number <= last for first, last in spans)
    ]


def _filtered(root: Element, package: Package, region: Region) -> str:
    """The area of a filter that has a criterion; one that only shows its arrows hides nothing."""
    own = root.find("autoFilter")
    filters = [own] if own else []
    if region.table:
        filters += markup.parse(package.archive.read(region.table.part)).all("autoFilter")
    active = [one.get("ref") for one in filters if one.all("filterColumn")]
    return next(iter(active), "")


def _in_rows(
    rows: Iterable[bytes], rules: Grammar, leads: Collection[int], last: int, columns: set[int]
) -> tuple[list[int], list[str]]:
    """The leads in hidden rows, and the areas of formulas below the last lead."""
    formula = b"<%bf" % rules.prefix
    hidden: list[int] = []
    below: dict[int, int] = {}
    end = number = last
    for row in rows:
        tag, match = rules.opening.match(row), rules.number.match(row)
        if tag and match:
            number, unseen = int(match[1]), _HIDDEN.search(tag[0]) is not None
        else:
            seen = view(row, rules)
            number = seen.number or number + 1
            unseen = seen.attributes.get("hidden") in {"1", "true"}
        if unseen and number in leads:
            hidden.append(number)
        elif number > last and formula in row:
            cells = fast_cells(row, rules) if rules.row.fullmatch(row) else view(row, rules).cells
            used = {cell.column for cell in cells if cell.formula is not None} & columns
            below |= {column: number for column in used if column not in below}
            end = number if used else end
    return hidden, [
        str(Area(column, first, column, end)) for column, first in sorted(below.items())
    ]
