"""Where a lead stands: the rules' stage, what may move it there, and what a person says."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sheetcrm.core.qualify.rules import Back, MoveRule, Qualification, Stage
from sheetcrm.core.table.names import fold


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What becomes of one lead's stage."""

    before: str  #: "" for a lead that is new
    after: str  #: where it stands now
    ruled: str  #: where the rules alone would put it
    goal: str = ""  #: where it is to go: there, or no lower than it left the ladder
    by_person: bool = False
    refused: bool = False  #: the rules would move it, and it stays
    asked: bool = False  #: a person may agree to what the rules say
    returned: bool = False  #: back on the ladder, where it left it, though the rules say less

    @property
    def moved(self) -> bool:
        """Whether it stands elsewhere than before."""
        return self.after != self.before


class Ladder:
    """The stages in their order. `verdict` is the one place where a move is decided.

    Attributes:
        names: all stages, those beside the ladder included.
        first: the lowest stage, in which a lead is for which no other rule holds.
    """

    def __init__(self, rules: Qualification) -> None:
        self._rules = rules
        self._known = {fold(stage.name): stage for stage in rules.stages}
        self._exact = {stage.name: self._known[fold(stage.name)] for stage in rules.stages}
        climb = [stage for stage in rules.stages if not stage.off_ladder]
        self._rank = {stage.name: rank for rank, stage in enumerate(climb)}
        self._beside = [stage for stage in rules.stages if stage.off_ladder]
        self.names = [stage.name for stage in rules.stages]
        self.first = climb[0].name if climb else ""

    def is_beside(self, name: str) -> bool:
        """Whether a stage is beside the ladder."""
        stage = self.named(name)
        return stage is not None and stage.off_ladder

    def named(self, name: str) -> Stage | None:
        """The stage of this name, however it is written."""
        return self._exact.get(name) or self._known.get(fold(name))

    def ruled(self, holds: Mapping[str, Sequence[bool | None]], height: int) -> list[str]:
        """The stage that the rules give to each lead.

        The highest stage whose rule holds, whether or not the lower ones hold; the first one
        where none does. A stage beside the ladder wins, the first of them in the config.

        Args:
            holds: name of a stage that has a rule → whether that holds, for each lead.
            height: how many leads there are.
        """
        found = [self.first] * height
        for name in [*self._rank, *(stage.name for stage in reversed(self._beside))]:
            if name in holds:
                found = [
                    name if held else so_far
                    for so_far, held in zip(found, holds[name], strict=True)
                ]
        return found

    def verdict(
        self,
        *,
        standing: str,
        override: str,
        ruled: str,
        faulty: Collection[str],
        past: Sequence[str] = (),
    ) -> Verdict:
        """Decide one lead's move.

        Args:
            standing: its stage up to now, "" for a new lead.
            override: a person's own word in the cell, "" where there is none. It wins.
            ruled: what the rules say.
            faulty: names of rules (and stages) that gave an error for this lead; while there is
                any, the lead is not moved down.
            past: the stages that it was in before, the oldest first.
        """
        before = self._canonical(standing)
        if override and self._rules.moves.keep_override:
            after = self._canonical(override)
            return Verdict(before=before, after=after, ruled=ruled, by_person=True)
        goal = self._not_below(before, ruled, past, faulty)
        way = self._way(before, goal, faulty)
        refused = way is not Back.ALLOW
        further = way if refused else self._way(goal, ruled, faulty)  # what the next run will say
        return Verdict(
            before=before,
            after=before if refused else goal,
            ruled=ruled,
            goal=goal,
            refused=refused,
            asked=further is Back.ASK,
            returned=goal != ruled,
        )

    def _not_below(
        self, before: str, ruled: str, past: Sequence[str], faulty: Collection[str]
    ) -> str:
        """Where a lead comes back onto the ladder: not below the step from which it left it.

        Unless the team allows this way, or the way down from there; a lead that leaves and comes
        back would move down otherwise.
        """
        there = self._rank.get(ruled)
        if not past or there is None or before in self._rank:
            return ruled
        left = next(
            (name for name in map(self._canonical, reversed(past)) if name in self._rank), ""
        )
        if not left or there >= self._rank[left]:
            return ruled
        rule = self._rule(before, ruled)
        way = rule.move if rule and not faulty else self._way(left, ruled, faulty)
        return ruled if way is Back.ALLOW else left

    def _way(self, before: str, after: str, faulty: Collection[str]) -> Back:
        """What becomes of a move: of one down the ladder nothing, unless the team allows it.

        A new lead may come in anywhere. To and from the places beside the ladder the way is open.
        Where a rule gave an error, nobody is moved down, nor away from the place that the faulty
        rule belongs to.
        """
        if not before or before == after:
            return Back.ALLOW
        here, there = self._rank.get(before), self._rank.get(after)
        down = here is not None and there is not None and there < here
        if faulty and (down or (here is None and before in faulty)):
            return Back.REPORT
        rule = self._rule(before, after)
        if rule:
            return rule.move
        return self._rules.moves.back if down else Back.ALLOW

    def _rule(self, before: str, after: str) -> MoveRule | None:
        """The team's first rule for the way from one stage to another."""
        for rule in self._rules.moves.rules:
            fits = ((rule.before, before), (rule.after, after))
            if all(not names or fold(name) in map(fold, names) for names, name in fits):
                return rule
        return None

    def _canonical(self, name: str) -> str:
        stage = self.named(name) if name else None
        return stage.name if stage else name
