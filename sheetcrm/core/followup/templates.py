"""All templates of a workspace, parsed once, and which of them a lead gets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from sheetcrm.core.followup.lead import LeadView
from sheetcrm.core.followup.lint import SNIPPETS, Fault
from sheetcrm.core.followup.sandbox import Dialect, TemplateEnvironment
from sheetcrm.core.followup.template import (
    ROOTS,
    Part,
    Template,
    Workshop,
    parse_kind,
    parse_template,
)
from sheetcrm.core.table.names import fold
from sheetcrm.errors import TemplateError

LAYOUT = "_layout.html"
LAYOUT_ROOTS = ROOTS | {"subject", "preheader", "content", "language", "footer"}
BARE_LAYOUT = """<!doctype html>
<html lang="{{ language }}"><head><meta charset="utf-8"><title>{{ subject }}</title></head>
<body>{{ content }}<hr>{{ footer }}</body></html>
"""

_LAST_LANGUAGE = "en"


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """The template that a lead gets, and why."""

    template: Template
    language: str  #: of the template, the workspace's where its name has none
    why: str


@dataclass(frozen=True, kw_only=True)
class TemplateSet:
    """The templates of a workspace: nothing in it can be malformed."""

    templates: Sequence[Template]
    layout: Part

    @classmethod
    def parse(cls, sources: Mapping[str, str]) -> tuple[Self, list[TemplateError]]:
        """Parse and check every file.

        Args:
            sources: path relative to ``templates/`` → text.

        Returns:
            The sound templates, and every fault of the others with its file and line.
        """
        snippets = {path: text for path, text in sources.items() if path.startswith(SNIPPETS)}
        workshop = Workshop(
            environments={d: TemplateEnvironment(d, snippets) for d in Dialect},
            snippets=snippets,
        )
        errors: list[TemplateError] = []
        for path, text in sorted(snippets.items()):
            dialect = Dialect.HTML if path.endswith(".html") else Dialect.MARKDOWN
            _, faults = workshop.part(text, path, dialect, roots=LAYOUT_ROOTS)
            errors += _errors(path, faults)
        layout = _parse_layout(sources.get(LAYOUT, BARE_LAYOUT), workshop, errors)
        templates = []
        for path, text in sorted(sources.items()):
            if _is_message(path):
                kind = parse_kind(path)
                if isinstance(kind, Fault):
                    errors += _errors(path, [kind])
                    continue
                template, faults = parse_template(path, text, kind, workshop)
                errors += _errors(path, faults)
                templates += [template] if template else []
        return cls(templates=templates, layout=layout), errors

    def of_step(self, sequence: str, step: str, *, whatsapp: bool = False) -> list[Template]:
        """Every variant and language of a step that may be sent."""
        return self._by_step.get((sequence, step, whatsapp), [])

    def choose(
        self,
        sequence: str,
        step: str,
        lead: LeadView,
        *,
        language: str,
        whatsapp: bool = False,
    ) -> Choice | None:
        """The template of a step for a lead, or None where there is none.

        The language comes first: the lead's (``es-MX``, then ``es``), the workspace's, English.
        Then the number of ``For-…`` lines that match, then stage before interest before
        location. Where two variants are for different interests of one lead, the interest
        that the lead names first decides.

        Args:
            sequence: name of the sequence.
            step: the step's template, ``01-intro``.
            lead: who is written to.
            language: the workspace's language, which a file without a language is in.
            whatsapp: choose among the WhatsApp texts.
        """
        wanted = languages_for(lead.language, language)
        found = [
            (wanted.index(tag), *fit, template.path, template)
            for template in self.of_step(sequence, step, whatsapp=whatsapp)
            for tag in [template.kind.language or language]
            for fit in [_fit(template, lead)]
            if tag in wanted and fit is not None
        ]
        if not found:
            return None
        best = min(found, key=lambda entry: entry[:-1])[-1]
        tag = best.kind.language or language
        return Choice(template=best, language=tag, why=_why(best, tag, lead))

    @cached_property
    def _by_step(self) -> dict[tuple[str, str, bool], list[Template]]:
        steps: dict[tuple[str, str, bool], list[Template]] = defaultdict(list)
        for template in self.templates:
            if template.ready:
                kind = template.kind
                steps[kind.sequence, kind.step, kind.whatsapp].append(template)
        return dict(steps)


def languages_for(lead: str, workspace: str) -> list[str]:
    """In which order languages are tried: ``es-MX, es, id, en``."""
    tags = [lead, lead.partition("-")[0], workspace, workspace.partition("-")[0], _LAST_LANGUAGE]
    return list(dict.fromkeys(tag for tag in tags if tag))


def _parse_layout(text: str, workshop: Workshop, errors: list[TemplateError]) -> Part:
    layout, faults = workshop.part(text, LAYOUT, Dialect.HTML, roots=LAYOUT_ROOTS)
    needed = {"content": "the message", "footer": "the address and the way to unsubscribe"}
    faults += [
        Fault(message=f"{{{{ {name} }}}} is missing: {what}", line=0)
        for name, what in needed.items()
        if "{{ " + name + " }}" not in text
    ]
    errors += _errors(LAYOUT, faults)
    if layout is None:
        layout, _ = workshop.part(BARE_LAYOUT, LAYOUT, Dialect.HTML, roots=LAYOUT_ROOTS)
    assert layout is not None
    return layout


def _is_message(path: str) -> bool:
    name = path.rpartition("/")[2]
    return path.endswith(".md") and not path.startswith("_") and fold(name) != "readmemd"


def _errors(path: str, faults: Sequence[Fault]) -> list[TemplateError]:
    return [
        TemplateError(fault.message, template=path, line=fault.line, hint=fault.hint)
        for fault in faults
    ]


def _fit(template: Template, lead: LeadView) -> tuple[int, int, int, int, int] | None:
    """How well a variant fits, smaller is better; None where a ``For-…`` line does not match."""
    places = [lead.location, *lead.location.replace(";", ",").replace("/", ",").split(",")]
    stage = _first_match(template.stages, [lead.stage])
    interest = _first_match(template.interests, lead.interests)
    location = _first_match(template.locations, places)
    if None in {stage, interest, location}:
        return None
    lines = (template.stages, template.interests, template.locations)
    has_stage, has_interest, has_location = (-bool(line) for line in lines)
    count = has_stage + has_interest + has_location
    return count, has_stage, has_interest, has_location, interest or 0


def _first_match(wanted: Sequence[str], own: Sequence[str]) -> int | None:
    if not wanted:
        return 0
    folded = {fold(name) for name in wanted}
    return next((i for i, name in enumerate(own) if name and fold(name) in folded), None)


def _why(template: Template, language: str, lead: LeadView) -> str:
    reasons = [f"language {language}"]
    if lead.language and language.partition("-")[0] != lead.language.partition("-")[0]:
        reasons[0] += f" (there is none in {lead.language})"
    if template.stages:
        reasons.append(f"stage {lead.stage}")
    if template.interests:
        reasons.append(f"interest {', '.join(lead.interests)}")
    if template.locations:
        reasons.append(f"location {lead.location}")
    return " · ".join(reasons)
