"""Whether the rules of a workspace can be evaluated: every fault of every formula at once."""

from __future__ import annotations

from dataclasses import replace

from sheetcrm.core.formula import Names, check, parse
from sheetcrm.core.qualify.order import circles
from sheetcrm.core.qualify.rules import Qualification
from sheetcrm.core.qualify.steps import Step, answered_formulas, reason_formulas, steps
from sheetcrm.core.table.names import fold
from sheetcrm.errors import FormulaError


def check_qualification(rules: Qualification, names: Names) -> list[tuple[str, FormulaError]]:
    """Everything that is wrong with the formulas of scores, frameworks and stages.

    Args:
        rules: what the team decided.
        names: what a formula may name in this source; what the rules compute themselves
            (``Score``, ``Fit``, ``BANT met``, ``Stage``) is added to it.

    Returns:
        Key path (``score[1].rule[2].when``) and error, in the order of the config.
    """
    every = steps(rules)
    columns = frozenset(column for step in every for column in step.columns)
    known = replace(names, columns=names.columns | columns)
    faults = clashes(every)
    broken = set()
    for key, text in formulas(rules).items():
        try:
            found = check(parse(text), known)
        except FormulaError as error:
            found = list(error.faults)
            broken.add(key)
        faults += [(key, error) for error in found]
    readable = [without(step, broken) for step in every]
    return faults + [(ring.key, ring.error()) for ring in circles(readable, names.tables)]


def formulas(rules: Qualification) -> dict[str, str]:
    """Key path → text of every formula of scores, frameworks and stages."""
    found = {key: text for step in steps(rules) for key, text in step.formulas.items()}
    return found | reason_formulas(rules.stages) | answered_formulas(rules.stages)


def clashes(every: list[Step]) -> list[tuple[str, FormulaError]]:
    """Two steps that compute a column of the same name."""
    owners: dict[str, Step] = {}
    found = []
    for step in every:
        for column in step.columns:
            owner = owners.setdefault(fold(column), step)
            if owner is not step:
                found.append((step.key, _clash(column, owner, step)))
    return found


def without(step: Step, broken: set[str]) -> Step:
    """The step less the formulas that cannot be parsed."""
    kept = {key: text for key, text in step.formulas.items() if key not in broken}
    return replace(step, formulas=kept)


def _clash(column: str, owner: Step, step: Step) -> FormulaError:
    message = f"{owner.key} and {step.key} would both be [@{column}]"
    return FormulaError(message, text=column, hint="give one of them another name")
