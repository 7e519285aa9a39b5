"""How written cells look: like the cells around them, in a format that suits the value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import takewhile

from sheetcrm.adapters.excel import markup
from sheetcrm.adapters.excel.grammar import Grammar
from sheetcrm.adapters.excel.markup import Element
from sheetcrm.adapters.excel.patch import Target
from sheetcrm.adapters.excel.rows import Cell, fast_cells, view
from sheetcrm.adapters.excel.styles import Styles
from sheetcrm.adapters.excel.widths import covering, shows_dates

_SAMPLE = 100  # rows: enough to see what a column looks like


class Looks:
    """Chooses the format of a written cell.

    The cell's own, else its row's, else that of most cells of the column, else the column's,
    else that of the column to the left with the number format General.
    """

    def __init__(
        self,
        styles: Styles,
        root: Element,
        sample: Iterable[tuple[int, list[Cell]]],
        *,
        header_row: int,
        new: Collection[int],
        widths: Mapping[int, str],
        titles: int | None = None,
    ) -> None:
        self._styles = styles
        self._new = new
        self._headers: dict[int, int] = {}
        self._seen: dict[int, Counter[int]] = {}
        self._root = root
        self._widths = widths
        self._titles = titles
        self._settings = root.all("cols", "col")
        self._chosen: dict[int, int | None] = {}
        self._fitting: dict[tuple[int | None, type, int], int | None] = {}
        for number, cells in sample:
            for cell in cells:
                style = markup.whole(cell.attributes.get("s", "0"))
                if number == header_row:
                    self._headers[cell.column] = style
                else:
                    self._seen.setdefault(cell.column, Counter())[style] += 1

    def __call__(self, own: int | None, row_style: int | None, target: Target) -> int | None:
        """The format for a target: `own` is that of the cell there, `row_style` of its row."""
        if own is not None:
            base: int | None = own
        elif target.header:
            base = self._headers.get(self._left(target.column), self._titles)
        elif row_style is not None:
            base = row_style
        else:
            base = self._of_column(target.column)
        wanted = base, type(target.value), target.column
        if wanted not in self._fitting:
            wide = shows_dates(self._root, self._widths, target.column)
            self._fitting[wanted] = self._styles.fit(base, target.value, wide=wide)
        return self._fitting[wanted]

    def titles(self) -> int | None:
        """The format of most headers, for those of a new tab."""
        seen = Counter(self._headers.values()).most_common(1)
        return self._styles.general(seen[0][0]) if seen else None

    def hidden(self, column: int) -> bool:
        """Whether the column is hidden."""
        setting = covering(self._settings, column)
        return setting is not None and setting.flag("hidden")

    def _of_column(self, column: int) -> int | None:
        if column not in self._chosen:
            found = self._most(column)
            if found is None:
                found = self._preset(column)
            if found is None:
                found = self._styles.general(self._most(self._left(column)))
            self._chosen[column] = found
        return self._chosen[column]

    def _left(self, column: int) -> int:
        """The next column to the left that is not one of the new ones."""
        column -= 1
        while column in self._new:
            column -= 1
        return column

    def _most(self, column: int) -> int | None:
        seen = self._seen.get(column)
        return seen.most_common(1)[0][0] if seen else None

    def _preset(self, column: int) -> int | None:
        setting = covering(self._settings, column)
        return setting.number("style") or None if setting else None


def sample(rules: Grammar, rows: Iterator[bytes], first_row: int) -> list[tuple[int, list[Cell]]]:
    """Number and cells of the rows from `first_row` on, as many as are needed to judge."""
    found: list[tuple[int, list[Cell]]] = []
    number = 0
    for row in takewhile(lambda _: len(found) <= _SAMPLE, rows):
        match = rules.number.match(row)
        number = int(match[1]) if match else number + 1
        if number >= first_row:
            regular = rules.row.fullmatch(row)
            cells = fast_cells(row, rules) if regular else view(row, rules).cells
            found.append((number, cells))
    return found
