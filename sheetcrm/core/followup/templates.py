"""All templates of a workspace, parsed once, and which of them a lead gets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

from sheetcrm.core.followup.choosing import (
    Candidate,
    Choice,
    axes_of,
    best,
    candidates,
)
from sheetcrm.core.followup.enclosing import Files, Reader, no_files
from sheetcrm.core.followup.enclosure import Enclosure
from sheetcrm.core.followup.lead import LeadView
from sheetcrm.core.followup.lint import SNIPPETS, Fault
from sheetcrm.core.followup.rules import FollowUps
from sheetcrm.core.followup.sandbox import Dialect, TemplateEnvironment
from sheetcrm.core.followup.segments import Segments
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

_NO_SEGMENTS = Segments(FollowUps())


@dataclass(frozen=True, kw_only=True)
class TemplateSet:
    """The templates of a workspace: nothing in it can be malformed."""

    templates: Sequence[Template]
    layout: Part
    pictures: Mapping[str, Enclosure]  #: by the names that texts give them
    snippets: Mapping[str, Part]  #: by their paths

    @classmethod
    def parse(
        cls,
        sources: Mapping[str, str],
        attachment: Reader = no_files,
        *,
        series: Collection[str] | None = None,
    ) -> tuple[Self, list[TemplateError]]:
        """Parse and check every file.

        Args:
            sources: path relative to ``templates/`` → text.
            attachment: path relative to ``attachments/`` → contents; raises UsageError where
                there is none.
            series: whose texts are wanted; None for all that there are.

        Returns:
            The sound templates, and every fault of the others with its file and line.
        """
        files = Files(attachment)
        errors: list[TemplateError] = []
        snippets = _read_snippets(sources, files, errors)
        workshop = Workshop(
            environments={d: TemplateEnvironment(d, snippets) for d in Dialect},
            snippets=snippets,
            files=files,
        )
        parts: dict[str, Part] = {}
        for path, text in sorted(snippets.items()):
            dialect = Dialect.HTML if path.endswith(".html") else Dialect.MARKDOWN
            part, faults = workshop.part(text, path, dialect, roots=LAYOUT_ROOTS)
            errors += _errors(path, faults)
            parts |= {path: part} if part else {}
        layout = _parse_layout(sources.get(LAYOUT, BARE_LAYOUT), workshop, errors)
        templates = []
        for path, text in sorted(sources.items()):
            if _is_message(path) and (series is None or path.partition("/")[0] in series):
                kind = parse_kind(path)
                if isinstance(kind, Fault):
                    errors += _errors(path, [kind])
                    continue
                template, faults = parse_template(path, text, kind, workshop)
                errors += _errors(path, faults)
                templates += [template] if template else []
        found = cls(templates=templates, layout=layout, pictures=files.pictures, snippets=parts)
        return found, errors

    def spelled(self, rules: FollowUps) -> Self:
        """The same, their ``For-…`` lines as the sheet's values are after cleaning.

        ``For-kota: Jkt`` asks for the location Jakarta, if the team says that it is spelled so.
        """
        return replace(
            self,
            templates=[
                replace(t, conditions=tuple(c.spelled(rules) for c in t.conditions))
                if t.conditions
                else t
                for t in self.templates
            ],
        )

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
        segments: Segments = _NO_SEGMENTS,
        whatsapp: bool = False,
    ) -> Choice | None:
        """The template of a step for a lead, or None where there is none.

        Which file is the best one is said by `candidates`; leads that are alike in all that the
        step's files ask for are decided once.

        Args:
            sequence: name of the sequence.
            step: the step's template, ``01-intro``.
            lead: who is written to.
            language: the workspace's language, which a file without a language is in.
            segments: the groups of the lead.
            whatsapp: choose among the WhatsApp texts.
        """
        place = (sequence, step, whatsapp)
        templates = self._by_step.get(place, [])
        names = {axis: segments.names(lead, axis) for axis in self._axes.get(place, ())}
        alike = (place, segments.axes, lead.language, language, *names.values())
        if names:  # what the reasons say of the lead
            alike += (lead.stage, lead.interests, lead.location)
        if alike not in self._chosen:
            self._chosen[alike] = best(templates, lead, names, segments.axes, language)
        return self._chosen[alike]

    def candidates(
        self,
        sequence: str,
        step: str,
        lead: LeadView,
        *,
        language: str,
        segments: Segments = _NO_SEGMENTS,
    ) -> list[Candidate]:
        """Every file of a step, those that are no drafts in the order in which they fit."""
        kinds = ((t, t.kind) for t in self.templates)
        found = [t for t, k in kinds if (k.sequence, k.step, k.whatsapp) == (sequence, step, False)]
        return candidates(found, lead, segments, language)

    @cached_property
    def _axes(self) -> dict[tuple[str, str, bool], list[str]]:
        return {place: axes_of(templates) for place, templates in self._by_step.items()}

    @cached_property
    def _chosen(self) -> dict[Hashable, Choice | None]:
        return {}

    @cached_property
    def _by_step(self) -> dict[tuple[str, str, bool], list[Template]]:
        steps: dict[tuple[str, str, bool], list[Template]] = defaultdict(list)
        for template in self.templates:
            if template.ready:
                kind = template.kind
                steps[kind.sequence, kind.step, kind.whatsapp].append(template)
        return dict(steps)


def _read_snippets(
    sources: Mapping[str, str], files: Files, errors: list[TemplateError]
) -> dict[str, str]:
    """The snippets with the pictures in them looked up."""
    snippets = {path: text for path, text in sources.items() if path.startswith(SNIPPETS)}
    for path, text in sorted(snippets.items()):
        if path.endswith(".html"):
            snippets[path], faults = files.in_layout(text)
        else:
            faults = files.in_markdown(text)
        errors += _errors(path, faults)
    return snippets


def _parse_layout(text: str, workshop: Workshop, errors: list[TemplateError]) -> Part:
    text, unfit = workshop.files.in_layout(text)
    layout, faults = workshop.part(text, LAYOUT, Dialect.HTML, roots=LAYOUT_ROOTS)
    faults += unfit
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
