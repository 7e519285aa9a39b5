"""Formulas of a workbook as ours: a cell becomes a lead's column, a range a reference table.

What is left out, each with its reason, is what does not ask about a function's meaning: the clock,
other workbooks, positions in the sheet, answers that Excel kept from before.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, field

from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token, TokenizerError
from openpyxl.utils.cell import column_index_from_string as column_number

import sheetcrm
from sheetcrm.core.formula.registry import names
from sheetcrm.core.table.values import ERROR_CODES, CellError
from tests.support.excel_workbook import NOT_CALCULATED

CLOCK = {"TODAY", "NOW"}
LARGEST = 200_000  #: cells of a range
ALIKE = 100  #: cells of a workbook that differ only in where they stand
OPERATORS = "(operators)"
_CELL = re.compile(r"^\$?([A-Z]{1,3})\$?([0-9]{1,7})$", re.IGNORECASE)
_ADDRESS = re.compile(r"\$?\b[A-Z]{1,3}\$?[0-9]{1,7}\b")
_ROWS = re.compile(r"^\$?([0-9]{1,7}):\$?([0-9]{1,7})$")
_COLUMNS = re.compile(r"^\$?([A-Z]{1,3}):\$?([A-Z]{1,3})$", re.IGNORECASE)


#: Arguments that take a range as it is (every one, or those at these places from 0); elsewhere a
#: formula that was not entered as an array takes of a range the cell in its own row or column.
_EVERY = frozenset(range(255))
RANGES = {
    **dict.fromkeys(
        (
            *("SUM", "AVERAGE", "PRODUCT", "MIN", "MAX", "MEDIAN", "COUNT", "COUNTA", "SUMPRODUCT"),
            *("STDEV", "STDEV.S", "STDEV.P", "VAR", "VAR.S", "VAR.P", "AND", "OR", "XOR"),
            *("CONCAT", "HASANY", "HASALL", "ROWS", "COLUMNS", "CHOOSE", "IF", "IFS", "SWITCH"),
        ),
        _EVERY,
    ),
    **dict.fromkeys(
        (
            *("COUNTBLANK", "COUNTIF", "LARGE", "SMALL", "PERCENTILE", "PERCENTILE.INC", "INDEX"),
            *("QUARTILE", "QUARTILE.INC", "PERCENTRANK", "PERCENTRANK.INC"),
        ),
        frozenset({0}),
    ),
    **dict.fromkeys(("T", "N"), frozenset({0})),
    **dict.fromkeys(("RANK", "RANK.EQ", "RANK.AVG", "MATCH", "XMATCH"), frozenset({1})),
    **dict.fromkeys(("VLOOKUP", "HLOOKUP"), frozenset({1})),
    **dict.fromkeys(("LOOKUP", "XLOOKUP"), frozenset({1, 2})),
    **dict.fromkeys(("SUMIF", "AVERAGEIF"), frozenset({0, 2})),
    **dict.fromkeys(("NETWORKDAYS", "WORKDAY"), frozenset({2})),
    **dict.fromkeys(
        ("SUMIFS", "AVERAGEIFS", "MINIFS", "MAXIFS"), frozenset({0, *range(1, 255, 2)})
    ),
    "COUNTIFS": frozenset(range(0, 255, 2)),
    "TEXTJOIN": _EVERY - {0, 1},
}
BY_ITEM = {"SUMPRODUCT", "LOOKUP", "INDEX", "MATCH", "XLOOKUP", "XMATCH"}
"""Functions inside of which whole ranges are calculated with, item by item."""

BY_CELLS = {"COUNTIF", "COUNTIFS", "COUNTBLANK", "ROWS", "COLUMNS"}
"""Functions that see the empty cells below and beside what a sheet holds."""
TOOLPAK = {"EDATE", "EOMONTH", "WEEKNUM", "YEARFRAC", "MROUND", "QUOTIENT"}


class LeftOutError(Exception):
    """A formula that is not compared; says why."""


@dataclass
class Ours:
    """A formula as the engine takes it."""

    workbook: object
    cell: object
    columns: dict = field(default_factory=dict)
    tables: dict = field(default_factory=dict)
    functions: set = field(default_factory=set)
    _within: list = field(default_factory=list)  #: [function or "", argument] around a token

    def translated(self):
        """The formula's text; `columns`, `tables` and `functions` are filled on the way."""
        return "=" + self._translated(self.cell.formula, 0)

    def _translated(self, formula, depth):
        if depth > 8:
            raise LeftOutError("names that stand for names")
        try:
            tokens = Tokenizer(f"={formula}").items
        except TokenizerError:
            raise LeftOutError("not understood by the tokenizer") from None
        self._refuse_intersections(tokens)
        outer, self._within = self._within, [*self._within]
        written = "".join(self._token(tokens, index, depth) for index in range(len(tokens)))
        self._within = outer
        return written

    def _refuse_intersections(self, tokens):
        for before, token, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
            ends = before.type == Token.OPERAND or before.subtype == Token.CLOSE
            begins = after.type == Token.OPERAND or after.subtype == Token.OPEN
            if token.type == Token.WSPACE and ends and begins:
                raise LeftOutError("a range made of ranges")

    def _token(self, tokens, index, depth):
        token = tokens[index]
        if token.type == Token.OP_IN and token.value in {",", ":", " "}:
            raise LeftOutError("a range made of ranges")
        if token.subtype == Token.OPEN:
            opened = self._function(token.value) if token.type == Token.FUNC else token.value
            self._within.append([opened[:-1], 0])
            return opened
        if token.subtype == Token.CLOSE:
            self._within.pop()
        elif token.type == Token.SEP and token.subtype == Token.ARG:
            self._within[-1][1] += 1
        elif token.type == Token.OPERAND and token.subtype == Token.RANGE:
            beside = [one for one in tokens[:index] if one.type != Token.WSPACE][-1:]
            beside += [one for one in tokens[index + 1 :] if one.type != Token.WSPACE][:1]
            operand = any(one.type.startswith("OPERATOR") for one in beside)
            return self._operand(token.value, depth, crossed=self._is_crossed(operand=operand))
        return token.value

    def _is_crossed(self, *, operand):
        """Whether of a range only the cell beside the formula's own is meant."""
        if self.cell.array or any(name in BY_ITEM for name, _ in self._within):
            return False
        name, argument = next((one for one in reversed(self._within) if one[0]), ("", 0))
        return operand or argument not in RANGES.get(name, ())

    def _function(self, written):
        name = written[:-1].upper().removeprefix("_XLFN.").removeprefix("_XLWS.")
        if name in CLOCK:
            raise LeftOutError("the clock of that day")
        if name not in names():
            raise LeftOutError(f"not in the table: {name}")
        self.functions.add(name)
        return f"{name}("

    def _operand(self, written, depth, *, crossed):
        if written.lower().startswith("_xlpm."):
            return written[6:]
        where, mark, address = written.rpartition("!")
        sheet = self._sheet(where.strip("'").replace("''", "'")) if mark else self._own()
        if sheet is None:
            raise LeftOutError("another workbook, or several sheets")
        if address.upper().startswith("#REF"):
            return "#REF!"
        first, colon, last = address.partition(":")
        if not colon and _CELL.match(address):
            return self._single(sheet, address)
        if colon and _CELL.match(first) and _CELL.match(last):
            return self._range(sheet, _corner(first), _corner(last), crossed=crossed)
        if BY_CELLS & {name for name, _ in self._within} and ":" in address:
            raise LeftOutError("counts the empty rest of the sheet")
        if found := _COLUMNS.match(address):
            ends = (
                (1, column_number(found[1])),
                (max(sheet.rows, self.cell.row), column_number(found[2])),
            )
            return self._range(sheet, *ends, crossed=crossed)
        if found := _ROWS.match(address):
            ends = (int(found[1]), 1), (int(found[2]), max(sheet.width, self.cell.column))
            return self._range(sheet, *ends, crossed=crossed)
        return self._name(sheet, address, depth)

    def _own(self):
        return self.workbook.sheets[self.cell.sheet.casefold()]

    def _sheet(self, name):
        return self.workbook.sheets.get(name.casefold())

    def _name(self, sheet, name, depth):
        if "[" in name:
            raise LeftOutError("a structured reference")
        key = name.casefold()
        meaning = self.workbook.names.get((sheet.name.casefold(), key))
        meaning = meaning or self.workbook.names.get(("", key))
        if meaning is None:
            raise LeftOutError("an unknown name")
        if re.search(r"(?<![$\w])[A-Z]{1,3}\$?\d+\b|\$[A-Z]{1,3}\d+\b", meaning):
            raise LeftOutError("a name that moves with its cell")
        return (
            f"({self._translated(meaning, depth + 1)})"
            if " " in meaning
            else self._translated(meaning, depth + 1)
        )

    def _single(self, sheet, address):
        return self._single_at(sheet, *_corner(address))

    def _single_at(self, sheet, row, column):
        name = f"{sheet.name} R{row}C{column}".translate(_PLAIN)
        self.columns[name] = [_held(sheet, row, column)]
        return f"[@[{name}]]"

    def _range(self, sheet, one, other, *, crossed):
        (top, left), (bottom, right) = (
            (min(one[0], other[0]), min(one[1], other[1])),
            (max(one[0], other[0]), max(one[1], other[1])),
        )
        if any(name in TOOLPAK for name, _ in self._within):
            raise LeftOutError("a range where the former Analysis ToolPak wants one value")
        if crossed:
            return self._crossed(sheet, top, left, bottom, right)
        if (bottom - top + 1) * (right - left + 1) > LARGEST:
            raise LeftOutError("a very large range")
        name = f"{sheet.name}_{top}_{left}_{bottom}_{right}".translate(_PLAIN).replace(" ", "_")
        name = f"range_{name}"
        self.tables[name] = {
            f"c{column}": [_held(sheet, row, column) for row in range(top, bottom + 1)]
            for column in range(left, right + 1)
        }
        return f"{name}[c{left}]" if left == right else f"{name}[[c{left}]:[c{right}]]"

    def _crossed(self, sheet, top, left, bottom, right):
        row, column = self.cell.row, self.cell.column
        if left == right and (top <= row <= bottom or top == bottom):
            return self._single_at(sheet, top if top == bottom else row, left)
        if top == bottom and left <= column <= right:
            return self._single_at(sheet, top, column)
        return "#VALUE!"


