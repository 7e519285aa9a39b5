"""Scores and parameters: ``[parameters]``, ``[[score]]``, ``[[score.rule]]``."""

from __future__ import annotations

import re
from typing import Any

from sheetcrm.config.inspection import Inspection
from sheetcrm.config.kinds import Date, Formula, Number, Text, WrongValueError, YesNo
from sheetcrm.config.shapes import Either, Key, ListOf, MapOf, Table
from sheetcrm.core.qualify.rules import Decay, ParameterValue, Score, ScoreRule
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

DECAY = Table(
    {
        "since": Key(
            Formula(), "Formula that gives the date from which days count.", required=True
        ),
        "half_life_days": Key(Number(above=0), "The score halves every so many days."),
        "every_days": Key(Number(above=0), "It loses `lose` points every so many days."),
        "lose": Key(Number(above=0), "Points lost every `every_days`."),
    },
    either=(("half_life_days",), ("every_days", "lose")),
)

RULE = Table(
    {
        "name": Key(Text(), "What the rule says, in a few words; it stands in Why.", required=True),
        "when": Key(Formula(), "The rule counts for leads for which this is TRUE; left out: all."),
        "points": Key(
            Either((Number(), Formula())),
            "A number, negative ones included, or a formula that gives one.",
            required=True,
        ),
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
        "rule": Key(ListOf(RULE, least=1), "What gives points.", required=True),
    }
)

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
}


def relate(tree: dict[str, Any], run: Inspection) -> None:
    """Check what one entry means for another."""
    for i, score in enumerate(tree.get("score", ())):
        least, most = score.get("min"), score.get("max")
        if least is not None and most is not None and least > most:
            key = "max" if ("score", i, "max") in run.places else "min"
            run.fault(("score", i, key), f"min ({least}) is more than max ({most})")


def parameters(tree: dict[str, Any]) -> dict[str, ParameterValue]:
    """The parameters, lists as tuples."""
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in tree.get("parameters", {}).items()
    }


def scores(tree: dict[str, Any]) -> tuple[Score, ...]:
    """The scores."""
    return tuple(
        Score(
            name=score["name"],
            rules=tuple(ScoreRule(**rule) for rule in score["rule"]),
            max=score.get("max"),
            min=score["min"],
            decay=Decay(**score["decay"]) if "decay" in score else None,
        )
        for score in tree.get("score", ())
    )
