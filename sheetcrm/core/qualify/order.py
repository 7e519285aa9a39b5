"""In which order the steps can be computed, and the circles that make that impossible."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter

from sheetcrm.core.formula import Reference, parse
from sheetcrm.core.qualify.steps import Step
from sheetcrm.core.table.names import fold
from sheetcrm.errors import FormulaError


@dataclass(frozen=True, kw_only=True, slots=True)
class Circle:
    """Steps of which each needs the next, the last one the first."""

    steps: tuple[Step, ...]
    key: str  #: of a formula that closes it
    text: str
    offset: int

    def error(self) -> FormulaError:
        """The whole circle in one sentence."""
        names = [step.name for step in (*self.steps, self.steps[0])]
        if len(self.steps) > 1:
            hint = "take one of these references out, as each needs the other first"
        else:
            hint = f"if the column {names[0]} of the sheet is meant, call this rule something else"
        message = f"circle: {' → '.join(names)}"
        return FormulaError(message, text=self.text, offset=self.offset, hint=hint)


def levels(steps: Sequence[Step], tables: Collection[str]) -> list[list[Step]]:
    """The steps in groups, each of which needs only the groups before it.

    Args:
        steps: in the order of the config, which is kept within a group.
        tables: names of the reference tables, whose columns are not steps.

    Raises:
        FormulaError: they go in a circle, or a formula cannot be parsed.
    """
    for circle in circles(steps, tables):
        raise circle.error()
    sorter = TopologicalSorter(_graph(steps, tables))
    sorter.prepare()
    found = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        sorter.done(*ready)
        found.append([steps[place] for place in ready])
    return found


def circles(steps: Sequence[Step], tables: Collection[str]) -> list[Circle]:
    """Every circle, once; each begins with its first step in the order of the config."""
    graph = _graph(steps, tables)
    found = []
    while True:
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            ring = _from_first(error.args[1])
            found.append(_circle([steps[place] for place in ring], tables))
            graph[ring[-1]].discard(ring[0])
        else:
            return found


def own_references(text: str, tables: Collection[str]) -> list[Reference]:
    """The references of a formula to columns of the lead tab."""
    known = {fold(table) for table in tables}
    return [
        reference
        for reference in _references(text)
        if reference.kind != "name" and fold(reference.table or "") not in known
    ]


@lru_cache(maxsize=4096)  # each formula is asked several times in a run
def _references(text: str) -> tuple[Reference, ...]:
    return parse(text).references


def _graph(steps: Sequence[Step], tables: Collection[str]) -> dict[int, set[int]]:
    """Place of each step → places of those that it needs."""
    makers: dict[str, int] = {}
    for place, step in enumerate(steps):
        for column in step.columns:
            makers.setdefault(fold(column), place)
    return {
        place: {makers[name] for name in _needs(step, tables) if name in makers}
        for place, step in enumerate(steps)
    }


def _needs(step: Step, tables: Collection[str]) -> Iterable[str]:
    """Folded names of everything that a step reads."""
    yield from map(fold, step.parts)
    for text in step.formulas.values():
        for reference in own_references(text, tables):
            yield fold(reference.column or "")


def _from_first(cycle: Sequence[int]) -> list[int]:
    """A ring in which each needs the next, from the smallest on.

    `CycleError` gives each before the one that needs it, with the first repeated at the end.
    """
    ring = list(reversed(cycle[1:]))
    start = ring.index(min(ring))
    return ring[start:] + ring[:start]


def _circle(ring: Sequence[Step], tables: Collection[str]) -> Circle:
    """The ring with the first formula that leads on to the next step of it."""
    for step, following in zip(ring, [*ring[1:], ring[0]], strict=True):
        wanted = {fold(column) for column in following.columns}
        for key, text in step.formulas.items():
            for reference in own_references(text, tables):
                if fold(reference.column or "") in wanted:
                    return Circle(steps=tuple(ring), key=key, text=text, offset=reference.offset)
    raise AssertionError(ring)  # parts are earlier steps, so a formula leads on
