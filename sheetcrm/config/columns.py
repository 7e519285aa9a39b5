"""Which columns mean what (``[fields.*]``), and which ones we write (``[write]``)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from sheetcrm.config.formulas import columns_named
from sheetcrm.config.inspection import Inspection, key_text
from sheetcrm.config.kinds import BAD, Choice, Kind, Text, YesNo, meant
from sheetcrm.config.logtab import relate_log, tab_title
from sheetcrm.config.model import LooksConfig
from sheetcrm.config.positions import KeyPath
from sheetcrm.config.shapes import Key, ListOf, MapOf, Table
from sheetcrm.core.table.fields import Field, FieldType
from sheetcrm.core.table.names import fold
from sheetcrm.core.table.starter import STARTER_FIELDS

FIELD = Table(
    {
        "headers": Key(
            ListOf(Text(), least=1),
            "The headers it may go by; case, accents, blanks and punctuation do not matter.",
        ),
        "type": Key(Choice(tuple(FieldType)), "How its cells are read; left out: text."),
        "identifies": Key(YesNo(), "Whether one value in two rows means one person."),
        "aliases": Key(
            MapOf(ListOf(Text())),
            'Spellings of one value, beside those that we know: { Jakarta = ["Jkt", "Batavia"] }.',
        ),
        "known_aliases": Key(
            YesNo(), "false: only your spellings count, and none that comes with sheetcrm."
        ),
    }
)

SIMPLE = {
    "id": "The lead's id, by which sheetcrm knows it wherever the row moves.",
    "score": "The total score; score.<name> for the score of one group.",
    "grade": "A1 to D4, as [grade] says.",
    "stage": "The stage.",
    "stage_since": "The date since when the lead is in its stage.",
    "days_in_stage": "How many days the lead has been in its stage.",
    "stalled": "The date since when that is too long, as `stalled_after_days` says.",
    "answer_by": "Until when it should have its first answer; blank once it has.",
    "why": "Why it has its score and stage, in plain words.",
    "next_question": "What to ask next, in the lead's language.",
    "disagreement": "What your frameworks say of a lead about whom they disagree.",
    "segment": "Location × interest, or the named segment.",
    "next_follow_up": "The date of the next follow-up.",
    "email_status": "What became of the latest follow-up.",
    "whatsapp": "A wa.me link with the message filled in.",
    "problems": "What is wrong with the lead's cells.",
}
DEFAULT_OUTPUTS = {"id": "Lead ID", "score": "Score", "stage": "Stage", "why": "Why"}
LOOKS = ("protect", "style")
BESIDE: dict[str, tuple[Kind, str]] = {
    "log_tab": (
        Text(reads=tab_title, examples=("Stage log",)),
        "A tab of the same book in which every stage move is logged; made where it is missing.",
    ),
    "protect": (
        YesNo(),
        "Google Sheets only: warn whoever is about to change one of our cells.",
    ),
    "style": (YesNo(), "Google Sheets only: headers like the others, a colour for each stage."),
}
GROUPS = ("score", "framework")
_QUOTED = re.compile(r'"([^"]+)"')
_NAMED = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class Outputs(Kind):
    """Output → header; ``framework.BANT`` may be written as a dotted or a quoted key.

    Beside them stand the settings of `BESIDE`.
    """

    noun: ClassVar[str] = "a table"
    types: ClassVar[tuple[type, ...]] = (dict,)

    def _read(self, value: dict[str, object], path: KeyPath, run: Inspection) -> dict[str, Any]:
        found: dict[str, Any] = {}
        first: dict[str, KeyPath] = {}
        for what, header, here in _flat(value, path):
            group, _, name = what.partition(".")
            if what in BESIDE:
                setting = BESIDE[what][0].check(header, here, run)
                found |= {what: setting} if setting is not BAD else {}
                continue
            if what not in SIMPLE and not (name and group in GROUPS):
                known = {**SIMPLE, **BESIDE}
                hint = f"write {what}.<name>" if what in GROUPS else meant(what, known)
                run.fault(here, "unknown output", hint)
                continue
            read = Text().check(header, here, run)
            if read is BAD:
                continue
            before = first.setdefault(fold(read), here)
            if before != here:
                run.fault(here, f'"{read}" is also the header of {key_text(before)}')
            found[what] = read
        return found

    def _schema(self) -> dict[str, Any]:
        header = {"type": "string"}
        group = {"type": "object", "additionalProperties": header}
        properties: dict[str, Any] = {
            name: {**header, "description": about} for name, about in SIMPLE.items()
        }
        properties |= {
            name: {**kind.schema(), "description": about} for name, (kind, about) in BESIDE.items()
        }
        properties["score"] = {"anyOf": [header, group], "description": SIMPLE["score"]}
        properties["framework"] = {
            **group,
            "description": "framework.<name>: how many criteria are yes, such as 3/4.",
        }
        return {
            "type": "object",
            "properties": properties,
            "patternProperties": {r"^(score|framework)\..+$": header},
            "additionalProperties": False,
            "default": DEFAULT_OUTPUTS,
        }


KEYS = {
    "fields": Key(MapOf(FIELD), "Columns by their meaning, beside those that sheetcrm knows."),
    "write": Key(
        Outputs(),
        "Output = header of the column that sheetcrm owns. An output that is left out is not "
        "written; without [write]: id, score, stage and why.",
    ),
}


def relate(tree: dict[str, Any], run: Inspection) -> None:
    """Check what one entry means for another."""
    outputs = _headers(tree)
    relate_log(tree, run)
    google = any("google" in source for source in tree.get("source", ()))
    for what in LOOKS:
        if tree.get("write", {}).get(what) and not google and run.complete:
            run.note(("write", what), "only in Google Sheets, and no source is there")
    for what in outputs:
        group, _, name = what.partition(".")
        names = _names(tree, group)
        if run.complete and name and fold(name) not in names:
            wrong = meant(name, names.values(), f"{group}.{{}}")
            run.fault(_output_path(what, run), f"there is no [[{group}]] called {name}", wrong)
    owned = {fold(header): what for what, header in outputs.items()}
    claimed: dict[str, str] = {}
    for name, field in tree.get("fields", {}).items():
        for i, header in enumerate(field.get("headers", ())):
            here = ("fields", name, "headers", i)
            if fold(header) in owned:
                what = owned[fold(header)]
                run.fault(here, f'"{header}" is the column that we write for {what}')
            elif claimed.setdefault(fold(header), name) != name:
                other = claimed[fold(header)]
                run.fault(here, f'"{header}" is already a header of fields.{other}')


def outputs(tree: dict[str, Any]) -> dict[str, str]:
    """Output → header in the order written, scores and frameworks by their own names."""
    found = {}
    for what, header in _headers(tree).items():
        group, _, name = what.partition(".")
        found[f"{group}.{_names(tree, group)[fold(name)]}" if name else what] = header
    return found


def log_tab(tree: dict[str, Any]) -> str:
    """The tab in which stage moves are logged; "" for none."""
    title: str = tree.get("write", {}).get("log_tab", "")
    return title


def looks(tree: dict[str, Any]) -> LooksConfig:
    """How our columns look where the service can do that."""
    given = tree.get("write", {})
    return LooksConfig(**{what: given[what] for what in LOOKS if what in given})


def fields(tree: dict[str, Any], run: Inspection) -> tuple[Field, ...]:
    """The starter fields, the team's own over them.

    What a team leaves out of a field that sheetcrm knows is inherited, and its headers go before
    the known ones. A header that the team gives to one field is taken from every other. A word
    that the team's own formulas ask of a field, such as ``[@Status]="Tertarik"``, stays itself.
    """
    given = {fold(name): (name, field) for name, field in tree.get("fields", {}).items()}
    claimed = {fold(h) for _, field in given.values() for h in field.get("headers", ())}
    merged = []
    parameters = tree.get("parameters", {})
    for known in _in_the_teams_words(STARTER_FIELDS, given, parameters, run):
        _, own = given.pop(fold(known.name), ("", {}))
        headers = [header for header in known.headers if fold(header) not in claimed]
        merged.append(_field(known, own, headers))
    for name, own in given.values():
        merged.append(_field(Field(name=name, headers=()), own, () if "headers" in own else [name]))
    return tuple(merged)


def _in_the_teams_words(
    known: Sequence[Field],
    given: Mapping[str, tuple[str, dict[str, Any]]],
    parameters: Mapping[str, object],
    run: Inspection,
) -> Iterator[Field]:
    """The fields without those spellings of ours that the team's formulas compare with."""
    asked = list(_words_asked(run, parameters))
    for field in known:
        _, own = given.get(fold(field.name), ("", {}))
        names = {fold(name) for name in (field.name, *field.headers, *own.get("headers", ()))}
        words = {word: path for path, columns, word in asked if columns & names}
        aliases = {}
        for value, spellings in field.aliases.items():
            kept = tuple(spelling for spelling in spellings if fold(spelling) not in words)
            aliases[value] = kept
            for spelling in set(spellings) - set(kept):
                if fold(value) in words:
                    message = f'"{spelling}" and "{value}" of {field.name} are two values now'
                    advice = "; in formulas use one of them only"
                    run.note(words[fold(spelling)], message + advice)
        yield replace(field, aliases=aliases)


