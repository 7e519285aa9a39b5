"""Columns that repeat themselves: a few cells that stand for all rows, and how.

A column of a sheet often holds few values many times over (a city, a status), or numbers among
which a few other values stand (``n/a``, ``?``, a blank). What is made of such a column is made of
few cells, then spread over the rows: each row `Picks` one of them, or the `Patches` among the
numbers are replaced.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

import polars as pl

if TYPE_CHECKING:
    from sheetcrm.core.formula.cells import Cells

WORTH_ENCODING: Final = 2_000  #: rows from which distinct values are looked for
SAMPLE: Final = 1_000  #: rows looked at to tell whether distinct values are few
FEW: Final = 4  #: they are, when each occurs this often in the sample
PLACE: Final = pl.UInt32

_Item = TypeVar("_Item")


class Picks:
    """Each row is one of a few cells.

    Args:
        places: for each row which one, as numbers of either kind.
    """

    def __init__(self, places: pl.Series | Sequence[int]) -> None:
        self.height = len(places)
        self._places = places

    @cached_property
    def index(self) -> pl.Series:
        """Which one, as UInt32."""
        places = self._places
        return places if isinstance(places, pl.Series) else pl.Series(places, dtype=PLACE)

    @cached_property
    def places(self) -> Sequence[int]:
        """Which one, as Python's numbers."""
        places = self._places
        return places.to_list() if isinstance(places, pl.Series) else places

    def join(self, parts: Sequence[pl.Series | None]) -> pl.Series | None:
        """One column of what has been made of the cells."""
        (part,) = parts
        return None if part is None else part[self.index]

    def fill(self, parts: Sequence[list[_Item]]) -> list[_Item]:
        """The same with Python values."""
        return list(self._picker(parts[0]))

    @cached_property
    def _picker(self) -> Callable[[Any], Any]:
        return itemgetter(*self.places)


@dataclass(frozen=True, kw_only=True, eq=False)
class Patches:
    """Some rows are one of a few odd cells, the others what they are."""

    height: int
    rows: Sequence[int]  #: that are odd
    places: Sequence[int]  #: for each of `rows` which one

    @cached_property
    def index(self) -> pl.Series:
        """Which one, as UInt32; null where a row is not odd."""
        nothing = pl.Series([None], dtype=PLACE).new_from_index(0, self.height)
        return nothing.scatter(self.rows, pl.Series(self.places, dtype=PLACE))

    @cached_property
    def _usual(self) -> pl.Series:
        return self.index.is_null()

    def join(self, parts: Sequence[pl.Series | None]) -> pl.Series | None:
        """One column of what has been made of the rows as if none were odd, and of the odd ones."""
        usual, odd = parts
        if odd is not None:
            spread = odd[self.index]
        elif usual is not None:
            spread = pl.Series([None], dtype=usual.dtype)
        else:
            return None
        return spread if usual is None else usual.zip_with(self._usual, spread)

    def fill(self, parts: Sequence[list[_Item]]) -> list[_Item]:
        """The same with Python values; changes the first list."""
        values, odd = parts
        for row, place in zip(self.rows, self.places, strict=True):
            values[row] = odd[place]
        return values


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Repeats:
    """What a column is made of."""

    parts: Sequence[Cells]  #: as `way` puts them together
    way: Way


Way: TypeAlias = Picks | Patches


class Numbered(dict[Any, int]):
    """Values, numbered as they are first met."""

    def __missing__(self, value: Any) -> int:
        number = self[value] = len(self)
        return number


def few_texts(text: pl.Series) -> tuple[pl.Series, Picks] | None:
    """The distinct texts of a column, and which one each row is; None where they are too many."""
    if len(text) < WORTH_ENCODING:
        return None
    sample = text.gather_every(len(text) // SAMPLE + 1)
    if sample.n_unique() * FEW > len(sample):
        return None
    encoded = text.cast(pl.Categorical(pl.Categories.random()))
    index = encoded.to_physical()
    found = encoded.unique().drop_nulls()
    words = found.cast(pl.String)[found.to_physical().arg_sort()]
    if not text.null_count():
        return words, Picks(index)
    return words.extend_constant(None, 1), Picks(index.fill_null(len(words)))
