"""The reference tables of a workspace, read once in a run, those that fail with their reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sheetcrm.core.formula import Frame, parse
from sheetcrm.core.formula.keys import children
from sheetcrm.core.formula.syntax import Call, ColumnOf, Name, Node
from sheetcrm.core.table.names import fold
from sheetcrm.core.table.reading import display
from sheetcrm.engine.workspace import Workspace
from sheetcrm.errors import SourceError

_SEARCH = frozenset(("XLOOKUP", "VLOOKUP", "MATCH", "XMATCH"))


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


def repeated_keys(tables: Mapping[str, Frame], formulas: Iterable[str]) -> list[str]:
    """A note for each column in which a lookup could find a key in several rows.

    A lookup takes the first of them, so that the others are never found, most likely unmeant.
    """
    notes = []
    names = {fold(name): name for name in tables}
    searched = {place for text in formulas for place in _searched(parse(text).tree)}
    for table, column in sorted(searched):
        name = names.get(fold(table), "")
        known = {fold(header): header for header in tables[name].headers} if name else {}
        header = known.get(fold(column)) if column else next(iter(known.values()), None)
        if header is None:
            continue
        again = _again(tables[name], header)
        if again:
            notes.append(
                f"table {name}: {header} holds {', '.join(again[:3])}"
                f"{' …' if len(again) > 3 else ''} more than once; a lookup finds the first"
            )
    return list(dict.fromkeys(notes))


def _searched(node: Node) -> Iterator[tuple[str, str]]:
    """Table and column ("" for its first) that the lookups in a formula search."""
    if isinstance(node, Call) and node.name in _SEARCH and len(node.arguments) > 1:
        match node.arguments[1]:
            case ColumnOf(table=table, column=column) if table:
                yield table, column
            case Name(name=table) if node.name == "VLOOKUP":
                yield table, ""
    for child in children(node):
        yield from _searched(child)


def _again(table: Frame, header: str) -> list[str]:
    """The values that stand in several rows of a column, as people see them."""
    shown = [display(value) for value in table.values(header) if value is not None]
    first = {text.casefold(): text for text in reversed(shown)}
    counts = Counter(map(str.casefold, shown))
    return [f"“{first[key]}”" for key, count in counts.items() if count > 1]
