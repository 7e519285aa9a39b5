"""Whoever is off the ladder in one row hears nothing, through that row or any other one.

A stage beside the ladder is where somebody ends who wants nothing, or should get nothing. The
one exception is a sequence whose rule asks for that very stage by its name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sheetcrm.core.followup.lead import LeadView
from sheetcrm.core.followup.oneperson import mark
from sheetcrm.core.table.names import fold
from sheetcrm.core.table.spoken import Spoken


@dataclass(frozen=True, kw_only=True, slots=True)
class Beside:
    """A row that stands beside the ladder."""

    lead: str
    stage: str
    source: str
    row: int


class OffLadder:
    """The rows beside the ladder, by person."""

    def __init__(
        self,
        stages: Collection[str],
        leads: Iterable[LeadView],
        *,
        source: str,
        elsewhere: Mapping[str, Sequence[Beside]],
    ) -> None:
        self._stages = frozenset(fold(stage) for stage in stages)
        self._source = source
        self._elsewhere = elsewhere
        here: defaultdict[str, list[Beside]] = defaultdict(list)
        for lead in leads:
            if self._is_beside(lead.stage):
                row = Beside(lead=lead.id, stage=lead.stage, source=source, row=lead.row)
                for name in _known_by(lead):
                    here[name].append(row)
        self.here: Mapping[str, Sequence[Beside]] = dict(here)
        """Address, or phone and name → rows of this source."""

    def own(self, lead: LeadView, when: str) -> str:
        """Why a sequence with this rule is not for the lead's own row, or ""."""
        if self._is_beside(lead.stage) and not _asks_for(when, lead.stage):
            return f"is {lead.stage}, which is off the ladder"
        return ""

    def other(self, lead: LeadView, when: str) -> str:
        """Why a sequence with this rule is not for the person, for another row's sake, or ""."""
        for row in self._rows(lead):
            own = row.source == self._source and row.lead == lead.id
            if not own and not _asks_for(when, row.stage):
                where = "" if row.source == self._source else f"{row.source} "
                at = str(row.row)
                return Spoken(
                    "another row of the same person is {} ({}row {})", row.stage, where, at
                )
        return ""

    def _rows(self, lead: LeadView) -> Iterator[Beside]:
        """All rows of the person that stand beside the ladder."""
        if self.here or self._elsewhere:
            for name in _known_by(lead):
                yield from self.here.get(name, ())
                yield from self._elsewhere.get(name, ())

    def _is_beside(self, stage: str) -> bool:
        return bool(self._stages) and fold(stage) in self._stages


def _known_by(lead: LeadView) -> list[str]:
    return [name for name in (lead.email, mark(lead.phone, lead.name)) if name]


def _asks_for(formula: str, stage: str) -> bool:
    """Whether a formula names this very stage."""
    return f'"{stage}"'.casefold() in formula.casefold()
