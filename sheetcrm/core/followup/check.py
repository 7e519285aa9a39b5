"""Whether the follow-ups of a workspace can be written: every fault at once, with its place."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import combinations

from sheetcrm.core.followup.choosing import languages_for
from sheetcrm.core.followup.header import FOR
from sheetcrm.core.followup.headers import is_plain_address
from sheetcrm.core.followup.lead import OWN_NAMES
from sheetcrm.core.followup.lint import Reference
from sheetcrm.core.followup.render import SENDER_NAMES
from sheetcrm.core.followup.rules import AXES, FollowUps, Sequence
from sheetcrm.core.followup.template import Condition, Template
from sheetcrm.core.followup.templates import LAYOUT, TemplateSet
from sheetcrm.core.formula import Names, check, parse
from sheetcrm.core.table.names import fold, nearest
from sheetcrm.errors import ConfigFault, FormulaError

SUBJECT_LIMIT = 78  #: characters; phones show about half of that

_VALUE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")


def check_followups(
    rules: FollowUps,
    templates: TemplateSet,
    names: Names,
    fields: Collection[str],
    languages: Collection[str],
) -> list[ConfigFault]:
    """Everything that would keep follow-ups from being written.

    Args:
        rules: what the team decided.
        templates: its texts.
        names: what formulas may name.
        fields: what templates may name as ``lead.…`` beside a lead's own names.
        languages: of the workspace; each step has a template in one of them, or in English.
    """
    faults = [*_formula_faults(rules, names), *_sender_faults(rules)]
    for i, sequence in enumerate(rules.sequences, 1):
        faults += _step_faults(sequence, f"sequence[{i}]", templates, languages)
    known = {*OWN_NAMES, *fields}
    faults += _axis_faults(rules, fields)
    for path, part in {**templates.snippets, LAYOUT: templates.layout}.items():
        faults += _reference_faults(part.references, f"templates/{path}", known)
    for template in templates.templates:
        faults += _template_faults(template, known)
        faults += _condition_faults(template, rules, fields)
    return faults + list(_ties(templates.templates, languages))


def formulas(rules: FollowUps) -> dict[str, str]:
    """Key path → text of every formula of segments and sequences."""
    found = {f"segment[{i}].when": segment.when for i, segment in enumerate(rules.segments, 1)}
    for i, sequence in enumerate(rules.sequences, 1):
        for part in ("when", "start_on", "yearly_on"):
            found[f"sequence[{i}].{part}"] = getattr(sequence, part)
        for j, step in enumerate(sequence.steps, 1):
            found[f"sequence[{i}].step[{j}].skip_if"] = step.skip_if
    return {key: text for key, text in found.items() if text}


def _formula_faults(rules: FollowUps, names: Names) -> Iterator[ConfigFault]:
    for key, text in formulas(rules).items():
        try:
            found = check(parse(text), names)
        except FormulaError as unreadable:
            found = list(unreadable.faults)
        for error in found:
            yield ConfigFault(
                key=key, message=error.message, hint=error.hint, picture=error.pointer
            )


def _sender_faults(rules: FollowUps) -> Iterator[ConfigFault]:
    if not rules.sequences:
        return
    for key in ("address", "reply_to"):
        given = getattr(rules.sender, key)
        if (given or key == "address") and not is_plain_address(given):
            message = f"“{given}” is not an address" if given else "the sender has no address"
            yield ConfigFault(key=f"sender.{key}", message=message)


def _step_faults(
    sequence: Sequence, key: str, templates: TemplateSet, languages: Collection[str]
) -> Iterator[ConfigFault]:
    if not (sequence.when or sequence.start_on or sequence.yearly_on):
        hint = "say when = '=…', start_on = '=…' or yearly_on = '=…'"
        yield ConfigFault(key=key, message=f"“{sequence.name}” never begins", hint=hint)
    for j, step in enumerate(sequence.steps, 1):
        place = f"{key}.step[{j}].template"
        found = templates.of_step(sequence.name, step.template)
        wanted = {tag for language in languages for tag in languages_for("", language)}
        if not found:
            yield _missing(sequence.name, step.template, place, templates, languages)
        elif not any(not t.kind.language or t.kind.language in wanted for t in found):
            yield ConfigFault(
                key=place,
                message=f"no {sequence.name}/{step.template} in {' or '.join(sorted(wanted))}",
                hint="leads of another language would get nothing",
            )
        for template in found:
            if j == 1 and not template.subject:
                yield ConfigFault(
                    file=f"templates/{template.path}",
                    line=1,
                    message="the first message of a sequence needs a Subject",
                )


def _missing(
    sequence: str, step: str, key: str, templates: TemplateSet, languages: Collection[str]
) -> ConfigFault:
    steps = {t.kind.step for t in templates.templates if t.kind.sequence == sequence}
    near = nearest(step, steps)
    language = next(iter(languages), "en")
    return ConfigFault(
        key=key,
        message=f"there is no templates/{sequence}/{step}.{language}.md",
        hint=f"did you mean {near}?" if near else "write it, in Markdown",
    )


def _axis_faults(rules: FollowUps, fields: Collection[str]) -> Iterator[ConfigFault]:
    known = {fold(name) for name in fields}
    for i, axis in enumerate(rules.axes, 1):
        if rules.axis(axis) not in known:
            near = nearest(axis, fields)
            hint = f"did you mean {near}?" if near else "it is neither a field nor a column"
            yield ConfigFault(key=f"segments.axes[{i}]", message=f"unknown “{axis}”", hint=hint)


def _condition_faults(
    template: Template, rules: FollowUps, fields: Collection[str]
) -> Iterator[ConfigFault]:
    """Lines ``For-…`` that ask for what no lead can be."""
    axes = {rules.axis(axis): axis for axis in (*AXES, *rules.axes)}
    groups = {fold(group.name): group.name for group in rules.segments}
    for condition in template.conditions:
        message = ""
        if condition.axis not in axes:
            message = f"unknown header “{FOR}{condition.label}”"
            hint = _meant_axis(condition, axes.values(), fields)
        elif condition.axis == "segment" and (others := condition.names - groups.keys()):
            message = f"no segment is called {', '.join(sorted(others))}"
            near = nearest(condition.text, groups.values())
            hint = f"did you mean {near}?" if near else "name it in [[segment]]"
        if message:
            file = f"templates/{template.path}"
            yield ConfigFault(file=file, line=condition.line, message=message, hint=hint)


def _meant_axis(condition: Condition, axes: Collection[str], fields: Collection[str]) -> str:
    if condition.axis == "language":
        return "the file's name says the language: 01-intro.es.md"
    if condition.axis in {fold(name) for name in fields}:
        return f'write axes = ["{condition.label}"] below [segments]'
    near = nearest(condition.label, axes)
    return f"did you mean {FOR}{near}?" if near else f"there are {', '.join(axes)}"


def _template_faults(template: Template, known: Collection[str]) -> Iterator[ConfigFault]:
    file = f"templates/{template.path}"
    yield from _reference_faults(template.references, file, known)
    fixed = _VALUE.sub("", template.subject_text)
    if len(fixed) > SUBJECT_LIMIT:
        line = template.subject_line
        message = f"the subject has {len(fixed)} characters without its values"
        hint = f"at most {SUBJECT_LIMIT}; phones show about 40"
        yield ConfigFault(file=file, line=line, message=message, hint=hint)


def _reference_faults(
    references: Iterable[Reference], file: str, known: Collection[str]
) -> Iterator[ConfigFault]:
    folded = {fold(name) for name in known}
    senders = {fold(name) for name in SENDER_NAMES}
    for reference in references:
        lead = reference.owner == "lead"
        if fold(reference.name) not in (folded if lead else senders):
            yield _unknown(reference, file, known if lead else SENDER_NAMES)


def _unknown(reference: Reference, file: str, known: Collection[str]) -> ConfigFault:
    near = nearest(reference.name, known)
    shown = reference.name if reference.name.isidentifier() else f'["{reference.name}"]'
    hint = f"did you mean {near}?" if near else "it is neither a field nor a column of the sheet"
    return ConfigFault(
        file=file,
        line=reference.line,
        message=f"unknown {{{{ {reference.owner}.{shown} }}}}".replace(".[", "["),
        hint=hint,
    )


def _ties(templates: Collection[Template], languages: Collection[str]) -> Iterator[ConfigFault]:
    """Two variants that fit the same lead equally well."""
    default = next(iter(languages), "")
    for one, other in combinations([t for t in templates if t.ready], 2):
        if _place(one, default) == _place(other, default) and _overlap(one, other):
            yield ConfigFault(
                file=f"templates/{other.path}",
                message=f"fits the same leads as {one.path}, equally well",
                hint="make one of them more special with a line For-…",
            )


def _place(template: Template, default: str) -> tuple[str, str, bool, str]:
    kind = template.kind
    return kind.sequence, kind.step, kind.whatsapp, kind.language or default


def _overlap(one: Template, other: Template) -> bool:
    names = {condition.axis: condition.names for condition in one.conditions}
    others = {condition.axis: condition.names for condition in other.conditions}
    return names.keys() == others.keys() and all(names[axis] & others[axis] for axis in names)
