"""Which template each group of leads gets, which groups get none, and which files nobody gets."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sheetcrm.core.followup.lead import LeadView
from sheetcrm.core.followup.rules import FollowUps
from sheetcrm.core.followup.rules import Sequence as Series
from sheetcrm.core.followup.segments import Segments
from sheetcrm.core.followup.signals import Signals
from sheetcrm.core.followup.template import Template
from sheetcrm.core.followup.templates import TemplateSet
from sheetcrm.core.table.names import fold

FIRST = 5  #: leads that are named of each hole


class Group(NamedTuple):
    """Leads that share place, interest and language; "" where it is not known."""

    location: str
    interest: str  #: of several the one that decides, else the first
    language: str


class Spot(NamedTuple):
    """One step of one sequence."""

    sequence: str
    step: str  #: its template, ``01-intro``


class Served(NamedTuple):
    """What a lead gets for a step."""

    template: str  #: path; "" where there is none
    fallback: str = ""  #: why it is not what was written for such leads; "" where it is


@dataclass(frozen=True, kw_only=True, slots=True)
class SurveyedSource:
    """The leads of one source, with all that tells them apart."""

    name: str
    leads: Sequence[LeadView]
    segments: Segments
    signals: Signals


@dataclass(frozen=True, kw_only=True, slots=True)
class Hole:
    """Leads for which a step has no template."""

    spot: Spot
    leads: int
    first: Sequence[str]  #: ``Budi Santoso (leads, row 12)``


@dataclass(frozen=True, kw_only=True, slots=True)
class Unused:
    """A file that no lead gets, and why."""

    template: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """How the templates fit the leads."""

    spots: Sequence[Spot]
    groups: Mapping[Group, int]  #: how many leads; the largest group first
    cells: Mapping[tuple[Group, Spot], Mapping[Served, int]]
    now: Mapping[tuple[Group, str], int]  #: leads for whom the sequence is at this moment
    holes: Sequence[Hole]
    unused: Sequence[Unused]

    def condensed(self, spots: Sequence[Spot]) -> Sequence[CoverageRow]:
        """The groups, those together that get the same files at each of these steps."""
        return _condensed(self, spots)

    def singly(self) -> Sequence[CoverageRow]:
        """The groups, each by itself."""
        return [_row([group], self.groups) for group in self.groups]


@dataclass(frozen=True, kw_only=True, slots=True)
class CoverageRow:
    """Groups that get the same files."""

    locations: Sequence[str]  #: the one with the most leads first
    interests: Sequence[str]
    language: str
    groups: Sequence[Group]
    leads: int
    anything: bool  #: all who speak the language, wherever they are and whatever they want


def survey(
    rules: FollowUps,
    templates: TemplateSet,
    sources: Sequence[SurveyedSource],
    language: str,
) -> Coverage:
    """Look at every lead and every step.

    Args:
        rules: the sequences.
        templates: the team's texts.
        sources: the leads.
        language: the workspace's.
    """
    every = (Spot(s.name, step.template) for s in rules.sequences for step in s.steps)
    spots = list(dict.fromkeys(every))
    groups: Counter[Group] = Counter()
    now: Counter[tuple[Group, str]] = Counter()
    cells: defaultdict[tuple[Group, Spot], Counter[Served]] = defaultdict(Counter)
    missed: defaultdict[Spot, list[str]] = defaultdict(list)
    look = _Look(templates, language)
    for source, lead in ((one, lead) for one in sources for lead in one.leads):
        found = {spot: look.served(spot, lead, source.segments) for spot in spots}
        group = look.group(lead, source.segments, found.values())
        groups[group] += 1
        for sequence in rules.sequences:
            now[group, sequence.name] += _is_in(sequence, source.signals, lead)
        for spot, served in found.items():
            cells[group, spot][served] += 1
            if not served.template:
                who = lead.name or lead.email or lead.id
                missed[spot].append(f"{who} ({source.name}, row {lead.row})")
    used = {served.template for counts in cells.values() for served in counts}
    return Coverage(
        spots=spots,
        groups=dict(groups.most_common()),
        cells={place: dict(counts.most_common()) for place, counts in cells.items()},
        now=dict(now),
        holes=[
            Hole(spot=spot, leads=len(names), first=names[:FIRST]) for spot, names in missed.items()
        ],
        unused=[
            Unused(template=template.path, why=_why_unused(template, spots, sources))
            for template in templates.templates
            if template.path not in used
            and not (template.kind.whatsapp and _spot(template) in spots)
        ],
    )


def _is_in(sequence: Series, signals: Signals, lead: LeadView) -> bool:
    """Whether a sequence is for the lead at this moment."""
    answer = signals.signal(sequence, lead.number)
    dated = bool(sequence.start_on or sequence.yearly_on)
    return answer.applies is True and not answer.fault and (not dated or answer.date is not None)


class _Look:
    """How one lead after the other fits the templates."""

    def __init__(self, templates: TemplateSet, language: str) -> None:
        self._templates = templates
        self._language = language
        ready = [template for template in templates.templates if template.ready]
        self._special = {  # steps and languages that have files for some leads only
            (_spot(template), template.kind.language or language)
            for template in ready
            if template.conditions
        }
        self._interests = {
            template.path: condition.names
            for template in ready
            for condition in template.conditions
            if condition.axis == "interest"
        }

    def group(self, lead: LeadView, segments: Segments, got: Iterable[Served]) -> Group:
        """The group in which a lead is shown that gets these files."""
        asked = {name for one in got for name in self._interests.get(one.template, ())}
        deciding = (interest for interest in lead.interests if fold(interest) in asked)
        interest = next(deciding, lead.interests[0] if lead.interests else "")
        return Group(segments.spelled(lead.location), segments.spelled(interest), lead.language)

    def served(self, spot: Spot, lead: LeadView, segments: Segments) -> Served:
        """What a lead gets for a step."""
        choice = self._templates.choose(*spot, lead, language=self._language, segments=segments)
        if choice is None:
            return Served("")
        path, tag = choice.template.path, choice.language
        if lead.language and tag.partition("-")[0] != lead.language.partition("-")[0]:
            return Served(path, f"none in {lead.language}")
        if not choice.template.conditions and (spot, tag) in self._special:
            return Served(path, "no For-… line matches")
        return Served(path)


def _spot(template: Template) -> Spot:
    return Spot(template.kind.sequence, template.kind.step)


def _why_unused(
    template: Template, spots: Sequence[Spot], sources: Sequence[SurveyedSource]
) -> str:
    if _spot(template) not in spots:
        known = any(spot.sequence == template.kind.sequence for spot in spots)
        return "no step has this template" if known else "there is no such sequence"
    if not template.ready:
        return "Status: draft"
    for condition in template.conditions:
        if not any(
            name in condition
            for source in sources
            for lead in source.leads
            for name in source.segments.names(lead, condition.axis)
        ):
            return f"no lead is of {condition.label} {condition.text}"
    spoken = {lead.language.partition("-")[0] for source in sources for lead in source.leads}
    language = template.kind.language
    if language and language.partition("-")[0] not in spoken:
        return f"no lead speaks {language}"
    return "another file fits better for each lead"


_Alike = tuple[frozenset[Served], ...]  # what is got at each step


def _condensed(coverage: Coverage, spots: Sequence[Spot]) -> list[CoverageRow]:
    """First the places together that are alike for one interest, then the interests.

    Where all who speak a language are alike, they are one row, whatever they want.
    """
    alike = {
        group: tuple(frozenset(coverage.cells[group, spot]) for spot in spots)
        for group in coverage.groups
    }
    ways: defaultdict[str, set[_Alike]] = defaultdict(set)
    for group, way in alike.items():
        ways[group.language].add(way)
    by_place: defaultdict[tuple[str, str, _Alike], list[Group]] = defaultdict(list)
    for group, way in alike.items():
        interest = group.interest if len(ways[group.language]) > 1 else ""
        by_place[interest, group.language, way].append(group)
    by_interest: defaultdict[tuple[frozenset[str], str, _Alike], list[Group]] = defaultdict(list)
    for (_, language, way), groups in by_place.items():
        places = frozenset(group.location for group in groups)
        by_interest[places, language, way] += groups
    rows = [
        _row(groups, coverage.groups, anything=len(ways[language]) == 1)
        for (_, language, _), groups in by_interest.items()
    ]
    return sorted(rows, key=lambda row: (-row.leads, row.language))


def _row(
    groups: Sequence[Group], counts: Mapping[Group, int], *, anything: bool = False
) -> CoverageRow:
    return CoverageRow(
        locations=list(_largest((group.location, counts[group]) for group in groups)),
        interests=list(_largest((group.interest, counts[group]) for group in groups)),
        language=groups[0].language,
        groups=groups,
        leads=sum(counts[group] for group in groups),
        anything=anything,
    )


def _largest(counted: Iterable[tuple[str, int]]) -> Iterator[str]:
    total: Counter[str] = Counter()
    for name, count in counted:
        total[name] += count
    return (name for name, _ in total.most_common())
