"""Which leads belong together: ``[segments]``, ``[[segment]]``, ``[[region]]``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sheetcrm.config.inspection import Inspection
from sheetcrm.config.kinds import Formula, Text, WrongValueError
from sheetcrm.config.shapes import Key, ListOf, Table
from sheetcrm.core.followup.rules import AXES, Region, Segment
from sheetcrm.core.table.fields import Field
from sheetcrm.core.table.names import fold

_AXIS = {"city": "location"}  # a field of another name

_BUILT_IN = {fold(name): name for name in (*AXES, "language")}


def axis(text: str) -> str:
    """A field by which leads are told apart, beside those that always are."""
    known = _BUILT_IN.get(fold(text))
    if known:
        raise WrongValueError(f'"{text}" is one already', "leave it out")
    return text


SEGMENTS = Table(
    {
        "axes": Key(
            ListOf(Text(reads=axis, examples=("gender", "source", "owner"))),
            "Fields that tell leads apart beside location, interest, language and stage; a "
            "template asks for one with a line For-<field>.",
        ),
    }
)

SEGMENT = Table(
    {
        "name": Key(Text(), "What the segment is called in the sheet.", required=True),
        "when": Key(Formula(), "Which leads belong to it.", required=True),
    }
)

REGION = Table(
    {
        "name": Key(Text(examples=("Jabodetabek",)), "What templates call it.", required=True),
        "places": Key(
            ListOf(Text(), least=1),
            "The places in it, as leads have them; or other regions.",
            required=True,
        ),
    }
)

KEYS = {
    "segments": Key(SEGMENTS, "What tells leads apart."),
    "segment": Key(ListOf(SEGMENT, named=True), "Named groups beside location × interest."),
    "region": Key(ListOf(REGION, named=True), "Places that belong together."),
}


def relate(tree: dict[str, Any], run: Inspection) -> None:
    """Check that no region lies in itself, and that no axis is given twice."""
    regions = {fold(one.get("name", "")): one for one in tree.get("region", ())}
    for i, region in enumerate(tree.get("region", ())):
        if "places" not in region:
            continue
        if fold(region.get("name", "")) in _inside(region, regions):
            run.fault(("region", i, "places"), f"{region['name']} lies in itself")
    first: set[str] = set()
    for i, name in enumerate(tree.get("segments", {}).get("axes", ())):
        if fold(name) in first:
            run.fault(("segments", "axes", i), f'"{name}" is there twice')
        first.add(fold(name))


def segments(tree: dict[str, Any]) -> tuple[Segment, ...]:
    """The named groups."""
    return tuple(Segment(**segment) for segment in tree.get("segment", ()))


def regions(tree: dict[str, Any]) -> tuple[Region, ...]:
    """Places that belong together."""
    return tuple(
        Region(name=region["name"], places=tuple(region["places"]))
        for region in tree.get("region", ())
    )


def axes(tree: dict[str, Any]) -> tuple[str, ...]:
    """The fields that tell leads apart, the most important first."""
    return tuple(tree.get("segments", {}).get("axes", ()))


def synonyms(fields: Sequence[Field]) -> dict[str, str]:
    """Folded header of a field → its axis, folded; what several fields go by is the first one's."""
    found: dict[str, str] = {}
    for field in fields:
        for name in (field.name, *field.headers):
            found.setdefault(fold(name), _axis_of(field))
    return found


def spellings(fields: Sequence[Field]) -> dict[str, dict[str, str]]:
    """Axis → folded spelling → the value that it stands for, folded."""
    return {
        _axis_of(field): {
            fold(spelling): fold(value)
            for value, words in field.aliases.items()
            for spelling in words
        }
        for field in fields
        if field.aliases
    }


def _axis_of(field: Field) -> str:
    name = fold(field.name)
    return _AXIS.get(name, name)


def _inside(region: dict[str, Any], regions: dict[str, dict[str, Any]]) -> set[str]:
    """The folded names of all that lies in a region, over other regions."""
    found: set[str] = set()
    open_ = [fold(place) for place in region["places"]]
    while open_:
        name = open_.pop()
        if name not in found:
            found.add(name)
            open_ += [fold(place) for place in regions.get(name, {}).get("places", ())]
    return found
