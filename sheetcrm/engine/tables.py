"""The reference tables of a workspace, read once in a run, those that fail with their reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sheetcrm.core.formula import Frame
from sheetcrm.engine.workspace import Workspace
from sheetcrm.errors import SourceError


@dataclass(frozen=True, kw_only=True, slots=True)
class Tables:
    """What was read: tables, and why others could not be."""

    frames: Mapping[str, Frame] = field(default_factory=dict)
    errors: tuple[SourceError, ...] = ()


def read_tables(workspace: Workspace) -> Tables:
    """Read every reference table; of one that fails, its error says where it is declared."""
    frames: dict[str, Frame] = {}
    errors: list[SourceError] = []
    for number, (name, source) in enumerate(workspace.tables.items(), 1):
        try:
            tab = source.read()
        except SourceError as error:
            file, line = workspace.rules.places.get(f"table[{number}].name", ("config", 0))
            error.message = f"{file}:{line}: table {name}: {error.message}"
            errors.append(error)
        else:
            frames[name] = Frame({column.header: column.values for column in tab.columns})
    return Tables(frames=frames, errors=tuple(errors))
