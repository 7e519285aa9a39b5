"""Where a lead stands: the rules' stage, what may move it there, and what a person says."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sheetcrm.core.qualify.rules import Back, Qualification, Stage
from sheetcrm.core.table.names import fold


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What becomes of one lead's stage."""

    before: str  #: "" for a lead that is new
    after: str  #: where it stands now
    ruled: str  #: where the rules alone would put it
    by_person: bool = False
    refused: bool = False  #: the rules would move it, and it stays

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

    def is_above(self, name: str, other: str) -> bool:
        """Whether a step of the ladder is higher than another."""
        here = self._rank.get(other)
        return here is not None and self._rank[name] > here

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
        self, *, standing: str, override: str, ruled: str, faulty: Collection[str]
    ) -> Verdict:
        """Decide one lead's move.

        Args:
            standing: its stage up to now, "" for a new lead.
            override: a person's own word in the cell, "" where there is none. It wins.
            ruled: what the rules say.
            faulty: names of rules (and stages) that gave an error for this lead; while there is
                any, the lead is not moved down.
        """
        before = self._canonical(standing)
        if override and self._rules.moves.keep_override:
            after = self._canonical(override)
            return Verdict(before=before, after=after, ruled=ruled, by_person=True)
        refused = self._is_refused(before, ruled, faulty)
        return Verdict(
            before=before, after=before if refused else ruled, ruled=ruled, refused=refused
        )

    def _canonical(self, name: str) -> str:
        stage = self.named(name) if name else None
        return stage.name if stage else name

    def _is_refused(self, before: str, ruled: str, faulty: Collection[str]) -> bool:
        """Whether the way from `before` to `ruled` is closed.

        Down the ladder it is, unless `back` allows it and all rules could be read. To and from
        the places beside the ladder it is open, unless it is their own rule that is faulty.
        """
        here, there = self._rank.get(before), self._rank.get(ruled)
        if here is None:
            return before != ruled and before in faulty
        if there is None or there >= here:
            return False
        return self._rules.moves.back is not Back.ALLOW or bool(faulty)