_PLAIN = {ord(char): "_" for char in "[]#'@!\"().,:;+-*/&%$=<>?{}|^~\\`’“”"}


def _corner(address):
    found = _CELL.match(address)
    return int(found[2]), column_number(found[1])


def _held(sheet, row, column):
    value = sheet.values.get((row, column))
    if value is NOT_CALCULATED:
        raise LeftOutError("reads a cell that was not calculated")
    if isinstance(value, CellError) and value.code not in ERROR_CODES:
        raise LeftOutError(f"reads {value.code}")
    return value


@dataclass(frozen=True)
class Verdict:
    """What came of comparing one cell."""

    cell: object
    functions: frozenset
    ours: object
    agrees: bool
    translated: str
    columns: dict

    @property
    def line(self):
        given = {name.rpartition(" ")[2]: values[0] for name, values in self.columns.items()}
        return "\t".join(
            (
                "+".join(sorted(self.functions)) or OPERATORS,
                self.cell.place,
                f"={self.cell.formula}",
                f"Excel: {self.cell.answer!r}",
                f"ours: {self.ours!r}",
                f"with {given}",
                self.translated,
            )
        )


ELSEWHERE = {
    "another language's number format": {
        ("FormulaTest.xlsx", 'TEXT(I4,"# ##0,00") & " - " & TEXT(C2,"?/???")'),
        ("61495-test.xlsm", 'IF(TEST!A1="","",CONCATENATE("D"," ",TEXT(TEST!A1,"00.00")))'),
        ("61495-test.xlsm", 'IF(TEST!A2="","",CONCATENATE("D"," ",TEXT(TEST!A2,"00,00")))'),
    },
    "the day stands before the month": {
        ("T_VALUE_VALUETOTEXT.xlsx", "VALUE(H5)"),
        ("T_VALUE_VALUETOTEXT.xlsx", "VALUE(A15)"),
    },
    "a Macintosh's characters": {
        ("test.xlsx", "CHAR(D7)"),
        ("test.xlsx", "CHAR(D7:F7)"),
        ("formula_stress_test.xlsx", "CHAR(C20)"),
        ("formula_stress_test.xlsx", "CODE(C21)"),
    },
    "text given to AND was an error before Excel 2019": {
        ("FormulaEvalTestData_Copy.xlsx", 'AND("1",1)'),
    },
    "it goes in circles": {("circular.xlsx", None)},
    "not calculated again": {
        ("issue.2301.xlsx", 'IF(OR(AO56>400,AND(AM57>400,AO56=0)),"M","H")'),
        ("57535.xlsx", "0.1*(E4+E6)"),
    },
}
"""Answers of an Excel with other settings than ours: (end of the file's name, formula or any)."""


