"""Values made of values: tables, lists, maps, alternatives."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from sheetcrm.config.inspection import Inspection
from sheetcrm.config.kinds import BAD, Kind, meant
from sheetcrm.config.positions import KeyPath
from sheetcrm.core.table.names import fold


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a table: what it may hold, and what it is for.

    `default` is filled in where the key is left out, unless it is None. A required key may be
    left out where the key `unless` stands in for it.
    """

    kind: Kind
    about: str
    required: bool = False
    default: object = None
    unless: str = ""

    def clause(self) -> str:
        """What it is for, as the second half of a sentence."""
        return self.about[:1].lower() + self.about[1:].rstrip(".")

    def schema(self) -> dict[str, Any]:
        """The key as JSON Schema."""
        found = {**self.kind.schema(), "description": self.about}
        if self.default is not None:
            found["default"] = self.default
        return found


@dataclass(frozen=True, slots=True)
class Table(Kind):
    """A table with known keys.

    Attributes:
        keys: by name.
        either: groups of keys, exactly one of which must be there as a whole.
    """

    noun: ClassVar[str] = "a table"
    types: ClassVar[tuple[type, ...]] = (dict,)
    keys: Mapping[str, Key]
    either: tuple[tuple[str, ...], ...] = ()

    def _read(self, value: dict[str, object], path: KeyPath, run: Inspection) -> dict[str, Any]:
        found = self.defaults()
        for name, part in value.items():
            here = (*path, name)
            if name not in self.keys:
                run.fault(here, "unknown key", meant(name, self.keys, _heading(part, path)))
                continue
            read = self.keys[name].kind.check(part, here, run)
            if read is not BAD:
                found[name] = read
            else:
                found.pop(name, None)
        self._missing(value, path, run)
        return found

    def defaults(self) -> dict[str, Any]:
        """What an empty table means."""
        return {name: key.default for name, key in self.keys.items() if key.default is not None}

    def _missing(self, value: dict[str, object], path: KeyPath, run: Inspection) -> None:
        for name, key in self.keys.items():
            if key.required and name not in value and key.unless not in value:
                run.fault((*path, name), "required, but missing", key.clause())
        groups = [group for group in self.either if any(name in value for name in group)]
        if len(groups) > 1:
            names = [next(name for name in group if name in value) for group in groups]
            run.fault(path, f"{' and '.join(names)} exclude each other", "keep one of them")
        elif self.either and not groups:
            ways = " or ".join(" with ".join(group) for group in self.either)
            run.fault(path, f"needs {ways}")
        for name in groups[0] if len(groups) == 1 else ():
            if name not in value:
                run.fault((*path, name), "required, but missing", self.keys[name].clause())

    def _schema(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "type": "object",
            "properties": {name: key.schema() for name, key in self.keys.items()},
            "additionalProperties": False,
        }
        required = [name for name, key in self.keys.items() if key.required and not key.unless]
        if required:
            found["required"] = required
        for stand_in in sorted({key.unless for key in self.keys.values() if key.unless}):
            others = [name for name, key in self.keys.items() if key.unless == stand_in]
            found["anyOf"] = [{"required": [stand_in]}, {"required": others}]
        if self.either:
            found["oneOf"] = [{"required": list(group)} for group in self.either]
        return found


def _heading(value: object, path: KeyPath) -> str:
    """How the key of such a value is written."""
    if path or not isinstance(value, dict | list):
        return "{}"
    return "[{}]" if isinstance(value, dict) else "[[{}]]"


@dataclass(frozen=True, slots=True)
class ListOf(Kind):
    """A list, or the entries of an array of tables.

    Attributes:
        kind: of each element.
        least: how many there must be.
        named: no two entries may have one `name`, compared folded.
    """

    noun: ClassVar[str] = "a list"
    types: ClassVar[tuple[type, ...]] = (list,)
    kind: Kind
    least: int = 0
    named: bool = False

    def _read(self, value: list[object], path: KeyPath, run: Inspection) -> Any:
        if len(value) < self.least:
            run.fault(path, "is empty")
            return BAD
        found = [self.kind.check(part, (*path, i), run) for i, part in enumerate(value)]
        if isinstance(self.kind, Table):
            found = [{} if part is BAD else part for part in found]  # keeps the positions
            if self.named:
                self._names(found, path, run)
            return found
        return BAD if any(part is BAD for part in found) else found

    def _names(self, entries: list[dict[str, Any]], path: KeyPath, run: Inspection) -> None:
        first: dict[str, int] = {}
        for i, entry in enumerate(entries):
            name = str(entry.get("name", ""))
            if name and first.setdefault(fold(name), i) != i:
                place = run.place_text((*path, first[fold(name)], "name"))
                run.fault((*path, i, "name"), f'"{name}" is given twice, first at {place}')

    def _schema(self) -> dict[str, Any]:
        found: dict[str, Any] = {"type": "array", "items": self.kind.schema()}
        if self.least:
            found["minItems"] = self.least
        return found

    def _remedy(self, value: object) -> str:
        if isinstance(value, dict):
            return "write the heading with two brackets: [[…]]"
        return f'write ["{value}"]' if isinstance(value, str) and len(value) < 40 else ""


@dataclass(frozen=True, slots=True)
class MapOf(Kind):
    """A table whose keys the team chooses.

    Attributes:
        kind: of each value.
        pattern: what the keys look like.
        naming: what a key must be, in words, where it does not match.
    """

    noun: ClassVar[str] = "a table"
    types: ClassVar[tuple[type, ...]] = (dict,)
    kind: Kind
    pattern: str = r"[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*"
    naming: str = "a name cannot be empty or have several lines"

    def _read(self, value: dict[str, object], path: KeyPath, run: Inspection) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, part in value.items():
            here = (*path, name)
            if not re.fullmatch(self.pattern, name):
                run.fault(here, self.naming)
            read = self.kind.check(part, here, run)
            if read is not BAD:
                found[name] = read
        self._twice(value, path, run)
        return found

    def _twice(self, value: dict[str, object], path: KeyPath, run: Inspection) -> None:
        first: dict[str, str] = {}
        for name in value:
            if first.setdefault(fold(name), name) != name:
                before = first[fold(name)]
                place = run.place_text((*path, before))
                run.fault((*path, name), f"the same name as {before}, given at {place}")

    def _schema(self) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": self.kind.schema()}


@dataclass(frozen=True, slots=True)
class Either(Kind):
    """A value of one of several kinds, told apart by its type."""

    kinds: tuple[Kind, ...]

    def called(self) -> str:
        """All that it may be."""
        *others, last = (kind.called() for kind in self.kinds)
        return f"{', '.join(others)} or {last}"

    def fits(self, value: object) -> bool:
        """Whether it is of one of the types."""
        return any(kind.fits(value) for kind in self.kinds)

    def _read(self, value: object, path: KeyPath, run: Inspection) -> Any:
        return next(kind for kind in self.kinds if kind.fits(value)).check(value, path, run)

    def _schema(self) -> dict[str, Any]:
        return {"anyOf": [kind.schema() for kind in self.kinds]}
