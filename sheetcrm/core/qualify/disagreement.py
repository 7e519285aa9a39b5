"""Several frameworks side by side: about whom they disagree, and over what.

``met: BANT, CHAMP · open: FAINT (timing) · not met: ANUM (authority)``
"""

from __future__ import annotations

from collections.abc import Sequence

from sheetcrm.core.qualify.frameworks import FrameworkResult, Outcome
from sheetcrm.core.qualify.why import LIMIT, SEPARATOR, clipped
from sheetcrm.core.qualify.words import Words, in_running_text

#: The answer of the criteria that stand in the way.
_IN_THE_WAY = {Outcome.OPEN: None, Outcome.NOT_MET: False}


def disagreements(frameworks: Sequence[FrameworkResult], words: Words, height: int) -> list[str]:
    """For each lead what the frameworks say of it; "" where they agree.

    They disagree about a lead that some of them let pass and others do not. The criteria in
    brackets are those that are unknown where a framework is open, and those that are no where it
    is not met.

    Args:
        frameworks: in the order of the config.
        words: the language to say it in.
        height: how many leads there are.
    """
    passed = list(zip(*(framework.met for framework in frameworks), strict=True))
    told: dict[tuple[object, ...], str] = {}
    found = [""] * height
    for index, met in enumerate(passed):
        if True not in met or False not in met:
            continue
        key = tuple(answers[index] for f in frameworks for answers in f.answers.values())
        if key not in told:
            told[key] = _told(frameworks, words, index)
        found[index] = told[key]
    return found


def _told(frameworks: Sequence[FrameworkResult], words: Words, index: int) -> str:
    patterns = {Outcome.MET: words.met, Outcome.OPEN: words.open, Outcome.NOT_MET: words.not_met}
    said: dict[Outcome, list[str]] = {outcome: [] for outcome in patterns}
    for framework in frameworks:
        outcome = framework.outcome(index)
        said[outcome].append(framework.name + _reasons(framework, outcome, index))
    parts = [patterns[outcome].format(", ".join(names)) for outcome, names in said.items() if names]
    return clipped(SEPARATOR.join(parts), LIMIT)


def _reasons(framework: FrameworkResult, outcome: Outcome, index: int) -> str:
    """`` (authority)``: what stands in the way; nothing where a framework is met."""
    if outcome is Outcome.MET:
        return ""
    names = map(in_running_text, framework.answered(index, _IN_THE_WAY[outcome]))
    return f" ({', '.join(names)})"
