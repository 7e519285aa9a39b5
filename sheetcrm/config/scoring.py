"""Scores and parameters: ``[parameters]``, ``[[score]]``, ``[[score.rule]]``, ``[grade]``."""

from __future__ import annotations

import re
from typing import Any

from sheetcrm.config import leads, readymade
from sheetcrm.config.inspection import Inspection
from sheetcrm.config.kinds import Date, Formula, Number, Text, WrongValueError, YesNo, meant
from sheetcrm.config.shapes import Either, Key, ListOf, MapOf, Table
from sheetcrm.core.qualify.rules import Decay, Grade, ParameterValue, Score
from sheetcrm.core.table.names import fold

_CELL_LIKE = r"(?!(?i:[a-z]{1,3}[0-9]+|r|c|r[0-9]*c[0-9]*|true|false)$)"
_UNFIT = re.compile(r"[\[\]#@']")
RESERVED = ("Score", "Stage")


def column_name(text: str) -> str:
    """A name that formulas can write as ``[@name]``."""
    if _UNFIT.search(text):
        raise WrongValueError(
            f'formulas cannot name "{text}"', "leave out brackets, # @ and apostrophes"
        )
    if fold(text) in map(fold, RESERVED):
        raise WrongValueError(f"[@{text}] has a meaning of its own", "choose another name")
    return text


_SCALAR = (Number(), Text(), YesNo(), Date())

STEP = Table(
    {
        "days": Key(Number(above=0), "From so many days on …", required=True),
        "lose": Key(Number(above=0), "… so many points less.", required=True),
    }
)

DECAY = Table(
    {
        "since": Key(
            Formula(), "Formula that gives the date from which days count.", required=True
        ),
        "half_life_days": Key(Number(above=0), "The score halves every so many days."),
        "every_days": Key(Number(above=0), "It loses `lose` points every so many days."),
        "lose": Key(Number(above=0), "Points lost every `every_days`."),
        "steps": Key(
            ListOf(STEP, least=1),
            "It loses points at each step: { days = 30, lose = 10 }, { days = 60, lose = 20 }.",
        ),
    },
    either=(("half_life_days",), ("every_days", "lose"), ("steps",)),
)

RULE = Table(
    {
        "use": readymade.USE_RULE,
        "name": Key(
            Text(),
            "What the rule says, in a few words; it stands in Why.",
            required=True,
            unless="use",
        ),
        "when": Key(Formula(), "The rule counts for leads for which this is TRUE; left out: all."),
        "points": Key(
            Either((Number(), Formula())),
            "A number, negative ones included, or a formula that gives one.",
            required=True,
            unless="use",
        ),
        "times": Key(
            Formula(), "How often it happened: the points count so many times; left out: once."
        ),
        "at_most": Key(Number(least=1, whole=True), "The points count no more often than this."),
    }
)

SCORE = Table(
    {
        "name": Key(
            Text(reads=column_name, examples=("Fit", "Engagement")),
            "What the group is called; formulas name it [@Fit].",
            required=True,
        ),
        "max": Key(Number(), "Its points are never more than this."),
        "min": Key(Number(), "Its points are never less than this.", default=0),
        "decay": Key(DECAY, "How its points fade with time."),
        "use": readymade.USE_GROUP,
        "rule": Key(ListOf(RULE, least=1), "What gives points.", required=True, unless="use"),
    }
)

GRADE = Table(
    {
        "fit": Key(Text(), "The score that gives the letter.", required=True),
        "engagement": Key(Text(), "The score that gives the number.", required=True),
        "letters": Key(
            ListOf(Number()),
            "Least points for A, B and C; left out: 75, 50 and 25 % of the score's max.",
        ),
        "numbers": Key(
            ListOf(Number()),
            "Least points for 1, 2 and 3; left out: 75, 50 and 25 % of the score's max.",
        ),
    }
)
_PARTS = {"fit": "letters", "engagement": "numbers"}

