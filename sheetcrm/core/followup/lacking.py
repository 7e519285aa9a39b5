"""Whose messages could not be written as the sheet stands, before anything is due."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sheetcrm.core.followup.lead import Blank, LeadView, lead_fields
from sheetcrm.core.followup.lint import Reference
from sheetcrm.core.followup.rules import FollowUps
from sheetcrm.core.followup.segments import Segments
from sheetcrm.core.followup.template import Template
from sheetcrm.core.followup.templates import TemplateSet

SHOWN = 5  #: leads that are named


def lacking(
    rules: FollowUps, templates: TemplateSet, leads: Sequence[LeadView], language: str
) -> list[str]:
    """A line for each value that a text needs and some of its leads do not have.

    Stages and named segments are not looked at, since only a plan knows them.

    Args:
        rules: the series; only their steps count.
        templates: the team's texts.
        leads: all leads of a source; those without an address get no mail anyway.
        language: the workspace's.
    """
    steps = {(s.name, step.template) for s in rules.sequences for step in s.steps}
    steps = {place for place in steps if any(t.needs for t in templates.of_step(*place))}
    if not steps:
        return []
    segments = Segments(rules, leads)
    found: defaultdict[tuple[str, Reference], list[LeadView]] = defaultdict(list)
    for lead in leads:
        if not lead.email:
            continue
        chosen = [
            templates.choose(*place, lead, language=language, segments=segments)
            for place in sorted(steps)
        ]
        for template, need in _missing(lead, [one.template for one in chosen if one]):
            found[template.path, need].append(lead)
    return [_told(path, need, without) for (path, need), without in found.items()]


def _missing(lead: LeadView, templates: Iterable[Template]) -> Iterable[tuple[Template, Reference]]:
    fields = lead_fields(lead)
    for template in templates:
        told = set()
        for need in template.needs:
            try:
                blank = isinstance(fields[need.name], Blank)
            except KeyError:  # no column of that name: check_followups tells
                continue
            if blank and need.name not in told:
                told.add(need.name)
                yield template, need


def _told(path: str, need: Reference, without: Sequence[LeadView]) -> str:
    names = ", ".join(lead.name or lead.email for lead in without[:SHOWN])
    more = " …" if len(without) > SHOWN else ""
    count = "1 lead" if len(without) == 1 else f"{len(without)} leads"
    value = f"lead.{need.name}" if need.name.isidentifier() else f'lead["{need.name}"]'
    return (
        f"templates/{path}:{need.line}: {value} is empty for {count} ({names}{more}), "
        f'whose mail would be held: {{{{ {value} | default("…") }}}} says what to write'
    )
