"""Stages and answers of frameworks against what became of the leads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sheetcrm.core.backtest.shares import Share, share_of
from sheetcrm.core.qualify.rules import Stage


@dataclass(frozen=True, kw_only=True, slots=True)
class Rung:
    """One stage; the rules alone put the leads into it."""

    stage: str
    share: Share
    beside: bool = False  #: off the ladder, so that no lead is above or below it
    or_higher: Share | None = None  #: of the leads in this stage or a higher one: its precision
    recall: float = 0.0  #: share of all the won that is in this stage or a higher one


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """One criterion of a framework, or whether the framework is met."""

    framework: str
    criterion: str  #: "" for the framework as a whole
    yes: Share
    no: Share
    unknown: Share


def rungs(stages: Sequence[Stage], reached: Sequence[str], won: Sequence[bool]) -> list[Rung]:
    """The stages in the order of the ladder, then those beside it."""
    shares = {
        stage.name: share_of(won, [here == stage.name for here in reached], being=True)
        for stage in stages
    }
    climb = [stage.name for stage in stages if not stage.off_ladder]
    found = []
    for place, name in enumerate(climb):
        above = [shares[higher] for higher in climb[place:]]
        together = Share(leads=sum(s.leads for s in above), won=sum(s.won for s in above))
        recall = together.won / sum(won)
        found.append(Rung(stage=name, share=shares[name], or_higher=together, recall=recall))
    beside = [stage.name for stage in stages if stage.off_ladder]
    return found + [Rung(stage=name, share=shares[name], beside=True) for name in beside]


def answered(
    framework: str, answers: Mapping[str, Sequence[bool | None]], won: Sequence[bool]
) -> list[Answered]:
    """How the leads of each answer fared; criterion → one answer for each lead."""
    return [
        Answered(
            framework=framework,
            criterion=criterion,
            yes=share_of(won, column, being=True),
            no=share_of(won, column, being=False),
            unknown=share_of(won, column, being=None),
        )
        for criterion, column in answers.items()
    ]
