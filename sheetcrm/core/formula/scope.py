"""What the names in formulas stand for: parameters, reference tables, whole columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

from sheetcrm.core.formula.bind import Names
from sheetcrm.core.formula.convert import constant, from_values
from sheetcrm.core.formula.frame import Frame
from sheetcrm.core.formula.shapes import Span, Value
from sheetcrm.core.formula.syntax import HEADERS, ColumnOf, Name
from sheetcrm.core.table.names import fold
from sheetcrm.core.table.values import CellValue

ParameterValue: TypeAlias = CellValue | Sequence[CellValue]


class Scope:
    """What names stand for."""

    def __init__(
        self,
        frame: Frame,
        parameters: Mapping[str, ParameterValue],
        tables: Mapping[str, Frame],
        now: datetime | None,
    ) -> None:
        self.frame = frame
        self.now = now
        self._parameters = {fold(name): value for name, value in parameters.items()}
        self._tables = {fold(name): table for name, table in tables.items()}
        self.names = Names(
            columns=frame.names,
            tables={name: table.names for name, table in tables.items()},
            parameters=frozenset(parameters),
            activities=frame.events is not None,
        )

    def name(self, node: Name) -> Value:
        """A parameter, or all of a reference table."""
        key = fold(node.name)
        if key in self._parameters:
            value = self._parameters[key]
            if isinstance(value, Sequence) and not isinstance(value, str):
                return Span(rows=len(value), columns=(from_values(value),))
            return constant(value)
        table = self._tables[key]
        return Span(rows=table.height, columns=tuple(table.every()))

    def columns(self, node: ColumnOf) -> Span:
        """Whole columns, of a reference table or of the leads, or the names of a table's."""
        table = self._tables.get(fold(node.table), self.frame) if node.table else self.frame
        if node.column == HEADERS:
            return Span(rows=1, columns=tuple(constant(name) for name in table.headers))
        chosen = table.between(node.column, node.last or node.column)
        return Span(rows=table.height, columns=tuple(chosen))

    def is_own(self, node: ColumnOf) -> bool:
        """Whether it is one column of the leads."""
        return not node.last and (not node.table or fold(node.table) not in self._tables)
