"""What qualification takes in for each lead, and what comes out, as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from sheetcrm.core.formula import Frame
from sheetcrm.core.memory import StageMove, Standing
from sheetcrm.core.qualify.disagreement import disagreements
from sheetcrm.core.qualify.frameworks import FrameworkResult
from sheetcrm.core.qualify.scoring import Contribution, ScoreResult
from sheetcrm.core.qualify.waiting import Waits
from sheetcrm.core.qualify.words import words
from sheetcrm.core.table.values import Problem


class LeadContext(NamedTuple):
    """What is known of a lead beside its cells."""

    lead: str  #: the id
    language: str = ""  #: a language tag such as ``es-MX``, "" where there is none
    standing: Standing | None = None  #: where it stands up to now; None for a new lead
    override: str | None = None  #: a person's own value in its Stage cell


@dataclass(frozen=True, kw_only=True)
class Qualified:
    """Scores, frameworks and stages of a source's leads; each list has one value for each lead."""

    frame: Frame  #: the columns that came in and all that were computed
    scores: Mapping[str, Sequence[float]]  #: group → its score
    total: Sequence[float]
    frameworks: Mapping[str, FrameworkResult]
    stages: Sequence[str]  #: after moves back were refused, and with people's own values
    computed: Sequence[str]  #: what would stand there without a person's own value
    moves: Sequence[StageMove]  #: made and refused, in the order of the leads
    since: Sequence[datetime]  #: since when each lead is in its stage, in the workspace's zone
    waits: Waits  #: how long that is, and whether it is too long
    why: Sequence[str]
    next_question: Sequence[str]  #: "" where nothing is open
    problems: Sequence[tuple[int, Problem]]  #: index of the lead and a problem without a place
    groups: Sequence[ScoreResult] = ()
    grades: Sequence[str] = ()  #: ``A1`` to ``D4``, if the team grades
    language: str = "en"  #: in which reasons are given

    @cached_property
    def disagreement(self) -> Sequence[str]:
        """What the frameworks say of each lead about whom they disagree, "" for the others."""
        frameworks = list(self.frameworks.values())
        return disagreements(frameworks, words(self.language), len(self.stages))

    def explain(self, index: int) -> list[Contribution]:
        """All that the scores of one lead are made of, in the order of the config."""
        return [part for group in self.groups for part in group.parts(index)]