KEYS = {
    "parameters": Key(
        MapOf(
            Either((*_SCALAR, ListOf(Either(_SCALAR), least=1))),
            pattern=_CELL_LIKE + r"[^\W\d][\w.]*",
            naming="formulas cannot name this: begin with a letter; letters, digits and _ may "
            "follow; not like a cell (A1)",
        ),
        "Values that formulas name: a number, text, true or false, a date, or a list of them.",
    ),
    "score": Key(ListOf(SCORE, named=True), "Groups of rules; the total is their sum."),
    "grade": Key(GRADE, "Two scores as one grade from A1 to D4; formulas name it [@Grade]."),
}


def relate(tree: dict[str, Any], run: Inspection) -> None:
    """Check what one entry means for another."""
    for i, score in enumerate(tree.get("score", ())):
        least, most = score.get("min"), score.get("max")
        if least is not None and most is not None and least > most:
            key = "max" if ("score", i, "max") in run.places else "min"
            run.fault(("score", i, key), f"min ({least}) is more than max ({most})")
        for j, rule in enumerate(score.get("rule", ())):
            if "at_most" in rule and ("score", i, "rule", j, "times") not in run.places:
                hint = "write times = '=…', the formula that says how often it happened"
                run.fault(("score", i, "rule", j, "at_most"), "needs times", hint)
    readymade.relate(tree, run)
    if "grade" in tree:
        _relate_grade(tree, run)
    elif run.complete and "grade" in tree.get("write", ()) and ("grade",) not in run.places:
        hint = 'write [grade], fit = "…", engagement = "…" into config/scoring.toml'
        run.fault(("write", "grade"), "there is no [grade]", hint)


def parameters(tree: dict[str, Any]) -> dict[str, ParameterValue]:
    """The parameters, lists as tuples, with the words of the ready-made rules that are used."""
    own = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in tree.get("parameters", {}).items()
    }
    return {**readymade.parameters(tree), **own}


def scores(tree: dict[str, Any], run: Inspection) -> tuple[Score, ...]:
    """The scores, ready-made rules filled in; `run` learns where those stand."""
    language = (tree.get("workspace") or leads.WORKSPACE.defaults())["language"]
    return tuple(
        Score(
            name=score["name"],
            rules=tuple(readymade.rules(score, ("score", i), language, run)),
            max=score.get("max"),
            min=score["min"],
            decay=_decay(score["decay"]) if "decay" in score else None,
        )
        for i, score in enumerate(tree.get("score", ()))
    )


def grade(tree: dict[str, Any]) -> Grade | None:
    """How two scores become a grade."""
    given = tree.get("grade")
    if given is None:
        return None
    a, b, c = _limits(tree, "fit")
    one, two, three = _limits(tree, "engagement")
    return Grade(
        fit=given["fit"],
        engagement=given["engagement"],
        letters=(a, b, c),
        numbers=(one, two, three),
    )


def _relate_grade(tree: dict[str, Any], run: Inspection) -> None:
    names = [score["name"] for score in tree.get("score", ()) if "name" in score]
    for part, limits in _PARTS.items():
        name = tree["grade"].get(part, "")
        given = tree["grade"].get(limits)
        if name and run.complete and fold(name) not in map(fold, names):
            run.fault(("grade", part), f"there is no [[score]] called {name}", meant(name, names))
        elif name and given is None and ("grade", limits) not in run.places:
            if len(_limits(tree, part)) != len("ABC"):
                hint = f"write {limits} = [40, 25, 10], the least points of each step"
                run.fault(("grade", limits), f"required, as {name} has no max", hint)
        elif given is not None and (len(given) != len("ABC") or given != sorted(given)[::-1]):
            run.fault(("grade", limits), "must be three numbers, the highest first")


def _limits(tree: dict[str, Any], part: str) -> list[float]:
    """From how many points on the first three steps are given; nothing where nobody can say."""
    given = tree["grade"]
    if _PARTS[part] in given:
        return list(given[_PARTS[part]])
    for score in tree.get("score", ()):
        if fold(score.get("name", "")) == fold(given[part]) and "max" in score:
            return [score["max"] * share for share in (0.75, 0.5, 0.25)]
    return []


def _decay(given: dict[str, Any]) -> Decay:
    steps = tuple((step["days"], step["lose"]) for step in given.get("steps", ()))
    return Decay(**{**given, "steps": steps})
