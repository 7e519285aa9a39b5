"""Small sheets to be examined."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sheetcrm.core.health.examination import examine
from sheetcrm.core.health.findings import Finding, Kind
from sheetcrm.core.table.addresses import letters
from sheetcrm.core.table.fields import Locale
from sheetcrm.core.table.layout import Layout
from sheetcrm.core.table.leads import read_leads
from sheetcrm.core.table.names import fold
from sheetcrm.core.table.starter import STARTER_FIELDS
from sheetcrm.core.table.values import CellValue, Column, Tab

TODAY = date(2026, 11, 22)


def sheet(columns: Mapping[str, Sequence[CellValue]], rows: Sequence[int] = ()) -> Tab:
    """A tab with its header in row 1."""
    height = len(next(iter(columns.values())))
    return Tab(
        source="expo",
        title="Leads",
        header_row=1,
        rows=rows or range(2, 2 + height),
        columns=[
            Column(header=header, letter=letters(number), values=values)
            for number, (header, values) in enumerate(columns.items(), 1)
        ],
    )


def found(
    columns: Mapping[str, Sequence[CellValue]] | Tab,
    *,
    needed: Collection[str] = (),
    outputs: Collection[str] = (),
    layout: Layout | None = None,
    country: str = "ID",
) -> list[Finding]:
    """What is wrong with these columns."""
    tab = columns if isinstance(columns, Tab) else sheet(columns)
    locale = Locale(country=country)
    return examine(
        read_leads(tab, STARTER_FIELDS, locale, reserved=outputs),
        fields=STARTER_FIELDS,
        outputs=outputs,
        needed={fold(name) for name in needed},
        layout=layout or Layout(),
        locale=locale,
        today=TODAY,
    )


def of(kind: Kind, findings: Sequence[Finding], column: str = "") -> Finding | None:
    """The one finding of a kind (in a column), or None."""
    here = [f for f in findings if f.kind is kind and column in {"", f.column}]
    assert len(here) < 2, here
    return here[0] if here else None


def places(finding: Finding | None) -> list[str]:
    """Addresses."""
    return [place.address for place in finding.places] if finding else []


def examples(finding: Finding | None) -> list[tuple[str, str]]:
    """What stands there, and what was meant."""
    return [(example.shown, example.meant) for example in finding.examples] if finding else []
