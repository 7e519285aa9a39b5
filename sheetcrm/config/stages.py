"""Where leads stand: ``[[stage]]`` and ``[moves]``."""

from __future__ import annotations

from typing import Any

from sheetcrm.config.columns import DEFAULT_OUTPUTS
from sheetcrm.config.formulas import columns_named
from sheetcrm.config.inspection import Inspection
from sheetcrm.config.kinds import Choice, Formula, Number, Text, YesNo, meant
from sheetcrm.config.shapes import Either, Key, ListOf, Table
from sheetcrm.core.qualify.rules import Back, MoveRule, Moves, Stage
from sheetcrm.core.table.names import fold

LAST_CONTACT = "=[@[Last contact]]"

STAGE = Table(
    {
        "name": Key(Text(), "What the stage is called in the sheet.", required=True),
        "when": Key(Formula(), "A lead is in the highest stage for which this is TRUE."),
        "off_ladder": Key(
            YesNo(), "Beside the ladder: reachable from every stage, and back.", default=False
        ),
        "reason": Key(Formula(), "Off the ladder: formula that gives the reason."),
        "until": Key(
            Formula(),
            "Off the ladder: formula that gives the day on which the lead comes back by itself.",
        ),
        "stalled_after_days": Key(Number(above=0), "Too long in this stage after so many days."),
        "answer_within_hours": Key(
            Number(above=0), "A lead that comes into this stage should hear from us so soon."
        ),
        "answered": Key(Formula(), f"When the lead last heard from us; left out: {LAST_CONTACT}"),
    }
)

_STAGES = Either((Text(), ListOf(Text(), least=1)))

MOVE_RULE = Table(
    {
        "from": Key(_STAGES, "A stage, or several; left out: any."),
        "to": Key(_STAGES, "A stage, or several; left out: any."),
        "move": Key(
            Choice(tuple(Back)), "As `back`, for this way, up and down alike.", required=True
        ),
    }
)

MOVES = Table(
    {
        "back": Key(
            Choice(tuple(Back)),
            "A move down the ladder is listed only (report), made (allow) or suggested (ask).",
            default=Back.REPORT.value,
        ),
        "override": Key(
            Choice(("keep", "replace")),
            "Whether a person's own value in Stage wins until it is cleared.",
            default="keep",
        ),
        "rule": Key(ListOf(MOVE_RULE), "Ways of their own; the first rule that fits decides."),
    }
)

FOLLOW_UPS = ("segment", "sequence")

KEYS = {
    "stage": Key(ListOf(STAGE, named=True), "The ladder, lowest first, and what is beside it."),
    "moves": Key(MOVES, "How leads may move between stages."),
}


def relate(tree: dict[str, Any], run: Inspection) -> None:
    """Check the ladder: every step but the first has a rule, and what is beside it a reason."""
    faulty = ("stage",) in run.places and "stage" not in tree
    if run.complete and not tree.get("stage") and not faulty:
        _without_stages(tree, run)
    lowest = True
    for i, stage in enumerate(tree.get("stage", ())):
        beside = stage.get("off_ladder", False)
        if ("stage", i, "when") not in run.places and (beside or not lowest):
            hint = "only the first stage needs none: write when = '=…'"
            run.fault(("stage", i, "when"), "required, but missing", hint)
        if beside and ("stage", i, "reason") not in run.places:
            hint = "a lead beside the ladder needs a reason: write reason = '=[@[Lost reason]]'"
            run.fault(("stage", i, "reason"), "required, but missing", hint)
        elif not beside and "reason" in stage:
            run.fault(("stage", i, "reason"), "only a stage with off_ladder = true has one")
        if not beside and "until" in stage:
            run.fault(("stage", i, "until"), "only a stage with off_ladder = true has one")
        if "answered" in stage and ("stage", i, "answer_within_hours") not in run.places:
            hint = "write answer_within_hours = 4, or take this line out"
            run.fault(("stage", i, "answered"), "nobody asks for it", hint)
        lowest = lowest and beside
    _relate_moves(tree, run)


def _relate_moves(tree: dict[str, Any], run: Inspection) -> None:
    """The ways that have rules of their own lead from stage to stage."""
    known = [stage["name"] for stage in tree.get("stage", ()) if "name" in stage]
    folded = {fold(name) for name in known}
    for i, rule in enumerate(tree.get("moves", {}).get("rule", ())):
        for key in ("from", "to"):
            names = _names(rule, key)
            for j, name in enumerate(names):
                if run.complete and fold(name) not in folded:
                    here = ("moves", "rule", i, key)
                    place = (*here, j) if isinstance(rule[key], list) else here
                    run.fault(place, f'there is no [[stage]] called "{name}"', meant(name, known))


def _names(rule: dict[str, Any], key: str) -> tuple[str, ...]:
    given = rule.get(key, ())
    return (given,) if isinstance(given, str) else tuple(given)


def _without_stages(tree: dict[str, Any], run: Inspection) -> None:
    """What asks for stages where there are none would be blank or false for every lead."""
    write = '[[stage]], name = "…" into config/stages.toml'
    for what in ("stage", "stage_since", "days_in_stage", "stalled", "answer_by"):
        if what in tree.get("write", DEFAULT_OUTPUTS):
            leave = "take the line out" if "write" in tree else "say in [write] what to write"
            hint = f"write {write}, or {leave}"
            run.fault(("write", what), "there is no [[stage]]", hint)
    for path, text in run.formulas:
        if path[0] in FOLLOW_UPS and fold("Stage") in columns_named(text):
            run.fault(path, "names [@Stage], but there is no [[stage]]", f"write {write}")


def stages(tree: dict[str, Any]) -> tuple[Stage, ...]:
    """The stages, lowest first."""
    return tuple(
        Stage(**{"answered": LAST_CONTACT, **stage} if "answer_within_hours" in stage else stage)
        for stage in tree.get("stage", ())
    )


def moves(tree: dict[str, Any]) -> Moves:
    """How leads may move."""
    given = tree.get("moves")
    if given is None:
        return Moves()
    rules = tuple(
        MoveRule(before=_names(rule, "from"), after=_names(rule, "to"), move=Back(rule["move"]))
        for rule in given.get("rule", ())
    )
    return Moves(back=Back(given["back"]), rules=rules, keep_override=given["override"] == "keep")
