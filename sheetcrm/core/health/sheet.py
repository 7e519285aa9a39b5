"""What is wrong with headers, and with the sheet as people see it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sheetcrm.core.health.cells import visible
from sheetcrm.core.health.columns import TeamColumn
from sheetcrm.core.health.findings import Example, Finding, Kind, Place, quoted
from sheetcrm.core.table.fields import Field
from sheetcrm.core.table.layout import Layout
from sheetcrm.core.table.leads import Leads
from sheetcrm.core.table.mapping import map_fields
from sheetcrm.core.table.names import as_written, fold
from sheetcrm.core.table.values import CellValue, Severity, Tab

_PADDED = re.compile(r"^\s|\s$|[ \u00a0\u2007\u202f]{2}|[\t\u00a0\u2007\u202f\u200b\u2060\ufeff]")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Header:
    """A column's name as it is read, and its cell as it stands."""

    name: str
    address: str
    cell: CellValue


def in_headers(columns: Sequence[TeamColumn], tab: Tab, layout: Layout) -> Iterator[Finding]:
    """Headers that are blank, repeated, or have spaces around them.

    Where the source does not tell how the cells stand, the names that `name_headers` made of
    them tell all but the spaces.
    """
    headers = [
        header
        for header, one in zip(_headers(tab, layout), tab.columns, strict=True)
        if any(one is column.column for column in columns)
    ]
    used = {one.name for one in columns if not one.is_empty}
    blank = [
        h for h in headers if h.name == h.address and h.name in used and not _text(h.cell).strip()
    ]
    repeated = [h for h in headers if h.name.endswith(f" ({h.address})")]
    padded = [h for h in headers if isinstance(h.cell, str) and _PADDED.search(h.cell)]
    for kind, severity, found in (
        (Kind.BLANK_HEADER, Severity.WARNING, blank),
        (Kind.REPEATED_HEADER, Severity.WARNING, repeated),
        (Kind.PADDED_HEADER, Severity.NOTE, padded),
    ):
        if found:
            yield Finding(
                kind=kind,
                severity=severity,
                count=len(found),
                places=[Place(header.address) for header in found],
                examples=[
                    Example(header.address, _shown(kind, header), _meant(kind, header))
                    for header in found[:3]
                    if kind is not Kind.BLANK_HEADER
                ],
            )


def of_fields(
    leads: Leads, fields: Sequence[Field], outputs: Collection[str], needed: Collection[str]
) -> Iterator[Finding]:
    """Columns that may be the same field, and fields that rules read and no column is."""
    tab = leads.tab
    mapped = map_fields(tab.headers, fields, reserved=outputs)
    for name, headers in mapped.passed_over.items():
        for header in headers:
            column = tab.column(header)
            if column is not None:
                yield Finding(
                    kind=Kind.RIVAL_COLUMNS,
                    severity=Severity.ERROR,
                    count=1,
                    places=[Place(f"{column.letter}{tab.header_row}")],
                    column=header,
                    field=name,
                    about=mapped.found[name],
                )
    missing = [name for name in leads.missing if fold(name) in needed]
    for name in missing:
        yield Finding(
            kind=Kind.MISSING_COLUMN,
            severity=Severity.WARNING,
            count=1,
            places=[],
            field=name,
            about=as_written(name),
        )


def in_layout(tab: Tab, layout: Layout) -> Iterator[Finding]:
    """Merged, hidden and filtered cells, and formulas below the leads."""
    rows = _runs(layout.hidden_rows)
    for kind, severity, count, places in (
        (Kind.MERGED_CELLS, Severity.ERROR, len(layout.merged), map(Place, layout.merged)),
        (Kind.HIDDEN_ROWS, Severity.NOTE, len(layout.hidden_rows), rows),
        (
            Kind.HIDDEN_COLUMNS,
            Severity.NOTE,
            len(layout.hidden_columns),
            map(Place, layout.hidden_columns),
        ),
        (Kind.ACTIVE_FILTER, Severity.NOTE, 1, [Place(layout.filtered)]),
        (
            Kind.FORMULAS_BELOW,
            Severity.NOTE,
            len(layout.formulas_below),
            map(Place, layout.formulas_below),
        ),
    ):
        if count and (kind is not Kind.ACTIVE_FILTER or layout.filtered):
            yield Finding(
                kind=kind,
                severity=severity,
                count=count,
                places=list(places),
                about=_titles(tab, layout) if kind is Kind.HIDDEN_COLUMNS else "",
            )


def _headers(tab: Tab, layout: Layout) -> list[_Header]:
    addresses = [f"{column.letter}{tab.header_row}" for column in tab.columns]
    cells = layout.headers
    if cells is None:
        cells = [
            None if column.header == address else column.header.removesuffix(f" ({address})")
            for column, address in zip(tab.columns, addresses, strict=True)
        ]
    return [
        _Header(name=column.header, address=address, cell=cell)
        for column, address, cell in zip(tab.columns, addresses, cells, strict=True)
    ]


def _text(cell: CellValue) -> str:
    return "" if cell is None else str(cell)


def _shown(kind: Kind, header: _Header) -> str:
    text = _text(header.cell)
    return visible(text) if kind is Kind.PADDED_HEADER else quoted(text)


def _meant(kind: Kind, header: _Header) -> str:
    return header.name if kind is Kind.PADDED_HEADER else ""


def _titles(tab: Tab, layout: Layout) -> str:
    hidden = set(layout.hidden_columns)
    return ", ".join(column.header for column in tab.columns if column.letter in hidden)


def _runs(rows: Iterable[int]) -> Iterator[Place]:
    """Row numbers, those that follow each other as one place: ``12:14``."""
    run: list[int] = []
    for row in [*rows, 0]:
        if run and row != run[-1] + 1:
            single = len(run) == 1
            yield Place(str(run[0]) if single else f"{run[0]}:{run[-1]}", len(run))
            run = []
        run.append(row)
