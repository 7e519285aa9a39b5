"""How wide new columns are: as their header and values need, where nobody has set a width.

The ``<col>`` elements of ISO/IEC 29500-1, 18.3.1.13; they stand in ``<cols>``, from left to
right and without overlap, right before ``<sheetData>``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from itertools import pairwise

from sheetcrm.adapters.excel import markup
from sheetcrm.adapters.excel.growth import NewColumns
from sheetcrm.adapters.excel.markup import Element, Splice
from sheetcrm.adapters.excel.targets import Cells
from sheetcrm.core.table.values import CellValue

_FIGURE = re.compile(r"[0-9]{1,5}(?:\.[0-9]+)?")
_SAMPLE = 300  # rows: enough to see how long the values of a column are
_NARROWEST, _WIDEST = 8.0, 60.0
_PER_CHARACTER, _EDGES = 1.15, 1.0  # capitals are wider than digits, and cells have margins
_FILTER_BUTTON = 2  # characters that it hides of a header
_LONGEST_NUMBER = 11  # characters that the format General shows
_DATE, _DATE_TIME = len("22/11/2026"), len("22/11/2026 14:30")


def covering(settings: list[Element], column: int) -> Element | None:
    """The ``<col>`` that a column belongs to, or None."""
    return next((one for one in settings if _reach(one)[0] <= column <= _reach(one)[1]), None)


def fitting_widths(root: Element, new: NewColumns, cells: Cells) -> dict[int, str]:
    """New column → the width that it is to get, in characters; without those that have one."""
    settings = root.all("cols", "col")
    rising = all(_reach(one)[1] < _reach(other)[0] for one, other in pairwise(settings))
    if not rising or (root.find("cols") and not settings):
        return {}
    rows = [cells[row] for row in sorted(cells)[:_SAMPLE]]
    widths = {}
    for column, header in enumerate(new.headers, new.first):
        if covering(settings, column) is None:
            longest = max((_length(row.get(column)) for row in rows), default=0)
            needed = max(longest, _length(header) + _FILTER_BUTTON) * _PER_CHARACTER + _EDGES
            widths[column] = f"{min(max(needed, _NARROWEST), _WIDEST):.4g}"
    return widths


def added_widths(root: Element, widths: Mapping[int, str]) -> list[Splice]:
    """The splices that put those widths into a sheet's head."""
    data, settings = root.find("sheetData"), root.all("cols", "col")
    if data is None or not widths:
        return []
    made = {column: _element(data.prefix, column, widths[column]) for column in sorted(widths)}
    if not settings:
        inside = b"".join(made.values())
        cols = b"%bcols>" % data.prefix.encode()
        return [Splice(data.start, data.start, b"<%b%b</%b" % (cols, inside, cols))]
    splices = []
    for column, element in made.items():
        after = next((one for one in settings if _reach(one)[0] > column), None)
        at = after.start if after else settings[-1].end
        splices.append(Splice(at, at, element))
    return splices


def without_widths(skeleton: bytes, root: Element, widths: Mapping[int, str]) -> bytes:
    """A sheet's head and tail without exactly those widths; as it is where they stand wrong.

    The inverse of `added_widths`, made from the result alone, for the verification.
    """
    settings, data = root.all("cols", "col"), root.find("sheetData")
    rising = all(_reach(one)[1] < _reach(other)[0] for one, other in pairwise(settings))
    ours = {
        column: one
        for column, width in widths.items()
        if (one := covering(settings, column))
        and skeleton[one.start : one.end] == _element(one.prefix, column, width)
    }
    if not widths or not rising or len(ours) != len(widths) or data is None:
        return skeleton
    if len(ours) < len(settings):
        return markup.apply(skeleton, [Splice(one.start, one.end, b"") for one in ours.values()])
    cols = root.all("cols")
    alone = len(cols) == 1 and cols[0].end == data.start and not cols[0].attributes
    return markup.apply(skeleton, [Splice(cols[0].start, data.start, b"")]) if alone else skeleton


def shows_dates(root: Element, widths: Mapping[int, str], column: int) -> bool:
    """Whether a column is known to be wide enough for a date with a year of four digits."""
    setting = covering(root.all("cols", "col"), column)
    width = setting.get("width") if setting else widths.get(column, "")
    return _FIGURE.fullmatch(width) is not None and float(width) >= _DATE


def _reach(setting: Element) -> tuple[int, int]:
    first, last = setting.get("min"), setting.get("max")
    known = markup.is_whole(first) and markup.is_whole(last)
    return (int(first), int(last)) if known else (0, 0)


def _element(prefix: str, column: int, width: str) -> bytes:
    return f'<{prefix}col min="{column}" max="{column}" width="{width}" customWidth="1"/>'.encode()


def _length(value: CellValue) -> int:
    """How many characters a value takes up in its cell."""
    if value is None:
        return 0
    if isinstance(value, date):
        return _DATE_TIME if isinstance(value, datetime) else _DATE
    if isinstance(value, str):
        return max(map(len, value.splitlines()), default=0)
    return min(len(str(value)), _LONGEST_NUMBER)
