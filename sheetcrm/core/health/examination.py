"""The whole examination of a lead tab."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date

from sheetcrm.core.health import blanks, cells, contacts, dates, sheet
from sheetcrm.core.health.columns import TeamColumn, team_columns
from sheetcrm.core.health.findings import Finding, Kind
from sheetcrm.core.table.fields import Field, Locale
from sheetcrm.core.table.layout import Layout
from sheetcrm.core.table.leads import Leads
from sheetcrm.core.table.values import Severity

_WEIGHT = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}
_ORDER = {kind: place for place, kind in enumerate(Kind)}


def examine(
    leads: Leads,
    *,
    fields: Sequence[Field],
    outputs: Collection[str],
    needed: Collection[str],
    layout: Layout,
    locale: Locale,
    today: date,
) -> list[Finding]:
    """Everything that may be wrong with a tab, the worst first.

    Args:
        leads: the tab, read.
        fields: what was looked for in it.
        outputs: headers of our own columns, which are not looked at.
        needed: folded names of the fields and headers that rules read.
        layout: how the sheet looks, as far as known.
        locale: how the team writes numbers, dates and phone numbers.
        today: in the workspace's time zone.
    """
    tab = leads.tab
    columns = team_columns(leads, fields, outputs, needed)
    found = [
        *sheet.in_headers(columns, tab, layout),
        *sheet.of_fields(leads, fields, outputs, needed),
        *sheet.in_layout(tab, layout),
    ]
    if leads.height:
        for column in columns:
            found += _in_column(column, leads, layout, locale, today)
        found += [*contacts.nobody(leads), *contacts.doubles(leads, fields)]
    return sorted(found, key=lambda finding: (_WEIGHT[finding.severity], _ORDER[finding.kind]))


def _in_column(
    column: TeamColumn, leads: Leads, layout: Layout, locale: Locale, today: date
) -> Iterator[Finding]:
    tab = leads.tab
    yield from blanks.blanks(column, tab)
    if column.is_empty:
        return
    figures = cells.text_numbers(column) if layout.typed else []
    days = dates.text_dates(column) if layout.typed else []
    unknowns = cells.placeholders(column)
    yield from cells.errors(column, tab)
    yield from cells.unreadable(column, tab)
    yield from cells.spaces(column, tab)
    yield from cells.as_text(Kind.TEXT_NUMBER, column, tab, figures)
    yield from cells.mixed(column, tab, {float: figures, date: days, object: unknowns})
    yield from cells.unknowns(column, tab, unknowns)
    yield from cells.as_text(Kind.TEXT_DATE, column, tab, days)
    yield from dates.ambiguous(column, tab)
    yield from dates.impossible(column, tab, today)
    yield from contacts.emails(column, tab)
    yield from contacts.phones(column, leads, locale)
    yield from contacts.countries(column, tab)
