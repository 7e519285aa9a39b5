"""A stage rule in a sales person's words: the values it looked at, ``score 62 and BANT 3/4``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import lru_cache, partial

from sheetcrm.core.formula import Frame
from sheetcrm.core.qualify.frameworks import FrameworkResult
from sheetcrm.core.qualify.order import own_references
from sheetcrm.core.qualify.readings import is_blank
from sheetcrm.core.qualify.steps import TOTAL
from sheetcrm.core.qualify.why import clipped
from sheetcrm.core.qualify.words import Words, in_running_text
from sheetcrm.core.table.names import fold
from sheetcrm.core.table.values import CellError, CellValue

_MOST = 4
_LONGEST = 40

Told = Callable[[int], str]


class Telling:
    """Tells for one lead what a rule saw."""

    def __init__(
        self,
        frame: Frame,
        scores: Collection[str],
        frameworks: Collection[FrameworkResult],
        words: Words,
    ) -> None:
        """Name the values that are told in their own way.

        Args:
            frame: every column that a rule may name.
            scores: names of the groups.
            frameworks: they are told as ``3/4``, be it their count or whether they are met.
            words: the language to tell it in.
        """
        self._columns = {fold(name): name for name in frame.names}
        self._frame = frame
        self._words = words
        self._special: dict[str, Told] = {}
        for result in frameworks:
            tell = partial(_framework, result)
            self._special |= {fold(result.name): tell, fold(f"{result.name} met"): tell}
        self._labels = {fold(name): name for name in scores} | {fold(TOTAL): words.score}

    def of(self, text: str, tables: Collection[str]) -> Told:
        """What tells a lead's values in the formula `text`; "" where there are none."""
        tellers: dict[Told, None] = {}
        for reference in own_references(text, tables):
            if reference.kind == "cell" and fold(reference.column) in self._columns:
                tellers[self._teller(reference.column)] = None
        return partial(_told, list(tellers), self._words)

    def _teller(self, column: str) -> Told:
        """One for each column, so that it is told once."""
        name = fold(column)
        if name not in self._special:
            values = self._frame.values(self._columns[name])
            label = self._labels.get(name, in_running_text(column))
            say = lru_cache(maxsize=4096, typed=True)(partial(_value, label, self._words))
            self._special[name] = lambda index: say(values[index])  # many leads share theirs
        return self._special[name]


def _told(tellers: Sequence[Told], words: Words, index: int) -> str:
    parts = [part for tell in tellers if (part := tell(index))]
    return words.enumerate(parts[:_MOST])


def _framework(result: FrameworkResult, index: int) -> str:
    return f"{result.name} {result.summary(index)}"


def _value(label: str, words: Words, value: CellValue) -> str:
    """``purchases 2``, ``interest: solar``; nothing for what says nothing."""
    if is_blank(value) or isinstance(value, CellError):
        return ""
    mark = ": " if isinstance(value, str) else " "
    return f"{label}{mark}{clipped(words.value(value), _LONGEST)}"
