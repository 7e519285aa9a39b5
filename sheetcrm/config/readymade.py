"""``use = "…"``: rules that come with sheetcrm, named instead of written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sheetcrm.config.inspection import Inspection
from sheetcrm.config.kinds import Choice
from sheetcrm.config.positions import KeyPath
from sheetcrm.config.shapes import Key
from sheetcrm.core.qualify.readymade import READY_MADE, READY_MADE_GROUPS, word_lists
from sheetcrm.core.qualify.rules import ParameterValue, ScoreRule
from sheetcrm.core.table.names import fold

_FORMULAS = " · ".join(f"{use}: {made.when}" for use, made in READY_MADE.items())
_GROUPS = " · ".join(f"{use}: {', '.join(names)}" for use, names in READY_MADE_GROUPS.items())

USE_RULE = Key(
    Choice(tuple(READY_MADE)),
    f"A rule that comes with sheetcrm, with name and points unless you give others. {_FORMULAS}",
)
USE_GROUP = Key(
    Choice(tuple(READY_MADE_GROUPS)), f"Rules that come with sheetcrm, after your own. {_GROUPS}"
)
USE_CRITERION = Key(Choice(tuple(READY_MADE)), f"The formula of a ready-made rule. {_FORMULAS}")


def relate(tree: dict[str, Any], run: Inspection) -> None:
    """Check that the team has given what a ready-made rule cannot know."""
    given = {fold(name) for name in tree.get("parameters", ())}
    for path, use in _used(tree):
        if "when" in _entry(tree, path):
            run.fault(path, "use and when exclude each other", "keep one of them")
        for name in READY_MADE[use].needs:
            if run.complete and fold(name) not in given:
                hint = f"write {name} = … under [parameters]"
                run.fault(path, f'"{use}" needs {name}', hint)


def parameters(tree: dict[str, Any]) -> dict[str, ParameterValue]:
    """The words that the ready-made rules look for, but for those that the team gives itself."""
    given = {fold(name) for name in tree.get("parameters", ())}
    lists = word_lists(use for _, use in _used(tree))
    return {name: words for name, words in lists.items() if fold(name) not in given}


def rules(score: dict[str, Any], here: KeyPath, language: str, run: Inspection) -> list[ScoreRule]:
    """The rules of one score: the team's own, ready-made ones filled in, and its group's."""
    found = []
    for i, entry in enumerate(score.get("rule", ())):
        found.append(_rule(entry, (*here, "rule", i), language, run))
    for use in READY_MADE_GROUPS.get(score.get("use", ""), ()):
        _point((*here, "rule", len(found), "when"), (*here, "use"), run)
        found.append(READY_MADE[use].rule(language))
    return found


def formula(criterion: dict[str, Any]) -> str:
    """The formula of a framework's criterion that is written as a table."""
    return str(READY_MADE[criterion["use"]].when if "use" in criterion else criterion["when"])


def _rule(entry: dict[str, Any], here: KeyPath, language: str, run: Inspection) -> ScoreRule:
    own = {name: value for name, value in entry.items() if name != "use"}
    if "use" not in entry:
        return ScoreRule(**own)
    _point((*here, "when"), (*here, "use"), run)
    return replace(READY_MADE[entry["use"]].rule(language), **own)


def _point(path: KeyPath, to: KeyPath, run: Inspection) -> None:
    """What is not written stands where the word `use` does."""
    run.places.setdefault(path, run.place(to))


def _used(tree: dict[str, Any]) -> Iterator[tuple[KeyPath, str]]:
    """Where a ready-made rule is named, and which."""
    for i, score in enumerate(tree.get("score", ())):
        for use in READY_MADE_GROUPS.get(score.get("use", ""), ()):
            yield ("score", i, "use"), use
        for j, rule in enumerate(score.get("rule", ())):
            if "use" in rule:
                yield ("score", i, "rule", j, "use"), rule["use"]
    for i, framework in enumerate(tree.get("framework", ())):
        for name, criterion in framework.get("criteria", {}).items():
            if isinstance(criterion, dict) and "use" in criterion:
                yield ("framework", i, "criteria", name, "use"), criterion["use"]


def _entry(tree: dict[str, Any], path: KeyPath) -> dict[str, Any]:
    """The table that a key stands in."""
    found: Any = tree
    for part in path[:-1]:
        found = found[part]
    return dict(found)