def _words_asked(
    run: Inspection, parameters: Mapping[str, object]
) -> Iterator[tuple[KeyPath, set[str], str]]:
    """Where a formula stands, the columns that it names, and each text that it compares, folded.

    The texts stand in the formula itself, or in a parameter that it names.
    """
    texts = {name.casefold(): list(_texts(value)) for name, value in parameters.items()}
    for path, text in run.formulas:
        columns = columns_named(text)
        if not columns:
            continue
        named = {name.casefold() for name in _NAMED.findall(text)}
        listed = [word for name in named & texts.keys() for word in texts[name]]
        for word in (*_QUOTED.findall(text), *listed):
            yield path, columns, fold(word)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Sequence):
        for item in value:
            yield from _texts(item)


def _field(known: Field, own: dict[str, Any], headers: Sequence[str]) -> Field:
    return Field(
        name=known.name,
        headers=(*own.get("headers", ()), *headers),
        type=FieldType(own.get("type", known.type)),
        identifies=own.get("identifies", known.identifies),
        aliases=_aliases(known.aliases if own.get("known_aliases", True) else {}, own),
    )


def _aliases(
    known: Mapping[str, Sequence[str]], own: Mapping[str, Any]
) -> dict[str, tuple[str, ...]]:
    """The team's spellings, then ours; a spelling that the team gives to one value is no other's.

    Where the team calls a value of ours something else, so it does all spellings of it.
    """
    given: dict[str, Sequence[str]] = own.get("aliases", {})
    theirs = {fold(word): value for value, words in given.items() for word in (*words, value)}
    found = {value: tuple(spellings) for value, spellings in given.items()}
    for value, spellings in known.items():
        name = theirs.get(fold(value), value)
        kept = (spelling for spelling in spellings if fold(spelling) not in theirs)
        found[name] = (*found.get(name, ()), *kept)
    return found


def _headers(tree: dict[str, Any]) -> dict[str, str]:
    """Output → header; the default where [write] names no output."""
    found = {what: header for what, header in tree.get("write", {}).items() if what not in BESIDE}
    return found if found or tree.get("write") == {} else DEFAULT_OUTPUTS


def _names(tree: dict[str, Any], group: str) -> dict[str, str]:
    """The names in an array of tables, by their folded form."""
    return {fold(entry["name"]): entry["name"] for entry in tree.get(group, ()) if "name" in entry}


def _flat(value: dict[str, object], path: KeyPath) -> Iterator[tuple[str, object, KeyPath]]:
    for key, part in value.items():
        if key in GROUPS and isinstance(part, dict):
            for name, header in part.items():
                yield f"{key}.{name}", header, (*path, key, name)
        else:
            yield key, part, (*path, key)


def _output_path(what: str, run: Inspection) -> KeyPath:
    quoted: KeyPath = ("write", what)
    return quoted if quoted in run.places else ("write", *what.split(".", 1))
