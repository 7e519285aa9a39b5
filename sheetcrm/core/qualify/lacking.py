"""What a lead lacks for a rule to hold, where answers to open questions could supply it.

A stage's rule is understood as far as it is made of `AND` and `OR` over comparisons of scores
(``[@Score]>=60``) and frameworks (``[@[BANT met]]``, ``[@BANT]>=3``); any other condition must
hold already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from sheetcrm.core.formula import Formula
from sheetcrm.core.formula.syntax import Binary, Call, CellOf, Literal, Name, Node
from sheetcrm.core.qualify.evaluation import Evaluation
from sheetcrm.core.qualify.frameworks import FrameworkResult, Outcome, Tally
from sheetcrm.core.qualify.scoring import ScoreResult, raised
from sheetcrm.core.qualify.steps import TOTAL
from sheetcrm.core.table.names import fold

Chosen = frozenset[str]  #: folded names of open answers
Lacks = Callable[[int, Chosen], tuple[str, ...] | None]
"""Index of a lead, and what it lacks anyway → the open answers that would do, in their order, were
all of them yes; none where the condition holds, None where no answer helps."""

_SWAPPED = {"<=": ">=", "<": ">"}
_Compared = tuple[str, float, bool]


class Lacking:
    """Understands the rules of one evaluation."""

    def __init__(self, work: Evaluation) -> None:
        self._work = work
        self._scores = {fold(name): [result] for name, result in work.scores.items()}
        self._scores[fold(TOTAL)] = list(work.scores.values())
        self._frameworks = {fold(name): result for name, result in work.frameworks.items()}
        self._met = {fold(f"{name} met"): result for name, result in work.frameworks.items()}
        self._numbers = {
            fold(name): float(value)
            for name, value in work.rules.parameters.items()
            if isinstance(value, int | float) and not isinstance(value, bool)
        }

    def of(self, rule: Formula) -> Lacks | None:
        """What tells of each lead what it lacks for a rule; None where no answer can serve it."""
        return self._of(rule, rule.tree) if self._serves(rule.tree) else None

    def _of(self, rule: Formula, node: Node) -> Lacks:
        if isinstance(node, Call) and node.name in {"AND", "OR"}:
            parts = [self._of(rule, part) for part in sorted(node.arguments, key=self._turn)]
            return partial(_every if node.name == "AND" else _least, parts)
        compared = self._compared(node)
        if compared and compared[0] in self._scores:
            column, limit, above = compared
            return _Points(self._scores[column], limit, above=above).lacks
        if compared and compared[0] in self._frameworks:
            column, limit, above = compared
            return partial(_count, self._frameworks[column], int(limit // 1) + above)
        if isinstance(node, CellOf) and fold(node.column) in self._met:
            return partial(_framework, self._met[fold(node.column)], {})
        (truths,) = self._work.truths([replace(rule, tree=node)])
        return partial(_given, truths)

    def _serves(self, node: Node) -> bool:
        """Whether a condition is about scores or frameworks at all."""
        return self._turn(node) > 0

    def _turn(self, node: Node) -> int:
        """First what no answer changes, then frameworks, then scores, which may share answers."""
        if isinstance(node, Call) and node.name in {"AND", "OR"}:
            return max(map(self._turn, node.arguments), default=0)
        if isinstance(node, CellOf):
            return 1 if fold(node.column) in self._met else 0
        compared = self._compared(node)
        if compared is None:
            return 0
        return 2 if compared[0] in self._scores else 1 if compared[0] in self._frameworks else 0

    def _compared(self, node: Node) -> _Compared | None:
        """Folded column, limit, and whether it must lie above that; None for anything else."""
        if not isinstance(node, Binary):
            return None
        left, operator, right = node.left, node.operator, node.right
        if operator in _SWAPPED:
            left, operator, right = right, _SWAPPED[operator], left
        limit = self._number(right)
        if not isinstance(left, CellOf) or limit is None or operator not in {">=", ">"}:
            return None
        return fold(left.column), limit, operator == ">"

    def _number(self, node: Node) -> float | None:
        if isinstance(node, Name):
            return self._numbers.get(fold(node.name))
        if isinstance(node, Literal) and node.value.__class__ in {int, float}:
            return float(node.value)
        return None


class _Points:
    """That a score, or several together, reach a limit."""

    def __init__(self, groups: Sequence[ScoreResult], limit: float, *, above: bool) -> None:
        self._groups = groups
        self._limit = limit
        self._above = above
        self._values = (
            groups[0].values
            if len(groups) == 1
            else list(map(sum, zip(*(group.values for group in groups), strict=True)))
        )
        self._open = sorted(
            (
                (float(result.rule.points), result.rule.name, group.score.name, result.holds)
                for group in groups
                for result in group.rules
                if not isinstance(result.rule.points, str)
                and result.rule.points > 0
                and None in result.holds
            ),
            key=lambda one: -one[0],
        )

    def lacks(self, index: int, chosen: Chosen) -> tuple[str, ...] | None:
        """Few open rules whose points would do: those chosen anyway, then the biggest."""
        if self._is_enough(self._values[index]):
            return ()
        rules = [rule for rule in self._open if rule[3][index] is None]
        if chosen:
            rules.sort(key=lambda rule: fold(rule[1]) not in chosen)
        more: dict[str, float] = {}
        for count, (points, _, group, _) in enumerate(rules, start=1):
            more[group] = more.get(group, 0) + points
            if self._reached(index, more):
                return tuple(rule[1] for rule in rules[:count])
        return None

    def _reached(self, index: int, more: Mapping[str, float]) -> bool:
        return self._is_enough(
            sum(raised(g, index, more.get(g.score.name, 0)) for g in self._groups)
        )

    def _is_enough(self, points: float) -> bool:
        return points > self._limit if self._above else points >= self._limit


def _framework(
    result: FrameworkResult, known: dict[Tally, tuple[str, ...] | None], index: int, _: Chosen
) -> tuple[str, ...] | None:
    tally = result.tallies[index]
    if tally not in known:
        known[tally] = _open(result, tally)
    return known[tally]


def _open(result: FrameworkResult, tally: Tally) -> tuple[str, ...] | None:
    """The criteria that would do: those that are required, and as many others as it takes."""
    if tally.outcome is not Outcome.OPEN:
        return () if tally.outcome is Outcome.MET else None
    required = {fold(name) for name in result.framework.required}
    must = [name for name in tally.unknown if fold(name) in required]
    others = [name for name in tally.unknown if fold(name) not in required]
    chosen = {*must, *others[: max(0, result.framework.needs - tally.yes - len(must))]}
    return tuple(name for name in tally.unknown if name in chosen)


def _count(result: FrameworkResult, needs: int, index: int, _: Chosen) -> tuple[str, ...] | None:
    tally = result.tallies[index]
    still = max(0, needs - tally.yes)
    return tally.unknown[:still] if len(tally.unknown) >= still else None


def _given(truths: Sequence[bool | None], index: int, _chosen: Chosen) -> tuple[str, ...] | None:
    return () if truths[index] else None


def _every(parts: Iterable[Lacks], index: int, chosen: Chosen) -> tuple[str, ...] | None:
    found: dict[str, str] = {}
    for lacks in parts:
        names = lacks(index, chosen.union(found) if found else chosen)
        if names is None:
            return None
        for name in names:
            found.setdefault(fold(name), name)
    return tuple(found.values())


def _least(parts: Iterable[Lacks], index: int, chosen: Chosen) -> tuple[str, ...] | None:
    ways = [names for lacks in parts if (names := lacks(index, chosen)) is not None]
    return min(ways, key=len, default=None)
