"""BANT and its kin: ``[[framework]]``, completed from the presets that come with sheetcrm."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sheetcrm.config import readymade
from sheetcrm.config.inspection import Inspection
from sheetcrm.config.kinds import Formula, Number, Text, WrongValueError, meant
from sheetcrm.config.leads import language
from sheetcrm.config.positions import KeyPath
from sheetcrm.config.scoring import column_name
from sheetcrm.config.shapes import Either, Key, ListOf, MapOf, Table
from sheetcrm.core.qualify.presets import PRESETS
from sheetcrm.core.qualify.rules import Criterion, Framework
from sheetcrm.core.table.names import fold

_PRESETS = {fold(name): preset for name, preset in PRESETS.items()}

CRITERION = Table(
    {
        "when": Key(Formula(), "Formula that is yes, no or unknown.", required=True, unless="use"),
        "use": readymade.USE_CRITERION,
        "ask": Key(
            MapOf(Text()), 'What to ask while it is unknown, by language: { id = "…", en = "…" }.'
        ),
    }
)

FRAMEWORK = Table(
    {
        "name": Key(
            Text(reads=column_name, examples=tuple(PRESETS)),
            f"One of {', '.join(PRESETS)}, or a name of your own.",
            required=True,
        ),
        "needs": Key(
            Number(least=1, whole=True),
            "How many criteria must be yes; left out: the preset's number, or all.",
        ),
        "required": Key(ListOf(Text()), "Criteria without which the rest does not count."),
        "criteria": Key(
            MapOf(
                Either((Formula(), CRITERION)),
                pattern=r"[^\[\]#@'\x00-\x1f\x7f]*[^\W_][^\[\]#@'\x00-\x1f\x7f]*",
                naming="formulas cannot name this: leave out brackets, # @ and apostrophes",
            ),
            "Criterion = formula, or { when = formula, ask = questions by language }.",
            required=True,
        ),
    }
)

KEYS = {"framework": Key(ListOf(FRAMEWORK, named=True), "Frameworks: criteria yes, no, unknown.")}


def relate(tree: dict[str, Any], run: Inspection) -> None:
    """Check criteria against the preset, and names against each other."""
    scores = {fold(score["name"]) for score in tree.get("score", ()) if "name" in score}
    for i, framework in enumerate(tree.get("framework", ())):
        here = ("framework", i)
        name = framework.get("name", "")
        if fold(name) in scores:
            run.fault((*here, "name"), f'a score is called "{name}" too', "rename one of them")
        _languages(framework, (*here, "criteria"), run)
        if name and ("framework", i, "criteria") in run.places:
            _criteria(framework, here, run)


def frameworks(tree: dict[str, Any], run: Inspection) -> tuple[Framework, ...]:
    """The frameworks, and their formulas' places by the criteria's proper names as well."""
    entries = enumerate(tree.get("framework", ()))
    return tuple(_framework(entry, ("framework", i), run) for i, entry in entries)


def _criteria(framework: dict[str, Any], here: KeyPath, run: Inspection) -> None:
    preset = _PRESETS.get(fold(framework["name"]))
    written: dict[str, Any] = framework.get("criteria", {})
    known = [criterion.name for criterion in preset.criteria] if preset else list(written)
    folded = {fold(name) for name in known}
    for name in written:
        if fold(name) not in folded:
            message = f"{framework['name']} has no such criterion"
            hint = meant(name, known) or f"it has {', '.join(known)}"
            run.fault((*here, "criteria", name), message, hint)
    given = {fold(name) for name in _keys_below((*here, "criteria"), run)}
    lacking = [name for name in known if fold(name) not in given]
    if lacking:
        hint = f"write {_toml_key(lacking[0])} = '=…' under [framework.criteria]"
        run.fault((*here, "criteria"), f"no formula for {', '.join(lacking)}", hint)
    if not known:
        hint = meant(framework["name"], PRESETS) or "write a formula for each criterion"
        run.fault((*here, "criteria"), "is empty", hint)
    _counts(framework, known, here, run)


def _counts(framework: dict[str, Any], known: list[str], here: KeyPath, run: Inspection) -> None:
    needs = framework.get("needs", 0)
    if known and needs > len(known):
        run.fault((*here, "needs"), f"{needs} of {len(known)} criteria")
    folded = {fold(name) for name in known}
    for j, name in enumerate(framework.get("required", ())):
        if fold(name) not in folded:
            message = f'{framework["name"]} has no criterion "{name}"'
            run.fault((*here, "required", j), message, meant(name, known))


def _languages(framework: dict[str, Any], here: KeyPath, run: Inspection) -> None:
    for name, criterion in framework.get("criteria", {}).items():
        for code in criterion.get("ask", ()) if isinstance(criterion, dict) else ():
            try:
                language(code)
            except WrongValueError as error:
                run.fault((*here, name, "ask", code), error.message, error.hint)


def _keys_below(path: KeyPath, run: Inspection) -> list[str]:
    """The keys that were written in a table, faulty ones too."""
    depth = len(path)
    return [str(key[depth]) for key in run.places if len(key) > depth and key[:depth] == path]


def _toml_key(name: str) -> str:
    return name if name.replace("_", "").isalnum() and name.isascii() else f'"{name}"'


def _framework(entry: dict[str, Any], here: KeyPath, run: Inspection) -> Framework:
    preset = _PRESETS.get(fold(entry["name"]))
    written = {fold(name): (name, value) for name, value in entry["criteria"].items()}
    proper = (
        preset.criteria
        if preset
        else tuple(Criterion(name=name, formula="") for name in entry["criteria"])
    )
    criteria = []
    for criterion in proper:
        name, value = written[fold(criterion.name)]
        place = run.place((*here, "criteria", name))
        run.places.setdefault((*here, "criteria", criterion.name), place)
        criteria.append(_criterion(criterion.name, value, criterion.questions))
    names = {fold(criterion.name): criterion.name for criterion in criteria}
    required = entry.get("required", preset.required if preset else ())
    return Framework(
        name=entry["name"],
        criteria=tuple(criteria),
        needs=entry.get("needs", preset.needs if preset else len(criteria)),
        required=tuple(names[fold(name)] for name in required),
    )


def _criterion(name: str, value: Any, questions: Mapping[str, str]) -> Criterion:
    if isinstance(value, str):
        return Criterion(name=name, formula=value, questions=questions)
    asked = {language(code): question for code, question in value.get("ask", {}).items()}
    return Criterion(name=name, formula=readymade.formula(value), questions={**questions, **asked})
