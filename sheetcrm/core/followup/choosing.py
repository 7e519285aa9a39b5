"""Which of a step's templates a lead gets, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sheetcrm.core.followup.lead import LeadView
from sheetcrm.core.followup.segments import Segments
from sheetcrm.core.followup.template import Condition, Template
from sheetcrm.core.table.language import base_language
from sheetcrm.core.table.names import fold
from sheetcrm.core.table.spoken import Spoken, in_a_row

_LAST_LANGUAGE = "en"


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """The template that a lead gets, and why."""

    template: Template
    language: str  #: of the template, the workspace's where its name has none
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """One file of a step, as one lead sees it."""

    template: Template
    language: str
    fits: bool
    why: str  #: what speaks for it, or what is against it


def candidates(
    templates: Sequence[Template], lead: LeadView, segments: Segments, language: str
) -> list[Candidate]:
    """All files of a step: those that the lead may get, the best first, then the others.

    The language comes first: the lead's (``es-MX``, then ``es``), the workspace's, English.
    Then the number of ``For-…`` lines that match, then what they ask for: segment before stage
    before interest before location before the team's own axes. Where two files are for
    different interests of one lead, the interest that the lead names first decides; a place
    comes before the regions around it, a small region before a large one.

    Args:
        templates: the variants and languages of one step.
        lead: who is written to.
        segments: the groups of the lead.
        language: the workspace's, which a file without a language is in.
    """
    names = {axis: segments.names(lead, axis) for axis in axes_of(templates)}
    ready = [template for template in templates if template.ready]
    ranked = sorted(_ranked(ready, lead.language, names, segments.axes, language))
    fitting = [
        Candidate(
            template=ready[i],
            language=tag,
            fits=True,
            why=_why(ready[i], tag, lead, missing=tag == ranked[0][3]),
        )
        for _, _, i, tag in ranked
    ]
    paths = {path for _, path, _, _ in ranked}
    others = [template for template in templates if template.path not in paths]
    return fitting + [
        Candidate(
            template=template,
            language=template.kind.language or language,
            fits=False,
            why=_why_not(template, names, languages_for(lead.language, language), language),
        )
        for template in others
    ]


def best(
    templates: Sequence[Template],
    lead: LeadView,
    names: Mapping[str, Sequence[str]],
    axes: Sequence[str],
    language: str,
) -> Choice | None:
    """The file of a step for a lead that has these names, if there is one, and why."""
    found = min(_ranked(templates, lead.language, names, axes, language), default=None)
    if found is None:
        return None
    _, _, index, tag = found
    return Choice(template=templates[index], language=tag, why=_why(templates[index], tag, lead))


def languages_for(lead: str, workspace: str) -> list[str]:
    """In which order languages are tried: ``es-MX, es, id, en``."""
    tags = [lead, lead.partition("-")[0], workspace, workspace.partition("-")[0], _LAST_LANGUAGE]
    return list(dict.fromkeys(tag for tag in tags if tag))


def axes_of(templates: Sequence[Template]) -> list[str]:
    """The axes that any of these files asks for."""
    return list(dict.fromkeys(c.axis for template in templates for c in template.conditions))


_Rank = tuple[tuple[int, ...], str, int, str]


def _ranked(
    templates: Sequence[Template],
    spoken: str,
    names: Mapping[str, Sequence[str]],
    axes: Sequence[str],
    language: str,
) -> Iterator[_Rank]:
    """Rank, path, number and language of each file that fits; the smallest is the best."""
    wanted = languages_for(spoken, language)
    for i, template in enumerate(templates):
        tag = template.kind.language or language
        fit = _fit(template.conditions, names, axes)
        if tag in wanted and fit is not None:
            yield (wanted.index(tag), *fit), template.path, i, tag


def _fit(
    conditions: Sequence[Condition], names: Mapping[str, Sequence[str]], axes: Sequence[str]
) -> tuple[int, ...] | None:
    """How well a file fits, smaller is better; None where a ``For-…`` line does not match."""
    places: dict[str, int] = {}
    for condition in conditions:
        place = next((i for i, name in enumerate(names[condition.axis]) if name in condition), None)
        if place is None or condition.axis not in axes:
            return None
        places[condition.axis] = place
    asked = (-(axis in places) for axis in axes)
    return -len(places), *asked, *(places.get(axis, 0) for axis in axes)


def _why(template: Template, language: str, lead: LeadView, *, missing: bool = True) -> str:
    """What speaks for a file; `missing`: whether there is none in the lead's own language."""
    said = Spoken("language {}", language)
    if missing and lead.language and base_language(language) != base_language(lead.language):
        said = Spoken("language {} (there is none in {})", language, lead.language)
    return in_a_row([said, *(_matched(c, lead) for c in _by_weight(template))])


def _matched(condition: Condition, lead: LeadView) -> str:
    match condition.axis:
        case "stage":
            return Spoken("stage {}", lead.stage)
        case "interest":
            return Spoken("interest {}", ", ".join(lead.interests))
        case "location":
            own = {fold(part) for part in (lead.location, *lead.location.split(","))}
            if any(name in condition for name in own):
                return Spoken("location {}", lead.location)
            return Spoken("location {} in {}", lead.location, condition.text)
    return f"{condition.label} {condition.text}"


def _by_weight(template: Template) -> list[Condition]:
    order = ("segment", "stage", "interest", "location")
    last = len(order)
    return sorted(
        template.conditions, key=lambda c: order.index(c.axis) if c.axis in order else last
    )


def _why_not(
    template: Template, names: Mapping[str, Sequence[str]], wanted: Sequence[str], language: str
) -> str:
    tag = template.kind.language or language
    if not template.ready:
        return "Status: draft"
    if tag not in wanted:
        return f"is in {tag}; the lead's are {', '.join(wanted)}"
    failed = [
        f"For-{condition.label}: {condition.text}"
        for condition in template.conditions
        if not any(name in condition for name in names[condition.axis])
    ]
    return f"does not match {' · '.join(failed)}"
