"""TEXT: a value written in a number format."""

from __future__ import annotations

from sheetcrm.core.formula.cells import Cells, choose
from sheetcrm.core.formula.coerce import as_number, as_text
from sheetcrm.core.formula.distinct import per_distinct
from sheetcrm.core.formula.numberformat import format_number, format_text
from sheetcrm.core.formula.registry import anything, cellwise, text
from sheetcrm.core.table.values import CellError, CellValue


@cellwise(
    "TEXT",
    anything("value"),
    text("format"),
    summary="A number or date written in a format.",
    example='=TEXT([@[Last contact]], "d mmm yyyy")',
)
def _text(value: Cells, style: Cells) -> Cells:
    if _only_text(value, style):
        return value
    number, wrong = as_number(value)
    code = as_text(style)
    written = per_distinct(_number, [(number, wrong), code])
    if value.boolean is not None or wrong is not None:
        shown = per_distinct(_shown, [as_text(value), code])
        plain = value.boolean.is_not_null() if value.boolean is not None else None
        texts = None if wrong is None else wrong.is_not_null() & _no_error(value)
        for mask in (plain, texts):
            if mask is not None:
                written = choose(mask, shown, written)
    return written


def _no_error(cells: Cells) -> object:
    return True if cells.error is None else cells.error.is_null()


def _only_text(value: Cells, style: Cells) -> bool:
    """Whether texts are to be shown as they are, also those that look like numbers."""
    return value.only_text and style.height == 1 and style.text is not None and style.text[0] == "@"


def _number(number: float, style: str) -> CellValue:
    written = format_number(number, style)
    return CellError("#VALUE!") if written is None else written


def _shown(value: str, style: str) -> CellValue:
    written = format_text(value, style)
    return CellError("#VALUE!") if written is None else written
