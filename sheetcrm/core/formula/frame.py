"""A tab's columns as formulas see them: converted when a formula first reads them, and once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import polars as pl

from sheetcrm.core.formula.cells import Cells
from sheetcrm.core.formula.convert import from_series, from_values, to_values
from sheetcrm.core.formula.events import Events
from sheetcrm.core.table.names import fold
from sheetcrm.core.table.values import CellValue


class Frame:
    """Columns of equal height, by name; names that agree after folding are the same name.

    Args:
        columns: header → values (or a Polars frame of any plain types). Values are blank
            (`None`), boolean, number, text, `date`, `datetime` or `CellError`.
        events: what happened to the leads, where that is known.
    """

    def __init__(
        self,
        columns: Mapping[str, Sequence[CellValue]] | pl.DataFrame,
        events: Events | None = None,
    ) -> None:
        self.events = events
        self._columns: dict[str, _Column] = {}
        if isinstance(columns, pl.DataFrame):
            self._columns = {name: _Column(columns[name]) for name in columns.columns}
        else:
            self._columns = {name: _Column(values) for name, values in columns.items()}
        heights = {len(column) for column in self._columns.values()}
        if len(heights) > 1:
            message = f"columns of a frame have one height, not {sorted(heights)}"
            raise ValueError(message)
        self._height = heights.pop() if heights else 0

    @property
    def height(self) -> int:
        """How many rows there are."""
        return self._height

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of the columns as given."""
        return frozenset(self._columns)

    def between(self, first: str, last: str) -> list[Cells]:
        """The typed columns from one to the other, from left to right.

        A column that has two names (a field, and its header) is there once.
        """
        order = list(self._columns)
        ends = sorted((order.index(self._resolve(first)), order.index(self._resolve(last))))
        chosen = [self._columns[name] for name in order[ends[0] : ends[1] + 1]]
        return [column.cells for column in {column.identity: column for column in chosen}.values()]

    @property
    def headers(self) -> list[str]:
        """The names of the columns from left to right."""
        return list(self._columns)

    def every(self) -> list[Cells]:
        """All typed columns from left to right."""
        return [column.cells for column in self._columns.values()]

    def values(self, name: str) -> list[CellValue]:
        """The values of a column.

        Raises:
            KeyError: there is no such column.
        """
        return self._columns[self._resolve(name)].values

    def cells(self, name: str) -> Cells:
        """The typed column of this name.

        Raises:
            KeyError: there is no such column.
        """
        return self._columns[self._resolve(name)].cells

    def extended(self, new: Mapping[str, Sequence[CellValue]]) -> Frame:
        """This frame with more columns; what has been converted is shared.

        A new column replaces one whose name agrees after folding, and no other.
        """
        other = Frame(new, self.events)
        if self._columns and other._columns and other.height != self.height:
            message = f"a new column has {other.height} rows, the frame {self.height}"
            raise ValueError(message)
        replaced = {fold(name) for name in new}
        kept = {k: column for k, column in self._columns.items() if fold(k) not in replaced}
        other._columns = kept | other._columns
        other._height = other._height if new else self.height
        return other

    def _resolve(self, name: str) -> str:
        return name if name in self._columns else self._by_fold[fold(name)]

    @cached_property
    def _by_fold(self) -> dict[str, str]:
        return {fold(name): name for name in reversed(self._columns)}


class _Column:
    """One column as it was given, and as a typed column once somebody asks."""

    def __init__(self, given: Sequence[CellValue] | pl.Series) -> None:
        self._given = given

    def __len__(self) -> int:
        return len(self._given)

    @property
    def identity(self) -> int:
        """The same for two names of one column."""
        return id(self._given)

    @property
    def values(self) -> list[CellValue]:
        if isinstance(self._given, pl.Series):
            return to_values(self.cells, len(self))
        return list(self._given)

    @cached_property
    def cells(self) -> Cells:
        given = self._given
        return from_series(given) if isinstance(given, pl.Series) else from_values(given)
