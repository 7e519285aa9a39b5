"""The leads of a tab: its columns by the names that formulas use, cleaned."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sheetcrm.core.table.clean import Cleaned, clean_column
from sheetcrm.core.table.fields import Field, FieldType, Locale
from sheetcrm.core.table.mapping import map_fields
from sheetcrm.core.table.money import in_other_money
from sheetcrm.core.table.names import fold
from sheetcrm.core.table.reading import display
from sheetcrm.core.table.values import CellError, CellValue, Column, Problem, Severity, Tab


@dataclass(frozen=True, kw_only=True, slots=True)
class Leads:
    """The leads of a tab, each column one list in the order of `Tab.rows`.

    `columns` holds every name that a formula may use: the fields that were found, cleaned; their
    columns' headers, where they are other names, the same lists; every other header of the
    team's, its cells as they were read. They stand in the order of the tab. Output columns are
    left out.
    """

    tab: Tab
    columns: Mapping[str, list[CellValue]]
    found: Mapping[str, str]  #: field → header of its column
    missing: tuple[str, ...]  #: fields that have no column here
    problems: tuple[Problem, ...] = ()
    foreign: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    """Field → lead number → an amount in another currency, as it stands in the cell."""

    @property
    def height(self) -> int:
        """How many leads there are."""
        return len(self.tab.rows)

    def text(self, field: str, index: int) -> str:
        """The field of lead number `index` for people; "" where blank, unreadable or missing."""
        column = self.columns.get(field)
        value = column[index] if column is not None else None
        return "" if isinstance(value, CellError) else display(value)

    def address(self, field: str, index: int) -> str:
        """The address such as ``C7`` of lead number `index` in the column of a found field."""
        return self.tab.address(self.found[field], index)


def read_leads(
    tab: Tab, fields: Sequence[Field], locale: Locale, *, reserved: Collection[str] = ()
) -> Leads:
    """Map the tab's columns to fields and clean them.

    Cells that could not be read become warnings, cells that were read with a remark become notes,
    each with its place; none of them stops anything.

    Args:
        tab: what was read.
        fields: what to look for, starter fields and the team's own.
        locale: how the team writes numbers, dates and phone numbers.
        reserved: headers of outputs: never a field, and not in `Leads.columns`.
    """
    mapped = map_fields(tab.headers, fields, reserved=reserved)
    columns: dict[str, list[CellValue]] = {}
    problems = [_in_header(tab, problem) for problem in mapped.problems]
    foreign: dict[str, Mapping[int, str]] = {}
    for wanted in fields:
        column = tab.column(mapped.found.get(wanted.name, ""))
        if column is not None:
            cleaned = clean_column(column.values, wanted.type, locale, wanted.aliases)
            columns[wanted.name] = cleaned.values
            problems += _problems(tab, column, cleaned)
            if wanted.type is FieldType.MONEY and cleaned.faults:
                foreign[wanted.name] = _foreign(column, cleaned, locale)
    _add_headers(columns, tab, mapped.found, reserved)
    return Leads(
        tab=tab,
        columns=_from_left_to_right(columns, tab, mapped.found),
        found=mapped.found,
        missing=tuple(wanted.name for wanted in fields if wanted.name not in mapped.found),
        problems=tuple(problems),
        foreign=foreign,
    )


def _add_headers(
    columns: dict[str, list[CellValue]],
    tab: Tab,
    found: Mapping[str, str],
    reserved: Collection[str],
) -> None:
    """Add the headers that are no field's own name and no output's."""
    cleaned = {header: columns[field] for field, header in found.items()}
    taken = {fold(name) for name in (*columns, *reserved)}
    for column in tab.columns:
        if fold(column.header) not in taken:
            taken.add(fold(column.header))
            columns[column.header] = cleaned.get(column.header) or list(column.values)


def _from_left_to_right(
    columns: Mapping[str, list[CellValue]], tab: Tab, found: Mapping[str, str]
) -> dict[str, list[CellValue]]:
    """The columns as they stand in the tab, so that ``Leads[[January]:[March]]`` means that."""
    place = {header: index for index, header in enumerate(tab.headers)}
    return dict(sorted(columns.items(), key=lambda item: place[found.get(item[0], item[0])]))


def _foreign(column: Column, cleaned: Cleaned, locale: Locale) -> Mapping[int, str]:
    """The amounts of a column that are in another currency, which their remarks tell."""
    remarked = ((index, column.values[index]) for index, _, _ in cleaned.faults)
    return {index: display(cell) for index, cell in remarked if in_other_money(cell, locale)}


def _in_header(tab: Tab, problem: Problem) -> Problem:
    """The problem with the place of its header."""
    column = tab.column(problem.column)
    return replace(
        problem,
        source=tab.source,
        tab=tab.title,
        row=tab.header_row,
        cell=f"{column.letter}{tab.header_row}" if column else "",
    )


def _problems(tab: Tab, column: Column, cleaned: Cleaned) -> list[Problem]:
    """What is to be said about the cells of one column."""
    return [
        Problem(
            message=message,
            severity=(
                Severity.WARNING if isinstance(cleaned.values[index], CellError) else Severity.NOTE
            ),
            source=tab.source,
            tab=tab.title,
            cell=f"{column.letter}{tab.rows[index]}",
            column=column.header,
            row=tab.rows[index],
            hint=hint,
        )
        for index, message, hint in cleaned.faults
    ]