def compare(workbook, left_out, only=frozenset()):
    """A `Verdict` for each formula of a workbook that can be compared; reasons are counted.

    `only` are functions of which a formula must have one, if any are given.
    """
    alike = Counter()
    for sheet in workbook.sheets.values():
        for cell in sheet.formulas:
            shape = _ADDRESS.sub("A1", cell.formula)
            alike[shape] += 1
            if alike[shape] > ALIKE:
                left_out["many of a kind"] += 1
                continue
            try:
                yield _verdict(workbook, cell, only)
            except LeftOutError as reason:
                left_out[str(reason)] += 1


def _verdict(workbook, cell, only):
    if isinstance(cell.answer, CellError) and cell.answer.code not in ERROR_CODES:
        raise LeftOutError(f"answers {cell.answer.code}")
    for reason, cells in ELSEWHERE.items():
        if any(
            cell.workbook.endswith(name) and text in {None, cell.formula} for name, text in cells
        ):
            raise LeftOutError(reason)
    ours = Ours(workbook, cell)
    formula = ours.translated()
    if only and not only & (ours.functions or {OPERATORS}):
        raise LeftOutError("not looked at")
    columns = ours.columns or {"none": [None]}
    try:
        [answer] = sheetcrm.evaluate(formula, columns, tables=ours.tables)
    except Exception as error:  # noqa: BLE001 a crash is a difference too
        answer = error
    agrees = same(answer, cell.answer)
    return Verdict(cell, frozenset(ours.functions), answer, agrees, formula, ours.columns)


def same(ours, excels):
    """Equal kinds and values, numbers to nine digits; a formula's blank is shown as 0."""
    if ours is None:
        return excels == 0 and not isinstance(excels, bool)
    if isinstance(ours, float) and isinstance(excels, float):
        return math.isclose(ours, excels, rel_tol=1e-9, abs_tol=1e-12)
    return type(ours) is type(excels) and ours == excels
