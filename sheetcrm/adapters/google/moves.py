"""Where the rows and columns of a tab went while we were not looking.

Columns are known by their headers, rows by what stands in the columns of `Keys`; cells in which
only we have written prove nothing. What has nothing of its own (a blank row, a column without
a header) is known by what stands beside it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sheetcrm.adapters.google.keys import Keys
from sheetcrm.adapters.google.proof import Expected
from sheetcrm.adapters.google.reading import Place, Sheet
from sheetcrm.adapters.google.values import Raw, alike, kept

_FURTHER: Final = 60  # rows below the old header in which it is looked for


@dataclass(frozen=True, kw_only=True)
class Moves:
    """New row or column → old one. What is not in it was not there before."""

    rows: Mapping[int, int]
    columns: Mapping[int, int]
    header_row: int  #: where the headers stand now

    def old(self, row: int, column: int) -> Place | None:
        """Where a cell was; None for one in a new row or column."""
        across, down = self.columns.get(column), self.rows.get(row)
        return (down, across) if across is not None and down is not None else None

    @property
    def is_nothing(self) -> bool:
        """Whether all that is there stands where it stood."""
        both = (*self.rows.items(), *self.columns.items())
        return all(new == old for new, old in both)


def moves(
    expected: Expected,
    now: Sheet,
    header_row: int,
    keys: Keys,
    ours: Sequence[Mapping[Place, Raw]],
) -> Moves:
    """Compare a tab with what it was.

    Args:
        expected: what was read, and what has been written and proven since.
        now: all of it as it stands now.
        header_row: where the headers stood.
        keys: by which columns rows are known.
        ours: our writes that are not proven: what went to which place.
    """
    before = expected.before

    def only_ours(row: int, column: int) -> bool:
        place, stands = (row, column), now.at(row, column)
        return any(place in write and kept(write[place], stands) for write in ours)

    header = _header_row(before, now, header_row, only_ours)
    fresh = {c: raw for write in ours for (row, c), raw in write.items() if row == header_row}
    columns = _columns(before, now, (header_row, header), fresh, only_ours)
    search = _Rows(
        expected=expected,
        now=now,
        keys=keys,
        where={old: new for new, old in columns.items()},
        only_ours=only_ours,
        first=header + 1,
        old_first=header_row + 1,
    )
    rows = search.run()
    for row in range(1, header + 1):  # what stands above the leads moves with the header
        if row + header_row - header >= 1:
            rows[row] = row + header_row - header
    return Moves(rows=rows, columns=columns, header_row=header)


def _header_row(
    before: Sheet, now: Sheet, header_row: int, only_ours: Callable[[int, int], bool]
) -> int:
    """The row that shows most of the old headers, the nearest of equals."""
    wanted = set(before.cells.get(header_row, {}).values())
    best, found = 0, header_row
    for row in range(1, header_row + _FURTHER):
        cells = now.cells.get(row, {})
        count = sum(1 for c, v in cells.items() if v in wanted and not only_ours(row, c))
        if (count, -abs(row - header_row)) > (best, -abs(found - header_row)):
            best, found = count, row
    return found


def _columns(
    before: Sheet,
    now: Sheet,
    header_rows: Place,
    fresh: Mapping[int, Raw],
    only_ours: Callable[[int, int], bool],
) -> dict[int, int]:
    """New column → old one: by headers that stand once, then by their neighbours."""
    old_row, new_row = header_rows
    last_new = max(now.last_column, before.last_column) + 1
    old = {column: before.at(old_row, column) for column in range(1, before.last_column + 1)}
    new = {column: now.at(new_row, column) for column in range(1, last_new + 1)}
    hidden = {column for column in new if only_ours(new_row, column)}
    at_old = _once(old)
    at_new = _once({column: value for column, value in new.items() if column not in hidden})
    found = {at_new[value]: at_old[value] for value in at_old if value in at_new}
    taken = set(found.values())

    def may_be(column: int, candidate: int) -> bool:
        if candidate < 1 or candidate in taken:
            return False
        if column in hidden:
            return True
        header = fresh.get(candidate) if candidate > before.last_column else old[candidate]
        return alike(new[column], header)

    for column in range(1, last_new + 1):
        candidate = found.get(column - 1, 0) + 1 if column > 1 else 1
        beside = column == 1 or column - 1 in found
        if column not in found and beside and may_be(column, candidate):
            found[column] = candidate
            taken.add(candidate)
    for column in range(last_new, 0, -1):
        candidate = found.get(column + 1, 0) - 1
        if column not in found and may_be(column, candidate):
            found[column] = candidate
            taken.add(candidate)
    return found


def _once(headers: Mapping[int, Raw]) -> dict[Raw, int]:
    """Headers that stand in one column only → that column."""
    counts = Counter(headers.values())
    return {v: column for column, v in headers.items() if v is not None and counts[v] == 1}


@dataclass(kw_only=True)
class _Rows:
    """The search for the rows: what each step settles is open to the next no more."""

    expected: Expected
    now: Sheet
    keys: Keys
    where: Mapping[int, int]  # old column → new one
    only_ours: Callable[[int, int], bool]
    first: int  # of the rows below the header
    old_first: int
    found: dict[int, int] = field(default_factory=dict)  # new row → old one

    def run(self) -> dict[int, int]:
        old_rows = [row for row in self._rows_of(self.expected.before) if row >= self.old_first]
        new_rows = [row for row in self._rows_of(self.now) if row >= self.first]
        keys = [column for column in self.keys.columns if column in self.where]
        self._by(keys, old_rows, new_rows)
        people = [c for c in (*self.keys.fields, *self.keys.others) if c in self.where]
        self._by(people, old_rows, new_rows)
        if self.keys.id in self.where:
            self._by([self.keys.id], old_rows, new_rows)
        self._by_contents(old_rows, new_rows)
        self._by_neighbours(new_rows)
        return self.found

    def _rows_of(self, sheet: Sheet) -> list[int]:
        return sorted(sheet.cells)

    def _by(self, columns: Sequence[int], old_rows: list[int], new_rows: list[int]) -> None:
        """Rows that show the same in these columns, not counting what only we have written."""
        if not columns:
            return
        indexes: dict[tuple[int, ...], dict[tuple[Raw, ...], list[int]]] = {}
        settled = set(self.found.values())
        groups: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for row in new_rows:
            if row not in self.found:
                sure = tuple(c for c in columns if not self.only_ours(row, self.where[c]))
                groups[sure].append(row)
        for sure, rows in groups.items():
            if not sure:
                continue
            if sure not in indexes:
                open_rows = [row for row in old_rows if row not in settled]
                indexes[sure] = _index({row: self._old_key(row, sure) for row in open_rows})
            found = _index({row: self._new_key(row, sure) for row in rows})
            for key, here in found.items():
                self._settle(here, indexes[sure].get(key, []))

    def _settle(self, here: Sequence[int], there: Sequence[int]) -> None:
        """Equal rows in their order; of several with one original, all are that one's copies."""
        if len(there) == 1:
            self.found.update(dict.fromkeys(here, there[0]))
        else:
            self.found.update(zip(here, there, strict=False))

    def _by_contents(self, old_rows: list[int], new_rows: list[int]) -> None:
        """Rows that nothing identifies, such as totals: by all that stands in them."""
        touched = {self.where[c] for c in self.where if self._touches(self.where[c], new_rows)}
        columns = [c for c in self.where if self.where[c] not in touched]
        settled = set(self.found.values())
        old = _index({r: self._old_key(r, columns) for r in old_rows if r not in settled})
        new = _index({r: self._new_key(r, columns) for r in new_rows if r not in self.found})
        for key, here in new.items():
            if len(here) == len(old.get(key, ())):
                self.found.update(zip(here, old[key], strict=True))

    def _touches(self, column: int, rows: Collection[int]) -> bool:
        return any(self.only_ours(row, column) for row in rows)

    def _by_neighbours(self, new_rows: list[int]) -> None:
        """A row between two that stayed together is the one that was between them."""
        taken = set(self.found.values())
        for row in new_rows:
            above = self.found.get(row - 1) if row > self.first else self.old_first - 1
            below = self.found.get(row + 1)
            if row in self.found or above is None or above + 1 in taken:
                continue
            if below is None or below == above + 2:
                self.found[row] = above + 1
                taken.add(above + 1)

    def _old_key(self, row: int, columns: Sequence[int]) -> tuple[Raw, ...]:
        return tuple(self.expected.at(row, column) for column in columns)

    def _new_key(self, row: int, columns: Sequence[int]) -> tuple[Raw, ...]:
        return tuple(self.now.at(row, self.where[column]) for column in columns)


def _index(keys: Mapping[int, tuple[Raw, ...]]) -> dict[tuple[Raw, ...], list[int]]:
    """Key → the rows that have it; rows with nothing in it are left out."""
    found: dict[tuple[Raw, ...], list[int]] = defaultdict(list)
    for row, key in keys.items():
        if any(value is not None for value in key):
            found[key].append(row)
    return found
