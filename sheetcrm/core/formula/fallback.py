"""Functions that we do not have: formualizer evaluates them, once per distinct input.

Same values, slower. It is a dependency already (its parser is ours), evaluates some 400
functions, and takes typed values, so that no text is mistaken for a number on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any, Final

import formualizer

from sheetcrm.core.formula.cells import Cells, within_a_cell
from sheetcrm.core.formula.convert import from_values, serial, to_values
from sheetcrm.core.formula.distinct import distinct_rows
from sheetcrm.core.formula.shapes import Bundle, Span, TooWideError, Value, lift, one_row, scalar
from sheetcrm.core.formula.singles import SINGLES
from sheetcrm.core.table.values import CellError, CellValue

_SHEET: Final = "S"
_LARGEST: Final = 1_000_000  #: items of an array
_ARRAYS: Final = frozenset(
    (
        *("CHOOSECOLS", "CHOOSEROWS", "DROP", "HSTACK", "TAKE", "TOCOL", "TOROW", "VSTACK"),
        *("FILTER", "SEQUENCE", "SORT", "SORTBY", "TEXTSPLIT", "TRANSPOSE", "UNIQUE"),
        *("FREQUENCY", "GROWTH", "LINEST", "LOGEST", "MODE.MULT", "TREND"),
    )
)
"""Functions whose answer has several items."""
_KINDS: Final = {
    "Div": "#DIV/0!",
    "Na": "#N/A",
    "Name": "#NAME?",
    "Null": "#NULL!",
    "Num": "#NUM!",
    "Ref": "#REF!",
    "Value": "#VALUE!",
}


@cache
def knows(name: str) -> bool:
    """Whether formualizer has a function of this name."""
    book = formualizer.Workbook()
    book.add_sheet(_SHEET)
    try:
        book.set_formula(_SHEET, 1, 1, f"={name}()")
        answer = book.evaluate_cell(_SHEET, 1, 1)
    except Exception:  # noqa: BLE001 - the library raises many kinds for a name it cannot read
        return False
    return not (isinstance(answer, dict) and answer.get("kind") == "Name")


def run(name: str, values: Sequence[Value | None], *, tick: Callable[[], None]) -> Value:
    """Evaluate one function for every lead.

    Args:
        name: in capitals.
        values: the arguments; None for one left empty.
        tick: called before each distinct combination; may raise to stop.

    Raises:
        TooWideError: it gives an array, of another size for each lead maybe.
    """
    if name in SINGLES and not all(value is None or isinstance(value, Cells) for value in values):
        return _item_by_item(name, values, tick)
    sheet = _Sheet(name, values)
    varying = sheet.varying
    if name in _ARRAYS:
        if varying:
            raise TooWideError
        return sheet.array()
    if not varying:
        return from_values([sheet.answer([])])
    first, group = distinct_rows(varying)
    answers: list[CellValue] = []
    for row in first:
        tick()
        answers.append(sheet.answer([to_values(one_row(cells, row), 1)[0] for cells in varying]))
    return from_values(answers).gather(group)


def _item_by_item(name: str, values: Sequence[Value | None], tick: Callable[[], None]) -> Value:
    """The function called once for each item of its arrays."""

    def call(*items: Cells) -> Cells:
        left = iter(items)
        given = [None if value is None else next(left) for value in values]
        return scalar(run(name, given, tick=tick))

    return lift(call, [value for value in values if value is not None])


class _Sheet:
    """One call in a workbook: arrays laid out once, the cells that vary set for each answer."""

    def __init__(self, name: str, values: Sequence[Value | None]) -> None:
        self._book = formualizer.Workbook()
        self._book.add_sheet(_SHEET)
        self._column = 0
        self._places: list[tuple[int, int]] = []
        self.varying: list[Cells] = []
        written = ["" if value is None else self._lay(value) for value in values]
        self._call = f"{name}({','.join(written)})"
        self._book.add_sheet("F")
        self._book.set_formula("F", 1, 1, f"={self._call}")
        self._book.add_sheet("D")

    def answer(self, values: Sequence[CellValue]) -> CellValue:
        """The call's answer with these values in the cells that vary."""
        for place, value in zip(self._places, values, strict=True):
            self._set(*place, value)
        try:
            return within_a_cell(_ours(self._book.evaluate_cell("F", 1, 1)))
        except Exception:  # noqa: BLE001 - the library's own faults must not end a run
            return CellError("#VALUE!")

    def array(self) -> Value:
        """All items of the call's answer."""
        first = self.answer([])
        rows, width = (self._asked(what) for what in ("ROWS", "COLUMNS"))
        if isinstance(first, CellError) or rows * width == 1:
            return from_values([first])
        if rows * width > _LARGEST:
            return from_values([CellError("#NUM!")])
        columns = (
            [_ours(self._book.get_value("F", row + 1, column + 1)) for row in range(rows)]
            for column in range(width)
        )
        return Span(rows=rows, columns=tuple(map(from_values, columns)))

    def _asked(self, what: str) -> int:
        """How many rows or columns the answer has."""
        self._book.set_formula("D", 1, 1, f"={what}({self._call})")
        size = _ours(self._book.evaluate_cell("D", 1, 1))
        return int(size) if isinstance(size, (int, float)) else 1

    def _lay(self, value: Value) -> str:
        """Put one argument into cells of its own; gives their address."""
        if isinstance(value, Cells):
            rows, grid = 1, [value]
        elif isinstance(value, Bundle):
            rows, grid = value.rows, list(value.items)
        else:
            return self._lay_span(value)
        left = self._column + 1
        width = len(grid) // rows
        self._column += width
        for index, cells in enumerate(grid):
            self._place(index // width + 1, left + index % width, cells)
        return _address(left, 1, left + width - 1, rows)

    def _lay_span(self, span: Span) -> str:
        left = self._column + 1
        self._column += len(span.columns)
        for offset, cells in enumerate(span.columns):
            for row, value in enumerate(to_values(cells, span.rows)):
                self._set(row + 1, left + offset, value)
        return _address(left, 1, self._column, span.rows)

    def _place(self, row: int, column: int, cells: Cells) -> None:
        if cells.height > 1:
            self._places.append((row, column))
            self.varying.append(cells)
        else:
            self._set(row, column, to_values(cells, 1)[0])

    def _set(self, row: int, column: int, value: CellValue) -> None:
        self._book.set_value(_SHEET, row, column, _theirs(value))


def _theirs(value: CellValue) -> formualizer.LiteralValue:
    make = formualizer.LiteralValue
    if value is None:
        return make.empty()
    if isinstance(value, CellError):
        kind = next((kind for kind, code in _KINDS.items() if code == value.code), "Value")
        return make.error(kind, None)
    if isinstance(value, bool):
        return make.boolean(value)
    if isinstance(value, str):
        return make.text(value)
    return make.number(float(value) if isinstance(value, (int, float)) else serial(value))


def _ours(answer: Any) -> CellValue:
    if isinstance(answer, dict):
        return CellError(_KINDS.get(str(answer.get("kind")), "#VALUE!"))
    if isinstance(answer, (list, tuple)):
        return _ours(answer[0]) if answer else CellError("#N/A")
    if isinstance(answer, (datetime, date, time, timedelta)):
        return serial(answer)
    if answer is None or isinstance(answer, (bool, int, float, str)):
        return answer
    return CellError("#VALUE!")


def _address(left: int, top: int, right: int, bottom: int) -> str:
    start = f"{_SHEET}!{_letters(left)}{top}"
    return start if (left, top) == (right, bottom) else f"{start}:{_letters(right)}{bottom}"


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
