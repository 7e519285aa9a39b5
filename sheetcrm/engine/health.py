"""What the lead tabs suffer from; reads them, and touches nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sheetcrm.core.formula import parse
from sheetcrm.core.health.contacts import reach
from sheetcrm.core.health.examination import examine
from sheetcrm.core.health.report import SheetHealth
from sheetcrm.core.table.layout import Layout
from sheetcrm.core.table.leads import read_leads
from sheetcrm.core.table.names import fold
from sheetcrm.engine.naming import formula_texts, known_headers
from sheetcrm.engine.sync import chosen
from sheetcrm.engine.workspace import Rules, Workspace
from sheetcrm.errors import SourceError
from sheetcrm.ports import TabSource, WithLayout


@dataclass(frozen=True, kw_only=True, slots=True)
class HealthReport:
    """What `health` found."""

    at: datetime
    language: str  #: of the workspace, in which it is told
    sources: tuple[SheetHealth, ...]

    @property
    def exit_code(self) -> int:
        """0 fine, whatever was found · 1 a source cannot be read."""
        return 1 if any(source.error for source in self.sources) else 0


def health(workspace: Workspace, *, only: Sequence[str] = ()) -> HealthReport:
    """Examine the sources.

    Raises:
        UsageError: `only` names a source that is not in the config.
    """
    now = workspace.clock.now()
    rules = workspace.rules
    needed = read_by_rules(rules)
    return HealthReport(
        at=now,
        language=rules.locale.language,
        sources=tuple(_examine(source, rules, needed, now) for source in chosen(workspace, only)),
    )


def read_by_rules(rules: Rules) -> frozenset[str]:
    """The folded names of the lead columns that any formula of the config reads."""
    return frozenset(
        fold(reference.column)
        for text in formula_texts(rules).values()
        for reference in parse(text).references
        if not reference.table
    )


def _examine(source: TabSource, rules: Rules, needed: frozenset[str], now: datetime) -> SheetHealth:
    try:
        tab = source.read(known_headers(rules))
        layout = source.layout(tab) if isinstance(source, WithLayout) else Layout()
    except SourceError as error:
        return SheetHealth(source=source.name, locator=source.locator, error=error)
    outputs = list(rules.outputs.values())
    leads = read_leads(tab, rules.fields, rules.locale, reserved=outputs)
    ours = {fold(header) for header in outputs}
    return SheetHealth(
        source=source.name,
        locator=source.locator,
        leads=leads.height,
        columns=sum(1 for header in tab.headers if fold(header) not in ours),
        reach=reach(leads),
        findings=examine(
            leads,
            fields=rules.fields,
            outputs=outputs,
            needed=needed,
            layout=layout,
            locale=rules.locale,
            today=now.date(),
        ),
    )
