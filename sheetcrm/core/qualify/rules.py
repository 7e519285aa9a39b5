"""What a team decides: scores, frameworks, stages, as frozen values.

Formulas are kept as text here; `core.formula` compiles them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeAlias

ParameterValue: TypeAlias = (
    bool | int | float | str | date | tuple[bool | int | float | str | date, ...]
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreRule:
    """Points for a lead for which `when` is TRUE (always, without `when`).

    They count once, or with `times` as often as that formula says, `at_most` being the most.
    """

    name: str
    points: float | str  #: a number, or a formula that gives one
    when: str = ""
    times: str = ""  #: formula
    at_most: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Decay:
    """How a score fades with the days since the date that `since` gives.

    It halves every `half_life_days`, or loses `lose` points every `every_days`, or loses points
    at each of its `steps`: days from which on they are lost, and how many.
    """

    since: str
    half_life_days: float = 0
    every_days: float = 0
    lose: float = 0
    steps: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Score:
    """A group of rules whose points are added up, faded, and held between `min` and `max`."""

    name: str
    rules: tuple[ScoreRule, ...]
    max: float | None = None
    min: float | None = 0.0
    decay: Decay | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Grade:
    """Two groups as a grade from A1 to D4; each limit is the least that its step takes."""

    fit: str  #: name of the group that gives the letter
    engagement: str  #: name of the group that gives the number
    letters: tuple[float, float, float]  #: points for A, B and C; D is less
    numbers: tuple[float, float, float]  #: points for 1, 2 and 3; 4 is less


@dataclass(frozen=True, kw_only=True, slots=True)
class Criterion:
    """One question of a framework: a formula that is yes, no or unknown."""

    name: str
    formula: str
    questions: Mapping[str, str] = field(default_factory=dict)  #: language → what to ask


@dataclass(frozen=True, kw_only=True, slots=True)
class Framework:
    """BANT and its kin: met when `needs` criteria are yes, every `required` one among them."""

    name: str
    criteria: tuple[Criterion, ...]
    needs: int
    required: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """A step of the ladder, or a place beside it (`off_ladder`)."""

    name: str
    when: str = ""
    off_ladder: bool = False
    reason: str = ""  #: formula; a lead in an off-ladder stage must have one
    until: str = ""  #: formula; from that day on an off-ladder stage holds nobody any more
    stalled_after_days: float | None = None
    answer_within_hours: float | None = None
    answered: str = ""  #: formula: when the lead last heard from us


class Back(StrEnum):
    """What happens when a rule would move a lead where it may not simply go."""

    REPORT = "report"  #: it stays, and the move is listed
    ALLOW = "allow"
    ASK = "ask"  #: it stays, and the move is written as a suggestion


@dataclass(frozen=True, kw_only=True, slots=True)
class MoveRule:
    """What holds for some ways from stage to stage; no names mean any stage."""

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    move: Back = Back.REPORT


@dataclass(frozen=True, kw_only=True, slots=True)
class Moves:
    """How leads may move between stages: as the first rule says that fits, else only forward."""

    back: Back = Back.REPORT  #: for a way down the ladder that no rule fits
    rules: tuple[MoveRule, ...] = ()
    keep_override: bool = True  #: a person's own value in Stage wins until it is cleared


@dataclass(frozen=True, kw_only=True, slots=True)
class Qualification:
    """Everything that turns a lead into scores, frameworks and a stage."""

    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)
    scores: Sequence[Score] = ()
    frameworks: Sequence[Framework] = ()
    stages: Sequence[Stage] = ()
    moves: Moves = Moves()
    grade: Grade | None = None
    formula_seconds: float = 60  #: for formulas that are computed together
