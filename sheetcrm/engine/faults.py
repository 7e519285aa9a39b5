"""What formulas and templates name and a source lacks, with its place in the config."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from sheetcrm.core.followup import TemplateSet, check_followups
from sheetcrm.core.formula import Frame
from sheetcrm.core.qualify import check_qualification
from sheetcrm.engine.naming import column_names, formula_texts, output_names
from sheetcrm.engine.workspace import Rules
from sheetcrm.errors import ConfigError, ConfigFault, FormulaError, TemplateError


def find_faults(
    rules: Rules,
    frame: Frame,
    tables: Mapping[str, Frame],
    templates: Callable[[], TemplateSet],
) -> list[ConfigFault]:
    """All formulas and templates that name what a source with these columns lacks.

    Args:
        rules: what the config says.
        frame: every name that formulas may use.
        tables: the reference tables.
        templates: gives the team's templates, or raises a `ConfigError`.
    """
    fields = {field.name for field in rules.fields}
    names = column_names(rules, frame, tables)
    found = [
        _placed(
            ConfigFault(key=key, message=error.message, hint=error.hint, picture=error.pointer),
            rules,
        )
        for key, error in check_qualification(rules.qualification, names)
    ]
    try:
        parsed = templates()
    except ConfigError as error:
        return [*found, *error.faults]
    later = replace(names, columns=names.columns | frozenset(output_names(rules)))
    return found + [
        _placed(fault, rules)
        for fault in check_followups(
            rules.followups, parsed, later, [*fields, *frame.names], [rules.locale.language]
        )
    ]


def slow_fault(error: FormulaError, rules: Rules) -> ConfigFault:
    """A formula that failed while it was evaluated, as it took too long, with its place."""
    texts = formula_texts(rules)
    key = next((key for key, text in texts.items() if text.strip() == error.text.strip()), "")
    hint = f"{error.hint} (the limit is formula_seconds in [workspace])"
    return _placed(
        ConfigFault(key=key, message=error.message, hint=hint, picture=error.text), rules
    )


def template_fault(error: TemplateError) -> ConfigFault:
    """A template's error as a line of the list of faults."""
    return ConfigFault(
        file=f"templates/{error.template}",
        line=error.line,
        message=error.message,
        hint=error.hint,
    )


def in_source(fault: ConfigFault, source: str) -> ConfigFault:
    """The fault, its hint with the source in which the name is missing."""
    where = f"{fault.hint} (source {source})" if fault.hint else f"source {source}"
    return replace(fault, hint=where)


def _placed(fault: ConfigFault, rules: Rules) -> ConfigFault:
    file, line = rules.places.get(fault.key, (fault.file or "config", fault.line))
    return replace(fault, file=file, line=line)
