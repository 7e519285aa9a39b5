"""The new ends of rows that only grew, verified many at a time and column by column.

The caller has seen that such a row is the old one up to the cells behind it. Here is proven of
each end that it is nothing but the owned cells, from left to right, and a closing tag (the
grammar must match all of it); that each cell bears the number of its row; and that it says what
it should. The last is done once for each combination of attributes, content, and wanted value
with its type, as what a cell says depends on nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from sheetcrm.adapters.excel.faults import Refusal
from sheetcrm.adapters.excel.grammar import Grammar
from sheetcrm.adapters.excel.targets import Cells
from sheetcrm.core.table.addresses import letters
from sheetcrm.core.table.values import CellValue

_MOST_WAITING = 4096  # rows
_MOST_PROVEN = 65_536  # combinations that are not looked at again

Judge = Callable[[bytes | None, bytes | None, CellValue], bool]
Proof = tuple[bytes | None, bytes | None, bytes | None, type, CellValue]


class Tails:
    """Takes the ends of rows, and verifies them when there are many.

    Args:
        rules: the sheet's grammar.
        cells: what the rows should say.
        judge: whether a cell with these attributes (None where there is no cell) and this
            content says that value.
        fault: makes the refusal that names a place.
    """

    def __init__(
        self, rules: Grammar, cells: Cells, judge: Judge, fault: Callable[[str], Refusal]
    ) -> None:
        self._rules = rules
        self._cells = cells
        self._judge = judge
        self._fault = fault
        self._columns: Sequence[int] = ()
        self._numbers: list[int] = []
        self._ends: list[bytes] = []
        self._proven: set[Proof] = set()
        self._patterns: dict[tuple[int, ...], re.Pattern[bytes]] = {}

    def add(self, number: int, values: Mapping[int, CellValue], end: bytes) -> None:
        """Take one row's end, and verify all that wait where that is due."""
        columns = list(values)
        if columns != self._columns or len(self._ends) >= _MOST_WAITING:
            self.flush()
            self._columns = columns
        self._numbers.append(number)
        self._ends.append(end)

    def flush(self) -> None:
        """Verify all that wait.

        Raises:
            Refusal: an end is not what it should be.
        """
        if self._ends:
            columns = sorted(self._columns)
            matches = list(map(self._pattern(tuple(columns)).fullmatch, self._ends))
            found = [match.groups() for match in matches if match]
            if len(found) < len(matches):
                raise self._fault(f"row {self._numbers[matches.index(None)]}")
            digits = tuple([b"%d" % number for number in self._numbers])
            groups = zip(*found, strict=True)
            for column, *cell in zip(columns, groups, groups, groups, groups, strict=True):
                self._check_addresses(cell[0], digits)
                self._check_column(column, *cell[1:])
        self._numbers, self._ends = [], []

    def _check_addresses(self, said: Sequence[bytes | None], digits: Sequence[bytes]) -> None:
        if said == digits:
            return
        for number, one, other in zip(self._numbers, said, digits, strict=True):
            if one != other and one is not None:
                raise self._fault(f"row {number}")

    def _check_column(self, column: int, *said: Sequence[bytes | None]) -> None:
        wanted = [self._cells[number][column] for number in self._numbers]
        proofs = list(zip(*said, map(type, wanted), wanted, strict=True))
        new = set(proofs) - self._proven
        wrong = {proof for proof in new if not self._says(*proof)}
        if wrong:
            at = next(index for index, proof in enumerate(proofs) if proof in wrong)
            raise self._fault(f"cell {letters(column)}{self._numbers[at]}")
        if len(self._proven) < _MOST_PROVEN:
            self._proven |= new

    def _says(
        self,
        attributes: bytes | None,
        value: bytes | None,
        inline: bytes | None,
        _: type,
        wanted: CellValue,
    ) -> bool:
        return self._judge(attributes, inline if value is None else value, wanted)

    def _pattern(self, columns: tuple[int, ...]) -> re.Pattern[bytes]:
        if columns not in self._patterns:
            self._patterns[columns] = self._rules.end_with(map(letters, columns))
        return self._patterns[columns]
