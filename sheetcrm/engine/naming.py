"""What formulas and headers may be called in a workspace."""

from __future__ import annotations

from collections.abc import Mapping

from sheetcrm.core.followup.check import formulas as followup_formulas
from sheetcrm.core.formula import Frame, Names
from sheetcrm.core.qualify.check import formulas as qualification_formulas
from sheetcrm.core.table.names import as_written
from sheetcrm.engine.workspace import Rules


def known_headers(rules: Rules) -> tuple[str, ...]:
    """Every header that a field or an output may go by, the most telling first."""
    first = [field.headers[0] for field in rules.fields if field.headers]
    others = [header for field in rules.fields for header in field.headers]
    return tuple(dict.fromkeys([*first, *others, *rules.outputs.values()]))


def column_names(rules: Rules, frame: Frame, tables: Mapping[str, Frame]) -> Names:
    """What formulas may name in a source with these columns, before anything is computed."""
    fields = {field.name for field in rules.fields}
    return Names(
        columns=frozenset(as_written(n) if n in fields else n for n in frame.names),
        tables={name: frozenset(table.names) for name, table in tables.items()},
        parameters=frozenset(rules.qualification.parameters),
        activities=frame.events is not None,
    )


def formula_texts(rules: Rules) -> dict[str, str]:
    """Key path (``stage[2].when``) → text of every formula in the config."""
    return qualification_formulas(rules.qualification) | followup_formulas(rules.followups)


def output_names(rules: Rules) -> list[str]:
    """What later formulas may name beside fields and headers: ``Score``, ``BANT met``."""
    names = ["Score", "Stage", *(score.name for score in rules.qualification.scores)]
    names += ["Grade"] if rules.qualification.grade else []
    for framework in rules.qualification.frameworks:
        names += [framework.name, f"{framework.name} met"]
        names += [f"{framework.name} {criterion.name}" for criterion in framework.criteria]
    return names
