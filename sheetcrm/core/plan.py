"""The plan: the one value that everything in the core leads to.

`plan` computes it and touches nothing; `sync` executes exactly this value.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import NamedTuple

from sheetcrm.core.memory import (
    Enrolment,
    LeadRecord,
    Memory,
    MessageDraft,
    Renewal,
    StageMove,
    Wish,
    Withdrawal,
)
from sheetcrm.core.table.values import CellValue, Edit, Override, Problem, Tab


@dataclass(frozen=True, kw_only=True, slots=True)
class Aside:
    """What is put elsewhere, as the sheet itself is not written."""

    place: str  #: for people: ``leads.scores.xlsx``; "" for nowhere
    columns: Mapping[str, Sequence[CellValue]]  #: header → value for each lead


class Waiting(NamedTuple):
    """A lead that has been in its stage for too long, or that still waits for a first answer."""

    lead: str
    stage: str
    days: int  #: in its stage
    stalled: datetime | None  #: since when it has been there for too long
    answer_by: datetime | None  #: until when it should hear from us, if it has not
    late: bool  #: that is over


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a run would do to one source."""

    source: str
    locator: str
    tab: Tab
    leads: Sequence[LeadRecord]
    edits: Sequence[Edit] = ()
    append: Sequence[str] = ()  #: headers of output columns that the tab lacks
    overrides: Sequence[Override] = ()
    moves: Sequence[StageMove] = ()
    drafts: Sequence[MessageDraft] = ()
    renewed: Sequence[Renewal] = ()  #: messages that wait and are no longer what was seen
    wishes: Sequence[Wish] = ()  #: what persons say in the sheet of drafts
    withdrawn: Sequence[Withdrawal] = ()  #: drafts of earlier runs that must not go out
    gone: Sequence[str] = ()  #: keys of drafts that were taken away, most likely sent by hand
    enrolments: Sequence[Enrolment] = ()  #: rules of sequences that turned true or false
    held: Sequence[Problem] = ()  #: follow-ups that are due but cannot be written, and why
    waiting: Sequence[Waiting] = ()
    problems: Sequence[Problem] = ()
    written: Mapping[tuple[str, str], CellValue] = field(default_factory=dict)
    """What stands in our cells after the edits, overrides left out: the next run's base."""
    aside: Aside | None = None  #: of a source whose sheet is never written
    log_tab: str = ""  #: where moves are logged beside the leads; "" for nowhere
    memory: Memory = field(default_factory=Memory)  #: all that was known when it was decided
    zones: Collection[tzinfo] = ()  #: of the leads; in each a day begins at its own time

    @property
    def changes_nothing(self) -> bool:
        """Whether executing it would leave sheet and outbox as they are."""
        new = self.drafts or self.renewed or self.wishes or self.withdrawn
        return not (self.edits or new or self.logged)

    @property
    def logged(self) -> int:
        """How many rows the log of moves would get."""
        return sum(not move.refused for move in self.moves) if self.log_tab else 0
