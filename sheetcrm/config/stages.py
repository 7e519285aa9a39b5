"""Where leads stand: ``[[stage]]`` and ``[moves]``."""

from __future__ import annotations

from typing import Any

from sheetcrm.config.columns import DEFAULT_OUTPUTS
from sheetcrm.config.formulas import columns_named
from sheetcrm.config.inspection import Inspection
from sheetcrm.config.kinds import Choice, Formula, Number, Text, YesNo
from sheetcrm.config.shapes import Key, ListOf, Table
from sheetcrm.core.qualify.rules import Back, Moves, Stage
from sheetcrm.core.table.names import fold

STAGE = Table(
    {
        "name": Key(Text(), "What the stage is called in the sheet.", required=True),
        "when": Key(Formula(), "A lead is in the highest stage for which this is TRUE."),
        "off_ladder": Key(
            YesNo(), "Beside the ladder: reachable from every stage, and back.", default=False
        ),
        "reason": Key(Formula(), "Off the ladder: formula that gives the reason."),
        "stalled_after_days": Key(Number(above=0), "Shown as overdue after so many days."),
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
        lowest = lowest and beside


def _without_stages(tree: dict[str, Any], run: Inspection) -> None:
    """What asks for stages where there are none would be blank or false for every lead."""
    write = '[[stage]], name = "…" into config/stages.toml'
    for what in ("stage", "stage_since"):
        if what in tree.get("write", DEFAULT_OUTPUTS):
            leave = "take the line out" if "write" in tree else "say in [write] what to write"
            hint = f"write {write}, or {leave}"
            run.fault(("write", what), "there is no [[stage]]", hint)
    for path, text in run.formulas:
        if path[0] in FOLLOW_UPS and fold("Stage") in columns_named(text):
            run.fault(path, "names [@Stage], but there is no [[stage]]", f"write {write}")


def stages(tree: dict[str, Any]) -> tuple[Stage, ...]:
    """The stages, lowest first."""
    return tuple(Stage(**stage) for stage in tree.get("stage", ()))


def moves(tree: dict[str, Any]) -> Moves:
    """How leads may move."""
    given = tree.get("moves")
    if given is None:
        return Moves()
    return Moves(back=Back(given["back"]), keep_override=given["override"] == "keep")
