"""Whether what a formula names is there; every fault at once, each with the nearest name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from sheetcrm.core.formula import happened
from sheetcrm.core.formula.parse import Formula, Reference
from sheetcrm.core.formula.spanish import spanish_hint
from sheetcrm.core.table.names import fold, nearest
from sheetcrm.errors import FormulaError

_ALIKE: Final = 0.75  # from 0 to 1: how much a misspelled name of a table is like the right one


@dataclass(frozen=True, kw_only=True, slots=True)
class Names:
    """What formulas may name: fields, headers and outputs; reference tables; parameters."""

    columns: frozenset[str]
    tables: Mapping[str, frozenset[str]] = field(default_factory=dict)
    parameters: frozenset[str] = frozenset()
    activities: bool = False  #: whether it is known what happened to the leads


def check(formula: Formula, names: Names) -> list[FormulaError]:
    """Every name of a formula that is not among `names`, in the order of the formula."""
    known = _Known(names)
    found = [known.fault(formula.text, reference) for reference in formula.references]
    found.append(happened.fault(formula, known=names.activities))
    return sorted((fault for fault in found if fault), key=lambda fault: fault.offset)


class _Known:
    def __init__(self, names: Names) -> None:
        self.names = names
        self.columns = {fold(name) for name in names.columns}
        self.tables = {fold(name): name for name in names.tables}
        self.parameters = {fold(name) for name in names.parameters}

    def fault(self, text: str, reference: Reference) -> FormulaError | None:
        table = self.tables.get(fold(reference.table)) if reference.table else None
        if reference.kind == "name":
            return self._name_fault(text, reference)
        if table is None:
            return self._own_fault(text, reference)
        if reference.kind == "cell":
            return FormulaError(
                f"{reference.table}[@{reference.column}]: a lead has no row in the table {table}",
                text=text,
                offset=reference.offset,
                hint=f"look it up: XLOOKUP([@Key], {table}[Key], {table}[{reference.column}])",
            )
        columns = self.names.tables[table]
        if fold(reference.column) in set(map(fold, columns)):
            return None
        return _unknown(
            f"the table {table} has no column {reference.column}",
            text,
            reference,
            (f"{table}[{column}]" for column in _near(reference.column, columns)),
            "its columns: " + ", ".join(sorted(columns)),
        )

    def _own_fault(self, text: str, reference: Reference) -> FormulaError | None:
        if fold(reference.column) in self.columns and not self._misspelled(reference):
            return None
        if reference.table:
            return self._table_fault(text, reference)
        sign = "@" if reference.kind == "cell" else ""
        guesses = (_bracketed(sign, name) for name in _near(reference.column, self.names.columns))
        shown = _bracketed(sign, reference.column)
        return _unknown(f"unknown field {shown}", text, reference, guesses)

    def _misspelled(self, reference: Reference) -> bool:
        """Whether a table with this column was most likely meant, and not the tab of the leads."""
        if not reference.table or reference.kind == "cell":
            return False
        near = nearest(reference.table, self.names.tables, cutoff=_ALIKE)
        return near is not None and fold(reference.column) in map(fold, self.names.tables[near])

    def _table_fault(self, text: str, reference: Reference) -> FormulaError:
        """Neither a reference table nor, as the column is not ours, the tab of the leads."""
        near = nearest(reference.table, self.names.tables)
        guess = f"did you mean {near}[{reference.column}]? If not, " if near else ""
        sign = "@" if reference.kind == "cell" else ""
        return FormulaError(
            f"there is no table {reference.table}",
            text=text,
            offset=reference.offset,
            hint=f'{guess}declare it: [[table]] name = "{reference.table}" in config/sheetcrm.toml'
            f"; a column of the leads is written [{sign}Header]",
        )

    def _name_fault(self, text: str, reference: Reference) -> FormulaError | None:
        key = fold(reference.column)
        if key in self.parameters or key in self.tables:
            return None
        if key in self.columns:
            guess = [_bracketed("@", reference.column)]
            return _unknown(f"unknown name {reference.column}", text, reference, guess)
        near = _near(reference.column, {*self.names.parameters, *self.names.tables})
        return _unknown(
            f"unknown name {reference.column}",
            text,
            reference,
            near,
            spanish_hint(reference.column)
            or 'put it into [parameters], write [@Header] for a column, or "…" for a text',
        )


def _near(name: str, known: Iterable[str]) -> list[str]:
    found = nearest(name, known)
    return [found] if found else []


def _bracketed(sign: str, name: str) -> str:
    plain = all(char.isalnum() or char in "_." for char in name)
    return f"[{sign}{name}]" if plain else f"[{sign}[{name}]]" if sign else f"[{name}]"


def _unknown(
    message: str, text: str, reference: Reference, guesses: Iterable[str], otherwise: str = ""
) -> FormulaError:
    guess = next(iter(guesses), "")
    hint = f"did you mean {guess}?" if guess else otherwise
    hint = hint or "give the field its headers in [fields], or mend the name"
    return FormulaError(message, text=text, offset=reference.offset, hint=hint)
