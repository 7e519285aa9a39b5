"""Statements that go to the driver as they are, for the few that are made for every message.

SQLAlchemy's part of a transaction of two statements takes longer than SQLite's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect, Insert, Select, Update


@dataclass(frozen=True, slots=True)
class Direct:
    """A transaction's own cursor of the driver (PEP 249)."""

    cursor: Any
    dialect: Dialect


def within(connection: Connection) -> Direct:
    """The same transaction, without SQLAlchemy."""
    return Direct(connection.connection.cursor(), connection.dialect)


class Prepared:
    """A statement whose words are made once for each database.

    What comes back is what the driver gives: on SQLite a moment is text.
    """

    def __init__(self, statement: Insert | Select[Any] | Update) -> None:
        self._statement = statement
        self._wordings: dict[str, _Wording] = {}

    def run(self, direct: Direct, given: Mapping[str, object]) -> Any:
        """Carry it out with a value for each of its parameters; answers the driver's cursor."""
        name = direct.dialect.name
        if name not in self._wordings:
            self._wordings[name] = _worded(self._statement, direct.dialect)
        wording = self._wordings[name]
        return direct.cursor.execute(wording.sql, wording.bound(given)) or direct.cursor


@dataclass(frozen=True, slots=True)
class _Wording:
    """A statement in a database's own words, and what makes its parameters ready."""

    sql: str
    order: Sequence[str] | None  # None where the driver wants them by name
    fixed: Mapping[str, object]
    processors: Mapping[str, Callable[[Any], object]]

    def bound(self, given: Mapping[str, object]) -> Mapping[str, object] | Sequence[object]:
        values = {**self.fixed, **given}
        for name, process in self.processors.items():
            values[name] = process(values[name])
        return values if self.order is None else [values[name] for name in self.order]


def _worded(statement: Insert | Select[Any] | Update, dialect: Dialect) -> _Wording:
    compiled = statement.compile(dialect=dialect)
    processors = {
        name: process
        for bind, name in compiled.bind_names.items()
        if (process := bind.type.dialect_impl(dialect).bind_processor(dialect))
    }
    order = compiled.positiontup if compiled.positional else None
    return _Wording(str(compiled), order, compiled.params, processors)
